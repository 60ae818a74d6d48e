# Two commands matter: make demo, make test. Each sets up what it needs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
# Hundreds of tests start commands: what Python compiles for one is kept for the next.
export PYTHONDONTWRITEBYTECODE :=
JOBS ?= auto

.PHONY: demo test lint docs tests test-slow bench spark clean

demo: $(VENV)/.runtime
	$(BIN)/curation demo --out $(OUT)

test: lint docs tests

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.dev
	$(BIN)/python -m curation.docs --check

tests: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not (slow or browser or r)"

test-slow: $(VENV)/.dev
	CURATION_CASES=200 $(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "slow or browser or r or hypothesis"

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/six_checks.py --quick
	$(BIN)/python benchmarks/detection.py
	$(BIN)/python benchmarks/many_analyses.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "curation needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[plots,scan,web]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.runtime

# What the tests of curation.spark need besides Java 17; without them these tests skip and say so.
spark: $(VENV)/.spark

$(VENV)/.spark: pyproject.toml | $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[spark]'
	@touch $@

clean:
	rm -rf $(VENV) $(OUT) .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info
