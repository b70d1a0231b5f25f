"""Private files: of their owner alone, and whole or as they were."""

import stat
from pathlib import Path

import pytest

from models.private_files import whole_file


def test_a_file_is_its_owners_alone_and_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / ("ж" * 120)  # nearly as long as a name may be, in bytes
    with whole_file(path) as file:
        file.write(b"new")
        assert not path.exists()
        (partial,) = tmp_path.iterdir()
        assert stat.S_IMODE(partial.stat().st_mode) == 0o600
    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def write_half(path: Path) -> None:
    with whole_file(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def test_what_was_there_stays_when_the_new_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_half(path)
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_a_link_in_its_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    path, other = tmp_path / "kept", tmp_path / "other"
    other.write_bytes(b"other")
    path.symlink_to(other)
    with whole_file(path) as file:
        file.write(b"new")
    assert (path.is_symlink(), path.read_bytes(), other.read_bytes()) == (False, b"new", b"other")
