"""Every verb of the command line, as calls: what each needs, and what it is called with.

A new command without a place here fails `test_commands.py`. `{...}` in the arguments is filled in from the people of
`people.py`: each call has a user of its own, so that none depends on another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.permissions import Codename


@dataclass(frozen=True, slots=True)
class Call:
    """One way to call a command. Its user is in the state `on`. `needs` are all needed, of `either` one is enough.

    `reads`: it writes nothing in the database. `only` names who may besides what the permissions say: "superuser" of
    Shellback, or the "owner" of the database.
    """

    argv: str
    on: str = "plain"
    needs: tuple[Codename, ...] = ()
    either: tuple[Codename, ...] = ()
    stdin: str = ""
    reads: bool = False
    only: str = ""
    code: int = 0

    def is_for(self, codenames: frozenset[Codename]) -> bool:
        """Whether somebody with exactly these permissions may do it."""
        held = set(codenames)
        return not self.only and set(self.needs) <= held and (not self.either or not held.isdisjoint(self.either))


def _view(argv: str, *more: Codename, on: str = "plain", code: int = 0) -> Call:
    return Call(argv, on, (Codename.USERS_VIEW, *more), reads=True, code=code)


def _write(argv: str, *needs: Codename, on: str = "plain", stdin: str = "") -> Call:
    return Call(f"{argv} --yes", on, (Codename.USERS_VIEW, *needs), stdin=stdin)


def _migrate(argv: str, *, code: int = 0) -> Call:
    return Call(f"migrate {argv}", reads=True, code=code)


_NOTES: Final = (Codename.USERS_EDIT, Codename.USERS_RESET_PASSWORD)
PASSWORD: Final = "correct horse battery staple"
NEW_PASSWORD: Final = "granite otter 41 lantern"

FIRST: Final = ("login", "whoami", "confirm")
"""What each walk begins with; the other commands follow in the order of the table."""

COMMANDS: Final[Mapping[str, tuple[Call, ...]]] = MappingProxyType(
    {
        "login": (Call("login --as {me} --password-stdin", stdin=PASSWORD),),
        "whoami": (Call("whoami", reads=True),),
        "confirm": tuple(
            Call(f"confirm {kind} --password-stdin", stdin=PASSWORD)
            for kind in ("roles", "bulk", "delete", "export", "migrations")
        ),
        "users list": (
            _view("users list"),
            _view("users list alice --order created- --limit 5"),
            _view("users list {user}@ex --columns id,email,last_login_at,last_login_ip,roles,failed_count,updated_at"),
            _view("users list --query=is:locked"),
            _view("users list --query=role:support"),
            _view("users list --query=login:<90d"),
            _view("users list --query=has:session"),
            _view("users list --query=is:superuser --json"),
        ),
        "users show": (_view("users show {user} --history 5", on="worn"), _view("users show {user} --json", on="worn")),
        "users why": (_view("users why {user}", on="locked", code=1), _view("users why {user}", on="inactive", code=1)),
        "users notes": (
            _view("users notes {user}", on="noted"),
            Call("users notes {user} add calls --yes", needs=(Codename.USERS_VIEW,), either=_NOTES),
            Call("users notes {user} add calls --pinned --yes", needs=(Codename.USERS_VIEW,), either=_NOTES),
            Call("users notes {user} pin {note} --yes", "noted", (Codename.USERS_VIEW,), _NOTES),
            Call("users notes {user} delete {note} --yes", "noted", (Codename.USERS_VIEW,), _NOTES),
        ),
        "users create": (
            Call(
                "users create new-{user} --set email=new-{user}@example.com --porcelain --yes",
                needs=(Codename.USERS_CREATE,),
            ),
            Call("users create off-{user} --disable-password --yes", needs=(Codename.USERS_CREATE,)),
        ),
        "users edit": (
            _write("users edit {user} --set full_name=Other", Codename.USERS_EDIT),
            _write(
                "users edit {user} --set email=other-{user}@example.com --set username=x-{user}", Codename.USERS_EDIT
            ),
            _write("users edit {user} --set must_change_password=yes", Codename.USERS_FORCE_CHANGE),
            _write("users edit {user} --set expires_at=2030-01-01T00:00:00Z", Codename.USERS_EDIT),
        ),
        "users reset": (
            _write("users reset {user} --porcelain", Codename.USERS_RESET_PASSWORD),
            _write(
                "users reset {user} --words --unlock --porcelain",
                Codename.USERS_RESET_PASSWORD,
                Codename.USERS_UNLOCK,
                on="locked",
            ),
            _write("users reset {user} --method link --porcelain", Codename.USERS_RESET_PASSWORD, on="linked"),
            _write(
                "users reset {user} --disable-password --revoke-sessions",
                Codename.USERS_RESET_PASSWORD,
                Codename.USERS_REVOKE_SESSIONS,
                on="worn",
            ),
            _write(
                "users reset {user} --reset-mfa --porcelain",
                Codename.USERS_RESET_PASSWORD,
                Codename.USERS_RESET_MFA,
                on="factored",
            ),
        ),
        "users lock": (_write("users lock {user} --for 2h", Codename.USERS_UNLOCK),),
        "users unlock": (_write("users unlock {user}", Codename.USERS_UNLOCK, on="locked"),),
        "users sessions": (
            _view("users sessions {user} --ended", on="worn"),
            _write("users sessions {user} --end {session}", Codename.USERS_REVOKE_SESSIONS, on="worn"),
            _write("users sessions {user} --end-all", Codename.USERS_REVOKE_SESSIONS, on="worn"),
        ),
        "users revoke-sessions": (_write("users revoke-sessions {user}", Codename.USERS_REVOKE_SESSIONS, on="worn"),),
        "users activate": (_write("users activate {user}", Codename.USERS_DEACTIVATE, on="inactive"),),
        "users deactivate": (_write("users deactivate {user} --reason left", Codename.USERS_DEACTIVATE, on="worn"),),
        "users mfa list": (_view("users mfa list {user}", on="factored"),),
        "users mfa reset": (_write("users mfa reset {user}", Codename.USERS_RESET_MFA, on="factored"),),
        "users bulk": (
            _write("users bulk deactivate --ids {id}", Codename.USERS_DEACTIVATE, on="worn"),
            _write("users bulk activate --ids {id}", Codename.USERS_DEACTIVATE, on="inactive"),
            _write("users bulk grant-role --role support --ids {id}", Codename.ROLES_GRANT),
            _write("users bulk revoke-role --role support --ids {id}", Codename.ROLES_GRANT, on="holding"),
            _write("users bulk force-change --ids {id}", Codename.USERS_FORCE_CHANGE),
            _write("users bulk revoke-sessions --ids {id}", Codename.USERS_REVOKE_SESSIONS, on="worn"),
            _write("users bulk unlock --ids {id}", Codename.USERS_UNLOCK, on="locked"),
            _write("users bulk set --set is_verified=yes --ids {id}", Codename.USERS_EDIT),
            _write("users bulk delete --ids {id}", Codename.USERS_DELETE, on="worn"),
        ),
        "users delete": (
            _write("users delete {user} --reason left", Codename.USERS_DELETE, on="worn"),
            _write("users delete {user} --hard --confirm {user} --reason erasure", Codename.USERS_DELETE, on="worn"),
        ),
        "users restore": (_write("users restore {id}", Codename.USERS_DELETE, on="deleted"),),
        "users export": (_view("users export --output {new_file} --format csv", Codename.USERS_EXPORT),),
        "users import": (
            _write("users import {csv}", Codename.USERS_IMPORT, Codename.USERS_CREATE, Codename.USERS_EDIT),
        ),
        "changes stage": (_view("changes stage {user} --set full_name=Staged", Codename.USERS_EDIT),),
        "changes list": (_view("changes list"),),
        "changes commit": (_write("changes commit", Codename.USERS_EDIT),),
        "changes discard": (_view("changes discard --yes"),),
        "views save": (
            _write("views save mine is:locked --order created-"),
            _write("views save ours is:active --share"),
        ),
        "views list": (_view("views list"),),
        "views rename": (_write("views rename mine my"),),
        "views share": (_write("views share my"),),
        "views unshare": (_write("views unshare my"),),
        "views delete": (_write("views delete my"),),
        "roles list": (_view("roles list"),),
        "roles show": (_view("roles show support"),),
        "roles holders": (_view("roles holders support"),),
        "roles create": (_write("roles create desk --allow users.view", Codename.ROLES_EDIT),),
        "roles edit": (_write("roles edit spare --description other --allow users.unlock", Codename.ROLES_EDIT),),
        "roles delete": (_write("roles delete unused", Codename.ROLES_EDIT),),
        "roles grant": (_write("roles grant {user} support --until 30d", Codename.ROLES_GRANT),),
        "roles revoke": (_write("roles revoke {user} support", Codename.ROLES_GRANT, on="holding"),),
        "audit list": (
            Call("audit list", needs=(Codename.AUDIT_VIEW,), reads=True),
            Call("audit list action:users.edit --json", needs=(Codename.AUDIT_VIEW,), reads=True),
        ),
        "audit show": (Call("audit show {op}", "edited", (Codename.AUDIT_VIEW,), reads=True),),
        "audit export": (
            Call("audit export --output {new_file} --format jsonl", needs=(Codename.AUDIT_VIEW, Codename.AUDIT_EXPORT)),
        ),
        "audit undo": (
            Call("audit undo {op} --yes", "edited", (Codename.AUDIT_VIEW, Codename.USERS_VIEW, Codename.USERS_EDIT)),
        ),
        "settle": (
            Call("settle {op}", "edited", reads=True),
            Call("settle 00000000-0000-4000-8000-000000000000", reads=True, code=1),
        ),
        "audit verify": (Call("audit verify", needs=(Codename.AUDIT_VIEW,), reads=True),),
        "mfa new-key": (Call("mfa new-key {new_file}", reads=True),),
        "mfa list": (Call("mfa list", reads=True),),
        "mfa add": (Call("mfa add telephone --password-stdin --porcelain", stdin=PASSWORD),),
        "mfa confirm": (Call("mfa confirm --code-stdin", stdin="{code}"),),
        "mfa remove": (Call("mfa remove {my_factor} --password-stdin", stdin=PASSWORD),),
        "passwd": (Call("passwd --password-stdin", stdin=f"{PASSWORD}\n{NEW_PASSWORD}"),),
        "doctor": (Call("doctor", reads=True),),
        "grants": (Call("grants", reads=True),),
        "migrate status": (_migrate("status"),),
        "migrate plan": (_migrate("plan"),),
        "migrate sql": (_migrate("sql 4"),),
        "migrate lint": (_migrate("lint 4 --offline"),),
        "migrate drift": (_migrate("drift"),),
        "migrate check": (_migrate("check"),),
        "migrate history": (_migrate("history"),),
        "migrate backups": (_migrate("backups", code=1),),
        "migrate make": (_migrate("make --check"),),
        "migrate stamp": (
            Call("migrate stamp 4 --undo --reason by-mistake --yes", needs=(Codename.MIGRATIONS_APPLY,)),
            Call("migrate stamp 4 --reason made-by-hand --yes", needs=(Codename.MIGRATIONS_APPLY,)),
        ),
        "migrate apply": (
            Call("migrate apply --yes", reads=True),
            Call("migrate apply --project {project} --yes", needs=(Codename.MIGRATIONS_APPLY,)),
        ),
        "migrate revert": (
            Call("migrate revert --project {project} --last --yes", needs=(Codename.MIGRATIONS_APPLY,)),
            # This one is about the tables of the audit, which belong to somebody else than the others.
            Call("migrate revert --last --yes", only="owner"),
            Call("migrate apply --yes", only="owner"),
        ),
        "migrate recover": (_migrate("recover"),),
        "audit archive": (
            Call("confirm export --password-stdin", stdin=NEW_PASSWORD, only="superuser"),
            Call("audit archive --before 2999-01-01 --to {new_file} --yes", only="superuser"),
        ),
        "init": (Call("init --yes", only="owner"),),
        "rescue": (Call("rescue --username root --yes --reason lost --porcelain", only="owner"),),
        "logout": (Call("logout"),),
    }
)
