# The words that people and CI share. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The first that is new enough: on Ubuntu 22.04 python3 is too old, and python3.11 can stand beside it.
PYTHON ?= $(shell for one in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then echo $$one; break; fi; done)
export PYTHON
# Some machines forbid it; each of the hundred processes that tests start would then compile the whole project again.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
# Two processes suit two cores; more only where there are more.
JOBS ?= 2
PYTEST := $(BIN)/python -m pytest -p no:cacheprovider -q
# A module stays with one worker as far as it goes: what it lays once is laid once.
SHARED := -n $(JOBS) --dist worksteal
QUICK := tests --ignore=tests/structure --ignore=tests/acceptance --ignore=tests/e2e
# What checks import is never the installation's own data.
CHECKING := LIENGIA_DATA=build/check DATABASE_URL=

.PHONY: help run python setup setup-dev needs test quick postgres acceptance e2e check lint types imports migrations \
	messages-check vendor-check structure bench lock vendor messages clean

help:  ## say what there is
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: setup  ## set up from nothing and start everything with the demonstration on http://localhost:8000
	@exec $(BIN)/liengia up --demo

python:
	@command -v '$(or $(PYTHON),python3.11-or-later)' > /dev/null || { echo; \
	echo "$(or $(PYTHON),Python 3.11 or later) is needed and is not here."; \
	echo "On Debian and Ubuntu: apt install python3 python3-venv   (Ubuntu 22.04: python3.11 python3.11-venv)"; \
	echo "Nothing was changed; run make again afterwards."; echo; exit 1; } >&2

setup: python  ## make .venv with what running needs
	@$(PYTHON) tools/bootstrap.py run

setup-dev: python  # with what checks and tests need
	@$(PYTHON) tools/bootstrap.py dev

needs: setup-dev  # PostgreSQL's binaries and a browser
	@$(PYTHON) tools/test_needs.py

test: needs  ## check, then every test: both databases, a real broker, a real browser
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory quick
	@$(MAKE) --no-print-directory postgres
	@$(MAKE) --no-print-directory acceptance
	@$(MAKE) --no-print-directory e2e

quick: setup-dev  ## the quick suite on SQLite
	@echo "== quick suite on SQLite"
	@$(PYTEST) $(QUICK) --db sqlite $(SHARED)

postgres: setup-dev  ## the quick suite on PostgreSQL, in a private cluster
	@echo "== quick suite on PostgreSQL"
	@$(PYTEST) $(QUICK) --db postgres $(SHARED)

acceptance: setup-dev  ## real nats-server, real MQTT clients
	@echo "== acceptance"
	@$(PYTEST) tests/acceptance --db sqlite $(SHARED)

e2e: setup-dev  ## real browser
	@echo "== browser"
	@$(PYTEST) tests/e2e --db sqlite $(SHARED)

check: setup-dev  ## lint, types, imports, migrations, catalogues, structure
	@$(MAKE) --no-print-directory -j $(JOBS) --output-sync=target types lint imports migrations messages-check vendor-check
	@$(MAKE) --no-print-directory structure

lint:
	@echo "== ruff"
	@$(BIN)/ruff check --quiet .
	@echo "== django-upgrade"
	@find liengia tests -name '*.py' -not -path '*/migrations/*' -print0 | xargs -0 $(BIN)/django-upgrade --target-version 5.2 --check

types:
	@echo "== mypy --strict"
	@$(CHECKING) $(BIN)/mypy

imports:
	@echo "== import contracts"
	@$(CHECKING) $(BIN)/lint-imports --no-cache  > build/imports.log 2>&1 || { cat build/imports.log; exit 1; }; grep Contracts: build/imports.log

migrations:
	@echo "== system checks, models and migrations agree"
	@$(CHECKING) $(BIN)/liengia check --fail-level WARNING
	@$(CHECKING) $(BIN)/liengia makemigrations --check --dry-run --verbosity 1 core audit units organisations people papers broadcast commendations alarms comments opinions festivals practices portal reports api operate

messages-check:
	@echo "== catalogues"
	@$(BIN)/python tools/messages.py --check
	@$(BIN)/python tools/library_messages.py --check

vendor-check:
	@echo "== vendored files"
	@$(BIN)/python tools/vendor.py --check

structure:
	@echo "== structure"
	@$(PYTEST) tests/structure --db sqlite $(SHARED)

bench: setup-dev  ## the figures, as JSON and a table; BENCH="--only sirens --quick" for some, or smaller
	@$(BIN)/liengia bench $(BENCH)

lock: setup-dev  ## resolve the dependencies anew into requirements/*.txt
	@$(BIN)/python tools/lock.py

vendor:  ## renew the vendored front-end files
	@$(PYTHON) tools/vendor.py

messages: setup-dev  ## gather texts into the catalogues and list what lacks a translation
	@$(BIN)/python tools/messages.py
	@$(BIN)/python tools/library_messages.py

clean:  ## forget .venv and caches; the installation's data stays
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
