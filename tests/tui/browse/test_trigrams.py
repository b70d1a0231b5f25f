"""What trigram indexes change, on a PostgreSQL that has them: which count, what is advised, and that they are used."""

import pytest
from tortoise.transactions import in_transaction

from models import User
from tests.tui.browse.people import analyse, people
from tests.tui.browse.test_pages import everyone, reference, walk
from tui.browse.cost.catalogue import load_indexes
from tui.browse.cost.indexes import Advice, can_have_trigrams, contains_advice, has_trigrams
from tui.browse.cost.means import load_means
from tui.browse.cost.planner import plans_of
from tui.browse.cost.price import Cost, price
from tui.browse.lists.orders import Order, OrderBy
from tui.browse.lists.pages import UserSource, open_source
from tui.browse.search.query import parse
from tui.database import Database

pytestmark = pytest.mark.postgres_only

NAMES = ("idx_users_username_key_trgm", "idx_users_email_key_trgm")


async def run(*statements: str) -> None:
    async with in_transaction() as connection:
        for statement in statements:
            await connection.execute_script(statement)


async def advice() -> Advice | None:
    return contains_advice(await load_indexes("users"))


async def mend() -> None:
    """Run what is advised, in a transaction as far as it takes it."""
    found = await advice()
    assert found is not None
    await run(*found.sql.replace(" CONCURRENTLY", "").splitlines())


async def without_any() -> None:
    await run(*(f'DROP INDEX IF EXISTS "{name}"' for name in NAMES))


async def test_both_columns_need_one(trigram_database: Database) -> None:
    await without_any()
    both = await advice()
    assert both is not None
    assert both.columns == ("username_key", "email_key")
    assert both.trigram
    assert not (await load_means()).trigram

    await run('CREATE INDEX "mine" ON "users" USING gist ("username_key" gist_trgm_ops)')
    one = await advice()
    assert one is not None
    assert one.columns == ("email_key",)
    assert one.sql.splitlines() == [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
        'CREATE INDEX CONCURRENTLY "idx_users_email_key_trgm" ON "users" USING gin ("email_key" gin_trgm_ops);',
    ]

    await mend()
    assert await advice() is None
    assert (await load_means()).trigram


@pytest.mark.parametrize(
    "index",
    [
        "USING gin (upper(username_key::varchar) gin_trgm_ops, email_key gin_trgm_ops)",
        "USING gin (username gin_trgm_ops, email gin_trgm_ops)",
        "USING gin (username_key gin_trgm_ops, email_key gin_trgm_ops) WHERE is_active",
        "(username_key text_pattern_ops, email_key text_pattern_ops)",
    ],
)
async def test_an_index_that_contains_cannot_use_does_not_count(trigram_database: Database, index: str) -> None:
    await without_any()
    await run(f'CREATE INDEX "another" ON "users" {index}')

    assert await advice() is not None
    assert (await price(parse("*nna*"), Order())).words.startswith("contains · scans")


async def test_one_index_on_both_columns_counts(trigram_database: Database) -> None:
    await without_any()
    await run('CREATE INDEX "both" ON "users" USING gin (username_key gin_trgm_ops, email_key gin_trgm_ops)')

    assert has_trigrams(await load_indexes("users"))


async def test_an_invalid_index_is_dropped_first(trigram_database: Database) -> None:
    await without_any()
    await mend()
    await run(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{NAMES[1]}'::regclass")
    found = await advice()

    assert found is not None
    assert "is invalid" in found.sentence
    assert found.sql.splitlines()[1:] == [
        f'DROP INDEX CONCURRENTLY "{NAMES[1]}";',
        f'CREATE INDEX CONCURRENTLY "{NAMES[1]}" ON "users" USING gin ("email_key" gin_trgm_ops);',
    ]
    await mend()
    assert await advice() is None


async def test_a_scan_offers_the_index_until_it_is_there(trigram_database: Database) -> None:
    await people(200)
    await without_any()
    before = await price(parse("*nna*"), Order())
    assert before.scans
    assert before.advice == await advice()

    await mend()
    assert await price(parse("*nna*"), Order()) == Cost("contains · trigram index", rows=await _listed("*nna*"))


async def _listed(text: str) -> int:
    source = await open_source(parse(text), Order())
    assert source.access.by == source.query.terms[0]
    return source.access.length


async def _plan_uses(source: UserSource) -> bool:
    (plan,) = await plans_of(source.access.listed)
    return plan.is_bounded and bool(set(NAMES) & set(plan.indexes))


@pytest.mark.parametrize("analysed", [False, True])
async def test_pages_use_it_whatever_the_statistics_say(trigram_database: Database, analysed: bool) -> None:
    """Wrong ones are of a table in which everybody matched: reading all of it would have been right."""
    if await advice() is not None:
        await mend()
    await people(300)
    if analysed:
        async with in_transaction():
            emails = {user.id: user.email_key for user in await User.all()}
            await run("UPDATE users SET email_key = 'zoe' || id || '@zoe'")
        await analyse()
        async with in_transaction():
            for user_id, email in emails.items():
                await User.filter(id=user_id).update(email_key=email)
    everybody = await everyone()
    for text in ("*zoe*", "*zoe* is:active", "*alice_no*", "*n%a*"):
        for order in (Order(), Order(OrderBy.EMAIL, descending=True), Order(OrderBy.LAST_LOGIN)):
            source = await open_source(parse(text), order)
            assert await _plan_uses(source), text
            assert sorted(await walk(source, 50, forward=True)) == sorted(
                one["user"].id
                for one in everybody
                if text.split()[0].strip("*") in one["user"].username_key + "\n" + (one["user"].email_key or "")
                and ("is:active" not in text or (one["user"].is_active and one["user"].deleted_at is None))
            )
    assert await walk(await open_source(parse("*nna*"), Order()), 50, forward=True) == reference(
        everybody, "*nna*", Order()
    )


async def test_names_are_searched_by_an_index_of_their_own(trigram_database: Database) -> None:
    await people(120)
    async with in_transaction():
        await User.filter(id__lte=3).update(full_name="Zoë Grünwald")
    before = await price(parse("name:*GRÜNWALD*"), Order())
    assert before.scans
    assert before.advice is not None
    assert before.advice.columns == ("full_name",)

    await run(*before.advice.sql.replace(" CONCURRENTLY", "").splitlines())

    assert await price(parse("name:*GRÜNWALD*"), Order()) == Cost("contains · trigram index", rows=3)
    for text in ("name:*ünwal*", "name:*grünwald* is:active", "name:Zoë*", 'name:"zoë grünwald"'):
        source = await open_source(parse(text), Order(OrderBy.ID))
        (plan,) = await plans_of(source.access.listed)
        assert plan.indexes == ("idx_users_full_name_trgm",)
        assert set(await walk(source, 50, forward=True)) <= {1, 2, 3}
    assert await walk(await open_source(parse("name:*ünwal*"), Order(OrderBy.ID)), 50, forward=True) == [1, 2, 3]


async def test_the_server_has_the_extension(trigram_database: Database) -> None:
    assert await can_have_trigrams()
