from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "wishes" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "customer_id" BIGINT NOT NULL REFERENCES "customers" ("id") ON DELETE CASCADE,
    "product_id" BIGINT NOT NULL REFERENCES "products" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_wishes_custome_094471" UNIQUE ("customer_id", "product_id")
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "wishes";"""


MODELS_STATE = (
    "eJztXW1z2jgQ/isMn9qZXCch5OU6NzdDE9pyl5BMoJdOX8aj2AJ8MTKV5SZML//9JL/KRl"
    "ZsMMQYfWmDpJXtR7L22dVq/as5tQ1oOW86hoGh4zTfNn41EZhC+ke6aq/RBLNZXMEKCLiz"
    "vLbAbwT9ZncOwUAntGIELAfSIgM6OjZnxLQRLUWuZbFCW6cNTTSOi1xk/nChRuwxJBOIac"
    "XX77TYRAZ8hE74c3avjUxoGYnbNQ12ba9cI/OZV/bOHPcQee+1ZRe803Tbcqcobj+bk4mN"
    "IgETEVY6hghiQCC7AsEuewJ2g8HThg/l32zcxL9LTsaAI+BahHviOy0ua2pa/2qoDbpDTW"
    "sWwEi3EcOX3qo/XmN2C7/93modHp609g+PT4/aJydHp/untK13v4tVJ0/+zcRo+V15mPU+"
    "9PpDdkM2HUR/eFnBkycDCPClvMGI0bdM5A9+cgCG8DED/kggNQL00dIjEOItG4KwIB6DeO"
    "ptYBAkeA67nz00p47zw2IF/X86N2cfOzevLjufX3s186Dm4qr/IWweg98/u7h658Efw63b"
    "LiJ4vgj42QRgMeCcSC0gb07Bo2ZBNCYT+rMlGYEQ79brFLBBRYvVpPB1HWJPIdaKriopwe"
    "eXl21AemMrDFvcR/fCBSYEdnE43tsYmmP0N5x7Q9Kj9w6QDgXwBxrtjOtqy4biKZxvYWms"
    "bDB4iLRiehpSDOiTQ+IvEZ3BWee82/TQvgP6/QPAhpaAndXYLTtVErVdrJq2pukSgMDYA4"
    "g9CbvvEH2K9timC5GAa0R1UrKh+63MqrGNXaEarYP2Sfv08Lgdvf9Riey1f55EeP8XUGlh"
    "+3L02ctCm9Bmx/s51NnxfqY+Y1VJhTYDGCIiVGeZ0zYhs5QmCxCsyupZxvyVqCgfrzIUFL"
    "cMbhfCefVTYmoltBO9g0b/08WFTD1xrGBiWtTyRAKSFki+//sGWsB7jh3C+2lFDc5Namwb"
    "rk4Ett0lQPOhzf7NOa2v/a62bm2WTGrvybQUi+GeE7O5B42oRZK6jGzsjcY9nPNQB69FNF"
    "hBdSA7D6rJBNvueMIJajo3j4WUj5ZracLxJGdrtjvz0Frkan6NnKl5bV6Qpun0nooZyUY9"
    "GUWrncdAbmdbyO3Xz5C3GcS6UP0NpsCysklGLFYnY/mwdXIc0Qv2Q8YsBpedi4uQHseIQm"
    "Q4mi3QbecUDjGanEgKTTpukJhT+Ib9sbWKToTeeWfYFRGzPPzBxgbEAt1WhD1csT62FtHS"
    "qYNcnYSuF5FC4dwyEpUStKqY7a92Gja10wCnwLSK6PRIoI5u7/08ngLaKlux7y/4Ckb0wl"
    "pRX0xCqIZIH7TyIE1bZSLt1SWR/tc2EbUOgIA1nQf6Wox2QlCm6dkf24g9hsC4QtY8VErZ"
    "0A97l93BsHN5ndhkY6SA1bQSG2xh6avj1ChFnTRue8OPDfaz8eWq71lMM9shY+xdMW43/N"
    "Jk9wRcYmvIftCAwa3GYWmI2nLcJLGnvjw94fbvt2wSZDIU/hXaJIPbSoAw/GnChxURuvE6"
    "qStED6YzWfU1u6V91AmfdVoB/vsmMAGiFzGb/8fvuyL/u0f+ZxbQlyJMCUFFmKpOmPjV2S"
    "GBx2rRFOkid7qw+ZAY90h4cyZJE/massAwN/vdWzqy8OEbuu70zt82ZsA0vqFBtz9823AC"
    "92hRiyWPxzfb4dtO2yoU6jtR+I1kez6SWAr8ivnL0oZ3LrtbYnYvhJx5eyXCHXppUF8sVE"
    "OUS9q1UIF9KrCv2kNRRmDfDdW0N72zYVOwrpSBbtTRdi0puaHl19IVYlIyQuELOyQuaD81"
    "msmpcLT5FCJRVEkRmK79XuoKEobExWhlzw3rpK4QORNzVsJEGgTd1AmmtTtwvPUpy4kTLl"
    "7POHK0aLEs15vz1e/eG/EgGuu78vBUhQ3uSTw8YMrOKS2OgDyKKJaqEzEvI4hIF6+O2XZO"
    "2L5OQK54YiG121TYduSl6gTrRpaKhVDkwvAn5dQAlGW5Ryp2RcOybtuveynDkn/9xSfxBL"
    "O8BFxXiLffEmSTb3aGM+RljjmGtqmAIHNmazY95i3ksrkxhe2nGbxzGI4ghmwerUSQP33q"
    "nRegx65rGm+YzDKT83mW3Pxj5CKdgdPwrsT+af9ZcFOmjNhkz0F96G+e8dti3qM/s9XJDV"
    "Le7QBepoYxeOVvusSzvwDKCaEawnyaB+bTbJhPF/e2lBGijBDFgRUHrlw2ipAji2haTJ8l"
    "NI07HqsC0nbPXencu0WoQ9C8dsdL23koQzubMrQXKAMxiVWIlUUCNWRkaznmo0hZmaQMEH"
    "q9O5eItv7/Glz1M/YtElLpuFRTJ43/GpbpbGGuFQl4DA7Wc3ZGvHTyu72k9cw6SGfEG2Mw"
    "LTKbo/abm837FZ7KS51QUpEu6vhNGUEcxNbvVwNoEHZRR3zU8aQ15jdKZeRJAFw4w1GBRF"
    "LVYvMSM16Y4oh/0HSOo0TGqGSGo1QKo3SGo1QCpDIyHPnHSaQugCBCTuABiGPnsh0AXJCe"
    "sv93z/7HEDii6GrZ7kEooQzVfIYqhiOXPlyR1JW8iMpcqbYQXnwNUVsIy3CPrdhCCIwzIX"
    "8IzTYZf4jswzWEeYQbGNEhKxUFXZklQUYr6LsuSmoiD4KOhOq0NpcRA03goyCeLvvbJGH7"
    "DZ4Zb653cRWBtZ4Pk6jztSpMegcHQMLvVEBvKQG9wmBpdXi8CLoV/ipMdAJTQKP505nZRD"
    "pxFFS54naQM7MvShTPDMWJlZAXqmJ+Ixn9q1AaqBATaR4o9kLfs4ddGGBJUBAns6b0OHX6"
    "SpByC1aHNiq34Ha7Bf2QBBGdCWMVJFwmalKyS5A+FpzYruPPF5UZoWrrgYzfZGVGqFRShC"
    "rHuCknyYvPbi6oKVyJin2TMC1WpxFY13cJE4v+imzilu9ry2DOyyjSc0yd2d+0i+9lGFs8"
    "twWsLTHxs5lbNHcq5obaFY62tm8T6yaZF/E8hO1rGORVjt9hqRMHKlR8s4n+vLBx0WoYhJ"
    "NLFsIoaL1sG5bf81EmbAVJvmQRVdEBL213KcO3Wm5etYMtU257y+xgK8usbpZZB2JTFxKR"
    "oEZKRUDcRtljG15c12aP/YTYMYudvOFEamiVtY6O8hy9OTrKPnrD6lJZDehLVQDhoHkN0T"
    "3IdbDpQHKw6UCQgcNGBIq2dLITRnAiK2WLqBraEnBLSxdRwONQvjJ7+h/rXuar"
)
