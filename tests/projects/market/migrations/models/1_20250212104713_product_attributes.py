from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "products" ADD "attributes" JSONB;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "products" DROP COLUMN "attributes";"""


MODELS_STATE = (
    "eJztmltz2jgUx78K46d0ZrcD5pbtG1CyZUugA3R3p52OR9iK8UaWqC1vynTz3VeS78Z27I"
    "QkxvCUcHR0++ly/pL8UzKJBpH9dgQo1Im1k941fkoYmJD9s5f2S0MC222Ywg0UrJFwVl0v"
    "AwozWNvUAiplKTcA2ZCZNGirlrGlBsHMih2EuJGozNHAemhysPHdgQolOqQbaLGEr9+Y2c"
    "Aa/MEK935ub5UbAyIt1mBD43ULu0J3W2GbYHolHHlta0UlyDFx6Lzd0Q3BgbeBKbfqEEOL"
    "dYgXTy2HN5+3zuur3yO3paGL28RIHg3eAAfRSHfXSmiTFGU2XynL8UpRpBKAVII5XNZUW/"
    "Re5034VW51+p3Ldq9zyVxEMwNL/96tOgTjZhR4ZivpXqQDClwPwTiEKv7uYR1tgJXO1fdP"
    "kGVNTpL1OVYXrQl+KAhinW7Yz14zh+Ofg8Xow2Bx0Wu+4RUSNvnddTHzUmSRxFGHaLfAgp"
    "gqpaZtLM/DszeFsUcwQOy7hIzDJXsk85fvCDe3qdPX5bUP+IpY0NDxR7gTnCesTQCraTM3"
    "ZRs8LsL3/hzyrWETLXAX7KPxqcUAsG5DKhCwFjRmn6dTSZBeA/X2DliakoFc3RhIY0XtQx"
    "96Oa8+LiACoh8nxFvAIzKJQIvh3E8yZTNpARjooku8bl6Tj8uxKTFFvNyP4H5afgT3vCoW"
    "wIeGfiox/DdZbrf7crPdu+x2+v3uZTPYDPeT8nbF4eR3vjHGAtHDkR6awEBlQn2Q4TCx/r"
    "UDUSzay80i4Z55ZcZ7kRYP+K+rpSrFtyUX4cu8MvmKtDjff4iBoaaAlHj/noGihgnTQccy"
    "JmhrXs63/j/HyN6CQJtjtPNDUTb61eR6vFwNrj/x6kzb/o4EvsFqzFNkYd0lrBe9xCgFhT"
    "T+mqw+NPjPxpf5bCzwEpvqlqgx9Ft9kXibgEOJgsmdArTIHuxbfWr7eq+ILCGW5gW3x4uS"
    "OS/jCMf/VSSJCytFjwQUs8VIOFhnJXJ6SmSLgPqofTyW8byPV30fj8Zu//iReh2St/QSGR"
    "91J1K5cX6xZZhzdaJGjo1PvTyJFHVkQ1H09iQxDWP3Jwu2OBaT0arY/QliWvQQOmXKyqkR"
    "8OfXKgJYll7xaT6gWZRg9A4rXL66xYsht4jmsHK/ncVMVXbRPDEDTOKk3UAvTYBQ5hiEue"
    "oU0NpyvxfA5z/ycC+vB9OpzzcSliAvcw9ntj7w/esE8onPfYlTcWnNFc1VJ6wvslVEzjnu"
    "Tl4afzzfeQAOpXiDEPtEuVu3a6Kk1o0u/5jQHQ2Wo8H7sZQ2yw/A9VNYUk3Jxld26UPEc0"
    "pkH36KQI6MS7Y89rp2vtQ7UR1s3zpl3r4899p9RtQp8u7VyX726uy9elGDolLPikGGGr4r"
    "Psu77fnIccgjB6CsvrVD0y65/ljOZxkH4liu5N2+odLGfw1k2Ef4BVwOPI4jdn/vT9OL68"
    "HfyRk8ms6HyYt5XsAwwR9BHag7hlYrtWsksj1q76gY+eQnCYW+SMj5IOFN2vHifOVbzSvf"
    "AbQMdSOlyFkvJVfNgtCnMlr2VITss33r/i+0bG+RFd0VI1nqqKa63SJqqtvNVlM8LRH/2a"
    "IqQdhzryHdViGt2srRqq0UrUowTf3iPVtaRbI8SVdVjfZLCKsS4f7wwez+fw/lJy4="
)
