# make run   the tracker with its sample programme, on http://127.0.0.1:8000 (PORT=… for another)
# make test  everything that is checked: linter, types, import contracts, tests in real browsers
#
# Both set up what they need first, and do so again only where something has changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:

VENV := .venv
PORT ?= 8000
SETUP := .ci/setup
PYTHON := $(VENV)/bin/python

.PHONY: run test lint bench pictures lock clean libraries programs

run: $(VENV)/.installed libraries
	@$(VENV)/bin/tracker demo
	@exec $(VENV)/bin/tracker serve --port $(PORT)

# The import contracts run among the tests. What takes long runs shortly here; before a release:
# make test MORE="--long --kills 500 --races 2000 --mutants 3000 --remade 200"
# In their own order: else what takes long with few tests comes last, and one process waits for it.
test: lint programs
	$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(MORE)

lint: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy tracker reports wsgi.py

bench: $(VENV)/.installed-dev programs
	$(PYTHON) tests/benchmarks/run.py

pictures: $(VENV)/.installed-dev programs
	$(PYTHON) tests/e2e/pictures.py

# Looked at every time, in a moment, so that what is installed later is noticed.
libraries: | $(VENV)/.made
	@$(SETUP) libraries $(VENV)

programs: | libraries
	@$(SETUP) programs

$(VENV)/.made: | $(SETUP)
	@$(SETUP) environment $(VENV)
	@touch $@

$(VENV)/.installed: requirements.lock setup.cfg pyproject.toml $(VENV)/.made
	@$(SETUP) packages $(VENV) requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(SETUP) packages $(VENV) requirements-dev.lock
	@touch $@

# Resolve anew what setup.cfg asks for. The resolver lives in an environment that is thrown away.
lock:
	@$(SETUP) lock

clean:
	rm -rf $(VENV) build *.egg-info .hypothesis .import_linter_cache .*_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
