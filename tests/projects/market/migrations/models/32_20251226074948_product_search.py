from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE products ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED;
        CREATE INDEX products_words_idx ON products USING gin (words);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX products_words_idx;
        ALTER TABLE products DROP COLUMN words;"""


MODELS_STATE = (
    "eJztXW1z2jgQ/isMn9qZXCch5OU6NzdDE9pyl5BMoJdOX8aj2AJ8MTaV5SZML//9JPlNNr"
    "JigyHG6EsbJK1sP5J3n12t5F/NqWNAy33TMQwEXbf5tvGraYMpJH+kq/YaTTCbxRW0AIM7"
    "i7UFfiPoN7tzMQI6JhUjYLmQFBnQ1ZE5w6Zjk1Lbsyxa6OikoWmP4yLPNn94UMPOGOIJRK"
    "Ti63dSbNoGfIRu+HN2r41MaBmJ2zUNem1WruH5jJW9M8c9G79nbekF7zTdsbypHbefzfHE"
    "sSMB08a0dAxtiACG9AoYefQJ6A0GTxs+lH+zcRP/LjkZA46AZ2Huie+0uKypaf2roTboDj"
    "WtWQAj3bEpvuRW/fEa01v47fdW6/DwpLV/eHx61D45OTrdPyVt2f0uVp08+TcTo+V3xTDr"
    "fej1h/SGHDKI/vDSgicmAzDwpdhgxOhbpu0PfnIAhvAxA/5IIDUC5NHSIxDiLRuCsCAeg3"
    "jqbWAQJHgOu58ZmlPX/WHRgv4/nZuzj52bV5edz69ZzTyoubjqfwibx+D3zy6u3jH4Y7h1"
    "x7Mxmi8CfjYBSAw4J1ILyJtT8KhZ0B7jCfnZkoxAiHfrdQrYoKJFa1L4ei52phBpRbVKSv"
    "B59bINSG9Mw1DlProXKpgQ2MXheO8gaI7tv+GcDUmP3DuwdSiAP7BoZ1xXWzYUT+F8C0tj"
    "Y4PAQ2QV09OQYECeHGJfRXQGZ53zbpOhfQf0+weADC0BO61xWk6qJGq7WDVtTdMlwAZjBh"
    "B9EnrfIfoE7bFDFJGAa0R1UrKh+63MqrGNXaEarYP2Sfv08Lgdvf9Riey1f55EsP8LmLSw"
    "fTn27GWhTViz4/0c5ux4P9Oe0aqkQZsBBG0sNGeZ0zYhs5QlCxCsivYsY/5KTJSPVxkGil"
    "OD24VwXvuUmFoJ60TuoNH/dHEhM08cK5iYFvE8bQFJCyTf/30DLcCeY4fwflrRgnOTGjmG"
    "p2OBb3cJ7PnQof/mnNbXfldbp5slk5o9mZZiMdxzIjr3oBG1SFKXkYPYaNzDOQ918FpEgx"
    "VUB7LzoBpPkOONJ5ygpnPzWEj5SLmWJhxPcrbmeDOG1iJX82vkTI21eUGappN7KuYkG/Vk"
    "FK12Hge5ne0ht18/Q95mEOlC8zeYAsvKJhmxWJ2c5cPWyXFEL+gPGbMYXHYuLkJ6HCMKbc"
    "PVHIFtOydwiNHkRFJoknGD2JzCN/SPrTV0IvTOO8OuiJjl4Q8OMiAS2LYi7OGK9rG1iJZO"
    "HeTmJAy9iAwKF5aRmJSgVcV8f7XSsKmVBjgFplXEpkcCdQx77+eJFJBW2YZ9fyFWMCIX1o"
    "rGYhJCNUT6oJUHadIqE2lWl4rKOOxiCzBns6VIQMVjFgnTvwQd4mwBAQk9D+iPGNaEoIw4"
    "0T+2cSojCIwr25qHNj4b1WHvsjsYdi6vE2uWlGPRmlZivTIsfXWcmvRRJ43b3vBjg/5sfL"
    "nqMwd05rh4jNgV43bDL016T8DDjmY7DxowOOMWloaoLUf1EikKy7M9Lh1iyyZBJuHjX6FN"
    "EuKtBAjBnyZ8WBGhG9ZJXSF6MN3Jqq/ZLemjTvis06ny3zeBRxW9iNnuVPy+K19q93ypmQ"
    "X0pQhTQlARpqoTJl47uzgIAC56dl3bmy6s5STGPRLenIfXtH1LWWCYm/3uLRlZ+PDNvu70"
    "zt82ZsA0vtmDbn/4tuEG0eaiDmCeAHp2/Lyddv0I1HeibCZJtkMksRT4VfP9UnGMXGEMSR"
    "RjIYOPLT0JEx6kOZKxUA1RLmkRSOVJqjzJag9FGXmSN8TS3vTOhk2BXikD3aij7VIpuaHl"
    "dekKKT4ZOwsKByQuSD81msmp7L75FAojyUVguvZ7qStICGIP2StHbmgndYXInZizEibSIO"
    "imTjCtPYDD9FNWECdUXs8EcrRIWZYbzfnqd89GPEhu+64iPFVhg3uSCA+Y0m1fiyMgT8qK"
    "pepEzMvIydLF2jHbz4GrrNdWFMjSFmx9pVVUQ/BSdYJ1I6piIbO7MPxJOTUAZXnukYld0b"
    "Gs2/LrXsqx5F9/8cZGwSwvAdcVti9sCbLJNzsjGPIyu0ZD31RAkDm3NZse8x5y2dyYwPbT"
    "DN45BEcQQTqPViLInz71zgvQY88zjTdUZpnJ+TxLbv4x8mydgtNgV6L/tP8suChTdLaK9C"
    "oLUB/6i2f8shh79GeWOrlByrscwMvUMKWx/EWXePYXQDkhVEOYT/PAfJoN8+ni2pZyQpQT"
    "ojiw4sCVO9wj5MgimhbTZwlN43Ybq4S03QtXuvdeEeoQNK/dbt12HsrQzqYM7QXKgE1sFW"
    "JlkUANGdladk0pUlYmKQOYXO/Ow6Kl/78GV/2MdYuEVDov1dRx47+GZbpbuFVKAh6Fg/ac"
    "fcBg+izBvaT3TDtIHzA4RmBaZDZH7Tc3m/crPJWX2qGkMl3U9psykjiwo9+vBtAg7KKO+K"
    "jtSWs8Lip1wFEC4MIHRhU4l6tabF7ixgtPjOIfNH1kVOIAruSBUakTodIHRqXOkyrjwCh/"
    "O4k0BBBkyAkiAHHuXHYAgEvSU/7/7vn/CAJXlF0tWz0IJZSjms9RRXDkkYcrchIoL6IOnl"
    "BLCC+uQ9QSwjLcYyuWEALnTMgfQrdNxh8i/3ANaR7hAka0yUplQVdGJchoBXnXRYeayJOg"
    "I6E66eYycqAxfBTk02V/6iVsv8E94831KlcRWOv5zovaX6vSpHdwACT8TiX0lpLQK0yWVp"
    "vHi6Bb4Y/sRDswBTSa352ZTaQTW0FVKG4HOTP9QEfxk6E4sRLOhapY3EhG/yp0DFSIifQc"
    "KPpC39OHXRhgSVIQJ7Om43Hq9NElFRasDm1UYcHtDgv6KQkiOhPmKki4TNSk5JAgeSw4cT"
    "zXny/qZISq6QMZv8k6GaFShyJUOcdNBUlefHZzSU2hJir2ice0WJ1GYF2feUwo/RXZxC3f"
    "15bBnJdRpOeY2rO/6RDfyzC2eG4LWFti4mczt2juVCwMtSscbW2fetZNPC8SeQjb1zDJq5"
    "y4w1I7DlSq+GYP+mNp4yJtGKSTSxRhlLRetg/Lr/koF7aCJF+iRFV2wEv7XcrxrVaYV61g"
    "y4zb3jIr2Mozq5tn1oHI1IVEJKiRUhEQt1H+2IaV69r8sZ8QuWaxnTecSA29stbRUZ6tN0"
    "dH2VtvaF3qVAPyUhVAOGheQ3QPcm1sOpBsbDoQnMDh2BiKlnSyD4zgRFY6LaJqaEvALe24"
    "iAIRh/KN2dP/JIhP4w=="
)
