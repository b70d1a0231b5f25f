"""The three projects from nothing to their last file: by Aerich, by ours, and half by each. All ends are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.projects.copies import Copy, copy_brownfield, copy_clinic, copy_market
from tests.tui.migrate.catalogue import catalogue
from tests.tui.migrate.plain.programs import aerich, shellback
from tests.tui.migrate.projects import query, versions


@pytest.fixture
def markets(tmp_path: Path, postgres_server: PostgresServer) -> list[Copy]:
    """Three copies of the market, each on a database of its own."""
    made = []
    for name in ("aerich", "ours", "both"):
        postgres_server.create(f"market_{tmp_path.name}_{name}")
        made.append(copy_market(tmp_path / name, postgres_server.url(f"market_{tmp_path.name}_{name}")))
    return made


@pytest.mark.postgres_only
async def test_forty_files_of_the_market(markets: list[Copy]) -> None:
    theirs, ours, both = markets
    plain = aerich(theirs.root, "upgrade", environment=theirs.environment)
    assert plain.code == 0, plain.text
    # Ours wants to be told that the numbers which stand twice were seen.
    refused = shellback(ours.root, "apply", "--yes", environment=ours.environment)
    assert refused.code == 4, refused.text
    assert "--accept 26_20251023224917_wishes.py" in refused.err
    done = shellback(ours.root, "apply", "--yes", "--accept-all", environment=ours.environment)
    assert done.code == 0, done.text
    some = shellback(both.root, "apply", "--yes", "--accept-all", "--to", "20", environment=both.environment)
    assert some.code == 0, some.text
    rest = aerich(both.root, "upgrade", environment=both.environment)
    assert rest.code == 0, rest.text
    expected = await catalogue(theirs.url)
    for copy in (ours, both):
        found = await catalogue(copy.url)
        found.pop("shellback_migrations", None)
        assert found == expected
        assert await versions(copy.url) == await versions(theirs.url) == theirs.files()
        assert await query(copy.url, "SELECT * FROM coupons ORDER BY code") == await query(
            theirs.url, "SELECT * FROM coupons ORDER BY code"
        )
    # And Aerich goes on from there.
    assert aerich(ours.root, "heads", environment=ours.environment).out.strip() == "No available heads."


@pytest.mark.sqlite_only
@pytest.mark.parametrize("apart", [False, True], ids=["one file", "two files"])
async def test_two_apps(tmp_path: Path, apart: bool) -> None:
    theirs = copy_clinic(tmp_path / "aerich", apart=apart)
    ours = copy_clinic(tmp_path / "ours", apart=apart)
    for app in ("records", "billing"):
        plain = aerich(theirs.root, "--app", app, "upgrade", environment=theirs.environment)
        assert plain.code == 0, plain.text
        done = shellback(ours.root, "apply", "--yes", "--app", app, environment=ours.environment)
        assert done.code == 0, done.text
    assert await versions(ours.url) == await versions(theirs.url) == theirs.files("records") + theirs.files("billing")
    for name in ("CLINIC_RECORDS", "CLINIC_BILLING"):
        found = await catalogue(f"sqlite://{ours.environment[name]}")
        found.pop("shellback_migrations", None)
        assert found == await catalogue(f"sqlite://{theirs.environment[name]}")


@pytest.mark.sqlite_only
async def test_a_database_older_than_aerich(tmp_path: Path) -> None:
    """Aerich cannot be told that step 0 is there already: --fake needs the table that it would make."""
    theirs = copy_brownfield(tmp_path / "aerich")
    plain = aerich(theirs.root, "upgrade", "--fake", environment=theirs.environment)
    assert plain.code != 0
    assert "no such table: aerich" in plain.text
