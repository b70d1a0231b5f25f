from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "reviews" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "stars" SMALLINT NOT NULL,
    "text" TEXT NOT NULL,
    "customer_id" BIGINT NOT NULL REFERENCES "customers" ("id") ON DELETE CASCADE,
    "product_id" BIGINT NOT NULL REFERENCES "products" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_reviews_product_165de3" UNIQUE ("product_id", "customer_id")
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "reviews";"""


MODELS_STATE = (
    "eJztXG1z2jgQ/isMn9qZXicQktDOzc3QhLZcCWSCe+30ZTzCFuCLLVNbTsL08t9Pkt9kIT"
    "s2bwHHX9IiaW3pWUn77Grl33XL1qHpvu7ougNdt/629ruOgAXJf8SqV7U6mM/jClqAwdhk"
    "bYHfCPrNxi52gIZJxQSYLiRFOnQ1x5hjw0akFHmmSQttjTQ00DQu8pDxy4MqtqcQz6BDKr"
    "7/JMUG0uE9dMOf8xt1YkBTT3TX0Om7WbmKF3NW9s6Y9hB+z9rSF45VzTY9C8Xt5ws8s1Ek"
    "YCBMS6cQQQdgSN+AHY+OgHYwGG04KL+zcRO/l5yMDifAMzE34rEal9VVdTBU1FFXUdV6AY"
    "w0G1F8SVd9fU1pF/5402weH581j45P2yets7OT9lGbtGX9Xa46e/A7E6PlP4ph1vvQGyi0"
    "QzZRoq9eWvDAZAAGvhRTRoy+aSBf+UkFKPA+Bf5IQNAAGZqogRDvLBWEBbEO4qm3AyVk4K"
    "l0vzI0Ldf9ZdKCwT+d6/OPnesXl52vL1nNIqjpDwcfwuYx+IPz/vAdgz+GW7M9hJ3FMuDn"
    "M+DIAedESgF53QL3qgnRFM/Iz2aGBkK8my8FYIOKJq0R8PVcbFvQUYvuKoLg49vLISC9sx"
    "2Gbu6TG+kGEwK7rI73tgONKfoEF0wlPdJ3gDQogT+waOfcow5MFQ/hfAtLY2PjgLvIKorT"
    "kGBARg6xv0V0Ruedi26doT0G2s0dcHQ1ATutsZu2UBK1Xa6ympZYAhCYMoDoSGi/Q/QJ2l"
    "ObbEQSrhHVZZINzW9l7BvbeC5Uo9lonbXax6etaP1HJVnL/nESwf4tYNLC9puxZ08LbcKa"
    "nR7lMGenR6n2jFYlDdocOBBhqTlLnbYJmZUsWYDgvuyem5i/GSbKx2sTBorbBg8L4bz2KT"
    "G1EtaJ9KA2+NzvZ5knjhXMDJN4nkhC0gLJ95+uoQnYOJ4R3g9rWnBuUju27mlY4ttdArRQ"
    "bPo357S+8h91cHtzxqRmI1MFFsON06FzD+pRiyR1mdgO08YNXPBQB8siUlZQHcgugmo8c2"
    "xvOuMEVY2bx1LKR8pVkXA8ZLO1kCvL2BrHozPYWtBqz8haFRraVWgIWsAwi9C6SKCMcYqj"
    "PNSOtEqPVRwtkbun5c17hW+jmQdf0ioVX1aXxPdf20BkEwcSbndBgMKGBeVAJwQFtPVA8n"
    "X4n0PE3oFAHyJzEdqSdOiV3mV3pHQurxKx0IuO0qU1zUQcNCx9cSpoKXpI7UtP+VijP2vf"
    "hgNm2Oa2i6cOe2PcTvlWp30CHrZVZN+pQOf24LA0RG2Z2+ehoImjj9U5KHfMcmCTIJWD8k"
    "vIdvSAAqwO0ZA+o6wAOfDWgHdrInTNHlImiLYZifTnk4TYRhMtndXG87mitM+P0s5NoK1E"
    "CBKCFSHYd0LAb9AuJmqQs+wu8qylGEhC75Hw7ih3HfmWoICa64PuF6JZePcDXXV6F29rc2"
    "DoP9CoO1De1twgtlmUkbdy8PFWKhtvLfk6njWWnQJmeDuRxErg71nET3Qnc3mTGc5kdfK9"
    "F9amOvnewcn3NbEB171zJd/ZQkpKU2GPpU+eUyLAhWPFhQWR7HSgCExX/lPKBNLW/RY2q9"
    "J8l3DKPeK/qNEU36wT891/PFN4cBbys3Js9sXUvMpwbIBFswSXNTCygGmm6iCWKpPVP26e"
    "nUbg0x9ZcI8uO/1+iC9nu+WbYzqJCtuXCcg184WEIGJhYspLlQnWnWwVS4kAheFPylUK2J"
    "RbEJnYNX2CskXVRYeAX/7yPFjJLN8ArmtkuxwIssmVXdjT2iZFDj0KCUHmnI10esz7NZvm"
    "xgS2WyNYcw6cQAfSebQWQf78uXdRgB57nqG/pjKrTM7HWXL9z4mHNApOjb2J/mn9VTAWWX"
    "S2yvZVFv069mPGfDSYDf2RCD+npLyBRl6mhKkVm481xrO/AMoJoRLC3M4Dczsd5vZySLdy"
    "QionpOLAFQfeu7tgIUeW0bSYPmfQNC45vcrDeH7hSvfGK0Idgualuy7WykMZWumUobVEGb"
    "CBzUKsLBIoISPbSs52Rco2ScoAJu8be1h2YPv3aDhIObdISInpWIaGa//VTMM9wJuOGeBR"
    "OOiT079HIX564lXSe6YPEL9HYcIp0BYEWr3QriGIlS8/p5HnuxSN9A9TNNiXKVbKS6/SF6"
    "qk66e+PCpcd0xAXPj6aIFbuvtF1oreH+UHKl4gTVzHTV4fFe6HitdHhdulm7g+Gt+aSfXw"
    "gsUhcfDiZZPu33HrcwtR+NC/jBLsqiSVw/D6MJBdJcrOUYmEysSfN5GiguG95Lgz/cNtYf"
    "sdZrI/wdHRdr7aVuVWV1ksz1ABGRH8Kt9iI/kW0lyW6uJAEXT3+JN5HegY2qwuIdFBTSaJ"
    "BnGbvTkieS5MeWufyruFjhtEJfIG2ziRMgbpT07yBOlPTtKD9LROCCuTRVUA4aB5CdFt5D"
    "oCaWQcgTQkRyA2wtIP5qVH7DmRtcL1+4b2LuL1BaLImzdmD/8Dvmo+/Q=="
)
