"""The seeded roles and the rank rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.permissions import DESCRIPTIONS, SYSTEM_ROLES, Codename, may_grant, outranks

CODENAMES = st.frozensets(st.sampled_from(Codename))


def test_codenames_are_those_of_the_data_model() -> None:
    users = (
        "view create edit deactivate delete reset_password unlock force_change revoke_sessions reset_mfa export import"
    )
    others = {"roles.grant", "roles.edit", "audit.view", "audit.export"}
    migrations = {"migrations.view", "migrations.apply", "migrations.make"}
    assert {str(codename) for codename in Codename} == {f"users.{verb}" for verb in users.split()} | others | migrations
    assert set(DESCRIPTIONS) == set(Codename)


def test_support_never_edits_or_deletes() -> None:
    assert SYSTEM_ROLES["support"].permissions == {
        Codename.USERS_VIEW,
        Codename.USERS_RESET_PASSWORD,
        Codename.USERS_UNLOCK,
        Codename.USERS_FORCE_CHANGE,
        Codename.USERS_REVOKE_SESSIONS,
    }


@pytest.mark.parametrize("role", ["auditor", "dba"])
def test_only_operators_and_support_write_to_users(role: str) -> None:
    writes = {name for name in SYSTEM_ROLES[role].permissions if name.startswith(("users.", "roles."))}
    assert writes <= {Codename.USERS_VIEW}


def test_nobody_but_a_superuser_edits_roles() -> None:
    assert all(Codename.ROLES_EDIT not in seed.permissions for seed in SYSTEM_ROLES.values())


def test_support_does_not_outrank_an_operator_but_the_other_way_round() -> None:
    support, operator = (SYSTEM_ROLES[name].permissions for name in ("support", "operator"))
    assert not outranks(support, False, operator, False)
    assert outranks(operator, False, support, False)
    assert outranks(support, False, support, False)


@given(CODENAMES, CODENAMES)
def test_only_a_superuser_touches_a_superuser(actor: frozenset[Codename], target: frozenset[Codename]) -> None:
    assert not outranks(actor, False, target, True)
    assert outranks(actor, True, target, True)
    assert outranks(actor, True, target, False)


@given(CODENAMES, CODENAMES)
def test_rank_is_having_every_permission_of_the_target(actor: frozenset[Codename], target: frozenset[Codename]) -> None:
    assert outranks(actor, False, target, False) == (not target - actor)
    assert outranks(actor | target, False, target, False)


def test_a_codename_of_a_newer_version_is_not_ignored() -> None:
    assert not outranks(frozenset(Codename), False, {"vault.open"}, False)
    assert not may_grant(frozenset(Codename), False, ["vault.open"])


def test_you_grant_only_what_you_hold() -> None:
    operator = SYSTEM_ROLES["operator"].permissions
    assert may_grant(operator, False, SYSTEM_ROLES["support"].permissions)
    assert not may_grant(operator, False, SYSTEM_ROLES["dba"].permissions)
    assert may_grant(frozenset(), True, frozenset(Codename))
