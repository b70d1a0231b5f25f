from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "patient" ADD "insurer" VARCHAR(60);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "patient" DROP COLUMN "insurer";"""


MODELS_STATE = (
    "eJztmWtP2zAUhv9KlU9DYqgUKGiaJoW2bN0gQTRcxDZFbuKmFqnTOQ5Qsf732W6ujhvo1g"
    "Gt+ALN8bFjPz62X588aAQ6AXHDLSOgUPtQe9AwGPEfxYLNmgbG45yZWyjo+8IVJy79kBLg"
    "UGYbAD+EzOTC0CFoTFGAmRVHvs+NgcMcEfYyU4TRrwjaNPAgHULCCr7/ZGaEXXgPw+RxfG"
    "MPEPTdQkeRy98t7DadjIWti+mRcORv69tO4EcjnDmPJ3QY4NQbYcqtHsSQAAp585REvPu8"
    "d/EokxHNepq5zLqYq+PCAYh8mhtu385smm0bpmX3OpZtawsAcgLM4bKuhmL0Hu/C+8b27v"
    "7uwU5z94C5iG6mlv3p7NUZmFlFgcewtKkoBxTMPATjDCqF97SM1WJWNdfEXyLLuiyTTThW"
    "oU0MGdssnp4BbgU5q3Nl8ZZHYfjL5wbjQj9rfdHP3p3oVxuiZBKXHJvG58Q9YMtitlaM1r"
    "F5KODnYAMvLMP+2jONObBjfwm2ixxa+13zUVgK52VB1z4OIuxwnrV+hHyKcLjF3/dJe/6p"
    "4Hyqp0KmzpEFIfWIaEU0IE/FGFAEMbVVm8r5ebetnpBiLWlaogi5W7zueq0EQXqnuSFTFS"
    "OdTvl2PbhR7i0xrTLgo4BA5OFvcCIwd1lXAHaggmlyOJ1mTa0m2cyaHSAE3KXHnBRaDIEL"
    "fSiOaq2l91p6u6MJ1n3g3NwB4toF6LwkaASSJfUtF40aI9kCMPAEHz4Q3m0Zvko15CamQj"
    "jkIuH1aIf5y3z5y/txDZHbccWb+J/dl9huH1nvVWJC/C9xbg0BUXNO/NdCTLAFdG/7EHt0"
    "yB63G/UKxskBxrzkAywuaszKiodWPyC4zLfNGKn5Jv6yfmAVKBrBLf5jBUlXgG3rVkeCxq"
    "RLRCBZJC5zVf4qNOPF/Vp4FSOz+ZTAbM6Py6YIy9KxP/9syu0P7P6oEMCHcbWjb2fQB2J0"
    "85VAck1dzZgtyYBCqN6iENF/BXTBG1knQv9V28xoqZRNyrFC19ymPktVNd8LgolqP99SJC"
    "+YIokIo+FMlGQ7OBqV7jAFyrnaj6Ne1jKtL4ZaOzPPra7RYRV/4J5pGky//MCGeckYaovM"
    "wU5jv5ni5w9V5Hsn+vFxgj/DDRQXxnasWNSBDFQZqYLI4T9Wd0tU5qe6J52epZ+cFjIjXP"
    "7wkkYhQZVY3zWlQz1tpHbZtb7U+GPt2jQ6svRP/axrjfcJRDSwcXBnAzfPJDEnpreEy1vC"
    "5fXoiM3VSbjokCBnqFQlcVG1LAGZ06vJtrzJkH+UIbeQhLHyf+o9NldlDVMsjb29J9xkmd"
    "fcq6wok9QHW1ULEI7d15Dudv1JCax6RQKrXkpgsTdS5QE1/xtYrsrzfwZ7GQGwtA9eCyRp"
    "ln+eTf8AiW5pRA=="
)
