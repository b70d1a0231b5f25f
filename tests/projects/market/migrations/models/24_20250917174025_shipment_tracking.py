from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "shipments" ADD "tracking" VARCHAR(60);
        CREATE INDEX IF NOT EXISTS "idx_shipments_trackin_4c46a1" ON "shipments" ("tracking");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX IF EXISTS "idx_shipments_trackin_4c46a1";
        ALTER TABLE "shipments" DROP COLUMN "tracking";"""


MODELS_STATE = (
    "eJztXW1zmzgQ/isef2pncp3EcV7aubkZN3FbXx0nE7vXTl+GUUC2uYBwQTTx9PLfTxJvAg"
    "sFbOwA4UsbS1oMz4rdZ6Vd+XfbtDRoOK96mmZDx2m/af1uI2BC8keya6/VBotF1EEbMLgx"
    "2FjgDYLesBsH20DFpGMKDAeSJg06qq0vsG4h0opcw6CNlkoG6mgWNblI/+lCBVsziOfQJh"
    "3ffpBmHWnwHjrBx8WtMtWhocVuV9fod7N2BS8XrO2tPhsg/I6NpV94o6iW4ZooGr9Y4rmF"
    "QgEdYdo6gwjaAEP6Ddh26RPQG/SfNngo72ajId5dcjIanALXwNwT3yhRW1tRRpcTZdyfKE"
    "o7B0aqhSi+5FY9fc3oLfzxutM5PDzp7B8enx51T06OTvdPyVh2v6tdJw/ezURoeZdimA3e"
    "D0YTekMWUaKnXtrwwGQABp4UU0aEvqEjT/lxBUzgfQr8oUBCA+TRkhoI8JapIGiIdBBNvR"
    "0oQYLnpP+FoWk6zk+DNoz+6V2ffehdv7jofXnJepZ+z/By9D4YHoE/OhtevmXwR3Crlouw"
    "vVwF/GwObDHgnEgtIG+b4F4xIJrhOfnYkWggwLvzMgGs39GhPQl8XQdbJrSVvFYlIfi4ea"
    "kC0juzMNS4T2+FBiYAdlUd7ywb6jP0ES6ZSgbk3gFSoQB+36OdcZeqmCoegvkWtEbOxgZ3"
    "oVdMTkOCAXlyiD0T0Ruf9c77bYb2DVBv74CtKTHYaY/VsRIt4djVLrNjJlsAAjMGEH0Set"
    "8B+gTtmUUMkYBrhH1SsqF6o/SysY3nQjU6B92T7unhcTd8/8MW2Wv/OIlg/+dwacH4YvzZ"
    "00Ib82bH+xnc2fF+qj+jXXGHtgA2RFjozlKnbUxmLU/mI1gW61nE/JW4KA+vIhwUZwarhX"
    "BW/xSbWjHvRO6gNfo0HMrcE8cK5rpBIk8kIGm+5LuP19AA7DmeEd4PG3pwblLbluaqWBDb"
    "XQC0nFj034zT+sq7VOVss2RSsydTEiyGe06bzj2ohSPi1GVq2Uwbt3DJQ+2/FqGy/G5fdu"
    "l347ltubM5J6io3DwWUj7SriQJx4OcrVnugqG1ytW8HjlTY2OekKap5J7yBclaPRlFp5sl"
    "QO6mR8jdl4+QtwW0VaH7G5vAMNJJRiRWp2D5sHNyHNIL+kHGLMYXveEwoMcRohBpjmIJfN"
    "s5gUOMJieSQJPoDWLdhK/oH5V1dCL0znuTvoiYZeEPlq1BW+Db8rCHS3qNyiJaOHWQu5Ng"
    "6UXkULhlGYlL8UeVLPZvdhp2tdMATaAbeXx6KFDHZe/9LCsFZFS6Y99fWSuYki9W8q7FxI"
    "RqiPRBJwvSZFQq0qwvjvS/lo5IdAAErOnc99ditGOCMk9P/6gi9jYE2iUyloFTSod+Mrjo"
    "jye9i6vYJhslBbSnE9tgC1pfHCe0FF6k9Xkw+dCiH1tfL0csYlpYDp7Z7BujcZOvbXpPwM"
    "WWgqw7BWicNQ5aA9TW4yaxPfX16Qm3f1+xSZDKUPhXaJcMrpIA2fCXDu82ROiaXaROEG2T"
    "5XrzSUBxw4mWzm+j+dyQ2+dHbhcGUNciBDHBhhCUnRDwBtrB/orMKtXuI9dcWVyP6T0U3h"
    "3lbiPPE+RQc3vU/0w0C+++o6ve4PxNawF07Tsa90eTNy3HX/7Ly8izrGimL2h2k1ycQH0j"
    "Si+RbD+HEmuBX7L1oGRgmSmulISVKylVbC9AuAMtTVqLhGqIckGr8k3iWpO4Vm5VFJG4dk"
    "087fXgbNIW2JUi0A0vVC2Tkhla3pZukHORkuqdO+AekuvUaCYn0q2WJkSirIk8MF15V6kr"
    "SM5cXxSA0ti/TJ1g2vrqBHv50lYogjfzkVUKJbQExS5VfPMuzzTup9L8aJYvykJ19iTLF8"
    "CkRSarGpCngERSdWKdRWSAqGLrmE7ig/F1AnLDdPPEVkHuwIiXqhOsOzEVK3mkueGPyzUK"
    "KCosDV3shlFT3fbO9hJRE//6i8uoBLO8AFw3SJauCLLxNzsl0n+aGrUg8BIQZC4mS6fHfP"
    "hXNDcmsP3S/XfOhlNoQzqPNiLInz4NznPQY9fVtVdUZp3J+ThLbv85dZFKwWmxb6L/dP/K"
    "ueNQRGIpW3099HaG+D0f9uiP7ONxSsq61s3L1DCBqvgdhWj250A5JlRDmE+zwHyaDvPp6s"
    "ZNE4Q0QUjDgRsOXLqjBAKOLKJpEX2W0DSutrHJtnp+y5XOrZuHOvjDa1cb2M1CGbrplKG7"
    "Qhmwjo1crCwUqCEj20qNRkPKiiRlAJPvu3GxaF/77/HlKGXfIiaVTLrUVdz6r2XoTgUPyp"
    "CAR+GgV04/zix5ctlePHqmF0geZzazgZlnNofjdzeb90s8ldcqL2nSOJraiSKSOLCl3m4G"
    "0Di4RF3w2TDm4bx8/LiQGMK5j1/JccpNudiqJEwVnr/CP2jyAJbYcTbx41cS56skj19JnM"
    "5SxPErXi2ANMT1jYcgwo3MSnqAy9mvLWxDBAF2mOHaZOlUI+zFQFQxKU/SCYXqFEAUkaOD"
    "4b1gvzf94ONg/A4Ldp5g72w7px43xQ1NGs8zVIBkC6NJOCkk4USYzNNU7uRBt8RHTocVAg"
    "IazVcPpBPpWKlCs1X0DDkzPa42f1k+J1ZAUX51VonLVIMfYCItwqcv9C192BUFSzatOJkt"
    "1SbX6QjyJvOlPLSxyXzJRmrKmvniLZmL6Eywli7hMuGQgpcEyWPBueU63nxpKvfKZg9k/C"
    "atcq9URXtl3oNtFkmefHZHCggtUb4fPEmK1UkD2/rRk5jR35BNfOavVTGYszKK5Bxrasp2"
    "vcT3NIwtmtsC1hab+OnMLZw7JVuGei4cbWs/fKbqON9vefrja5gtW8y6w1oZcU0q024Pou"
    "lBW1fnInvo90iNIYjGNIawLobwF7QdXXSaW7ot5ERqaA47R0dZigeOjtKLB2hfIt2dvFQ5"
    "EPaH1xDdg0ylGQeS0owDQWmGhbDwh7DSKwk4kY3KCMqG9i7qCHK4+uKd2cP/GrFxeg=="
)
