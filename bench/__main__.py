"""`python -m bench` says which benchmarks there are."""

COMMANDS = """\
Benchmarks. Each is a command that prints a table, with ratios against a baseline of the same run.

  python -m bench.fill --users 10000000 --to DIR    fills PostgreSQL and SQLite in DIR; the others read it
  python -m bench.latency --data DIR                starts, keys, a search and memory, in a real terminal
  python -m bench.page --data DIR                   a page of users beside the bare drivers
  python -m bench.search --data DIR                 searches beside SQL by hand and Django admin
  python -m bench.deep --data DIR                   pages from the middle in every order, jumps, freezing what matches
  python -m bench.bulk --data DIR                   a bulk of 100 000 users beside a bare UPDATE and INSERT
  python -m bench.chain                             what the chain of the audit costs, with 1 and 8 writers
  python -m bench.sign_in                           whether the time of a refused sign-in tells why
  python -m bench.transfer --data DIR               export beside COPY, import beside a bare INSERT
  python -m bench.migrate_status                    the state of 1 000 migrations beside aerich heads and history
  python -m bench.migrate_apply                     200 migrations applied beside aerich upgrade
  python -m bench.migrate_gap                       how long the interface stands still at migrations

docs/benchmarks.md has what they printed, and on which machine."""

if __name__ == "__main__":
    print(COMMANDS)
