"""Saved views can be shared, and carry a version and dates. Rows that are there stay private and have no dates.

The SQL carries its own transaction: Aerich hands it to `executescript`, which commits whatever was begun before. The
way back builds the table anew: not every SQLite can drop a column.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        BEGIN IMMEDIATE;
        ALTER TABLE "saved_views" ADD COLUMN "is_shared" INT NOT NULL DEFAULT 0;
        ALTER TABLE "saved_views" ADD COLUMN "version" INT NOT NULL DEFAULT 1;
        ALTER TABLE "saved_views" ADD COLUMN "created_at" TIMESTAMP;
        ALTER TABLE "saved_views" ADD COLUMN "updated_at" TIMESTAMP;
        CREATE INDEX "idx_saved_views_is_shar_7b92e3" ON "saved_views" ("is_shared", "name");
        COMMIT;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        BEGIN IMMEDIATE;
        DROP INDEX "idx_saved_views_is_shar_7b92e3";
        CREATE TABLE "saved_views_before" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "name" VARCHAR(100) NOT NULL,
            "query" TEXT NOT NULL,
            "columns" JSON,
            "order" VARCHAR(50),
            "owner_id" INT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
            CONSTRAINT "uid_saved_views_owner_i_88564a" UNIQUE ("owner_id", "name")
        );
        INSERT INTO "saved_views_before" ("id", "name", "query", "columns", "order", "owner_id")
            SELECT "id", "name", "query", "columns", "order", "owner_id" FROM "saved_views";
        DROP TABLE "saved_views";
        ALTER TABLE "saved_views_before" RENAME TO "saved_views";
        COMMIT;"""


MODELS_STATE = (
    "eJztXetv27YW/1cIf2l34QaJ26Td+slJ0y13aTIk7u4eGWTGom3BsuiKVFyj6/9+Ser9tK"
    "hIjqwQGIaG5KHoH8nD8+Lht94S68gkB8PJBDsW7f0EvvUsuETsH8mqPujB1Sqs4AUU3pui"
    "rUOQLUrgPaE2nPCeptAkiBXpiExsY0UNbPGmozkChH0C2HgN1gadY4cCygrnkMwPwBV6QD"
    "aY2AhSpANss7YPSP8JrG2DIgJmmLW1sTObg7E3QLxCNuS9k/EBH4KOJ2wMhjVr/Gt31p01"
    "wjbFBkEvCBjPkMUrkUYmc7SEZAxmxgPrxlkBbAG6xsDtBOApK0BAwAde3vUmm4lpTMB0AW"
    "w0RTayJojcsd9ydHB08OMPP4kBu32CCV6yOmtq46UoXhozbzzixzuW8cVBGsUzxGptBsHf"
    "/7Biw9LRV0T8P1cLbWogU4/Nt6HzDkS5RjcrUXZh0Y+iIcf1Xptg01laYePVhgFqBa0Nd5"
    "n4MPDuqe3wNWA5pumtFX9ZuCMNm7hDjNDoaAodk68kTu0OICzradrV9Ui7PR9pWi+1ynyK"
    "yFLwiiYMKbZC2VCJ+PUzPoRXg6M3b9+8e33y5h1rIoYZlLz97n46BMYlFPBcjXrfRT2k0G"
    "0hMA5B5RtD/DsF7dkc2tnYRmkSCLOhJxH28WwvxEv4VTORNaNz9ufxYQGevw9vzn4Z3rw8"
    "PvyBfxAzTuLylyuvZiCqOORpiLUF2qRh/hVtilH2yXaFdK+Xwrk2cI9KoXtUAK9ft8KEzm"
    "xBHKMDZ9eXl8PRObjrnd31EjPB+JNhyqz0gKAS+B60AfZ+kxD88Aja+TofHL8pMRWsVe5U"
    "iLoMgCXXeYymFpxbxE1qQjlnwfO6wgU/ZUPUZNl7jKgerlNm5e8B34mDyyQ0zSH8J2srSM"
    "ga2xkCyinGJoJWNtI5PSQwv2ddNAW6vzOisAe7pRLwBTifXl9f8h+yJOSLKQouRgm8P386"
    "PWcTIaaBNWJCblSMiciCRGNCPBNeJRGP0Smcy+BMHKZRcGFEHuoY6Q7RDkqicGere+3Dmy"
    "l8BvuKLC9JUCq0S6C9dAjVJnNozSqz8LwuFP4l8PcB8wDUNUjT8H9gcFFjibLxz+kiAb/u"
    "9XHg/2P/pPeCGRldfDq/HQ0//Rablg9MKOQ1A1G6SZS+PEmIOkEn4H8Xo18A/xP8dX11np"
    "Q9g3ajv3p8TNChWLPwWoN6FBO/2C/Knnf0dWWwfh8z7/Eu1Ly3ed4pXiCLH1OEg5Ca8Vxj"
    "Xopuu12vLuZ6mJzWw+pTWY8tL6JtV949atPsz6bRkdBYOPYVZjpNrWZ7L2abYaDZCJIsRp"
    "lvu8kh76L58riUYe24wLB2nLTo6MhEVbdZlHInW2yXRs0u7TB58eNJBI+j5FQetUfw8PzR"
    "FfZJnLKGfVIJ28ydcvvF/OD+9fLF2eebm/OrkRastxc/qN3jOjNXesWpj1Oqqd+7qff37v"
    "1GkwrFSNFVYqJtk0ZqYKk80mW6yAzLCDFLA/0R28iYWb5D9YKNC1qTLI+GFxL02bPA7xfC"
    "3/115JeGQ7ThOogPSi8vBoArjomtfT4CV58vL3sC7Xs4WayhrWsx2HkNHuBESdA2XbUcLJ"
    "Ml0IKzECM+dj88zdENev6AcoLXwtp+Ufwa5O00xBuWDGO7thCrmtADMHZNo2QMDALG38TA"
    "2bDv0ZQtpD6AU4rsf76P+8BGOiNA+ntGYkLGhHXtP4JoPYduUNrENNgIAIEbESNmUILMaT"
    "qobYff5iFuY0aJbTb7YwAtHYwptGeIun/bCKxYfxZbZMt7Jse5sWpzgzCKDe8HAu6gAtih"
    "poiF49W85CDod8E2gBgKdYw+HwYb98oQwXgbQtGSDZlR87g30Qov+kBHloF01hhbU9OY0D"
    "5Ats0I2H+OtWAM1soLhvu7h1feOvZ+htjM4Z+s7p9ExNy3XrgY86n6IiiOk6KvK3YscJE2"
    "WL/esvR2os8/eqIxW2jiD3EYRL7ko15/z/eQTubaI/uUiiM8NWbPJZTwx8Hg9eu3g8PXJ+"
    "+O37x9e/zuMDi70lVFh9jpxc/8HIvJI9sDDoPlHZ+Az58vPmTDHxAkZsBxDP2Ak+1UVGxc"
    "nxZ2i9cnqZgf8Uvjapi8DK5k7z2VvaO8tqTYHSVREnfaiOHiw34skgoJTZDtLj5uZ6bVo8"
    "NSwXKHBcFyh6lguVCUkgfbp+ok1qWgLkA6CbQvPWMeWpgVtJWPdgZp9xwHjaxuH7k5Y/tV"
    "EPfpugd3I34aHzZC5pqrFlYBPU7dPegbWemsN1m2EiFRIJc9LDM9VIUHZbaHqguHZP1Xsh"
    "JGkrIoJ8g6CPWgDNSDfKgHeVDLGl1iZB1SX3ZifUmhL63lJOk6cg2oCWYdGCtT8ObbtKI0"
    "jzBrtWyJ12PV8mzpMqs1QtJBnly/jigfV9blULLjUlzhuIArHKe5AjUmCySlloQU3YO4Ga"
    "XbdS2mMf7v7fVVjuoXkiSN4MaEgn+BaZA9lC0KsOVYxIzcPqQvPw3/SKJ9dnl9muTQvIPT"
    "BPJeQJzmunElbNJpwg6JdrVZpn2UhHe8AroBnQI3Da5j6VjDUxlpLUKihLXEDUpEoQwD9t"
    "sr7lud+xL0RU6X9gjqiV1+NiEMkeuKNnrQeD4uGXEuRtRBreSkTGKTk/y8Jiep5DGyCCtw"
    "t4Cbii/dUQgk/4WRCMhLPDOsIaVoucqMgYzV94uiIE3eUoNuU4k4SI8CUAyIMbOAYfXBAr"
    "ECJoWCHw+BDjfEz7XH4//use7FBtqIrQ5Cs0Mc6+l2e0a8WGwcd6U0EnQXv5qhgu/29+Ta"
    "nu1PY4PNyjCyPedfSNlBtttImihjJYOz27p7FqA3ZcIA3uRHAbxJBQEIRshOHDnnf5yqez"
    "g3Em+hTPKNu0nVlcpnG9sbkehKGvoiFMrEt/UuXXa8krpFF7tFF1lST3t/LqE8fprCjyIK"
    "uJehOYaV/SK1cTll0rBoJ6MzOkwbs6gxgYzuAIzDW2CYrvhFrjW6522sHN1QirzmrOhKod"
    "qVQiUb0N7hUPb6ZSLpqCUVrpRUR9Nec4KYwEg1ZE3szYpmphk1LGjnJOvOok6mutxQ18O+"
    "Z6u5iDd4nplAmmQAn15cDW/+DPw4gUh5eX3182mGJ+f0z9H5UAn9Suj3eRuhPCy+yuQnaV"
    "VGtzbP9O7VuxJ7ed+esGmNetcybB+r3p0Nb8+GH86fSrtjmtKIMagRz+/ay1DwYvX9Ih0P"
    "W0x9Mrh/greV0PNMw1ow/Wzl2Gzjuxk82OZHtA9EOvUN19UM68Gg6D2AwEJrniyE0T1gQ3"
    "ezhWBTd8tItipY6xdEvpMg+fGUfQbZK/Y16iqXrPHtL8NXg+MT7mj03xEDkLJawpcF4S+G"
    "sT+htQFuNKTf0O808l2B5dM6KZXe20q911vMMspZhKSD2m/9Qfpu0mvZoJg4VedeZ6s/6k"
    "jpYM9WMm9R/vS2MbcuTXNFLVsp2HsyvzZ6YIdelSmOU6pZbvMsZ+k8UuJnDn0HZdHmhCSV"
    "+reJG0ltNBDuHaL7ZCHcqwiQwESYzRB2B2zL2EBZXFuWnzphgb3BAtuU5VWU94ssrjZrUd"
    "LOOgS8dx0QRLm1cYXspeHaAtMW0y1ta46UeS7mwkceVvmGQNnHpet9V7pFlqn6k1RFhyWB"
    "cIKsG6EwjYS18xeKRQb3DE/CtpeNAzr10GuJh17Vm0v1yLT5MkJEUQ5PzIx17RF//PUGmT"
    "CHR0REgN+Czjok+X5vWqCKoJYjWsVxLRaytMSMlvNrT1hn/MOeuxfwnrgzONtHXdg685kK"
    "2xMQfcrUqxRKDtulHBZMg4SkEKXpoBmsfolM7Eap5RuhUJaa7ZYan6k80qDgK697Bm5Zi0"
    "JkUbUpmOsWPiD9dwOtsw69sLLwvCO8mfbA2kmaFtgEuu85+e83EZFNqA/WBp3zx6KAuymJ"
    "eCIK2zqyD8AQEMYcGTUPtzII4JkaNjxLwwt+TwfgFcq43dP4F0WIl0crorqg6Jh/yi0VA3"
    "C7HYt+x6I701ggMH7l2ZvG78GVKEWQP2uFDH50A0jYyFifB4DPBXGP+zWy0Z0loAduZjb+"
    "mzbsa47JS/wxz1kLYGHAHWIFkgFeW649L1MsiMWJcU1K9B027+8oVkxJHHtt+Xnqc7D5iz"
    "qCv6QBHrEFnw1wQNAJhIt81+d/jGKGiVRWtdhtHL95MtVawsXpMtw04AXZREMSlc+uej47"
    "cYTJcJKAoHvpO+rXWWJHrKSRM6BTRk5l5NxFKESLgnFbxia6FMrVojfk1Sw3NstCDZSzlk"
    "VJlLlsu7ks0LRVZFORvSy6rNpkMBOwZ9jK/OnIN5MJc1M5A9lojsB6zt05Nl57xin/XuAB"
    "uMRQ5xYhbJkbboAKbyTypKaIu4L8wNm0JazeriWvGNaarjSRCpXJvvxBtQfUSNfEWSHbj0"
    "nc5fVIZfJ6pMnLT4Iqo6xGaVTQ01Z1Ncgzu0AZxi//SMtF2SfbFdKNpv+pJxttQrSL0oGz"
    "68tLJiuCu97ZXS8xE2gJDansSwFB98wyg+MyVypYq4Lws9SlCoGX5DqP0dSCc4u4SU0o5y"
    "x4Xle44KdsiJose48RdSPWspEs2Ewm1BzCf7LmS32SBsmcHnZomvR3RhT2YLe02DAZE2fl"
    "TMAhncK5DM4x2V7S2h4lVQb3cngLpTLzKYNtcEcpFdol0F46hGpuyqCqLDyvC4V/CfyDC8"
    "wugFXM5zldKDt6m+3owaRVT1eS04Wa9zbPu5vJSd6pnKLbnSflMDmth9Wnsm7XcouS/ahN"
    "09im0ZHQWCq6l9PUarb3Yrb5q8fyj9rnkHfRfNnA7VnXjVptm0Upd7LFniAnbyd2mIpp61"
    "JMW30BHCrB5J4Fuqmp3+3U8xgYNn/5hrLid60TpJ240ZHwMg3elfEyDd7le5l4ncpT1+hB"
    "VhB8qFKAdSQFGMd+6ND5LYViQJnxiGGD/rbARI2/a6eRoHGpdBU2XgMortH2wRLq/HF1EU"
    "s4NWxCxfPqrwyLBw9OoWE6NnoPLH67dYmgRYDFr9FmJ7aoqV/J4ETxQo//Wr2g95LrNRLr"
    "14IEkp0O+0vNpowklyJWJqU2y22R6ZJ7uD1F2D0zUv1vuHOmy87FCXaykjnfLqFp5vKwJO"
    "1euzleD96eBGyL/1HEsW4/DS8v04YGsQI9VCryqRi1YlStZlR4ssAOrbZ3UsRq8zBE2Mpn"
    "cGQFPW/ZOglaZdFu+b7RJtCRe7wqTtW9o722DCYpg4GMTrstZTt/DhCz/zV8rfFJlZmyNg"
    "W5Fx0fbSC4wvm2AVHX32oWsDAtmzCca+68OcCWp73zpxFXhmV5qbP41OvE1eKzFX858prT"
    "iquHCHndLh4i5LYmbGvST8Un6bpoYW8iKxXPVZfGOT8pld++E/gWyUFN5KRyOVYGeykKsg"
    "6JVFh1ibBq5Z5/tqqAdwZIWc5jNMpLuCevWe2bN6LA7dq6x6z2UjlKswHlxN6CaYzztc6B"
    "nfeOVVDX36qfSj1oJR5I8B5L4NRgjtlQ+zwfDpjZ0GKzz5Pf8BzNwi7IKrKTSVfvKDP5ss"
    "8eRCb1wtzLkSzijXqnlX78lPqxt4R46Im0jpxF25EUB02oxj5c8ppEnFJpEnunSajLZc9h"
    "liP8UErBSdEpvTGtN6q3dZ6FJr53iO6TKt5KvVFKF1cPQJWBNO8BqBt2xN1cnI16OceWsn"
    "FsATZ1UrfOznGLct+VjFb3t1o7CJJ9UZIHyyOdh8vf23gtIuonpoEsKnL68jcqLWgegPGC"
    "TbJ4t2qN7vsArgxR7xjZfvpaepUMz4+wJGX16KLVw82Bwi/Sydg74lSdS9Z7Uia75kl+cs"
    "2TVAZTvidlAPbbdyIYIGlRKmVQKrAn5d1lVI5pmSO+E4YGEYtPEKp83yhCq0xKbZ7pFhkO"
    "28ZfuzTNNnrAi0q8PE6pNvM+zHIVX1sWrbpmUMrv5kJXIf9XirB7gDeS+UvuYqy6DVv2Nq"
    "ybPIFhknFKFD8wE1J1D+dGlrBKrtqr1XkXnl5yLrwknfKMKj9eM4gqP95O/XjBxlY+p23O"
    "vCQPbJXPaYhsYzLvZbibvJp+kacJhm22uZjyca35buZzccE0lg4pV2rKl1HzBaYu2P4bkV"
    "D5ppJA2GveQXQbsRmwL9JMPeu/t9dXOV6VkCRphjMmFPwLTIPso3BVAC4HI2Z8S11qTd5f"
    "7cetaryD08dmhXjsYfb9/4ofifk="
)
