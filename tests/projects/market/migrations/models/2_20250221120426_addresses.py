from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "addresses" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "lines" TEXT NOT NULL,
    "country" VARCHAR(2) NOT NULL,
    "customer_id" BIGINT NOT NULL REFERENCES "customers" ("id") ON DELETE CASCADE
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "addresses";"""


MODELS_STATE = (
    "eJztW11z2jgU/SsMT81Mt0McPrL7Rglp2RLoBO9up52OR9iK8UaWqC03Ybr57yvJlr+wHT"
    "sBAg5PCVf3ytK5ks6RZP9q2sSAyH3XNwwHum7zj8avJgY2ZP+ki942mmC5jAq4gYI5Er7A"
    "d4K+29ylDtApK7gByIXMZEBXd6wltQhmVuwhxI1EZ44WNiOTh60fHtQoMSFdQIcVfPvOzB"
    "Y24D105c/lrXZjQWQkmmsZ/NnCrtHVUtjeW+YI00vhyx8413SCPBtH/ssVXRAcBliYcqsJ"
    "MXQAhfwJ1PF4D3gDg97KTvmNjVz8VsZiDHgDPERjPZ5rka2paZOpqs2GqqY1K2CkE8zxZU"
    "3182XyJvz2u6KcnfWU1ln3vNPu9TrnrXPmK9q7XtR78BsToeVXJTAbfRhNVN4gwpLop5cb"
    "HkQMoMCPEsmI0EcW9pOfTIAK73PgDwNSGWBdS2dA4l2UAmmIchANvR0koQBPdfhFoGm77g"
    "/EDZO/+9eDj/3rN1f9LyeiZBWUjKeTD9I9An8yGE/fC/gjuHXiYeqs1gEfLICTDXgspBaQ"
    "N21wryGITbpgP5WCDEi8lZMUsEGBwktS+HouJTZ0tKqrSirw8eXlEJDe2QrDF/eb28wFRg"
    "K7no5L4kDLxJ/gSqRkxNoOsA4z4A8YbRCr6sBS8SDHm7RGZOOAu5AV08OQYcB6Dqm/RPRn"
    "g/7FsCnQngP99g44hpaAnZcQhaQsoe96ka3YaQvAwBQA8Z7wdkv0GdomYQtRhtYIywrFhu"
    "57WfumNl6L1FBO2732+Vm3Hc7/0FI07R8XEeJvBUqT/pvhs5eFNsFm3VYJOuu2cvmMFyUJ"
    "bQkciGkmneUO20TMk5gsQHBfVs9NjN8CivLx2gRBxZbBw0K4LD8lhlaCnVgLGpO/xuMieo"
    "qpgoWF2M4TZ4i0IPLy0zVEQPTjFeH9sFUGl/opi8Fj2qqAwQOvPSPw43HBro4LoA0sVIXq"
    "w4A67l1bZeieeeXvX1trhP+yWmqv8D1VyuDLvHLxFWVJfP8lFoaGBjL4/oIBRS0bZgOdCE"
    "yhbQSR7+Q/h4i9A4ExxWglqSgfenV0NZyp/avPifOxi7465CVK4mxMWt90U1kKK2n8M1I/"
    "NvjPxtfpZCjgJS41HfHEyE/92uRtAh4lGiZ3GjBia7C0StTW9V4ZWZI4Dn+6LokdvR/YIM"
    "jVJfEpRBwjkABPh2jK66gTQNsUbj5YGaotRDFfskXJOuq116fXlgjoT2K7ROCR7fad7Y53"
    "IC8+DY93IDu4A7lmk+N6NFDLnTLlXG5X1iljVk+NAN++VhGA5ekVieYjmkULs7dZ4fLNr1"
    "6k3CGGx+r9fhQz+7KKFokZYPNXIdYzMLMBQrk5iKLqRGhnSq8bgs9/FME9u+qPxxLfGC1B"
    "XucanPn6QPrXCchnXoqmdsWVNVc8qk6w7mSpiO1z/JW8MvzJuGMCNqV4Q4p9ptyt2zFRWu"
    "vGp3/2yz4Zo3wDuH6OaqopssmZXXkTsU2JLMHPEMixvOTL46Brx0O9V6qD3Vuvyg1h4F67"
    "l63aZW4H2/mXg+21u0FqUVTp8jUMqOHt61Zut49bjk1uOQBlz5t7NOuQ68/ZdJKzIU5Epc"
    "/2LZ02/msgyz3A9wQLwONwJM7v177mSH+48TZ5MM8rSH/NgaAJ9BWD1qi0aqTCnrR27Bny"
    "6Rc3Sr23UfDaxknW9uJ45LufR7596Fj6opkhZ4OSQjULIp+90bKvRchu7YuAn9Bxg0lWdl"
    "WMhdRRTXU6ZdRUp5OvpnhZiv/ZpKqAcOBeQ3RPS2nV0wKtepqhVQmmmd8F5EurWMizdNW+"
    "ob0LYVWB7jdPZg//Ayx4Nqg="
)
