# Every target sets up what it needs on a machine that has Python >= 3.11 and make.
#
#   make demo      the main job on an embedded AWS, explained as it goes
#   make test      the tests
#   make check     lint, types, floors and tests: what CI asks for
#   make conformance  nine real engines against our locks; CONFORMANCE=--record writes the table
#   make least-privilege  every role without each part of its policy; LEAST_PRIVILEGE=--record-least-privilege writes the tables
#   make race      20 000 locks taken by processes that contend; RACE=--record-races writes the figures
#   make nothing-lost  every step of what changes states is disturbed; NOTHING_LOST=--record-steps writes the table
#   make no-lost-write  engines that apply while their fleet changes its locking, with every engine
#   make bench     the benchmarks (a table of ratios); BENCH=--record writes bench/RESULTS.md

PYTHON  ?= python3
VENV    ?= .venv
WORKERS ?= auto
UV_VERSION = 0.13.8

BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
RUNNABLE = $(VENV)/.ready-sandbox
READY = $(VENV)/.ready-dev
AWS = $(VENV)-bench/bin/aws
ENGINES = $(patsubst requirements/engines/%.txt,.engines/%/.ready,$(wildcard requirements/engines/*.txt))

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types floors format coverage bench docs lock clean \
	engines conformance least-privilege race nothing-lost no-lost-write

help:
	@sed -n 's/^#   //p' Makefile

setup: $(READY)

demo: $(RUNNABLE)
	@$(BIN)/holdfast demo

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

check: lint types floors test

lint: $(READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: $(READY)
	$(BIN)/mypy

floors: $(READY)
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

coverage: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --cov --cov-report=term-missing:skip-covered

engines: $(ENGINES)

conformance: $(READY) engines
	$(BIN)/python -m pytest tests/conformance --all-engines -n $(WORKERS) --dist loadgroup $(CONFORMANCE)

least-privilege: $(READY)
	$(BIN)/python -m pytest tests/least_privilege --every-verb -n $(WORKERS) --dist loadgroup $(LEAST_PRIVILEGE)

race: $(READY)
	$(BIN)/python -m pytest tests/race --long-races -n $(WORKERS) --dist loadgroup $(RACE)

nothing-lost: $(READY)
	$(BIN)/python -m pytest tests/nothing_lost --every-step -n $(WORKERS) --dist loadgroup $(NOTHING_LOST)

no-lost-write: $(READY) engines
	$(BIN)/python -m pytest tests/no_lost_write --long-work -n $(WORKERS) --dist loadgroup

bench: $(READY) $(AWS)
	$(BIN)/python -m bench --aws $(AWS) $(BENCH)

docs: $(READY)
	$(BIN)/python -m docs.build
	$(BIN)/python -m docs.demonstration

# The pins carry hashes and markers for every platform, and no address of an index.
COMPILE = $(VENV)-lock/bin/uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-annotate --custom-compile-command "make lock"

lock: | $(VENV)
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip --disable-pip-version-check --quiet install uv==$(UV_VERSION)
	$(COMPILE) pyproject.toml --upgrade --extra sandbox --group dev \
		--output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt --extra sandbox --group build \
		--output-file requirements/sandbox.txt
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt \
		--output-file requirements/runtime.txt
	$(COMPILE) --upgrade --group bench --output-file requirements/bench.txt
	for engine in requirements/engines/*.in; do \
		$(COMPILE) $$engine --output-file $${engine%.in}.txt || exit 1; done

clean:
	rm -rf $(VENV) $(VENV)-bench $(VENV)-lock .engines build dist .coverage .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'holdfast needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo 'python cannot make a virtual environment: on Debian, install python3-venv' >&2; exit 1; }

# The package itself is installed editable with the locked build backend: nothing else is fetched.
$(RUNNABLE): requirements/sandbox.txt pyproject.toml | $(VENV)
	$(PIP) install --require-hashes -r requirements/sandbox.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(READY): requirements/dev.txt $(RUNNABLE)
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# The aws CLI is what the benchmarks compare with; nothing else needs it.
$(AWS): requirements/bench.txt
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip --disable-pip-version-check --quiet install \
		--require-hashes -r requirements/bench.txt
	@touch $@

# Two engines cannot be in one environment. Only wheels: the oldest release has some for Python 3.11 and 3.12.
.engines/%/.ready: requirements/engines/%.txt | $(VENV)
	rm -rf .engines/$*
	$(BIN)/python -m venv --without-pip .engines/$*
	$(PIP) --python .engines/$*/bin/python install --only-binary :all: --require-hashes -r $<
	@touch $@
