"""Which database a command is about, and where this machine keeps what belongs to it. Opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.settings import choose, load_settings, state_dir
from tui.settings.foreign import refuse_foreign

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from models.operations.audit.anchors import Place as Anchored
    from tui.settings import DatabaseUrl, Profile


@dataclass(frozen=True, slots=True)
class Place:
    """A database and how to open it. `embedded`: nobody named it, so that it may be made."""

    url: DatabaseUrl
    profile: Profile
    state: Path
    read_only: bool
    embedded: bool
    read_url: DatabaseUrl | None = None
    """The replica that lists are read from, if there is one."""

    @property
    def identity(self) -> str:
        """What tells this database from others, without secrets."""
        return self.url.identity

    @property
    def anchored(self) -> Anchored:
        """Where the anchors of its audit go."""
        from tui.database.anchoring import anchor_place  # for a database that is opened

        return anchor_place(self.url, self.profile, self.state)


def locate(args: argparse.Namespace) -> Place:
    """The place that the options, the environment and the configuration file name. Raises `SettingsError`."""
    chosen = choose(
        load_settings(), url=args.url, profile=args.profile, read_url=args.read_url, insecure_tls=args.insecure_tls
    )
    read_only = args.read_only or chosen.profile.read_only
    state = state_dir()
    refuse_foreign(state, "where sessions and what is staged are kept")
    return Place(chosen.url, chosen.profile, state, read_only, chosen.embedded, chosen.read_url)
