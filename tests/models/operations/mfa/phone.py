"""The telephone of a person: reads the text of a QR code, and gives codes as any authenticator app would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from passlib.totp import TOTP
from tortoise.transactions import in_transaction

from models import Account, MfaFactor
from models.clock import database_now
from models.mfa_secrets import MfaKeys
from models.operations import Secret, Status, apply, plan_confirm_factor, plan_enrol
from models.operations.transactions import connection
from tests.models.operations.people import PASSWORD, acting

if TYPE_CHECKING:
    from models.operations import Outcome

KEYS: Final = MfaKeys({"1": "a key of the tests, long enough for one"})
STEP: Final = 30


class Phone:
    """Codes of the database's own time; `ahead` is in steps."""

    def __init__(self, shown: Secret) -> None:
        self.uri = shown.reveal()
        self._totp = TOTP.from_uri(self.uri)

    @property
    def secret(self) -> str:
        """In base32."""
        return str(self._totp.base32_key)

    async def step(self, ahead: int = 0) -> int:
        return int((await database_now(connection())).timestamp()) // STEP + ahead

    async def code(self, ahead: int = 0) -> str:
        return str(self._totp.generate(await self.step(ahead) * STEP).token)

    async def wrong_code(self) -> str:
        """A code of no step near now."""
        near = {await self.code(ahead) for ahead in range(-3, 4)}
        return next(code for code in (f"{number:06}" for number in range(100)) if code not in near)


async def enrolled(account: Account, label: str = "telephone") -> Phone:
    """A telephone whose authenticator counts for this account; no step of it is used yet."""
    me = acting(account)
    outcome: Outcome = await apply(await plan_enrol(me, label, Secret(PASSWORD)))
    assert outcome.secret is not None, outcome.sentence
    phone = Phone(outcome.secret)
    confirmed = await apply(await plan_confirm_factor(me, Secret(await phone.code())))
    assert confirmed.status is Status.OK, confirmed.sentence
    await set_factors(account, label=label, last_used_step=None, last_used_at=None)
    return phone


async def set_factors(account: Account, *, label: str | None = None, **columns: object) -> None:
    """Change the rows behind Shellback's back, as psql would: all of the account, or the one of this name."""
    async with in_transaction():
        rows = MfaFactor.filter(user_id=account.id)
        assert await (rows if label is None else rows.filter(label=label)).update(**columns) > 0


async def foreign(account: Account, label: str, kind: str = "webauthn", secret: bytes = b"of the service") -> MfaFactor:
    """An authenticator that the web service stored in a way of its own."""
    async with in_transaction():
        return await MfaFactor.create(user_id=account.id, kind=kind, label=label, secret_encrypted=secret)
