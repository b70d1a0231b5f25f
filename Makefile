# Two commands matter: `make run` and `make test`. Each works as the first one on a fresh clone.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# More than the two cores that it is meant for: half of what a test does is waiting for another process.
WORKERS ?= 3

# A program that starts a hundred times in a run is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run service test check format clean

run: $(STAMP) ## Opens Shellback on an embedded demo database.
	$(BIN)/shellback --demo

service: $(STAMP) ## Runs the example web service, on SHELLBACK_DATABASE_URL or a demo database.
	$(BIN)/python examples/service/serve.py

test: $(STAMP) ## Every test on SQLite, then those that speak to a database on PostgreSQL.
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --dialect sqlite
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --dialect postgres

check: $(STAMP) ## Lint, format, types, import contracts.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
