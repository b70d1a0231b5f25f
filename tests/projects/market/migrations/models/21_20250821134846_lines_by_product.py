from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = False


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE INDEX CONCURRENTLY order_lines_product_idx ON order_lines (product_id) INCLUDE (amount);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX order_lines_product_idx;"""


MODELS_STATE = (
    "eJztXW1z2jgQ/isMn9qZXicQ8nKdm5uhCW25S0gm0GunL+NRbAG+2DK15SZML//9JPlNFp"
    "Jjg0Ow4y9tkLRCfrTefVZaiV9t2zGg5b3uG4YLPa/9pvWrjYANyR9i1atWGywWSQUtwODa"
    "Ym1B0AgGza497AIdk4opsDxIigzo6a65wKaDSCnyLYsWOjppaKJZUuQj84cPNezMIJ5Dl1"
    "R8/U6KTWTAO+hFHxc32tSElpEarmnQ72blGl4uWNlbczZE+B1rS7/wWtMdy7dR0n6xxHMH"
    "xQImwrR0BhF0AYb0G7Dr0yegAwyfNnqoYLBJk2CUnIwBp8C3MPfE11pS1ta00cVEGw8mmt"
    "YugJHuIIovGWowXzM6hN9+73b394+6e/uHxwe9o6OD471j0paNd7Xq6D4YTIJW0BXDbPh+"
    "OJrQATlkEoPppQX3TAZgEEixyUjQt0wUTH56AibwTgF/LCDMAHk0cQYivLOmICpI5iBRvS"
    "1MQgaek8FnhqbteT8sWjD6p3918qF/9eK8//klq1mGNWcXo/dR8wT80cnZxVsGfwK37vgI"
    "u8tVwE/mwJUDzonUAvK2De40C6IZnpOP3YwZiPDuvhSADSu6tEbA1/ewY0NXK2pVBMGHzU"
    "sVkN6ahaHGfXojNTARsKvT8c5xoTlDf8Mlm5IhGTtAOpTAH3q0E66rik3FfaRvUWnibFxw"
    "G3tFUQ0JBuTJIQ5MRH980j8dtBna10C/uQWuoaVgpzVO1xFK4rarVXbXFksAAjMGEH0SOu"
    "4IfYL2zCGGSMI14rpMsqEHrcxdYxvPhWp0O72j3vH+YS9+/+OSrNf+YRLB/i/g0qL25fiz"
    "p4U25c0O93K4s8M9pT+jVWmHtgAuRFjqzpRqm5JZy5OFCO6K9SxDfzNcVIBXGQ6KM4PVQj"
    "ivf0qpVso7kRG0Rh/PzrLcE8cK5qZFIk8kIWmh5Lu/r6AF2HM8I7zvN/TgnFK7juHrWBLb"
    "nQO0nDj035xqfRl0VTnbnKHU7Mk0gcVwz+lS3YNG3CJNXaaOy2bjBi55qMPXIp6ssDqUXY"
    "bVeO46/mzOCWo6p8dSykfKNZFw3GezNcdfMLRWuVpQk83UWJsnpGk6GVOxINmoJ6Po9vIE"
    "yD11hNx7+QB5W0BXl7q/sQ0sS00yErE6Bcv73aPDmF7QD1nMYnzePzuL6HGCKESGpzkS33"
    "ZK4JCjyYkIaJJ5g9i04Wv6R2UdnQy90/5kICNmefiD4xrQlfi2IuzhgvZRWURLpw7Z7iRa"
    "epE5FG5ZJsOlhK12LPZvdhq2tdMAbWBaRXx6LFDHZe+9PCsFpJXase+trBVMyRdrRddiUk"
    "I1RLrTzYM0aaVEmtWlkf7XMRGJDoCENZ2G/lqOdkowy9PTP6qIvQuBcYGsZeSU1NBPhueD"
    "8aR/fpnaZKOkgNZ0UxtsUemLQ2GW4k5an4aTDy36sfXlYsQipoXj4ZnLvjFpN/nSpmMCPn"
    "Y05NxqwOCscVQaobYeN0ntqa9PT7j9+4opgZKh8K/QNhlcJQFy4U8T3m6I0BXrpE4QPSbL"
    "DfRJQnFjRVPz20SfG3L7/MjtwgL6WoQgJdgQgl0nBLyB9nC4IrNKtQfIt1cW11PzHgtvj3"
    "K3UeAJCkxzezT4RGYW3n5Dl/3h6ZvWApjGNzQejCZvWl64/FeUkedZ0VQvaPZELk6gvpal"
    "l2RsP8cSa4G/Y+tBYmCZK67MCCtXUqrYXoB0BzozaS0RqiHKJa3KN4lrTeLabk9FGYlrV8"
    "TTXg1PJm2JXSkD3bijapmU3NDytnSDnAtFqnfhgPuM9FMjTRbSrZY2RLKsiSIwXQa91Amk"
    "Rw+7mVapQu9I5R4Iv7VYxcuNwb8G3bMJD3NEvjdx+a748FcZcTmw6emJorkNiVSd6FQZqQ"
    "263Diq2WnUvk5AbphHLayBF2b8vFSdYN2KqVhJkCwMf1qumYCy4q3YxW4YDtRtU0gMB/jX"
    "X34+SKLlJeC6QRZwRZBNv9mKEPZpDl9FEYWEIHPBhpoe83FN2dyYwPbTDN85F06hC6kebU"
    "SQP34cnhagx75vGq+pzDrK+TBLbv8x9ZFOwWmxb6L/9P4suJReRsYkW1bcD7Y8+M0M9ugP"
    "bFBxk5R3EZeXqWFmUPlL5Yn2F0A5JVRDmI/zwHyshvl4dUeiCUKaIKThwA0H3rkz8hFHlt"
    "G0hD5n0DTu0F6TRvT8liu9G78IdQib1+7QWy8PZeipKUNvhTJgE1uFWFksUENG9iiHDxpS"
    "ViYpA5h837WPZRu2f40vRop9i5SUmE1o6rj1X8syvQreAJEBHoWD9qy+p0u8kutVOnqmHY"
    "j3dM1cYBfR5rj99rR5ryKqbMEZ0Jda0RPdglj9csg6ea4+66jvPuuwy8/WOqHSZII0xy9K"
    "gMjDjn6zGUDjqIu64LNhdMnxqfSNIymEC9/gUuCinN2KCzIWBKRXuPAPKt7hkroRJ32Di3"
    "BFi3iDi3DBSxk3uATHCTIXE0LjIVlLSMyKeimBs1+PsOETLWXESbJNPlQ1FhgwkB26zE6H"
    "ioXqFKqVkQ2F4Z1kZ119d3LUfotnfp5gl/JxLk5uzkc0CVPPcAIyNoua1J5SUnukaVPN4Z"
    "8i6O7wrdVBgCnh0HHkqabQcXxbNoEmjwXnju8FWtOcKNg1o5vFoFUnCnbqMEFV1oYbSvHE"
    "nC62RMVuGBfF6jQDj3XLeMrob8gpPvF9VQzmvKRC1LEm133bhPhpGFui2xLWllJ8NXOLdW"
    "fHMqmeC0d7tF8a0U1c7MezwvY1zOIp57dG1to/bjb+tntAvg9dU5/L7GFYk2kMQdKmMYR1"
    "MYQ/oeuZsutT1LaQE6mhOeweHORJajw4UCc10johDY+8VAUQDpvXEN1OrpTRTkbKaEeSMu"
    "ogLP3lCXWGIyeyUXrjrqG9jfzGAq6+fGd2/z+VI7VP"
)
