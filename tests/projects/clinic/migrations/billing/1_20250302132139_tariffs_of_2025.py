from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        INSERT INTO "tariff" ("code", "text", "price") VALUES
            ('GP', 'Consultation; 20 minutes', '45.00'),
            ('GP+', 'Consultation, "long"', '80.00'),
            ('X-RAY', 'X-ray: the doctor''s choice', '120.50');"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DELETE FROM "tariff" WHERE "code" IN ('GP', 'GP+', 'X-RAY');"""


MODELS_STATE = (
    "eJzVV21v2jAQ/itVPrUSQ5Chtdq3CJiGtDKpjfZlmiwncYKFY6eO04Eq/vv8kveErKzVEF"
    "9QeO7OvnvuuCe8WB4mBNNovKLPDPvI+nz1YlEYq4eObXRlwSSpWRQioEe0N655eang0BcS"
    "DiFJkYQClPocJwIzKlGaEaJA5ktHdVAJZRQ/ZQgIFiGxQVwafv4aqcMDtENp8TXZghAjEj"
    "TSxYG6W+NA7BONraj4oh3VbR7wGcliWjkne7FhtPTGVCg0QhRxKJA6XvBMpa+yywstKjKZ"
    "Vi4mxVpMgEKYEVEr1wMVZgGw/u6Cx6ULgHUCQT6jilyZaqqrj1QKH+zp7HZ29/HT7E666D"
    "RL5PZgrq6IMYGanrVrHbQdCmg8NMcVqc84xeIEXkv/v1NbEDnEbQFcMrm1CU3TDAVAJtEh"
    "dCFJOTKp9aAWq7JtSOAYjdXD+/Bb/WD/A8ED7C0cdynpU7/2cFsbTQV40N/+hjwAHQuz2T"
    "Hfrim2496ZF5DjMEy7TbqHdO8y9albtZK1QGpWXqsxxep09VH/0pmzbpVDMYQFWt0fswAR"
    "0JaIqk6OiKqy9MhlwbDJuG7FFu0rnoFZxWWfcmMel1vFhrMs2tQNorxS8i5zQkLfN3ce58"
    "5iqXDQ4VyPUwwpjDSmileltqro08CqwAEJrFI6jwL6sjfdqZ1vIO9fLYV/a3hlRhc3sbKr"
    "O0AQjYQakqk9sFl+OA/zr87D9dS+0dMj+2Tat84ttjYN66JAux5ZPE514f8+VJ95bTfJti"
    "eTV7AtvY7SrW1NqUx4/i7Zkknk4xiSfo7LmLZKmqBxHnyBhA/p5HK+une+XU8nIzPP6RPB"
    "ZhUW1M80u+dQ0sbyf6OU1v6FXNRmOllLa4W2xbT+ZtLU0qZctsW0obRv11KVfp+UHv4A1K"
    "yhww=="
)
