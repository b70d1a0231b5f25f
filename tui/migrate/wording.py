"""Sentences on migrations that the screens and the command line share. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tui.migrate.plans.action import Action


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def spaced(count: int) -> str:
    """`10 000`."""
    return f"{count:,}".replace(",", " ")


def numbers(values: Sequence[int]) -> str:
    """`0 and 1`, `0 to 11 and 13`: runs of three and more are drawn together."""
    parts: list[str] = []
    ordered = sorted(set(values))
    begin = 0
    for index, value in enumerate(ordered):
        if index + 1 < len(ordered) and ordered[index + 1] == value + 1:
            continue
        run = ordered[begin : index + 1]
        parts.extend([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))
        begin = index + 1
    return listed(parts)


def ahead_sentence(versions: Sequence[str], branches: Sequence[str] = ()) -> str:
    """That the database is ahead of the code. `branches`: sentences on where the files of these versions are."""
    return " ".join((f"The database is ahead of this code: it has {listed(versions)}.", *branches))


def state_sentence(
    stay: Sequence[int],
    stopped: str = "",
    *,
    transactional: bool = True,
    done: int = 0,
    total: int = 0,
    action: Action = Action.APPLY,
    is_changed: bool = False,
) -> str:
    """What state the database is in. `stay` are the numbers with a row now, `stopped` names the file that did not end.
    `is_changed`: something was done before that.

    `done` of `total` statements of a file without a transaction remain: they cannot be taken back.
    """
    several = len(set(stay)) > 1
    if not stopped:
        if stay:
            return f"{numbers(stay)} {'are' if several else 'is'} applied."
        return "Nothing is applied any more." if is_changed else "Nothing was changed."
    kept = f"{numbers(stay)} {'stay' if several else 'stays'} applied" if stay else ""
    what = "" if action is Action.APPLY else f"the {action} of "
    stopped, recorded = f"{what}{stopped}", "reverted" if action.is_down else "applied"
    if transactional:
        back = f"{stopped} {'were' if action is Action.APPLY and ' and ' in stopped else 'was'} rolled back."
        return f"{kept}; {back}" if kept else f"Nothing was changed: {back}"
    if done == 0:
        partly = f"{stopped} runs outside a transaction and had finished no statement"
    else:
        partly = (
            f"{stopped} runs outside a transaction: {done} of its {total} statements "
            f"{'remain' if done > 1 else 'remains'} done"
        )
    return (
        f"{kept}; {partly}, and it is not recorded as {recorded}."
        if kept
        else f"{_upper(partly)}, and it is not recorded."
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def short_list(versions: Sequence[str], most: int = 3) -> str:
    """`a.py, b.py and 3 more`."""
    if len(versions) <= most:
        return ", ".join(versions)
    return f"{', '.join(versions[:most])} and {len(versions) - most} more"
