from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "orders" ADD "coupon_id" VARCHAR(24);
        ALTER TABLE "orders" ADD CONSTRAINT "fk_orders_coupons_6cf531c3" FOREIGN KEY ("coupon_id") REFERENCES "coupons" ("code") ON DELETE SET NULL;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "orders" DROP CONSTRAINT IF EXISTS "fk_orders_coupons_6cf531c3";
        ALTER TABLE "orders" DROP COLUMN "coupon_id";"""


MODELS_STATE = (
    "eJztXG1z2jgQ/iuMP7UzvU4gJOE6NzdDE9pyRyAT6LXTl/EIW4AvtkxluQnTy38/SX6Tje"
    "zY4BBw/CUBSSvkZ2Xts6uVfimWrUPTed3VdQwdR3nT+KUgYEH6IVn1qqGA5TKqYAUETE3e"
    "FniNoNds6hAMNEIrZsB0IC3SoaNhY0kMG9FS5JomK7Q12tBA86jIRcYPF6rEnkOygJhWfP"
    "1Oiw2kwzvoBF+XN+rMgKYeG66hs9/m5SpZLXnZW2PeR+Qdb8t+cKpqtulaKGq/XJGFjUIB"
    "AxFWOocIYkAg+wWCXfYEbID+0wYP5Q02auKNUpDR4Qy4JhGeeKpGZYqqDkcTddybqKpSAC"
    "PNRgxfOlRPX3M2hN9+b7WOj89aR8ennZP22dlJ56hD2/Lxrled3XuDidDyuuKY9d/3hxM2"
    "IJsq0VMvK7jnMoAAT4orI0LfNJCn/LgCJvAuBf5QIKEB+mhJDQR4Z6kgKIh0EE29HSghA8"
    "9J7zNH03KcHyYrGP7TvT7/0L1+cdn9/JLXrPyawWj4PmgegT88H4zecvgjuDXbRQSv1gE/"
    "XwAsB1wQqQTkigXuVBOiOVnQr60MDQR4t14mgPUrWqwmga/rENuCWC26qiQEH15eDgHpna"
    "0wbHGf3UgXmADYdXW8szE05uhvuOIq6dOxA6RBCfy+RTsXujowVdwH8y0ojYwNBrehVUxO"
    "Q4oBfXJIvCWiOz7vXvQUjvYUaDe3AOtqDHZWY7fsREnYdr3KalnJEoDAnAPEnoSNO0Cfoj"
    "236UIk4RphXSbZ0LxWxr6xjedCNVrN9lm7c3zaDt//sCTrtX+YRPD/BUxa0L4ce/a00Mas"
    "2elRDnN2epRqz1hV3KAtAYaISM1Z6rSNyWxkyXwE92X1LGP+ZpgoD68yDJSwDB4WwnntU2"
    "xqxawTHUFj+HEwyDJPAitYGCb1PJGEpPmS7/6+hibgz/GM8L7f0oILkxrbuqsRiW93CdBq"
    "YrO/Oaf1ldfVwa3NGZOaP5maYDHCc2I296AetohTl5mNuTZu4EqE2n8tQmX51b7syq8mC2"
    "y784UgqGrCPJZSPlquJgnHfTZbs90lR2udq3k12UyNt3lCmqbRMRVzkvVqMopWO4+D3E73"
    "kNsvHyBvS4g1qfkbW8A000lGJFYlZ/m4dXYa0gv2JYtZjC+7g0FAjyNEIdId1ZbYtgsKhx"
    "xNQSSBJtUbJIYFX7MPB2voZOhddCc9GTHLwx9srEMssW1F2MOI9XGwiJZOHbLNSRB6kRkU"
    "ISyTYVL8Vnvm+9c7DbvaaYAWMMwiNj0UqGLY+yhPpIC2SjfsR2uxgqcNw+wVvs1WHnxpq1"
    "R8eV0c339tA1GfAEi40oVvpeVAxwSz7Dv7cIjYYwj0ETJXgSlKh37Sv+yNJ93Lq9jWGqMC"
    "rKYV21YLSl+cJrQUdtL41J98aLCvjS+jIfeTlrZD5pj/YtRu8kVhYwIusVVk36pAF9bgoD"
    "RAbTNGEttJ35yUCLv2BzYJUnmJ+ArtkrcdJEAY/jTg7ZYIXfNOqgTRY3Jbbz5JiG040dJZ"
    "bTSfa0r7/Cjt0gTaRoQgJlgTgn0nBOIC7RA/DrPOsnvItdZC6jG9h8K7o9wK8ixBATUrw9"
    "4nqll4+w1ddfsXbxpLYOjf0Lg3nLxpOH7QrygjzxPHTA9jttd8HdeaypJKMrydUGIj8Pcs"
    "CpR0J3N5kxnO5FoiFd8BkO47Z6aqRUIVRLmkWHydrlanq+23KspIV7umlva6fz5RJOtKGe"
    "iGHR3WkpIbWnEt3SLTIiXBu7DDPaD9VGgmJ5KsVhZEslyJIjBdeb1UCaRHd7v5rEpzvYMp"
    "94D7rYZTvFwf/KvXPVe4nxnyvfbL98WGv8rwy4HFzkwUzWiIpKpEp8pIaNDki2M6Ow3aVw"
    "nILbOnEzHwwoxflKoSrDtZKtbSIgvDH5erFVCWvxWa2C3dgaptCiXdAfH1l58KkszyEnDd"
    "Ivf3QJCNv9kpLuzTHLkKPAoJQRacjXR6LPo1ZXNjCttPw3/nMJxBDNk82oogf/zYvyhAj1"
    "3X0F8zmU0m58MsWflj5iKNgdPgv8T+tP8sGEovI0+ShxWPvS0PcTODP/oDG1SCkvIGcUWZ"
    "CmYGlR8qj2Z/AZRjQhWEuZMH5k46zJ31HYnaCamdkJoD1xx4707GBxxZRtMi+pxB04Sjen"
    "Ua0fMLVzo3bhHq4Dev3FG3dh7K0E6nDO01ykAMYhZiZaFABRnZoxw5qElZmaQMEPp7U5fI"
    "Nmz/Go+GKfsWMalkNqGhkcZ/DdNwDvDehwzwGBys5/TbuZIXcb2Ke8+sg+TtXCacA22lFj"
    "18nBCrXuJTM88tXc30a7qa/J6ujY5V1OkL9ZmBp75KI3H5QwziwpdpFLizZL/IWtHbNMQH"
    "TV6nEbucJH6ZRuK2jORlGom7Nsq4TCM69JXq4fkvh8TBi16bdP9OeD8fIQof+Jdh5mKdpH"
    "IYXh8BspNw2TkqoVCV+HMZKSoE3km2O9OvsQ3a7/AgxhNsHT3OHbZ10nqdxfIMFZARwa/z"
    "LUrJt5DmstQnMoqgu8cXCHchNrSFIiHRfk0miQZRm73ZInkuTPnRLg7+CbFjyI4DpQfbBJ"
    "EqBulPTvIE6U9O0oP0rC4RVqYvVQGE/eYVRLeZawukmbEF0pRsgdiISO9PTI/YCyJbhev3"
    "De1dxOsLRJHLN2b3/wPIoi9g"
)
