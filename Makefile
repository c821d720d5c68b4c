# `make demo` plays the main scenario; `make test` runs everything. Both make .venv when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --constraint requirements.lock
SEED ?= 7

.PHONY: install demo test lint bench serve load lock clean

install: $(VENV)/.installed

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml requirements.lock
	@echo "installing into $(VENV) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "installing the test extras ..."
	@$(PIP) --editable ".[dev]"
	@touch $@

$(VENV)/.installed-load: $(VENV)/.installed
	@echo "installing the load extras ..."
	@$(PIP) --editable ".[load]"
	@touch $@

demo: install
	@$(BIN)/simulator play faq_counts --seed $(SEED)

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest tests/benchmarks -n 0 -m "" --benchmark-enable --benchmark-only

serve: install
	@$(BIN)/simulator serve --scenario faq_counts --seed $(SEED)

load: $(VENV)/.installed-load
	@$(BIN)/simulator load

lock: $(VENV)/.installed-dev
	@$(BIN)/python -m pip freeze --exclude-editable > requirements.lock

clean:
	@rm -rf $(VENV)
