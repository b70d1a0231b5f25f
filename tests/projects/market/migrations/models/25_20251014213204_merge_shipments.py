from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE INDEX shipments_sent_idx ON shipments (sent_at) WHERE sent_at IS NOT NULL;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX shipments_sent_idx;"""


MODELS_STATE = (
    "eJztXW1z2jgQ/isMn9qZXCch5KWdm5uhCW25JiQT6LXTl/EotgBfjExluQnTy38/ya+ykR"
    "UbDDFGX9ogaWX7kbz77Gol/25ObQNazquOYWDoOM03jd9NBKaQ/pGu2ms0wWwWV7ACAm4t"
    "ry3wG0G/2a1DMNAJrRgBy4G0yICOjs0ZMW1ES5FrWazQ1mlDE43jIheZP12oEXsMyQRiWv"
    "HtBy02kQEfoBP+nN1pIxNaRuJ2TYNd2yvXyHzmlb01xz1E3nlt2QVvNd223CmK28/mZGKj"
    "SMBEhJWOIYIYEMiuQLDLnoDdYPC04UP5Nxs38e+SkzHgCLgW4Z74VovLmprWvxpqg+5Q05"
    "oFMNJtxPClt+qP15jdwh+vW63Dw5PW/uHx6VH75OTodP+UtvXud7Hq5NG/mRgtvysPs977"
    "Xn/Ibsimg+gPLyt49GQAAb6UNxgx+paJ/MFPDsAQPmTAHwmkRoA+WnoEQrxlQxAWxGMQT7"
    "0NDIIEz2H3i4fm1HF+Wqyg/0/n5uxD5+bFZefLS69mHtRcXPXfh81j8PtnF1dvPfhjuHXb"
    "RQTPFwE/mwAsBpwTqQXkzSl40CyIxmRCf7YkIxDi3XqZAjaoaLGaFL6uQ+wpxFpRrZISfF"
    "q9bAPSG9MwTLmP7oQKJgR2cTje2RiaY/QRzr0h6dF7B0iHAvgDi3bGdbVlQ/EYzrewNDY2"
    "GNxHVjE9DSkG9Mkh8VVEZ3DWOe82PbRvgX53D7ChJWBnNXbLTpVEbRerpq1pugQgMPYAYk"
    "/C7jtEn6I9tqkiEnCNqE5KNnS/lVk1trErVKN10D5pnx4et6P3PyqRvfZPkwjv/wImLWxf"
    "jj17XmgT1ux4P4c5O97PtGesKmnQZgBDRITmLHPaJmSWsmQBglXRnmXMX4mJ8vEqw0Bxan"
    "C7EM5rnxJTK2Gd6B00+p8uLmTmiWMFE9OinicSkLRA8t3HG2gB7zl2CO/HFS04N6mxbbg6"
    "Efh2lwDNhzb7N+e0vva72jrdLJnU3pNpKRbDPSdmcw8aUYskdRnZ2BuNOzjnoQ5ei2iwgu"
    "pAdh5Ukwm23fGEE9R0bh4LKR8t19KE41HO1mx35qG1yNX8GjlT89o8I03T6T0Vc5KNejKK"
    "VjuPg9zO9pDbL58gbzOIdaH5G0yBZWWTjFisTs7yYevkOKIX7IeMWQwuOxcXIT2OEYXIcD"
    "RbYNvOKRxiNDmRFJp03CAxp/AV+2NrDZ0IvfPOsCsiZnn4g40NiAW2rQh7uGJ9bC2ipVMH"
    "uTkJQy8ig8KFZSQmJWhVMd9frTRsaqUBToFpFbHpkUAdw977eSIFtFW2Yd9fiBWM6IW1or"
    "GYhFANkT5o5UGatspE2qtLIv2vbSLqHQABazoP7LUY7YSgzNKzP7YRewyBcYWseWiUsqEf"
    "9i67g2Hn8jqxyMZIAatpJRbYwtIXx6lRijppfO4NPzTYz8bXq77nMc1sh4yxd8W43fBrk9"
    "0TcImtIfteAwanjcPSELXluEliTX15esKt32/ZJMhkKPwrtEkGt5UAYfjLhPcrInTjdVIn"
    "iNbJcv35JKC40UTL5rfxfFbkdvfI7cwC+lKEICGoCEHVCQGvoB0SRGQWqXYXudOF4Hpi3C"
    "PhzVHuJvItQYFhbva7n+nIwvvv6LrTO3/TmAHT+I4G3f7wTcMJwn9FGXmeiGZ2QLOd5uIU"
    "6ltReolk+TmSWAr8isWD0o5lLr9S4lYupFR5awHCFWhp0losVEOUS4rKq8Q1lbhW7aEoI3"
    "Hthlram97ZsCnQK2WgG3W0XSolN7S8Ll0h5yIj1buww31B+6nRTE6lW82nEImyJorAdO33"
    "UleQMCQuRitHJlgndYXImZizEibSIOimTjCtPYDj6aesIE6ovJ4I5GiRsiw3mvPN794b8S"
    "Db6IeK8FSFDe5JIjxgyvbhLI6APEsmlqoTMS8jSUYXa8dsPydsXycgV8zIT62mFPYdeak6"
    "wboRVbGQalsY/qScGoCyPPfIxK7oWNZteXEv5Vjyr794p5lglpeA6wr55FuCbPLNzgiGPM"
    "82vtA3FRBkzm3Npse8h1w2N6aw/TKDdw7DEcSQzaOVCPKnT73zAvTYdU3jFZNZZnI+zZKb"
    "f45cpDNwGt6V2D/tvwouypSRe+sFqA/9xTN+Wcx79CeWOrlByrscwMvUMMes/EWXePYXQD"
    "khVEOYT/PAfJoN8+ni2pZyQpQTojiw4sCVO20h5MgimhbTZwlN47Z/qoS03QtXOnduEeoQ"
    "NK/d9sl2HsrQzqYM7QXKQExiFWJlkUANGdlatrEoUlYmKQOEXu/WJaKl/78HV/2MdYuEVD"
    "ov1dRJ47+GZTpbeJaIBDwGB+s5+8S39OFue0nvmXWQPvFtjMG0yGyO2m9uNu9XeCovtQNH"
    "Zbqo7SVlJHEQW79bDaBB2EVd8FnR5+GsfPJElQTChU+oKXAQULXYqsRNFR5Rwz9o+oyaxI"
    "k/yRNqUkfQpE+oSR1gU8YJNf52CamLG2SACTzcODcs28HlktCUf7t7/i2GwBFlD8ui46GE"
    "csTyOWIYjlz6cEWOHuRF1MmDKkT+7DpEhciX4R5bESIPnA8hfwjdEhl/iPyfNaQxhAH6aB"
    "ORyvKtjEqQ0Qr6rosOpZAn+UZCddLNZeT4EvggyBfL/rZE2H6De6Kb61WuIrDW82EJtX9U"
    "pQHv4ABI+J1KWC0lYVWYDKw2RxdBt8Jf9Yh2GApoNL/7MJtIJ7Y6qlDcDnJm9kWA4icfcW"
    "IlnHtUsbiRjP5V6JijEBPpOUfshb5jD7swwJKkF05mTce/1OkrLyosWB3aqMKC2x0W9Jfc"
    "RXQmXIuXcJmoSckhQfpYcGK7jj9f1M7/qukDGb/J2vlfqU3/Vc7hUkGSZ5/d8QBEmqjYN+"
    "XSYnUagXV9Vy6h9FdkE5/5vrYM5ryMIj3H1J70TYf4noexxXNbwNoSEz+buUVzp2JhqF3h"
    "aGv7tqxukmKfSw/a1zDJq5y4w1IZ9SoVerMH2XUgNvWJSB8GNVJlCOI2ShHWRRH+gtgxi6"
    "W8ciI1VIeto6M8Oa9HR9k5r6wutV2OvlQFEA6a1xDdg1wZxQeSjOIDwdZOGxHht0azdyJy"
    "IittQ6wa2pvYh1jA1JdvzB7/B/HAbvc="
)
