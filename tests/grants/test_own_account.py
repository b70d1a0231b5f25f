"""The own account under each tier: sign in, give the password again, change it, enrol and use an authenticator. And the
application, which goes on as before."""

import pytest
from tortoise.transactions import in_transaction

from models import Account, AuditEvent, LoginAttempt, User
from models.mfa_secrets import use_key_file
from models.operations import (
    Secret,
    Status,
    apply,
    plan_change_own_password,
    plan_confirm_factor,
    plan_enrol,
    plan_reset,
)
from models.operations.audit.verify import verify_chain
from models.operations.credentials.new_password import PasswordMethod
from models.operations.credentials.redeem import redeem_reset
from models.operations.credentials.reset_options import ResetOptions
from models.operations.service import ServiceRefused, ServiceSession, authenticate
from models.operations.sign_in.answers import SignedIn, SignInCode, SignInRefused
from models.operations.sign_in.entering import sign_in
from models.operations.sign_in.session import sign_out
from models.operations.sign_in.step_up import NotProven, Proven, StepUpClass, step_up
from models.passwords import hash_password
from tests.grants.tiers import TierDatabase
from tests.models.operations.mfa.phone import Phone
from tests.models.operations.people import PASSWORD, acting, superuser, user
from tests.tui.cli.conftest import in_database
from tui.grants import Tier

pytestmark = pytest.mark.postgres_only
NEW = "another horse battery staple"


async def people() -> None:
    await superuser("root")
    for name, role in (("sara", "support"), ("olga", "operator"), ("adam", "auditor"), ("dora", "dba")):
        await user(name, role)
    await user("alice")


@pytest.fixture
def peopled(tiers: TierDatabase) -> TierDatabase:
    in_database(tiers.url(tiers.server.user), people)
    return tiers


OWN = {Tier.SUPPORT: "sara", Tier.OPERATOR: "olga", Tier.AUDITOR: "adam", Tier.DBA: "dora", Tier.SUPERUSER: "root"}


async def use_a_telephone(name: str, who: SignedIn) -> None:
    """Enrol an authenticator, and sign in with a code of it."""
    shown = await apply(await plan_enrol(who.actor, "telephone", Secret(NEW)))
    assert shown.secret is not None, shown.sentence
    phone = Phone(shown.secret)
    confirmed = await apply(await plan_confirm_factor(who.actor, Secret(await phone.code())))
    assert confirmed.status is Status.OK, confirmed.sentence
    asked = await sign_in(name, Secret(NEW))
    assert isinstance(asked, SignInRefused)
    assert asked.code is SignInCode.CODE_NEEDED
    assert isinstance(await sign_in(name, Secret(NEW), code=Secret(await phone.code(1))), SignedIn)


def test_the_own_account_works_under_every_tier(peopled: TierDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELLBACK_MFA_KEY", "a key of the tests, long enough for one")
    use_key_file(None)
    for tier, name in OWN.items():

        async def live(tier: Tier = tier, name: str = name) -> None:
            who = await sign_in(name, Secret(PASSWORD))
            assert isinstance(who, SignedIn)
            assert isinstance(await step_up(who.actor, Secret("wrong"), StepUpClass.ROLES), NotProven)
            assert isinstance(await step_up(who.actor, Secret(PASSWORD), StepUpClass.ROLES), Proven)
            changed = await apply(await plan_change_own_password(who.actor, Secret(PASSWORD), Secret(NEW)))
            assert changed.status is Status.OK, changed.sentence
            again = await sign_in(name, Secret(NEW))
            assert isinstance(again, SignedIn)
            if tier is Tier.AUDITOR:  # who may write least
                await use_a_telephone(name, again)
            assert again.token is not None
            assert await sign_out(again.token)

        in_database(peopled.tier_url(tier), live)

    async def recorded() -> int:
        return await AuditEvent.filter(action__startswith="db.", db_user__not=peopled.server.user).count()

    assert in_database(peopled.url(peopled.server.user), recorded) == 0


def test_who_is_above_a_tier_or_below_staff_does_not_sign_in_through_it(peopled: TierDatabase) -> None:
    others = {
        Tier.SUPPORT: ("root", "olga", "alice"),
        Tier.OPERATOR: ("root", "dora"),
        Tier.AUDITOR: ("sara", "alice"),
        Tier.DBA: ("adam",),
    }
    for tier, names in others.items():

        async def refused(names: tuple[str, ...] = names) -> None:
            for name in names:
                answer = await sign_in(name, Secret(PASSWORD))
                assert isinstance(answer, SignInRefused)
                assert answer.code is SignInCode.NO_ENTRY

        in_database(peopled.tier_url(tier), refused)

    async def noted() -> set[str]:
        assert await LoginAttempt.exclude(user_id=None).count() == 0
        return {str(one) for one in await LoginAttempt.all().values_list("outcome", flat=True)}

    # A DBA sees no others at all, so that they are unknown there.
    assert in_database(peopled.url(peopled.server.user), noted) == {"other tier", "unknown"}


def test_an_old_hash_is_made_anew_at_sign_in_under_a_tier(peopled: TierDatabase) -> None:
    async def age() -> None:
        from passlib.hash import bcrypt

        old = bcrypt.using(rounds=4).hash(PASSWORD)
        async with in_transaction():
            assert await User.filter(username="sara").update(hashed_password=old) == 1

    async def enter() -> None:
        assert isinstance(await sign_in("sara", Secret(PASSWORD)), SignedIn)

    async def look() -> str:
        return (await User.get(username="sara")).hashed_password

    owner = peopled.url(peopled.server.user)
    in_database(owner, age)
    in_database(peopled.tier_url(Tier.SUPPORT), enter)
    assert in_database(owner, look).startswith("$argon2id$")


def test_the_application_goes_on_as_before(peopled: TierDatabase) -> None:
    async def work() -> None:
        async with in_transaction():
            made = await User.create(username="walter", hashed_password=hash_password(PASSWORD))
        async with in_transaction():
            assert await User.filter(id=made.id).update(is_active=False) == 1
        assert (await User.get(username="root")).hashed_password
        assert await Account.all().count() == 7
        async with in_transaction():
            await made.delete()

    in_database(peopled.url(peopled.app), work)

    async def recorded() -> list[tuple[str, str]]:
        rows = await AuditEvent.filter(target_label="walter").order_by("seq").values_list("action", "db_user")
        return [(str(action), str(role)) for action, role in rows]

    assert in_database(peopled.url(peopled.server.user), recorded) == [
        ("db.insert", peopled.app),
        ("db.update", peopled.app),
        ("db.delete", peopled.app),
    ]


def test_a_link_that_support_makes_is_redeemed_in_the_application(peopled: TierDatabase) -> None:
    async def link() -> str:
        sara, alice = await Account.get(username="sara"), await Account.get(username="alice")
        done = await apply(await plan_reset(acting(sara), alice.id, ResetOptions(PasswordMethod.LINK)))
        assert done.secret is not None, done.sentence
        return done.secret.reveal()

    async def redeem(token: str) -> None:
        done = await redeem_reset(Secret(token), Secret(NEW))
        assert done.status is Status.OK, done.sentence
        assert isinstance(await authenticate("alice", Secret(NEW)), ServiceSession)
        assert isinstance(await authenticate("alice", Secret(PASSWORD)), ServiceRefused)

    token = in_database(peopled.tier_url(Tier.SUPPORT), link)
    in_database(peopled.url(peopled.app), lambda: redeem(token))

    async def look() -> bool:
        return (await verify_chain()).is_whole

    assert in_database(peopled.tier_url(Tier.AUDITOR), look)
