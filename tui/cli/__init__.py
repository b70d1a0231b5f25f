"""The command line: every job of the screens, for scripts and for people who prefer a prompt.

`arguments/` says what may be typed and imports nothing of the program; `commands/` does it, one file a family, imported
only when its command runs. Nothing here imports Textual. docs/cli.md documents the JSON and the exit codes.
"""
