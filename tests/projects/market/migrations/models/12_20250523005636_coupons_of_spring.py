from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        INSERT INTO coupons (code, percent, ends_on) VALUES
            ('SPRING;25', 10, '2025-05-31'), ('O''CLOCK', 5, NULL), ('$$50$$', 50, '2025-04-01'), ('100% "off"', 100, NULL);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DELETE FROM coupons WHERE code IN ('SPRING;25', 'O''CLOCK', '$$50$$', '100% "off"');"""


MODELS_STATE = (
    "eJztXG1zmzgQ/isePrUzuU5MnMTt3NyMm7itr46did1rpy/DyCDbXEC4IJp4evnvJ4k3IQ"
    "sCjuPYhC+JkXZBelZon11J/FZsx4CW96pjGC70POVN47eCgA3JD7HqoKGAxSKpoAUYTCwm"
    "CwIhGIhNPOwCHZOKKbA8SIoM6OmuucCmg0gp8i2LFjo6ETTRLCnykfnThxp2ZhDPoUsqvv"
    "0gxSYy4C30osvFtTY1oWWkmmsa9NmsXMPLBSt7a856CL9jsvSBE013LN9GifxiiecOihVM"
    "hGnpDCLoAgzpE7Dr0x7QBoa9jToVNDYRCVrJ6RhwCnwLcz2eaEmZommD4VgbdceappTASH"
    "cQxZc0NbDXjDbhj9eqenR0qh4enbSPW6enx+3DNpFl7V2tOr0LGpOgFdyKYdZ73xuMaYMc"
    "YsTAvLTgjukADAItZowEfctEgfHTBhjD2wz4YwXBAqRrogUivPNMEBUkNkiG3haMkIPnuP"
    "uFoWl73k+LFgz+6VydfehcvbjofHnJapZhTX84eB+JJ+APzvrDtwz+BG7d8RF2l6uAn82B"
    "KwecU6kE5IoNbjULohmek0s1xwIR3upLAdiwQqU1Ar6+hx0bulrZWUVQvH962QektzbD0M"
    "l9ei2dYCJgV83xznGhOUMf4ZKZpEfaDpAOJfCHHu2Mu9WemeIuGm9RaeJsXHATe0VxGBIM"
    "SM8hDqaIzuisc95VGNoToF/fANfQUrDTGkd1hJJYdrXKVm2xBCAwYwDRntB2R+gTtGcOmY"
    "gkXCOuyyUbeiBl7hrbeC5UQ222Tlvto5NW/P7HJXmv/f0kgv0v4dIi+c34s6eFNuXNTg4L"
    "uLOTw0x/RqvSDm0BXIiw1J1lDtuUzlqeLERwV2bPTYzfHBcV4LUJB8VNg/uFcFH/lBpaKe"
    "9EWtAYfOr389wTxwrmpkUiTyQhaaHmu49X0AKsH88I77sHenBuULuO4etYEttdALQcO/Rv"
    "wWF9Gdxq7+bmnEHNeqYJLIbrp0vHHjRiiTR1mTous8Y1XPJQh69FbKywOtRdhtV47jr+bM"
    "4pajo3jqWUj5RrIuG4y2drjr9gaK1ytaAmn6kxmSekaTppU7kg2agmo1BbRQLkVnaE3Hp5"
    "D3lbQFeXur+RDSwrm2QkalUKlo/U05OYXtCLPGYxuuj0+xE9ThCFyPA0R+LbzgkccjQ5FQ"
    "FNYjeITRu+oj/21tHJ0DvvjLsyYvZE4W2UXJBNmVziIWfSDKV2LLqtc+nbyqVDG5hWGa8V"
    "K1QxsXtYJBYmUtmu63AlGn7aRMNO4dtUi+BLpDLxZXVpfP91TERYL5CwgfPQD8mBTinmeT"
    "D6Yx+xdyEwhshahhNb3rpR76I7GncuLlOLR9TZ0Ro1tXAUlb44EawU36TxuTf+0KCXja/D"
    "AYsEFo6HZy57YiI3/qrQNgEfOxpybjRgcHNwVBqhVsbnJoMjtVa8ftDOrUvv2SDIDNr5V8"
    "hxjZACrA/RkN6jSgA9JnELwJKwthjFbMqWGKvma8+Pry0soK/l7VKKtbfbdW/HT88eDsPo"
    "VQrZRb69khFN2T1W3h6fVBC8UcqZWRl0PxPLwpvv6LLTO3/TWADT+I5G3cH4TcMLczZl6W"
    "aRNFR2Fqq1QuR9eyLbE5BD5WONtcDfsbSIGCsVCpVyIqV6H8xOeJt6H8wW9sFcER9w1Tsb"
    "F1tpzNjgWJqO98l9KgS4sMlgaUMkWyssA9NlcJcqgfTocQsbVVmxSzTk7olftHiIbzaI+R"
    "bcnhk8XBn9UQc2u+JqDnICG2DTPcNlV/QSrSp5/U0s6OnyyTGbREXyVQLygbsHhQxZaWLK"
    "a1UJ1q1MFSvbgkrDn9arDbCpsCB2sQ+MCaqWMhYDAv71l++Kl4zyDeD6gL1ve4Js+s0uHW"
    "k9JkWOIgoJQeaCjWx6zMc1m+bGBLZfZvjOuXAKXUjH0YMI8qdPvfMS9Nj3TeMV1VlncN7P"
    "kpU/pz7SKTgN9iT6p/VXyVzkJvYJsezXUZAz5rPBrOv3ZPg5IxVNNPI6Fdw3sPlcYzL6S6"
    "CcUqogzO0iMLezYW6vpnTrIKQOQmoOXHPgnTsZGnFkGU1L6HMOTeOOqtT7MJ5futK79stQ"
    "h1C8ckc9WkUoQyubMrRWKAM2sVWKlcUKFWRkj7IhuSZlmyRlAJPnTXwsW7D9ezQcZKxbpL"
    "TE7Vimjhv/NSzT28NzzzngUTjonbO/TiN+iOYgHT3TG4hfp7HgDOhLrezhO0GtevtzmkW+"
    "UtPM/kxNk32nZq1N1/X2hUc+Jy2c7E2hXPqkdIkD6bvFRMoeleY7Kp6VTp08T5+UFo5Ciy"
    "elhYPUmzgpnZx3yAxfOtA19bki+4ReUHOQ+wW9RGZnQpfnErc82gdtfkHXM2UneLOdIKdS"
    "RfJ8fFyEPB8fZ5NnWifQPfJSlUA4FK8gus1CoUkzJzRpSkITB2Hpuf5sJs2pPIhG7xra2+"
    "DRT3qM/e5/MlGSvQ=="
)
