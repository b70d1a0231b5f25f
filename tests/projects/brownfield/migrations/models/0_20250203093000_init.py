from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "customers" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "Name" VARCHAR(80) NOT NULL,
    "e-mail" VARCHAR(120),
    "since" VARCHAR(20)
);
CREATE TABLE IF NOT EXISTS "order" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "date" VARCHAR(20) NOT NULL,
    "state" VARCHAR(40),
    "what" TEXT NOT NULL,
    "customer_id" INT NOT NULL REFERENCES "customers" ("id") ON DELETE NO ACTION
);
CREATE TABLE IF NOT EXISTS "parts" (
    "number" VARCHAR(20) NOT NULL PRIMARY KEY,
    "description" TEXT NOT NULL,
    "unit price" REAL
);
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSON NOT NULL
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJztmFtv2jAUgP9KlKdOWifKYEN7AwYbK0sqmk2VpikyiQlWEztNnLWo47/Pdu7XkapdR9"
    "Qn4Fzs4y+Hc45zLzvEhLb/Zhr4lDjQkz9I9zIGDmRfSrrXkgxcN9VwAQVrWxgbkZWQgrVP"
    "PWBQptgA24dMZELf8JBLEcFMigPb5kJiMEOErVQUYHQTQJ0SC9KtCOjHTyZG2IR30I9/ut"
    "f6BkHbzMWLTL63kOt05wrZAtO5MOS7rXWD2IGDU2N3R7cEJ9YIUy61IIYeoJAvT72Ah8+j"
    "i44anyiMNDUJQ8z4mHADAptmjrvWU5ms64qq6ZczTdflFoAMgjlcFqovTm/xEE77Z4P3g9"
    "Hbd4MRMxFhJpL3+3DrFEzoKPAomrwXekBBaCEYp1DFZwnrdAu8aq5KZF8gy0Iuko05NqGN"
    "BSnbNJ/+BVwH3Ok2xBbdsp+jXgPJ7+PV9PN4dTLqveIbEpb+4R9DiTR9oeKwU7jQAchuQx"
    "eexh4P4hsl5v+J96x/CF9mVQtY6PKEfYSNVvmbOHQP8EF8G/CGdHn53VxnagUXrIFxfQs8"
    "U89p0sdAPDNqDfnnMIn85ucraANxvDL6qA+pfI0jLCL7OMViaZQngiTpkzqUZZXTd4oSgI"
    "EljsT35jvlYFV084RifSsniclLG+9KG2eKVmUwtu9gG3+cMphrMrQl3cShe01mcAjdQT3d"
    "QYnu7RbQMlwN3tWUhNi+E6nbAFObXWl8Zcf3b+wsxJOv4yvB19lFmqWqfIrNM9CnS3VSgB"
    "1f4/RWVbjg9fdyfATkH6Mil2alMugy5TnxILLwOdwJ2AsWFaieSSsu6EcGuW42YmIP3CbD"
    "QTHBGAN2ckjDNFal8VRbqIq8rx9Fn3LWugAerRq1hLxx0nKZxTO+MMGBs67KwPrGlXo8Tn"
    "V93pnrScaChhksE2aLflZwe2lrD2hrroeqXgPMbQJqqDNSVErcCtA33O/4JrUG6h/Vb5Pl"
    "TLpYzaaLS15Ls5xDJRcxAQqr7mo2XrZ7G/CUJXgM2ZPaVhXhSNNYhkFq83LjPab5qqna/o"
    "KeX1lp67tbxqUTVbbQ4IbDQzrccFjf4rguX1j5n6oF4ci8g3TPege9ve41vL3ula6+bEcK"
    "ccXt98ulqtRcxVKXAmUTGVT6LdnIP8brWANcDqN5YigOBxwO8anliVXEApPnbmb7PwyRbj"
    "4="
)
