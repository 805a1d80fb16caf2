# The developer's manual in verbs: setup, run, test, check, chat, bench. Only Python >= 3.11 (with venv) and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK_HASH := $(shell cat requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

.PHONY: setup run chat test check format bench lock crash

setup: $(STAMP)-$(LOCK_HASH)
	@$(BIN)/chatbot train --quiet

$(STAMP)-$(LOCK_HASH):
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f $(STAMP)-*
	@touch $@

run: setup
	@$(BIN)/chatbot run --simulator

chat: setup
	@$(BIN)/chatbot chat

test: setup
	@$(BIN)/python -m pytest

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/chatbot check
	@$(BIN)/python -m pytest tests/test_architecture.py

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# ARGS="--quick", "--full", "--only latency", "--help"
bench: setup
	@$(BIN)/python -m benchmarks $(ARGS)

KILLS ?= 200
STORE ?= sqlite postgresql
crash: setup
	@$(BIN)/python -m tests.crash.long --kills $(KILLS) --store $(STORE)

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url requirements.in -o requirements.lock
