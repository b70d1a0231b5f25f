from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "reminder" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "sent_on" DATE NOT NULL,
    "invoice_id" INT NOT NULL REFERENCES "invoice" ("id") ON DELETE CASCADE
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "reminder";"""


MODELS_STATE = (
    "eJztl1tv2jAUgP9KladO6irI0FrtjQHVUNdOomgv02SZxAQLx04dpy2q+O+znZtzHQxWFG"
    "0vFT0X5/jzsc85r9YCE4KpdzmlTww7yPp09mpR6KsfFd3FmQWDwNAoiYALoq2xYbUIBYeO"
    "kOIlJCGSIheFDseBwIxKKY0IUULmSEO1UCaKKH6MEBDMQ2KFuFT8+HmhFnfRCwrTf4M1WG"
    "JE3EK42FXf1nIgNoGWTam40YbqawvgMBL5NDcONmLFaGaNqVBSD1HEoUBqecEjFb6KLtlo"
    "uqM40twkDtHwcdESRkQY212AXGYBcP9tDh4mcwCsPQA5jCq4MtRQ795TIby3+4OrwfWHj4"
    "NraaLDzCRX2/jTOZjYUeO5n1tbrYcCxhaacQ71CYdY7ME1s/892hRkG9tU0GW4RoaGYYRc"
    "IIOoAB1LKA2ZajqVqMpjQwL76FL9OA7f/MK+AeAWeuPhfFLCF0C8LzzD5UB0Sd51h5x6J5"
    "dr41IrwQI662fIXVDQ5Ig58tWGeFiF/DlxvbmdIQJ1vFWqacmYJet0NydzaXL4GiizWRPR"
    "qsq3/VrIAnK8XNYgvoN0M2fqr87mqYwA0rikNnCe66X+hPJJq1YTYwWNuYiAcguS75Or5J"
    "PvYfamxm1HTJNxfRRrtMk5g7jUZ+eUKBO/RCtWnEXeylSI7JOSu4wJCf290fBhNBxPlBxU"
    "mOsc8SGFnpapzautVm5FXZdlXpmWNoubZv/7rG61As19Voio2LO2GS7/dFtQvMm75mXB6W"
    "81q29K7RgpWmkaKpirjG8YR9ijt2jnqmUMlB1j3FK4OHzOHstSetUWkG1zP3Zgp9FehJJS"
    "WleC8irbUoDyunia8uPIBqGahKMV5PU3PbUv5aKMqHNtkzzVF0AQ9YTqVPp2y3X+PpyNvg"
    "xn5337nc5AeU7x8d0nGlur2ouSQC81s38z6tT+OKhP/ZwWYNu93g60pVUjbq0rDbS89kEd"
    "Iwf7kDRMtKlPuebHTpeJcweBt1X9yWh6N/x63u9dxPkcPhIcP6cp+oGmu8fQe7RxrjCBHD"
    "jPHVAZuzXQGRstT3TmeFwc6IpVtTzRFca9wwe6bOYvldLtLxOphhE="
)
