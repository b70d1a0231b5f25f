from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "shipments" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "sent_at" TIMESTAMPTZ,
    "order_id" BIGINT NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "shipments";"""


MODELS_STATE = (
    "eJztXW1z2jgQ/isMn9qZXCch5KWdm5uhCW25JiQT6LXTl/EIW4AvtkxtuQnTy38/SX6Tja"
    "zYYIjt+EsbJK2Qn5V3n5VW4nfbtDRoOK96mmZDx2m/af1uI2BC8keyaq/VBotFVEELMJgY"
    "rC3wGkGv2cTBNlAxqZgCw4GkSIOOausLrFuIlCLXMGihpZKGOppFRS7Sf7pQwdYM4jm0Sc"
    "W3H6RYRxq8h07wcXGrTHVoaLHh6hr9blau4OWClb3VZwOE37G29AsnimoZromi9oslnlso"
    "FNARpqUziKANMKTfgG2XPgEdoP+0wUN5g42aeKPkZDQ4Ba6BuSeeKFFZW1GGV2Nl1B8rSj"
    "sHRqqFKL5kqJ6+ZnQIf7zudA4PTzr7h8enR92Tk6PT/VPSlo13terkwRtMhJbXFcNs8H4w"
    "HNMBWUSJnnppwQOTARh4UkwZEfqGjjzlxxUwhvcp8IcCCQ2QR0tqIMBbpoKgINJBNPV2oA"
    "QJnuP+F4am6Tg/DVow/Kd3c/ahd/PisvflJatZ+jUXV8P3QfMI/OHZxdVbBn8Et2q5CNvL"
    "VcDP5sAWA86J1ALytgnuFQOiGZ6Tjx2JBgK8Oy8TwPoVHVqTwNd1sGVCW8lrVRKCj5uXKi"
    "C9MwtDjfv0VmhgAmBX1fHOsqE+Qx/hkqlkQMYOkAoF8Pse7YzrqmKqeAjmW1AaORsb3IVe"
    "MTkNCQbkySH2TERvdNY777cZ2hOg3t4BW1NisNMaq2MlSsK2q1Vmx0yWAARmDCD6JHTcAf"
    "oE7ZlFDJGAa4R1UrKheq30srGN50I1Ogfdk+7p4XE3fP/DEtlr/ziJYP/ncGlB+2L82dNC"
    "G/Nmx/sZ3Nnxfqo/o1Vxh7YANkRY6M5Sp21MZi1P5iNYFutZxPyVuCgPryIcFGcGq4VwVv"
    "8Um1ox70RG0Bp+uriQuSeOFcx1g0SeSEDSfMl3H2+gAdhzPCO8Hzb04Nykti3NVbEgtrsE"
    "aDm26L8Zp/W111XlbLNkUrMnUxIshntOm849qIUt4tRlatlMG7dwyUPtvxahsvxqX3bpV+"
    "O5bbmzOSeoqNw8FlI+Uq4kCceDnK1Z7oKhtcrVvBo5U2NtnpCmqWRM+YJkrZ6MotPNEiB3"
    "0yPk7stHyNsC2qrQ/Y1MYBjpJCMSq1OwfNg5OQ7pBf0gYxajy97FRUCPI0Qh0hzFEvi2cw"
    "KHGE1OJIEm0RvEuglf0T8q6+hE6J33xn0RMcvCHyxbg7bAt+VhD1e0j8oiWjh1kLuTYOlF"
    "5FC4ZRmJS/FblSz2b3YadrXTAE2gG3l8eihQx2Xv/SwrBaRVumPfX1krmJIvVvKuxcSEao"
    "j0QScL0qRVKtKsLo70v5aOSHQABKzp3PfXYrRjgjJPT/+oIvY2BNoVMpaBU0qHfjy47I/G"
    "vcvr2CYbJQW0phPbYAtKXxwntBR20vo8GH9o0Y+tr1dDFjEtLAfPbPaNUbvx1zYdE3CxpS"
    "DrTgEaZ42D0gC19bhJbE99fXrC7d9XbBKkMhT+Fdolg6skQDb8pcO7DRG6YZ3UCaJtslxv"
    "PgkobjjR0vltNJ8bcvv8yO3CAOpahCAm2BCCshMC3kA72F+RWaXafeSaK4vrMb2Hwruj3G"
    "3keYIcam4P+5+JZuHdd3TdG5y/aS2Arn1Ho/5w/Kbl+Mt/eRl5lhXN9AXNbpKLE6gnovQS"
    "yfZzKLEW+CVbD0oGlpniSklYuZJSxfYChDvQ0qS1SKiGKBe0Kt8krjWJa+VWRRGJazfE09"
    "4MzsZtgV0pAt2wo2qZlMzQ8rZ0g5yLlFTv3AH3BemnRjM5kW61NCESZU3kgena66WuIDlz"
    "fVEASiO/mzrBtPXVCfbypa1QBG/mI6sUSmgJil2q+OZ1zzTup9L8aJYvykJ19iTLF8Ckh0"
    "xWNSBPAYmk6sQ6i8gAUcXWMZ3EB+3rBOSG6eaJrYLcgREvVSdYd2IqVvJIc8Mfl2sUUFRY"
    "GrrYDaOmuu2d7SWiJv71Fx+jEszyAnDdIFm6IsjG3+yUSP9pzqgFgZeAIHMxWTo95sO/or"
    "kxge2X7r9zNpxCG9J5tBFB/vRpcJ6DHruurr2iMutMzsdZcvvPqYtUCk6LfRP9p/tXzh2H"
    "IhJL2errobczxO/5sEd/ZB+PU1LWtW5epoYJVMXvKESzPwfKMaEawnyaBebTdJhPVzdumi"
    "CkCUIaDtxw4NJdJRBwZBFNi+izhKZxZxubbKvnt1zp3Lp5qIPfvHZnA7tZKEM3nTJ0VygD"
    "1rGRi5WFAjVkZFs5o9GQsiJJGcDk+yYuFu1r/z26GqbsW8SkkkmXuopb/7UM3angRRkS8C"
    "gctOf068ySN5ftxaNn2kHyOrOZDcw8szlsv7vZvF/iqbzW8ZImjaM5O1FEEge21NvNABoF"
    "XdQFnw1jHs7Lx68LiSGc+/qVHLfclIutSsJU4f0r/IMmL2CJXWcTv34lcb9K8vqVxO0sRV"
    "y/4p0FkIa4vvEQRLiRWUkPcDn7tYVtiCDADjNcmyydaoS9GIhOTMqTdEKhOgUQReToYHgv"
    "2O9Nv/g4aL/DAztPsHe2nVuPm8MNTRrPM1SAZAujSTgpJOFEmMzTnNzJg26Jr5wOTwgIaD"
    "R/eiCdSMeOKjRbRc+QM9PravMfy+fECjiUX51V4jKdwQ8wkR7Cb9IyysNpmrSMbB63rGkZ"
    "3nquyNcGC70SRxs2KXi9ijwWnFuu482X5lhZ2eyBzPmmHSsr1YmyMm8QNhH8k8/uSAGhJc"
    "r3axxJsTppYFu/yBEz+huyic98XxWDOSujSM6x5sDTrtefnoaxRXNbwNpiEz+duYVzp2Rr"
    "JM+Fo23tV7lUHef7oUm/fQ1TOYv5Xa610rWaPJvd3pLSg7auzkX20K+RGkMQtWkMYV0M4S"
    "9oO7roqrF0W8iJ1NAcdo6OsmS2Hx2lZ7bTukQuNnmpciDsN68hugeZzg0cSM4NHAjODVgI"
    "C3+lKT3NnRPZKMe9bGjvIsk9h6sv3pk9/A/UKwBe"
)
