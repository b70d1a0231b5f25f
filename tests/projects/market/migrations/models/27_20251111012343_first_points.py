from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    done = 0
    while True:
        found = await db.execute_query_dict(
            "UPDATE customers SET points = 10 WHERE id IN (SELECT id FROM customers WHERE points IS NULL LIMIT 500) RETURNING id"
        )
        if not found:
            break
        done += len(found)
    print(f"{done} customers have their first points")
    return """
        SELECT 1; -- Aerich cannot send nothing"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        UPDATE customers SET points = NULL;"""


MODELS_STATE = (
    "eJztXW1v2zYQ/iuGP7VAVySO87JiGOAmbustcYLYXYu+QGAk2tYiUy5FNTG6/PeReqUkip"
    "Fs2ZEVfmljkkdJD6m7545H6ld7bhvQcl73DANDx2m/af1qIzCH9I901atWGywWcQUrIODG"
    "8toCvxH0m904BAOd0IoJsBxIiwzo6NhcENNGtBS5lsUKbZ02NNE0LnKR+cOFGrGnkMwgph"
    "Vfv9NiExnwHjrhz8WtNjGhZSRu1zTYtb1yjSwXXtlbczpA5J3Xll3wRtNty52juP1iSWY2"
    "igRMRFjpFCKIAYHsCgS77AnYDQZPGz6Uf7NxE/8uORkDToBrEe6Jb7S4rK1pw8uxNuqPNa"
    "1dAiPdRgxfeqv+eE3ZLfz2e6dzcHDc2Ts4OjnsHh8fnuyd0Lbe/Warjh/8m4nR8rvyMBu8"
    "HwzH7IZsOoj+8LKCB08GEOBLeYMRo2+ZyB/85ACM4X0O/JFAagToo6VHIMRbNgRhQTwG8d"
    "TbwiBI8Bz3P3tozh3nh8UKhv/0rk8/9K5fXPQ+v/RqlkHN+eXwfdg8Bn94en751oM/hlu3"
    "XUTwMgv46QxgMeCcSCMgb8/BvWZBNCUz+rMjGYEQ787LFLBBRYfVpPB1HWLPIdbKapWU4O"
    "PqZReQ3pqGYcp9citUMCGw2eF4Z2NoTtHfcOkNyYDeO0A6FMAfWLRTrqsdG4qHcL6FpbGx"
    "weAusorpaUgxoE8Oia8ieqPT3lm/7aF9A/TbO4ANLQE7q7E7dqokaputmnfm6RKAwNQDiD"
    "0Ju+8QfYr21KaKSMA1ojop2dD9Vmbd2MZzoRqd/e5x9+TgqBu9/1GJ7LV/nER4/5cwaWH7"
    "auzZ00KbsGZHewXM2dFerj1jVUmDtgAYIiI0Z7nTNiGzkiULEKyL9qxi/kpMlI9XFQaKU4"
    "O7hXBR+5SYWgnrRO+gNfx4fi4zTxwrmJkW9TyRgKQFku/+voYW8J7jGeH9sKYF5yY1tg1X"
    "JwLf7gKg5dhm/xac1ld+VzunmyWT2nsyLcViuOfEbO5BI2qRpC4TG3ujcQuXPNTBaxENVl"
    "AdyC6DajLDtjudcYKazs1jIeWj5VqacDzI2ZrtLjy0slzNr5EzNa/NE9I0nd5TOSfZaCaj"
    "6HSLOMjdfA+5+/IR8raAWBeav9EcWFY+yYjFmuQsH3SOjyJ6wX7ImMXoond+HtLjGFGIDE"
    "ezBbbtjMIhRpMTSaFJxw0Scw5fsz921tCJ0DvrjfsiYlaEP9jYgFhg28qwh0vWx84iWjl1"
    "kJuTMPQiMihcWEZiUoJWNfP91UrDtlYa4ByYVhmbHgk0Mey9VyRSQFvlG/a9TKxgQi+slY"
    "3FJIQaiPR+pwjStFUu0l5dKipjexfLwJzPliIBFY/JEqZ/KTrU2QICEnoW0B8xrAlBGXFi"
    "f+ziVMYQGJfIWoY2Ph/V8eCiPxr3Lq4Sa5aMY7GaTmK9Mix9cZSa9FEnrU+D8YcW+9n6cj"
    "n0HNCF7ZAp9q4Ytxt/abN7Ai6xNWTfacDgjFtYGqK2GtVLpCiszva4dIgdmwS5hI9/hbZJ"
    "iHcSIAx/mvBuTYSuvU6aBNEmnQZ/Pgk8hmii5bsL8XxWvsLz8xUWFtBXIgQJQUUI6k4IeA"
    "XtkCDAlfVc+sidZ9YqEuMeCW/Pg2kj3xKUGOb2sP+Jjiy8+4aueoOzN60FMI1vaNQfjt+0"
    "nCCaWtbBKRIgzo8Pd9OuDYX6RpStI1nNjyRWAr9uvk3KTy/kpku89EyGmre0IlzQl+YAxk"
    "INRLmiRQ6VB6jyAOs9FFXkAV5TS3s9OB23BXqlCnSjjnZLpRSGltela6Sw5GTOl3a4z2k/"
    "DZrJqey15RwKI6VlYLrye2kqSBgSF6O1IxOsk6ZC5MzMRQUTaRR00ySYNh7A8fRTXhAnVF"
    "6PBHK0SFlWG8356nfvjXiQvPVdRXjqwgZfSSI8YM62NWVHQJ50FEs1iZhXkXOki7Vjvp8D"
    "11mPrCmQlS1I+kqrrIbgpZoE61ZURSZzuTT8STk1AFV57pGJXdOxbNry4quUY8m//uKNe4"
    "JZXgGua6Tn7wiyyTc7JxjyNLsiQ99UQJA5tzWfHvMectXcmML20wzeOQwnEEM2j9YiyB8/"
    "Ds5K0GPXNY3XTGaVyfk4S27/MXGRzsBpeVdi/3T/LLkoU0UqsxegPvAXz/hlMe/RH1nq5A"
    "ap6HIAL9PAlL3qF13i2V8C5YRQA2E+KQLzST7MJ9m1LeWEKCdEcWDFgWt3eEXIkUU0LabP"
    "EprG7aZVCWnPL1zp3LplqEPQvHG7UbtFKEM3nzJ0M5SBmMQqxcoigQYyso3sClKkrEpSBg"
    "i93o1LREv/f40uhznrFgmpdF6qqZPWfy3LdHZwK5AEPAYH6zn/AL30WXmvkt4z6yB9gN4U"
    "g3mZ2Ry1395s3qvxVF5pB47KdFHbS6pI4iC2frseQKOwi6bgs6bPw1n55AE1CYRLH/hT4l"
    "ylerFViZsqPPGHf9D0kT+JA5SSB/6kTvRJH/iTOg+oigN//O0SUhc3yAATeLhxbli+g8sl"
    "oSn/9vn5txgCR5Q9LIuOhxLKESvmiGE4cenDlTnJkRdRBweoEPmT6xAVIl+Fe+xEiDxwPo"
    "T8IXRLZPwh8n82kMYQBuijTUQqy7c2KkFGK+i7LjqUQp7kGwk1STdXkeNL4L0gXyz/Ux1h"
    "+y3uiW5vVrmKwNrMdzrU/lGVBvwMB0DC71TCaiUJq8JkYLU5ugy6Nf5ISrTDUECj+d2H+U"
    "Q6sdVRheKeIWdmH1gof/IRJ1bBuUc1ixvJ6F+NjjkKMZGec8Re6Fv2sJkBliS9cDIbOv6l"
    "SR/NUWHB+tBGFRbc7bCgv+QuojPhWryEy0RNKg4J0seCM9t1/Pmidv7XTR/I+E3ezv9abf"
    "qvcw6XCpI8+eyOByDSROU+0ZcWa9IIbOozfQmlvyab+MT3tWMwF2UU6Tmm9qRvO8T3NIwt"
    "ntsC1paY+PnMLZo7NQtDPReOtrFP9eomKff1+aB9A5O8qok7rJRRr1Kht3uQXQ9iU5+J9G"
    "FQI1WGIG6jFGFTFOFPiB2zXMorJ9JAddg5PCyS83p4mJ/zyupS2+XoS1UC4aB5A9HdL5RR"
    "vC/JKN4XbO20ERF+ujV/JyInstY2xLqhvY19iCVMffXG7OF/j5nYIA=="
)
