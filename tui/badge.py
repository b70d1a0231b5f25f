"""Which environment this is, as a word and a tone: shown on every screen and on every dialog that writes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Tone(StrEnum):
    """How loud the word is; the word alone says everything, the colour only helps."""

    DANGER = "danger"
    CAUTION = "caution"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Badge:
    """The word (at most 12 characters are shown), its tone, and the colour that the profile chose for it, if any."""

    word: str
    tone: Tone
    color: str = ""


PROD = Badge("PROD", Tone.DANGER)
DEMO = Badge("DEMO", Tone.CALM)
LOCAL = Badge("LOCAL", Tone.CALM)


def badge_for(
    *, production: bool = False, demo: bool = False, local: bool = False, profile: str = "", color: str | None = None
) -> Badge:
    """The badge of a connection: production wins and is red, whatever colour its profile names."""
    if production:
        return PROD
    if demo:
        return DEMO
    if profile:
        return Badge(profile.upper()[:12], Tone.CALM if local else Tone.CAUTION, color or "")
    return replace(LOCAL if local else Badge("REMOTE", Tone.CAUTION), color=color or "")
