"""How large tables are, and how much a script would take from them: bounded questions that change nothing."""
