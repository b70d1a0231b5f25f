from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "products" ADD "grams" INT NOT NULL DEFAULT 0;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "products" DROP COLUMN "grams";"""


MODELS_STATE = (
    "eJztXG1z2jgQ/isMn9qZXgcISbjOzc3QhLbcEcgEeu30ZTzCVsAXW6ay3ITp5b+fJL/JRn"
    "ZscAh2/CUBSSvkZ2Xts9qVfjVNS4OG/bqvaRjadvNN41cTARPSD/GqV40mWK3CClZAwNzg"
    "bYHbCLrN5jbBQCW04hoYNqRFGrRVrK+IbiFaihzDYIWWShvqaBEWOUj/4UCFWAtIlhDTiq"
    "/fabGONHgHbf/r6ka51qGhRYara+y3eblC1ite9lZfDBF5x9uyH5wrqmU4Jgrbr9ZkaaFA"
    "QEeElS4gghgQyH6BYIc9ARug97T+Q7mDDZu4oxRkNHgNHIMITzxXwrKmoownM2U6mClKMw"
    "dGqoUYvnSorr4WbAi//d7pHB2ddlpHJ73j7unpca/Vo235eDerTu/dwYRouV1xzIbvh+MZ"
    "G5BFleiqlxXccxlAgCvFlRGib+jIVX5UATN4lwB/IBDTAH20uAZ8vNNU4BeEOgin3h6UkI"
    "LnbPCZo2na9g+DFYz/6V+dfehfvbjof37Ja9ZezWgyfu83D8Efn40mbzn8Idyq5SCC15uA"
    "ny0BlgMuiFQC8qYJ7hQDogVZ0q+dFA34eHdexoD1KjqsJoavYxPLhFjJu6rEBB9eXsqA9N"
    "5WGLa4X99IFxgf2E11vLMw1Bfob7jmKhnSsQOkQgn8nkU7E7oqmSru/fnml4bGBoPbwCrG"
    "pyHFgD45JO4S0Z+e9c8HTY72HKg3twBrSgR2VmN1rFhJ0HazyuyY8RKAwIIDxJ6EjdtHn6"
    "K9sOhCJOEaQV0q2VDdVvqhsY3nQjU67e5pt3d00g3e/6Ak7bV/mETw/zlMmt++GHv2tNBG"
    "rNlJK4M5O2kl2jNWFTVoK4AhIlJzljhtIzJbWTIPwUNZPYuYvykmysWrCAMlLIPlQjirfY"
    "pMrYh1oiNojD+ORmnmSWAFS92gnieSkDRP8t3fV9AA/DmeEd73O1pwYVJjS3NUIvHtLgBa"
    "zyz2N+O0vnS7Kt3anDKp+ZMpMRYjPCdmcw9qQYsodbm2MNfGDVyLUHuvRaAsr9qTXXvVZI"
    "ktZ7EUBBVVmMdSykfLlTjhuE9na5az4mhtcjW3Jp2p8TZPSNNUOqZ8TrJWTUbR6WZxkLvJ"
    "HnL35QPkbQWxKjV/UxMYRjLJCMWq5CwfdU5PAnrBvqQxi+lFfzTy6XGIKESarVgS23ZO4Z"
    "CjKYjE0KR6g0Q34Wv2obSGTobeeX82kBGzLPzBwhrEEtuWhz1MWB+lRbRw6pBuTvytF5lB"
    "EbZlUkyK1+rAfP860rCvSAM0gW7ksemBQBW3vVtZdgpoq2TD3trYK3jabZiDwrfdyYIvbZ"
    "WIL6+L4vuvpSPqEwAJVzr3rLQc6Ihgmn1nH8qIPYZAmyBj7ZuiZOhnw4vBdNa/uIyE1hgV"
    "YDWdSFjNL31xEtNS0Enj03D2ocG+Nr5MxtxPWlk2WWD+i2G72ZcmGxNwiKUg61YBmrAG+6"
    "U+atsxkkgkfXtSIkTtSzYJEnmJ+Artk7eVEiAMf+rwdkeErngnVYLoMbmtO58kxDaYaMms"
    "NpzPNaV9fpR2ZQB1K0IQEawJwaETAnGBtom3D7PJsgfIMTe21CN6D4T3R7mbyLUEOdTcHA"
    "8+Uc3C22/osj88f9NYAV37hqaD8exNw/Y2/fIy8iz7mMnbmN0NX8cx57KkkhRvJ5DYCvwD"
    "2wWKu5OZvMkUZ3IjkYpHAKRx59RUtVCogigXtBdfp6vV6WqHrYoi0tWuqKW9Gp7NmpJ1pQ"
    "h0g47KtaRkhlZcS3fItEhI8M7tcI9oPxWaybEkq7UJkSxXIg9Ml24vVQLp0d1uPquSXG9/"
    "yj3gfivBFC/WB//qds8V7mWGfK/98kOx4a9S/HJgsjMTeTMaQqkq0akiEhpU+eKYzE799l"
    "UCcsfs6dgeeG7GL0pVCda9LBUbaZG54Y/K1Qooyt8KTOyO7kDVgkJxd0B8/eWngiSzvABc"
    "d8j9LQmy0Tc7wYV9miNXvkchIciCs5FMj0W/pmhuTGH7qXvvHIbXEEM2j3YiyB8/Ds9z0G"
    "PH0bXXTGabyfkwS27+ce0glYHT4L/E/nT/zLmVXkSeJN9WPHJDHmIwgz/6AwEqQUlZN3FF"
    "mQpmBhW/VR7O/hwoR4QqCHMvC8y9ZJh7mxGJ2gmpnZCaA9cc+OBOxvscWUbTQvqcQtOEo3"
    "p1GtHz2660b5w81MFrXrmjbt0slKGbTBm6G5SB6MTIxcoCgQoyskc5clCTsiJJGSD09+YO"
    "kQVs/5pOxglxi4hUPJtQV0njv4ah2yW89yEFPAYH6zn5dq74RVyvot4z6yB+O9cCAzPPbA"
    "7a7282t0oylQ24AOpayXuOOyZWvRyydpYLz9rJN561+ZVnW51QqTNB6uMXT30rSewejQjE"
    "ue8lyXH9y2Hx3hSHV3oxifig8ZtJIve8RO8liV08Er+XJHZtSRH3krjp8qnOsvdySHzl8L"
    "VJdpWF9/MRAhq+qx4kgdb5PuVwoAmQHSpMT/cJhKrkihSR7UPgnSRynHwjsN9+j2daniAK"
    "9zjXAdf5/3VC0DNUQEowpE5dKSR1RZoWVB9uyYPuAd/F3IdYV5dNCYn2alJJNAjbHEy06b"
    "kw5Ue7g/knxLYuO1mVvNkmiFQx3nF8nCXecXycHO9gdbEdevpS5UDYa15BdNuZokntlGhS"
    "WxJNshCRXkWZHPwQRHaKfBwa2vsIfeTYRS7emN3/D7a+lkM="
)
