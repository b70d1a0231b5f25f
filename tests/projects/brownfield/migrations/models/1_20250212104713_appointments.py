from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "appointments" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "starts_at" TIMESTAMP NOT NULL,
    "details" JSON NOT NULL,
    "customer_id" INT NOT NULL REFERENCES "customers" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_appointment_custome_6ce229" UNIQUE ("customer_id", "starts_at")
);
CREATE INDEX IF NOT EXISTS "idx_appointment_starts__d3efec" ON "appointments" ("starts_at");"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "appointments";"""


MODELS_STATE = (
    "eJztmv9vmzgUwP8VxE87aavSLN2q03QSTemWrYUqYXdTqwk54CRWwWZgrq22/u+zzReDA1"
    "zSa5clyk8tz+8Z+/Pwe49Hvush8WGQHBhRRBCmIcRU/1P7rmMQQvZP0/BLTQdRJAe5gIJp"
    "IPSBVBQDYJrQGHh80hkIEshEPky8GEUUEcykOA0CLiQeU0R4LkUpRt9S6FIyh3QBYzZwfa"
    "17aUJJyK6YQkJBTBMXUP3rV3aJsA/vYML1+GV0484QDPzadpDPDYXcpfeRkI0wPROKfBlT"
    "1yNBGmKpHN3TBcGlNsoIzCGGMaCQT0/jlO+LLzvHUGw124JUyZZYsfHhDKQBrXCYulKmu6"
    "5lO+7EdFxXX4OcRzCnjrgP+O7nfAmv+oeDt4Pj128Gx0xFLLOUvH3Ibi3BZIYCj+XoD2Ic"
    "UJBpCMYSqvTDEttThoiiEDYDrhkqnP3c8qD4R6VeMO7CXgg2w70DqjO6MCeOcXHJpw+T5F"
    "sgaBmOyUf6QnqvSF+8+YPLCTtO2VkrJ9H+GTkfNH6pXdmWKWiShM5jcUep51zpfE0gpcTF"
    "5NYFfhVkIS5ETFX62IcUoOys1z38cWJbzd6tmKi+RR7VfmgBSpbO0uO8KkNL6cJ3sxR73G"
    "PaNEUBRTg54Lf9S//1zuaIan62/jbGww/G+MWF8UXxqTU8t09UB/IJTsQhlA4pAqG7VkhT"
    "rP47tj2VP37z8MYTxuymMbpVM06d8hmJIZrjT/BewB6xVQHswQaweRYdVqbaMsgPxZNUSG"
    "UsjcFtmWnVB4wxYDuHVFAYGpOhcWrqgvYUeDe3IPbdGnY+QvpEkZS6y0NhP1QlAIO5AMR3"
    "wtet0m+ob6qeaS9uis09Q2WzL2A2WMCIv0tYhwsQN3O1cn2FLFvyFp5sdmDu3ADiOV2wy+"
    "NeB8kibR331KyVj/TFUD1RwZBVAevQha8Ki0fxzR/M3xPvYX8VvkyrFbAYqxNOUJ51ViVc"
    "Guwe4JX4duDN6C6VA+0ZS7pBffWte+Mktz77NIYBEJtsrROUt+0tCyhtpULtmSWxn+fRx2"
    "Oy+Ry7BOg5q58MVkPpU1Jsr3tIqbKveXal5uFtlXVyRqG/gzXP0+SMWkama9ItDXYvIw9W"
    "oTtopztYonu7aGo1OvCuJSQU+jvx6HY1Fc0vTnefqewpntvW+0JdbT7t+0z7PtOmH+//1W"
    "eybM0YOiPb2lSn6RLEjV/RhLyz0or4B5HNVVo4DadNT2B74pIWTxNdN1tzPUtZ0FGDVZa5"
    "Rj5TzPZp7RFpLYpRU8/kLCCghTojRbXSTIE+43bbV6l1UD+1P5+cm9rl2ByOJqP8A1b5SV"
    "IMchEToCzqjk3jfL3WyXOGYAMyTy2agnA+0hmGgdTZv/FuU33VFW3/hXHSGGnbs1vFZCei"
    "rJLgjo5WyXBHR+0pjo/VAys/VGsQztV3kO5hb6VWf6+j1d9bevVld6R5V3jVn2FUTH79zz"
    "A2k7ue7AcXG01mDz8BqdKv7w=="
)
