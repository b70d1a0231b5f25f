"""Which branches hold the files that are missing here: asked of git, without running anything of the checkout."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.tui.migrate.projects import make_project, migration
from tui.migrate.applied import AppliedRow
from tui.migrate.missing import searched
from tui.migrate.plans.planning import plan_apply
from tui.migrate.source.branches import Branches, find_branches
from tui.migrate.source.files import read_files
from tui.migrate.source.project import Project
from tui.migrate.states import State, merge

LATER = "2_20260301000000_later.py"


def git(directory: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *identity, *arguments], cwd=directory, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Project:
    """On main, without the file that the branch `feature/later` has."""
    project = make_project(tmp_path / "shop", "sqlite:///nowhere/none.sqlite3", {"0_init.py": migration("SELECT 1")})
    git(project.root, "init", "-q")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "one")
    git(project.root, "checkout", "-q", "-b", "feature/later")
    (project.folder / LATER).write_text(migration("SELECT 2"))
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "two")
    git(project.root, "checkout", "-q", "main")
    return project


def test_a_local_branch_is_named(checkout: Project) -> None:
    found = find_branches(checkout.folder, ["0_init.py", LATER, "9_nowhere.py"])
    assert found.trouble == ""
    assert set(found.holding["0_init.py"]) == {"main", "feature/later"}
    assert found.sentence(LATER) == "feature/later holds it."
    assert found.sentence("9_nowhere.py") == "No branch here holds it: fetch, or ask who applied it."


def test_a_branch_that_was_only_fetched_is_named(checkout: Project, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(checkout.root), "clone")
    found = find_branches(tmp_path / "clone" / "migrations" / "models", [LATER])
    assert found.holding == {LATER: ("origin/feature/later",)}


def test_a_packed_branch_and_a_worktree(checkout: Project, tmp_path: Path) -> None:
    git(checkout.root, "pack-refs", "--all")
    git(checkout.root, "gc", "-q")
    git(checkout.root, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    found = find_branches(tmp_path / "tree" / "migrations" / "models", [LATER])
    assert found.holding == {LATER: ("feature/later",)}


def test_a_clone_without_the_contents_of_files_is_searched_and_fetches_nothing(
    checkout: Project, tmp_path: Path
) -> None:
    git(checkout.root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{checkout.root}", "clone")
    before = git(tmp_path / "clone", "count-objects", "-v")
    found = find_branches(tmp_path / "clone" / "migrations" / "models", [LATER])
    assert found.holding == {LATER: ("origin/feature/later",)}
    assert git(tmp_path / "clone", "count-objects", "-v") == before


def test_missing_rows_say_where_their_files_are(checkout: Project) -> None:
    rows = [AppliedRow(1, "0_init.py", "models"), AppliedRow(2, LATER, "models")]
    listing, branches = searched(checkout, merge(read_files(checkout), rows, "models"))
    assert branches == Branches({LATER: ("feature/later",)})
    (missing,) = [entry for entry in listing.entries if entry.state is State.MISSING]
    assert missing.note.endswith("feature/later holds it.")
    assert [problem.sentence for problem in listing.problems] == [missing.note]
    assert listing.ahead == (LATER,)
    assert plan_apply(checkout, listing).refusals[0] == (
        f"The database is ahead of this code: it has {LATER}. feature/later holds it. "
        "Switch to the branch with these files, or update."
    )


@pytest.mark.parametrize(
    "version", ["", "..", "../../secret.py", "1_a\nrefs/heads/main:x.py", "1_a\x00.py", "1_\ud800"]
)
def test_a_row_that_is_no_file_name_asks_nothing(checkout: Project, version: str) -> None:
    found = find_branches(checkout.folder, [version, LATER])
    assert found == Branches({LATER: ("feature/later",)})


def test_a_hostile_checkout_runs_nothing(checkout: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "marker"
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\necho $0 $* >> {marker}\nexit 1\n")
    program.chmod(0o755)
    hooks = checkout.root / ".git" / "hooks"
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc", "fsmonitor-watchman"):
        (hooks / hook).write_text(program.read_text())
        (hooks / hook).chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "pager.for-each-ref",
        "pager.cat-file",
        "alias.for-each-ref",
        "alias.cat-file",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.external",
        "gpg.program",
        "credential.helper",
        "uploadpack.packObjectsHook",
        "remote.origin.uploadpack",
        "remote.origin.vcs",
    ):
        git(checkout.root, "config", name, str(program))
    # Objects that are not here would be fetched by what the configuration names.
    git(checkout.root, "config", "remote.origin.url", f"ext::{program}")
    git(checkout.root, "config", "remote.origin.promisor", "true")
    git(checkout.root, "config", "extensions.partialClone", "origin")
    git(checkout.root, "config", "protocol.allow", "always")
    git(checkout.root, "config", "protocol.ext.allow", "always")
    (checkout.root / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (checkout.folder / "git").write_text(program.read_text())
    (checkout.folder / "git").chmod(0o755)
    tree = git(checkout.root, "rev-parse", "feature/later:migrations/models")
    (checkout.root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    marker.unlink(missing_ok=True)
    monkeypatch.setenv("PATH", f".:{checkout.folder.relative_to(tmp_path)}::{os.environ['PATH']}")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(program))
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert find_branches(checkout.folder, [LATER]).holding == {}
    assert find_branches(checkout.folder, ["0_init.py"]).holding == {"0_init.py": ("main",)}
    assert not marker.exists()
    # The traps are real: the same question asked plainly runs what the configuration names.
    monkeypatch.undo()
    question = f"feature/later:migrations/models/{LATER}\n".encode()
    subprocess.run(["git", "cat-file", "--batch-check"], input=question, cwd=checkout.root, capture_output=True)
    assert marker.exists()


def test_without_git_it_says_so(checkout: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_branches(checkout.folder, [LATER]).sentence(LATER) == (
        "Which branches hold it is not known: git is not installed."
    )


def test_what_is_no_checkout_says_so(tmp_path: Path) -> None:
    assert "this is no git checkout" in find_branches(tmp_path, [LATER]).trouble


def test_a_checkout_of_somebody_else_is_not_read(checkout: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.getuid() != 0:
        pytest.skip("only root gives files away")
    for path in (checkout.root, *checkout.root.rglob("*")):
        os.lchown(path, 65534, 65534)
    monkeypatch.delenv("SUDO_UID", raising=False)
    monkeypatch.setenv("HOME", str(checkout.root.parent))
    assert "belongs to somebody else" in find_branches(checkout.folder, [LATER]).trouble


def test_a_git_that_hangs_is_given_up(checkout: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    monkeypatch.setattr("tui.migrate.source.branches.SECONDS", 0.2)
    assert "git did not answer" in find_branches(checkout.folder, [LATER]).trouble
