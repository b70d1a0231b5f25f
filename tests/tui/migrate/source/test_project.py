"""A project found as Aerich finds it, or a sentence that says what is wrong; who may write to it; its git."""

import grp
import os
import subprocess
from pathlib import Path

import pytest

from tests.tui.migrate.projects import make_project, migration
from tui.migrate.source.consent import has_consent, question, remember_consent
from tui.migrate.source.git import git_head
from tui.migrate.source.project import Project, ProjectError, load_project, own_project
from tui.migrate.source.trust import why_not_trusted
from tui.settings import parse_url, state_dir

URL = "sqlite:///nowhere/none.sqlite3"
TABLE = '[tool.aerich]\ntortoise_orm = "settings.ORM"\nlocation = "./migrations"\nsrc_folder = "./src"\n'


def refused(directory: Path) -> str:
    with pytest.raises(ProjectError) as caught:
        load_project(directory)
    return caught.value.sentence


def test_what_aerich_init_wrote_is_followed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "shop"\n{TABLE}')
    (tmp_path / "migrations" / "models").mkdir(parents=True)
    project = load_project(tmp_path)
    assert project == Project(
        name="shop",
        root=tmp_path,
        location="./migrations",
        tortoise_orm="settings.ORM",
        src_folder="./src",
        app="models",
        apps=("models",),
    )
    assert project.folder == tmp_path / "migrations" / "models"
    assert not project.is_own


def test_the_other_name_of_the_table_and_of_the_source(tmp_path: Path) -> None:
    table = TABLE.replace("tool.aerich", "tool.tortoise").replace("src_folder", "src")
    (tmp_path / "pyproject.toml").write_text(table)
    (tmp_path / "migrations" / "models").mkdir(parents=True)
    project = load_project(tmp_path)
    assert (project.name, project.src_folder) == (tmp_path.name, "./src")


def test_the_configuration_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.aerich]\nlocation = "migrations"\n')
    (tmp_path / "migrations" / "models").mkdir(parents=True)
    assert "names no tortoise_orm" in refused(tmp_path)
    monkeypatch.setenv("TORTOISE_ORM", "settings.OTHER")
    assert load_project(tmp_path).tortoise_orm == "settings.OTHER"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "has no pyproject.toml"),
        ("[project]\nname = 'x'\n", "has no [tool.aerich]"),
        ("tool = 3\n", "has no [tool.aerich]"),
        ("[tool.aerich]\ntortoise_orm = 'a.b'\n", "names no location"),
        ("[tool.aerich]\ntortoise_orm = 'a.b'\nlocation = 3\n", "must be a text in quotes"),
        ("[tool.aerich]\n\nlocation = = 3\n", "pyproject.toml:3: this is not valid TOML"),
        (TABLE, "migrations of the migrations does not exist"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str | None, sentence: str) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    assert sentence in refused(tmp_path)


def test_a_location_without_an_app(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE)
    (tmp_path / "migrations" / "__pycache__").mkdir(parents=True)
    assert "aerich init-db" in refused(tmp_path)


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    assert "There is no directory" in refused(tmp_path / "gone")


@pytest.mark.parametrize("location", ["./migrations", "{app}/migrations", "db/{app}_files", "db/x-{app}"])
def test_several_apps_are_listed_and_one_is_chosen(tmp_path: Path, location: str) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE.replace("./migrations", location))
    for app in ("zoo", "accounts"):
        folder = tmp_path / (location.replace("{app}", app) if "{app}" in location else f"{location}/{app}")
        folder.mkdir(parents=True)
    project = load_project(tmp_path)
    assert (project.app, project.apps) == ("accounts", ("accounts", "zoo"))
    other = load_project(tmp_path, "zoo")
    assert (other.app, other.folder.is_dir()) == ("zoo", True)
    with pytest.raises(ProjectError, match="it has accounts, zoo"):
        load_project(tmp_path, "models")


def test_models_is_chosen_before_others(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE)
    for app in ("accounts", "models"):
        (tmp_path / "migrations" / app).mkdir(parents=True)
    assert load_project(tmp_path).app == "models"


@pytest.mark.parametrize("url", ["sqlite:///tmp/a.sqlite3", "postgres://a@localhost/b"])
def test_our_own_tree_fits_the_dialect(url: str) -> None:
    project = own_project(parse_url(url))
    assert project.is_own
    assert project.folder.parts[-3:] == ("migrations", project.own_url.dialect if project.own_url else "", "models")
    assert any(project.folder.glob("0_*_init.py"))


@pytest.mark.parametrize(
    "name", [".", "pyproject.toml", "migrations", "migrations/models", "migrations/models/1_one.py"]
)
def test_what_others_may_write_to_is_refused(tmp_path: Path, name: str) -> None:
    make_project(tmp_path / "p", URL, {"1_one.py": migration("SELECT 1")}, consent=False)
    path = tmp_path / "p" / name
    path.chmod(path.stat().st_mode | 0o002)
    assert f"Every user of this machine may write to {path}" in refused(tmp_path / "p")
    path.chmod(path.stat().st_mode & ~0o002)
    assert load_project(tmp_path / "p").app == "models"


def test_a_group_of_others_may_not_write(tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root gives files away")
    make_project(tmp_path / "p", URL, {"1_one.py": migration("SELECT 1")}, consent=False)
    path = tmp_path / "p" / "migrations" / "models"
    path.chmod(0o770)
    assert why_not_trusted(tmp_path / "p", path) is None
    other = next(group for group in grp.getgrall() if group.gr_gid != 0)
    os.chown(path, 0, other.gr_gid)
    assert f"The group {other.gr_name} may write to {path}" in refused(tmp_path / "p")


def test_consent_is_kept_for_one_directory(tmp_path: Path) -> None:
    one = make_project(tmp_path / "one", URL, {}, consent=False)
    two = make_project(tmp_path / "two", URL, {}, consent=False)
    assert question(one) == f"This runs Python from {tmp_path / 'one'}"
    assert not has_consent(one)
    remember_consent(one)
    remember_consent(one)
    assert has_consent(one)
    assert not has_consent(two)
    (kept,) = state_dir().iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert has_consent(own_project(parse_url(URL)))


@pytest.mark.parametrize("damage", ["not json", "[]", '{"x": '])
def test_a_damaged_memory_asks_again(tmp_path: Path, damage: str) -> None:
    project = make_project(tmp_path / "one", URL, {}, consent=True)
    (kept,) = state_dir().iterdir()
    kept.write_text(damage)
    assert not has_consent(project)
    remember_consent(project)
    assert has_consent(project)


def test_a_memory_that_others_may_write_to_says_nothing(tmp_path: Path) -> None:
    project = make_project(tmp_path / "one", URL, {}, consent=True)
    (kept,) = state_dir().iterdir()
    kept.chmod(0o666)
    assert not has_consent(project)


def git(directory: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *identity, *arguments], cwd=directory, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_branch_and_commit_are_read_from_gits_files(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / "deep").mkdir(parents=True)
    assert git_head(repository) is None
    git(repository, "init", "-q")
    assert git_head(repository) is None
    git(repository, "commit", "-q", "--allow-empty", "-m", "one")
    commit = git(repository, "rev-parse", "HEAD")
    assert git_head(repository / "deep") == f"main@{commit[:7]}"
    git(repository, "checkout", "-q", "-b", "feature/x")
    git(repository, "pack-refs", "--all")
    assert git_head(repository) == f"feature/x@{commit[:7]}"
    git(repository, "worktree", "add", "-q", str(tmp_path / "tree"), "main")
    assert git_head(tmp_path / "tree") == f"main@{commit[:7]}"
    git(repository, "checkout", "-q", "--detach")
    assert git_head(repository) == f"detached@{commit[:7]}"


def test_a_reference_that_climbs_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "secret").write_text("a" * 40)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/../../secret\n")
    assert git_head(tmp_path) is None
