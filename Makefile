# The two commands are `make run` and `make test`; each sets up all it needs and says what it does.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
JOBS ?= auto
CLOCK_TESTS = $(shell grep -rl --include='test_*.py' 'mark\.clock' tests)
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q

.PHONY: run test lint types docs pictures demo bench lock clean help

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@echo "==> Making a virtual environment in $(VENV)"
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Hotspot Tasking needs Python 3.11 or newer; {v.major}.{v.minor} was found. Try: make PYTHON=python3.12 run")'
	@$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements.txt pyproject.toml | $(BIN)/python
	@echo "==> Installing the app's pinned packages (a minute or two, once)"
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --progress-bar on -r requirements.txt | grep -v -E '^Requirement already' || test $${PIPESTATUS[0]} -eq 0
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): requirements.txt requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo "==> Installing the pinned packages, the app's and the tests' (a minute or two, once)"
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --progress-bar on -r requirements-dev.txt | grep -v -E '^Requirement already' || test $${PIPESTATUS[0]} -eq 0
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(RUN_READY)

run: $(RUN_READY) ## set up what is missing and open the app on http://localhost:8501
	@$(BIN)/hotspots demo --if-empty
	@echo "==> Starting Hotspot Tasking on http://localhost:$(PORT)"
	@$(BIN)/hotspots serve --port $(PORT)

demo: $(RUN_READY) ## build the simulated demo data if the store is empty
	@$(BIN)/hotspots demo --if-empty

test: $(DEV_READY) ## set up what is missing; lint, types, import rules, documentation and every test
	@bash .ci/browser
	@bash .ci/postgres
	@bash .ci/faketime
	@bash .ci/caddy
	@$(MAKE) --no-print-directory lint types docs
	@echo "==> Tests (unit, store and app)"
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder tests/store tests/app tests/unit
	@if command -v faketime >/dev/null; then \
	  echo "==> Tests of the front doors as if on 29 Feb 2028"; \
	  TZ=UTC faketime '2028-02-29 12:00:00' $(BIN)/python -m pytest -q -m clock -k 'not postgresql' $(CLOCK_TESTS); fi
	@echo "==> Tests in a real browser"
	@$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 4 --dist loadgroup tests/browser

lint: $(DEV_READY) ## ruff and the import rules
	@echo "==> Lint, format and import direction"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache

types: $(DEV_READY) ## mypy, strict
	@echo "==> Types"
	@$(BIN)/mypy

docs: $(DEV_READY) ## the documentation as a site in build/site; a broken link is an error
	@echo "==> Documentation"
	@rm -rf build/site build/doctrees # what was read before would not be warned of again
	@$(BIN)/sphinx-build -c docs -d build/doctrees --fail-on-warning --keep-going -q . build/site
	@echo "    build/site/index.html"

bench: $(DEV_READY) ## the speed figures, next to their peers (some minutes)
	@$(BIN)/python -m benchmarks

pictures: $(DEV_READY) ## take the documentation's pictures from the running app
	@bash .ci/browser
	@$(BIN)/python docs/pictures.py

lock: $(DEV_READY) ## pin the newest releases that fit pyproject.toml, with hashes and no index lines
	@$(BIN)/python -m pip install --quiet uv
	@$(LOCK) --upgrade --extra build -o requirements.txt
	@{ echo "-r requirements.txt"; $(LOCK) --upgrade --extra build --extra dev -c requirements.txt \
	  $$(sed -nE 's/^([A-Za-z0-9._-]+)==.*/--no-emit-package \1/p' requirements.txt); } > $(VENV)/lock-dev.txt
	@mv $(VENV)/lock-dev.txt requirements-dev.txt

clean: ## remove the virtual environment and caches; the store in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
