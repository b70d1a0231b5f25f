from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "invoice" ADD "paid_on" DATE;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "invoice" DROP COLUMN "paid_on";"""


MODELS_STATE = (
    "eJzVV9uO2jAQ/ZVVnrYSRZCi7qpvEVAVqUul3agvVWU5iRMsHDvrOFvQin+vL7k4CdBSVk"
    "W8oHBmJp45M8wxr06ACcE0GS7oC8Mhcj7dvDoUpuqhZxvcODDLLItCBAyI9saWV5ALDkMh"
    "4RiSHEkoQnnIcSYwoxKlBSEKZKF0VC+qoYLi5wIBwRIkVohLw4+fA/XyCG1QXn3N1iDGiE"
    "StdHGkztY4ENtMYwsqPmtHdVoAQkaKlDbO2VasGK29MRUKTRBFHAqkXi94odJX2ZWFVhWZ"
    "TBsXk6IVE6EYFkRY5QagwRwAlt988DT3AXBOIChkVJErU8119YlK4b07ntxN7j98nNxLF5"
    "1mjdztzNENMSZQ07P0nZ22QwGNh+a4IfUF51icwGvt/2dqKyKPcVsB10yuNaF5XqAIyCR6"
    "hM4kKQcm1Q7qsCrbhgRO0VA9vA2/zQ/2PxB8hL2Z58879GUQn0qeFXImdeXcXQ9zak/Ga+"
    "tHrYAAhutfkEegZ2EuO+TbN6VuundbCMhxHOf9Dj1AuvWZ+tR9WshaIDVi0elLJTq+ftW/"
    "zPRF9/GumsAKbc5PWYQI6IprUydHRFVZe5SCathkXLdijbYNz8CIWN2n0ljGlVax4qxIVr"
    "ZB1EdK3mVOSOjzpt7T1JvNFQ56nOtxSiGFicZU8arUThX7bg9NgUcuD01Kl7k7hLI3/amd"
    "riDfv1cq/87wyoyubmJlVzeAIJoINSRj98hm+e49Tr94j7dj952eHtkn075laXG16fiNQq"
    "DNngvFYaor/7eh+sJru022Oxr9BdvS6yDd2tZRSV7ewjsaiUKcQnJAJquYrkiaoGEZfIWE"
    "H9PJ+XTx4H29HY8GZp7zZ4LNKqyon2h2L6GkreV/ppRa/9+uajOdrKVWoV0xtW8mbS1ty2"
    "VXTFtKe76WqvT3SenuN3DbCFo="
)
