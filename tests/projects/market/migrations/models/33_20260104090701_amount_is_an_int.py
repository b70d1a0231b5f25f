from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP MATERIALIZED VIEW best_sellers;
        DROP VIEW order_totals;
        DROP FUNCTION order_total(BIGINT);
        ALTER TABLE order_lines ALTER COLUMN amount TYPE INT;
        CREATE FUNCTION order_total(wanted BIGINT) RETURNS BIGINT LANGUAGE sql STABLE
        BEGIN ATOMIC
            SELECT coalesce(sum(l.amount::bigint * l.cents), 0)::bigint FROM order_lines l WHERE l.order_id = wanted;
        END;
        CREATE VIEW order_totals AS
            SELECT o.id, o.number, o.state, order_total(o.id) AS cents FROM orders o;
        CREATE MATERIALIZED VIEW best_sellers AS
            SELECT product_id, sum(amount) AS sold FROM order_lines GROUP BY product_id;
        CREATE UNIQUE INDEX best_sellers_product ON best_sellers (product_id);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """"""


MODELS_STATE = (
    "eJztXW1z2jgQ/isMn9qZXCch5OU6NzdDE9pyl5BMoJdOX8aj2AJ8MTaV5SZML//9JPlNNr"
    "JigyHG6EsbJK1sP5JXz65W61/NqWNAy33TMQwEXbf5tvGraYMpJH+kq/YaTTCbxRW0AIM7"
    "i7UFfiPoN7tzMQI6JhUjYLmQFBnQ1ZE5w6Zjk1Lbsyxa6OikoWmP4yLPNn94UMPOGOIJRK"
    "Ti63dSbNoGfIRu+HN2r41MaBmJ2zUNem1WruH5jJW9M8c9G79nbekF7zTdsbypHbefzfHE"
    "sSMB08a0dAxtiACG9AoYefQJ6A0GTxs+lH+zcRP/LjkZA46AZ2Huie+0uKypaf2roTboDj"
    "WtWQAj3bEpvuRW/fEa01v47fdW6/DwpLV/eHx61D45OTrdPyVt2f0uVp08+TcTo+V3xTDr"
    "fej1h/SGHDKI/vDSgicmAzDwpdhgxOhbpu0PfnIAhvAxA/5IIDUC5NHSIxDiLRuCsCAeg3"
    "jqbWAQJHgOu58ZmlPX/WHRgv4/nZuzj52bV5edz69ZzTyoubjqfwibx+D3zy6u3jH4Y7h1"
    "x7Mxmi8CfjYBSAw4J1ILyJtT8KhZ0B7jCfnZkoxAiHfrdQrYoKJFa1L4ei52phBpRbVKSv"
    "B59bINSG9Mw1DlProXKpgQ2MXheO8gaI7tv+GcDUmP3DuwdSiAP1jRzriutmwonsL5FpbG"
    "iw0CD9GqmJ6GBAPy5BD7KqIzOOucd5sM7Tug3z8AZGgJ2GmN03JSJVHbxappa5ouATYYM4"
    "Dok9D7DtEnaI8doogEXCOqk5IN3W9lVo1t7ArVaB20T9qnh8ft6P2PSmSv/fMkgv1fYEkL"
    "25eznr0stInV7Hg/x3J2vJ+5ntGq5II2AwjaWLicZU7bhMxSK1mAYFW0ZxnzV7JE+XiVsU"
    "BxanC7EM67PiWmVmJ1InfQ6H+6uJAtTxwrmJgWsTxtAUkLJN//fQMtwJ5jh/B+WnEF5yY1"
    "cgxPxwLb7hLY86FD/805ra/9rrZON0smNXsyLcViuOdEdO5BI2qRpC4jB7HRuIdzHurgtY"
    "gGK6gOZOdBNZ4gxxtPOEFN5+axkPKRci1NOJ7kbM3xZgytRa7m18iZGmvzgjRNJ/dUzEg2"
    "6skoWu08BnI720Juv36GvM0g0oXL32AKLCubZMRidTKWD1snxxG9oD9kzGJw2bm4COlxjC"
    "i0DVdzBGvbOYFDjCYnkkKTjBvE5hS+oX9s7UInQu+8M+yKiFke/uAgAyLB2laEPVzRPrYW"
    "0dKpg3w5CV0vogWFc8tIlpSgVcVsf7XTsKmdBjgFplVkTY8E6uj23s/jKSCtshf2/QVfwY"
    "hcWCvqi0kI1RDpg1YepEmrTKRZXcor47CLLcCczZYiAeWPWSRM/xJ0iLEFBCT0PKA/YlgT"
    "gjLiRP/YxqmMIDCubGservHZqA57l93BsHN5ndizpByL1rQS+5Vh6avj1KSPOmnc9oYfG/"
    "Rn48tVnxmgM8fFY8SuGLcbfmnSewIedjTbedCAwS1uYWmI2nJULxGisDzb48IhtmwSZBI+"
    "/hXaJCHeSoAQ/GnChxURumGd1BWiB9OdrPqa3ZI+6oTPOo0q/30TWFTRi5htTsXvu7Klds"
    "+WmllAX4owJQQVYao6YeK1s4sDB+CiZde1venCXk5i3CPhzVl4TdtfKQsMc7PfvSUjCx++"
    "2ded3vnbxgyYxjd70O0P3zbcwNtc1ADM40DP9p+306YfgfpOFM0kiXaIJJYCv2q2X8qPkc"
    "uNIfFiLETwsa0nYcCDNEYyFqohyiVtAqk4SRUnWe2hKCNO8oastDe9s2FToFfKQDfqaLtU"
    "Sm5oeV26QohPxsmCwg6JC9JPjWZyKrpvPoVCT3IRmK79XuoKEoLYQ/bKnhvaSV0hcifmrI"
    "SJNAi6qRNMa3fgMP2U5cQJldczjhwtUpblenO++t2zEQ+C274rD09V2OCexMMDpvTYV4Ed"
    "xligTpy8tC1GXawds+0cuMp+bd3R9JVWUQ3BS9UJ1o2oioXI7sLwJ+XUAJRluUdL7IqGZd"
    "22X/dShiX/+osPNgpmeQm4rnB8YUuQTb7ZGc6Qlzk1GtqmAoLMma3Z9Ji3kMvmxgS2n2bw"
    "ziE4ggjSebQSQf70qXdegB57nmm8oTLLTM7nWXLzj5Fn6xScBrsS/af9Z8FNmaKzVaRXmY"
    "P60N8847fF2KM/s9XJDVLe7QBepoYhjeVvusSzvwDKCaEawnyaB+bTbJhPF/e2lBGijBDF"
    "gRUHrlxyj5Aji2haTJ8lNI07bawC0nbPXenee0WoQ9C8dqd123koQzubMrQXKAM2sVWIlU"
    "UCNWRkazk1pUhZmaQMYHK9Ow+Ltv7/Glz1MzYvElLpuFRTx43/GpbpbuFRKQl4FA7ac3aC"
    "wXQuwb2k9Uw7SCcYHCMwLTKbo/abm837FZ7KS51QUpEu6vhNGUEc2NHvVwNoEHZRR3zU8a"
    "Q1potKJThKAFw4YVSBvFzVYvMSM16YMYp/0HTKqEQCrmTCqFRGqHTCqFQ+qTISRvnHSaQu"
    "gCBCTuABiGPnsh0AXJCesv93z/5HELii6GrZ7kEooQzVfIYqgiOPPFyRTKC8iEo8obYQXl"
    "yHqC2EZbjHVmwhBMaZkD+EZpuMP0T24RrCPMINjOiQlYqCroxKkNEK8q6LkprIM1NGQnXS"
    "zWXkpcTwURBPl/2pl7D9Bs+MN9erXEVgrec7L+p8rQqT3sEBkPA7FdBbSkCvMFhaHR4vgm"
    "6FP7ITncAU0Gj+dGY2kU4cBVWuuB3kzPQDHcUzQ3FiJeSFqpjfSEb/KpQGKsREmgeKvtD3"
    "9GEXBlgSFMTJrCk9Tp0+uqTcgtWhjcotuN1uQT8kQURnwlgFCZeJmpTsEiSPBSeO5/rzRW"
    "VGqJo+kPGbrciMUOUYN+UkefHZzQU1hZqo2Cce02J1GoF1feYxofRXZBO3fF9bBnNeRpGe"
    "Y+rM/qZdfC/D2OK5LWBtiYmfzdyiuVMxN9SucLS1fepZN/G8iOchbF/DIK9y/A5LnThQoe"
    "KbTfTHwsZF2jAIJ5cowihovWwblt/zUSZsBUm+RImq6ICXtruU4VstN6/awZYtbnvL7GAr"
    "y6xullkHIlMXEpGgRkpFQNxG2WMbVq5rs8d+QuSaxU7ecCI1tMpaR0d5jt4cHWUfvaF1qa"
    "wG5KUqgHDQvIboHuQ62HQgOdh0IMjA4dgYirZ0shNGcCIrZYuoGtoScEtLF1HA41D+Yvb0"
    "P7emTns="
)
