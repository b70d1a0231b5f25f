from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        PRAGMA foreign_keys = OFF;
        CREATE TABLE "customers_new" (
            "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            "Name" VARCHAR(80) NOT NULL,
            "e-mail" VARCHAR(120),
            "since" VARCHAR(20),
            "phone" VARCHAR(30)
        );
        -- An empty address is no address; a name was never missing, and now cannot be.
        INSERT INTO "customers_new" SELECT id, "Name", nullif("e-mail", ''), since, phone FROM "customers";
        DROP VIEW "open_orders";
        DROP TABLE "customers";
        ALTER TABLE "customers_new" RENAME TO "customers";
        CREATE VIEW "open_orders" AS SELECT o.id, c."Name" FROM "order" o JOIN customers c ON c.id = o.customer_id
            WHERE coalesce(o.state, 'open') <> 'done';
        PRAGMA foreign_keys = ON;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- What was tidied stays tidy: the shape is the old one's already.
        UPDATE "customers" SET "e-mail" = coalesce("e-mail", '');"""


MODELS_STATE = (
    "eJztmv9vmzgUwP8VxE+bdKvSNN2qaTqJpvSWWwtVwu2mTRNywEmsgs3ArK26/u+zzXcHuN"
    "BrlwXlp4Tn94z9efi9l0fuVZ+40IsOtCAgCFMfYqq+Ve5VDHzIvtQN/6GoIAiKQS6gYO4J"
    "fVAoigEwj2gIHD7pAngRZCIXRk6IAooIZlIcex4XEocpIrwsRDFG32JoU7KEdAVDNvDli+"
    "rEESU+u2IKEQUhjWxA1a9f2SXCLryFEdfjl8G1vUDQcyvbQS43FHKb3gVCNsH0XCjyZcxt"
    "h3ixjwvl4I6uCM61UUJgCTEMAYV8ehrGfF982SmGbKvJFgqVZIklGxcuQOzREoe5XchU2z"
    "ZMy57plm2rHcg5BHPqiPuA737Jl/BqeDh6Mzo5ej06YSpimbnkzUNy6wJMYijwGJb6IMYB"
    "BYmGYFxALfywxvaMIaLIh/WAK4YSZze1PMi+yNQzxm3YM8F2uLdAtSaX+szSLq/49H4Uff"
    "MELc3S+chQSO8k6YvXL7mcsOOUnLV8EuXfifVe4ZfKZ9PQBU0S0WUo7ljoWZ9VviYQU2Jj"
    "cmMDtwwyE2ciplr42IUUoOSsVz3898w06r1bMpF9ixyq/FA8FK2dpcd5tQgtuQvfLWLscI"
    "8p8xh5FOHogN/2T/XXO5sjqvjZ+KhNx++16YtL7ZPkU2N8YZ7KDuQTnIpDWDgkC4R2p5Am"
    "Wf13bHsqf/zm4Y0njMV1bXQrZ5wq5XMSQrTEH+CdgD1hqwLYgTVg0yw6Lk21Y5Afsicpkx"
    "axNAQ3eaaVHzDGgO0cUkFhrM3G2pmuCtpz4FzfgNC1K9j5CBkSSZLrrg/5Q1+WAAyWAhDf"
    "CV+3TL+mvil7prm4yTb3DJXNvoDZYgEjPtewjlcgrOdqpPoSWbbkHTzZ7MDc2h7ES7pily"
    "eDFpJZ2joZyFkrHRmKoWqigj6rArrQha8yi0fxTR/M3xPv4XATvkyrEbAYqxKOUJp1NiWc"
    "G/QP8EZ8W/Cu0w0YoU50c4P+0T3ahO5RM90jQXet2GquBwo3yI2FqjdOU+vzD1PoAbHJxi"
    "pM6mXsWLhuKsQqzywJ3bRKeTwmk8/RJ0DPWVsmsGoKy5xic1VJcpV9RdmXipI3rbrkjEy/"
    "hxXl02dk9jO7G93coH8ZebQJ3VEz3dEa3ZtVXSPXgrcNISHT78Wj29ay1T9Z7V28vGN7YR"
    "p/Zepya2/fxdt38bb9eP+vLp5hKtrYmpjGtvp4VyCsfUcp5K2VVsBfN22v0sKxP697ApsT"
    "V2HxNNF1uzXXs5QFLTVYaZkd8plktk9rj0hrQYjqOlLnHgEN1BkpquRmEvQFt9u9Sq2F+p"
    "n5z+mFrlxN9fFkNklfD+YvfMUgFzEBSqLuVNcuurVOnjMEa5B5alUXhNOR1jAMCp39L95d"
    "qq/aou13GEa1kbY5u5VMehFlpQR3fLxJhjs+bk5xfKwaWPmh6kA4Ve8h3cPBRi9SBi0vUg"
    "ZrP33ZHWnaFd70Ty4lk1//J5ft5K4n+zvLVpPZw09LFx7q"
)
