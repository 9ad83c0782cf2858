# `make demo` and `make test` need python3 (3.11 or newer) and make; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: demo test check format pictures clean

demo: .venv/.installed
	$(BIN)/entryscore demo --force build

test: .venv/.test
	$(BIN)/python -m pytest -q -n auto

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n auto

format: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Stamps: the environment is made once, and again when pyproject.toml changes.
.venv/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "entryscore needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.venv pyproject.toml
	$(PIP) --editable .
	@touch $@

.venv/.test: .venv/.installed
	$(PIP) --editable '.[test]'
	@touch $@

.venv/.dev: .venv/.test
	$(PIP) --editable '.[dev]'
	@touch $@

pictures: .venv/.test
	$(BIN)/python tools/make_pictures.py

clean:
	rm -rf .venv build dist
