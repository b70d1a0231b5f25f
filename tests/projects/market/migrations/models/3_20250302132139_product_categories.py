from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE "product_category" (
    "category_id" INT NOT NULL REFERENCES "categories" ("id") ON DELETE CASCADE,
    "products_id" BIGINT NOT NULL REFERENCES "products" ("id") ON DELETE CASCADE
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "product_category";"""


MODELS_STATE = (
    "eJztW1tz2jgU/isMT81MtkMcLtl9oyRt2RLoBO9up52OR9iK8caWqC03Ybr895Xkmyxsxw"
    "6EgMNLG87Flr4j6XySjn81HWxA23vbNwwXel7zj8avJgIOpH/IqtNGEywWiYIJCJjZ3BYE"
    "RjAwm3nEBTqhiltge5CKDOjprrUgFkZUinzbZkKsU0MLmYnIR9YPH2oEm5DMoUsV375TsY"
    "UM+AC96OfiTru1oG2kmmsZ7N1crpHlgsveWeYQkffclr1wpunY9h2U2C+WZI5R7GAhwqQm"
    "RNAFBLI3ENdnPWANDHsbdSpobGIStFLwMeAt8G0i9HimJbKmpo0nqja9UjWtWQEjHSOGL2"
    "1qEC+TNeG33xXl/LyntM67F512r9e5aF1QW97edVVvFTQmQSt4FMds+GE4VlmDMA1iEF4m"
    "WHEfQEDgxYORoG9bKAh+OgAqfMiBP3aQIkC7JkcgwrsoBJEgiUEy9HYQhAI81asvHE3H83"
    "7YTDD+u38z+Ni/eXPd/3LCNctQM5qMP0TmCfjjwWjyjsOfwK1jHxF3uQ74YA7cbMAFl1pA"
    "3nTAg2ZDZJI5/akURCDCWzmRgA0VCtNI+PoewQ50taqriuT4+PJyCEjvbIVhi/vtXeYCEw"
    "G7Ho732IWWiT7BJQ/JkLYdIB1mwB9mtIHwqAMLxSoab5E0STYuuI+zojwMKQa055AES0R/"
    "OuhfXjU52jOg390D19BSsDMNVrAkiW3XVY7iyBKAgMkBYj1h7Y7Qp2ibmC5EGVwj1hWSDT"
    "2wsvaNbbwWqqGctXvti/NuO57/saRo2j9OIvj/FVJaZL+dfPay0KayWbdVIp11W7n5jKnS"
    "CW0BXIhIZjrLHbYpnydlshDBfVk9tzF+C1JUgNc2EpSwDB4WwmXzU2popbITbUFj/NdoVJ"
    "SeBFYwt2y680QZJC30fP/pBtqA9+MV4b3aMIMLg9rFhq+TjL3dNUBLFbN/Sw7rz8GjDm5t"
    "LhjUvGeaxGKEfrps7EEjtkhTl1vs8mjcwaUIdTgt4mCF6tB3GarJ3MW+ORccNV0Yx5mUj8"
    "o1mXCsitlaxJWz2JrAowvYWmi1Z2TteDS0q6Mh6ADLrkLrYoc6nlO0ylA7apV/VtFaI3cv"
    "y5v3Ct8zpQy+1CoXX65L4/svthBdxEEGt7ukQBHLgdlApxwltI3Q8230xyFi70JgTJC9jH"
    "JJPvTq8PpqqvavP6fOQi/76hXTKKlz0Ej6pitFKX5I45+h+rHBfja+TsY8sS2wR0yXvzGx"
    "U782WZuAT7CG8L0GDGENjqQRauvcvgwFTV19PJ2DCtcsBzYIcjmoOIWwa4QU4OkQTdgz6g"
    "TQcx6zBWBlsLYYxXzKlgTryNdeH19b2EB/UrZLOR6z3b5nu+N914tPw+N91w7uu27o5LgZ"
    "DtRyJ4o5hQyVecqIPqdGgD8/V+GA5fGVCM1HOIsWR2+7xOVb8Hge8vBw7/uRzOzLKlpEZo"
    "DDyl7WIzB1gG3nxiDxqlNCO1d63Rh89qMI7ul1fzSK8BXSEkRZdwH5/CCyrxOQG16AS7vi"
    "ypxL9KoTrDtZKtZutirDn/Y7BmBbjDdOsRvS3bodE8lcV5z+2YVdGaN8C7hucH17IMimZ3"
    "blTcRzUuQI/AyCLMQlnx6L1/jHQ73Xx4O9O7/KDWFoXrvCunaZ28F2/uVge+1ukFjErnT5"
    "GjvU8Pb1WW63j1uObW45AKHvm/kk65Drz+lknLMhTnnJZ/uWThr/NWzLO8Ca0ALwGByp8/"
    "u1L3fkj3RO0wfz7AHylzs2NIG+pNAalVYNye1Ja8eeIS8XbpSq2ygo2zjJ2l4cj3z3oIZU"
    "qnrcrIq0QrHufjGRqmWkYkflOtJUVW66ilQqE5WrSKUi021UkSbFM7nblz50LX3ezPq8ON"
    "CcFn5dnNjszdbltexbnu1jn5/Q9cI1tWwSFFzqSJ47nTLkudPJJ89MJ9E9OqkqIBya1xDd"
    "s1Jbk7OCrclZxtYEI5L5yU8+kxZcNqLR+4b2Lnh0BXa3/bO41f/YGoNw"
)
