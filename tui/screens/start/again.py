"""Beginning anew after the open database has become another one: nothing that was read of it before is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.areas import AREAS
from tui.screens.start.screen import StartScreen

if TYPE_CHECKING:
    from tui.app import ShellbackApp


async def start_again(shell: ShellbackApp) -> None:
    """Closes every screen and the database, and opens it again: the account itself may not be there any more."""
    database, shell.database, shell.person = shell.database, None, None
    await shell.switch_mode("start")
    for area in AREAS:
        await shell.remove_mode(area.id)
        shell.add_mode(area.id, area.make)
    while not isinstance(shell.screen, StartScreen) and len(shell.screen_stack) > 1:
        await shell.pop_screen()
    if database is not None:
        await database.close()
    if isinstance(shell.screen, StartScreen):
        shell.screen.action_refresh()
