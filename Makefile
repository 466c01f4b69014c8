# The developer's whole vocabulary: make help
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup serve test check bench evals corpus train-mini lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## install locked versions into .venv; instant when nothing changed

$(STAMP): requirements.lock requirements-dev.lock pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/setup.sh
	@touch $(STAMP)

serve: setup ## serve on 127.0.0.1:8000 (HOST=, PORT=)
	@$(BIN)/heyan serve --host $(or $(HOST),127.0.0.1) --port $(or $(PORT),8000)

test: setup ## run every test
	@$(BIN)/pytest

check: setup ## ruff, mypy --strict, import contracts, corpus
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m finetune check | tail -n 1

bench: setup ## print speeds, each beside its yardstick in the same run
	@$(BIN)/python -m bench

evals: setup ## run the regression suite on the shipped model
	@$(BIN)/python -m evals

corpus: setup ## check the corpus and print its coverage
	@$(BIN)/python -m finetune check

train-mini: setup ## train heyan-mini from scratch
	@$(BIN)/python -m finetune pretrain

lock: setup ## write the installed versions to the lock files
	@$(BIN)/python scripts/lock.py

clean: ## remove everything that was installed or cached (var/ stays)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build
