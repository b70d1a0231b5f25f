"""Projects that use Aerich, as test data.

    brownfield, clinic, market    made by `build.py` from `histories/`, and checked in as they came out
    shadow                        written by hand: its packages are called as ours are
    copies.py                     copies for a test, each with a database of its own

Nothing in the first three is edited: a change goes into the history (`history.py` says what one is made of), and
`python -m tests.projects.build [NAME ...]` lets the real `aerich` command make the files again, byte for byte the same
but for the change. Linters and the type checker leave them alone, as they would leave somebody else's project.
"""
