# The developer's whole vocabulary: make help
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
VENV_VLLM := .venv-vllm
STAMP_VLLM := $(VENV_VLLM)/.installed
VENV_CLIENTS := .venv-clients
STAMP_CLIENTS := $(VENV_CLIENTS)/.installed
# A worker holds up to 1.5 GB: more than eight of them are limited by memory before they are by cores.
PARALLEL = --numprocesses $(or $(WORKERS),logical) --maxprocesses 8 --dist worksteal

.PHONY: help setup setup-vllm setup-clients serve serve-vllm test test-long test-vllm test-clients check bench evals corpus train-mini measure-mini base-gemma lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A stamp says nothing about an environment whose interpreter is gone.
$(shell [ -x $(BIN)/python ] || rm -f $(STAMP))
$(shell [ -x $(VENV_VLLM)/bin/python ] || rm -f $(STAMP_VLLM))
$(shell [ -x $(VENV_CLIENTS)/bin/python ] || rm -f $(STAMP_CLIENTS))

setup: $(STAMP) ## install locked versions into .venv; instant when nothing changed

$(STAMP): requirements.lock requirements-embedded.lock requirements-dev.lock requirements-generator.lock pyproject.toml setup.py scripts/setup.sh scripts/steps.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/setup.sh
	@touch $(STAMP)

serve: setup ## serve on 127.0.0.1:8000 (HOST=, PORT=)
	@$(BIN)/heyan serve --host $(or $(HOST),127.0.0.1) --port $(or $(PORT),8000)

setup-vllm: $(STAMP_VLLM) ## install vLLM into .venv-vllm: for the GPU if there is one, else its CPU build

$(STAMP_VLLM): requirements-vllm.lock requirements-embedded.lock scripts/setup-vllm.sh scripts/steps.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV_VLLM)" sh scripts/setup-vllm.sh
	@touch $(STAMP_VLLM)

setup-clients: $(STAMP_CLIENTS) ## install the clients that the doors are tested with into .venv-clients

$(STAMP_CLIENTS): requirements-clients.lock scripts/setup-clients.sh scripts/steps.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV_CLIENTS)" sh scripts/setup-clients.sh
	@touch $(STAMP_CLIENTS)

serve-vllm: setup setup-vllm ## serve with a real vLLM behind (REPLICAS=, ADAPTERS=file, MODEL=folder)
	@$(BIN)/python -m scripts.serve_vllm

test: setup ## run the tests, on every core (WORKERS=)
	@$(BIN)/pytest $(PARALLEL)

test-long: setup setup-vllm ## run what takes long by nature: before an issue is resolved
	@$(BIN)/pytest -m 'long and not vllm' $(PARALLEL)
	@$(BIN)/pytest tests/vllm -m 'long and vllm'

test-vllm: setup setup-vllm ## run the tests that need a real vLLM server
	@$(BIN)/pytest tests/vllm -m 'vllm and not long'

test-clients: setup setup-clients ## run the tests that play calls with the clients of real engines
	@$(BIN)/pytest tests/clients -m clients

check: setup ## ruff, mypy --strict, import contracts, rules and wording, corpus
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m scripts.prove
	@corpus=$$($(BIN)/python -m finetune check) && echo "$$corpus" | tail -n 1

bench: setup ## print speeds, each beside its yardstick in the same run
	@$(BIN)/python -m bench

evals: setup ## run the regression suite on the shipped model
	@$(BIN)/python -m evals

corpus: setup ## check the corpus and print its coverage
	@$(BIN)/python -m finetune check

train-mini: setup ## train heyan-mini from scratch
	@$(BIN)/python -m finetune pretrain

measure-mini: setup ## print what heyan-mini writes for tags it has never seen together
	@$(BIN)/python -m evals.model

base-gemma: setup ## fetch Google's Gemma 3 270M as a base to tune, once you accept its terms
	@$(BIN)/python -m scripts.base_gemma

lock: setup ## write the installed versions to the lock files
	@$(BIN)/python scripts/lock.py

clean: ## remove everything that was installed or cached (var/ stays)
	@rm -rf $(VENV) $(VENV_VLLM) $(VENV_CLIENTS) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build dist
