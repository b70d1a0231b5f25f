from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "users" (
            "id" SERIAL NOT NULL PRIMARY KEY,
            "username" VARCHAR(50) NOT NULL UNIQUE,
            "hashed_password" VARCHAR(128) NOT NULL,
            "is_active" BOOL NOT NULL DEFAULT True
        );
        CREATE TABLE IF NOT EXISTS "aerich" (
            "id" SERIAL NOT NULL PRIMARY KEY,
            "version" VARCHAR(255) NOT NULL,
            "app" VARCHAR(100) NOT NULL,
            "content" JSONB NOT NULL
        );"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return ""


MODELS_STATE = (
    "eJztll1vmzAUhv9KxFUnbVPCkjXqXRJ1Wqc2kdp0mlRNlgEHrBibYtMPdfnvOzYhBgJRMu"
    "0z2h285z34+AGfw4sTi4Aw+fZWktQ567w4HMcELir6646Dk8SqWlDYY8aYgcMo2JMqxb4C"
    "cYGZJCAFRPopTRQVHFSeMaZF4YOR8tBKGaf3GUFKhERFppC7ryBTHpAnIovbZIkWlLCgUi"
    "cN9NpGR+o5MdoFVx+MUa/mIV+wLObWnDyrSPCNm3Kl1ZBwkmJF9ONVmunydXXrbRY7yiu1"
    "lrzEUk5AFjhjqrRdD1nNQWg6m6Ob8zlCzgGAfME1XChVmt2HuoQ3bq9/2h++e98fgsWUuV"
    "FOV/nSFkyeaPBM587KxLHCucMwtlD1OzXXW2gnEU6b2ZZzaoSh9DrhguffizjGT4gRHqoI"
    "bgfdHTw/j64nH0fXJ4PuK72ggEOQH43pOuKakEZuEUdYRiRACZbyUaQNH3E76YbUnwO8EC"
    "xxe5B/O/KeO9yDObhaoZtYlTqVCDoUfWj4ssdCMIJ5S+Mo59Vge5D4q2gXX3yZ9uYU/BDk"
    "HUzHs9ml3kgs5T0zwsW8xvb2anwO0A1yMFFFbEPRLXqxLPUTLXjYXz7iNEBbEeGKNu92KH"
    "bjuoI5Dg01vU+9q/XEGpGU+lHTLFtHdk4zbD3/x9mxjLMH+EPRJR3QY0spR9hb3cFgj94K"
    "rtbeamLV3qoP1QGE1/YjpNvr7vO3AK72ydXd+l+AFRXJj3aV8Keb2bSZcCmlRjmgvup86z"
    "Aqt3rFP0B7B1wNozLCCqYnV6MvddyTy9nYwBFShal5innA+E8Ps9V3bVhTdQ=="
)
