"""The baseline of a start: the smallest Textual application that paints a header, a body and a footer's line."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    """Three lines of text."""

    def compose(self) -> ComposeResult:
        yield Static("bare header")
        yield Static("bare body")
        yield Static("bare footer")


if __name__ == "__main__":
    BareApp().run()
