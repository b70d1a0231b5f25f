from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- The branch with the coupons was merged: the state below has both.
        COMMENT ON TABLE coupons IS 'Codes; see marketing''s sheet';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        COMMENT ON TABLE coupons IS NULL;"""


MODELS_STATE = (
    "eJztXG1z2jgQ/isMn9qZXicQktDOzc3QhLZcCWQCvXb6Mh5hC/DFlqktJ2F6+e8nyW+ykB"
    "0bDAHHXxKQtEZ6VtY+u1rpd920NGg4rzuaZkPHqb+t/a4jYELyQax6VauDxSKqoAUYTAzW"
    "FniNoNds4mAbqJhUTIHhQFKkQUe19QXWLURKkWsYtNBSSUMdzaIiF+m/XKhgawbxHNqk4v"
    "tPUqwjDd5DJ/i6uFGmOjS0WHd1jf42K1fwcsHK3umzHsLvWVv6gxNFtQzXRFH7xRLPLRQK"
    "6AjT0hlE0AYY0l/AtktHQDvojzYYlNfZqInXS05Gg1PgGpgb8USJyuqKMhiOlVF3rCj1HB"
    "ipFqL4kq56+prRLvzxptk8Pj5rHh2ftk9aZ2cn7aM2acv6u1p19uB1JkLLexTDrPehNxjT"
    "DllEiZ56acEDkwEYeFJMGRH6ho485ccVMIb3CfCHAoIGyNBEDQR4p6kgKIh0EE29HSghBc"
    "9x9ytD03ScXwYtGPzTuT7/2Ll+cdn5+pLVLP2a/nDwIWgegT847w/fMfgjuFXLRdhergJ+"
    "Pge2HHBOpBSQ101wrxgQzfCcfG2maCDAu/lSANavaNIaAV/XwZYJbSXvqiIIPr68HALSO1"
    "th6OI+vZEuMAGwq+p4b9lQn6FPcMlU0iN9B0iFEvh9i3bOPerAVPEQzLegNDI2NrgLraI4"
    "DQkGZOQQe0tEZ3TeuejWGdoToN7cAVtTYrDTGqtpCSVh29Uqs2mKJQCBGQOIjoT2O0CfoD"
    "2zyEIk4RphXSrZUL1W+r6xjedCNZqN1lmrfXzaCt//sCTttX+cRLD/OUxa0L4Ye/a00Mas"
    "2elRBnN2epRoz2hV3KAtgA0RlpqzxGkbk1nLkvkI7svqWcT8TTFRHl5FGChuGTwshLPap9"
    "jUilkn0oPa4HO/n2aeOFYw1w3ieSIJSfMl33+6hgZg43hGeD9saMG5SW1bmqtiiW93CdBy"
    "bNG/Gaf1lfeog1ubUyY1G5kisBhunDade1ALW8Spy9SymTZu4JKH2n8tQmX51b7s0q/Gc9"
    "tyZ3NOUFG5eSylfKRcEQnHQzpbs9wFQ2uVq3k16UyNtXlCmqaSPuVzkrVyMopmK4uD3Er2"
    "kFsvHyFvC2irUvM3MoFhJJOMSKxMzvJx8+w0pBf0SxqzGF12+v2AHkeIQqQ5iiWxbRcEDj"
    "manIiAJtEbxLoJX9MPB2voZOhddMZdGTF7Ivc2CC7Ilkwu8JCyaPqt9sy7rWLpu4qlQxPo"
    "Rh6rFQqUMbB7lMUXJq2STdfRijf8tIGGvcK30cyCL2mViC+ri+P7r6UjwnqBhA1c+HZIDn"
    "RMMM2C0Q+HiL0NgTZExtJf2NL2jXqX3dG4c3kV2zyixo7WNGMbR0Hpi1NBS+FDal964481"
    "+rX2bThgnsDCcvDMZr8YtRt/q9M+ARdbCrLuFKBxa3BQGqCWx+ZGkyO2V7y+087tSx/YJE"
    "h02vlXyLI1nwKsD9GQPqOsANnwVod3GyJ0zR5SJoi2yW29+SQhtuFES2a10XyuKO3zo7QL"
    "A6hrEYKYYEUI9p0Q8Au0g/1IwyrL7iLXXAkax/QeCu+OcteRZwlyqLk+6H4hmoV3P9BVp3"
    "fxtrYAuvYDjbqD8dua44e18jLyLJG65EBda8XXcc2JLG0ixdsJJdYCf88iR6I7mcmbTHEm"
    "q1ShvbA2VarQDlKFrokNuO6dj7NtxibkgOb2WPrkOSUCXMjDWJoQybZT88B05T2lTCBt3W"
    "9hsyrJdwmm3CP+ixJO8WKdmO/e45nC/c3jn5Vjsy+m5lWKYwNMmladd9MzkiqT1S9iz1OV"
    "L47JJCpoXyYgN0ywFIKIuYkpL1UmWHeyVKxkTuWGPy5XKaAotyA0sRv6BGWLqosOAf/6yw"
    "8OSGZ5AbhukB54IMjG3+zcntY2KXLgUUgIMudsJNNj3q8pmhsT2G51/52z4RTakM6jjQjy"
    "58+9ixz02HV17TWVWWdyPs6S639OXaRScGrsl+if1l85Y5FFpFKx6NexFzPmo8Fs6I9E+D"
    "klZQ008jIlTK0oPtYYzf4cKMeESghzOwvM7WSY26sh3coJqZyQigNXHHjvDs8GHFlG0yL6"
    "nELTuNM8VR7G8wtXOjduHurgNy/daZhWFsrQSqYMrRXKgHVs5GJloUAJGdlWcrYrUlYkKQ"
    "OY/N7ExbIN279Hw0HCvkVMSkzH0lVc+69m6M4BHg1PAY/CQZ+cfIGPeFfPq7j3TB8gXuBj"
    "wBlQl0re84mCWPnycxpZLvJpJN/k02BX+ayVl16lL1RJ10992l44Hx6DOPd5+xzXGuwXWc"
    "t74J4fqHjiPnZ/Qfy8vXCgXjxvLxzHL+K8fXRqJtHD818OiYMXvTbJ/h33fm4hCh/4l2GC"
    "XZWkchheHwayo0TpOSqhUJn4cxEpKhjeS7Y7k2+6DNrvMJP9CbaOtnPNZZVbXWWxPEMFpE"
    "Twq3yLQvItpLks1cGBPOju8R2jHWjr6rwuIdF+TSqJBlGbvdkieS5MeWt3i95C29Fllykl"
    "B9s4kTIG6U9OsgTpT06Sg/S0Tggrk5cqB8J+8xKi28i0BdJI2QJpSLZALISlV6wlR+w5kY"
    "3C9fuG9i7i9TmiyMUbs4f/AcKS6sM="
)
