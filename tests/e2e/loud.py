"""The real program at its most talkative: `python -m tests.e2e.loud ARGV...`.

Every logger writes at DEBUG into the file that LOUD_LOG names, asyncio debugs, and tracebacks are whole. LOUD_CRASH=1
makes the reveal of a secret crash with the secret in the message and in a local variable. LOUD_KEPT_SECONDS is how long
a copied secret stays in the clipboard, LOUD_SETTLE_SECONDS how long the answer to a COMMIT is waited for, how long the
database is asked then what became of it, and a third of how long `settle` asks.
"""

from __future__ import annotations

import logging
import os
import sys


def crash_when_revealing() -> None:
    from tui.terminal.process import harden

    harden()  # before Textual is imported, as the program does it
    from tui.screens.dialogs.secret import SecretDialog

    def reveal(dialog: SecretDialog) -> None:
        text = dialog._secret.reveal() if dialog._secret else ""
        with open(os.environ["LOUD_CANARY"], "w", encoding="utf-8") as file:  # noqa: PTH123 - the test's own channel
            file.write(text)
        raise RuntimeError(f"no {text}")

    setattr(SecretDialog, "action_reveal", reveal)  # noqa: B010 - a method in the place of another one


def give_up_after(seconds: float) -> None:
    from models.engines import postgres, settlement

    setattr(postgres, "COMMAND_SECONDS", seconds)  # noqa: B010 - a constant of the program
    settlement.settle.__kwdefaults__ = {"seconds": seconds}

    from models.operations import asking

    asking.what_became.__kwdefaults__ = {"seconds": 3 * seconds}


if __name__ == "__main__":
    os.environ["PYTHONASYNCIODEBUG"] = "1"
    logging.basicConfig(filename=os.environ["LOUD_LOG"], level=logging.DEBUG, format="%(name)s %(message)s")
    logging.getLogger("tests").debug("loud is listening")  # what a search of the log must find
    if kept := os.environ.get("LOUD_KEPT_SECONDS"):
        from tui.terminal import clipboard

        setattr(clipboard, "KEPT_SECONDS", float(kept))  # noqa: B010 - a constant of the program
    if settled := os.environ.get("LOUD_SETTLE_SECONDS"):
        give_up_after(float(settled))
    if os.environ.get("LOUD_CRASH"):
        crash_when_revealing()
    from tui.__main__ import main

    for name in ("asyncio", "aiosqlite", "asyncpg", "tortoise", "tortoise.db_client", "textual", "passlib"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    sys.exit(main())
