# What a person calls, and what .ci/run calls. `make help` lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
ARGS ?=
SEED ?=
SEEDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check format rules e2e simulate operators regimes determinism crashes kills evaluation mutants pacing contract answers campaign bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## make the virtual environment from the hash-locked files

$(INSTALLED): requirements.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(INSTALLED) ## the whole thing in one process: a page, services that fail, the bridge (ARGS='--for 60s')
	$(BIN)/bridge demo $(ARGS)

run: $(INSTALLED) ## the daemon, with settings from the environment (BRIDGE_…)
	$(BIN)/bridge run $(ARGS)

test: $(INSTALLED) ## the tests: no system package, under five minutes
	$(BIN)/pytest -n auto $(ARGS)

check: $(INSTALLED) ## format, lint, types, import contracts, locks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@! grep -nE '://|--(extra-)?index-url|--find-links' requirements.lock requirements-dev.lock || (echo 'a lock holds a URL' >&2; exit 1)

format: $(INSTALLED) ## format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

rules: $(INSTALLED) ## the packs of rules that ship, checked, and their timelines played; the examples of the language too
	$(BIN)/bridge check --fatal rules
	$(BIN)/bridge test rules docs/examples --diff --coverage --threshold 100 $(ARGS)

e2e: $(INSTALLED) ## against the real Alertmanager, Prometheus and Chromium (Debian's packages), and the packaging
	$(BIN)/pytest -m e2e tests/e2e $(ARGS)

simulate: $(INSTALLED) ## random runs on virtual time (SEEDS=600), or the trace of one (SEED=7, with ARGS=--shrink made short)
	$(BIN)/python -m tests.simulate $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) $(ARGS)

operators: $(INSTALLED) ## the same with operators who command the bridge in every run, and more people (SEEDS=300, SEED=7)
	$(BIN)/python -m tests.simulate --operators $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) $(ARGS)

regimes: $(INSTALLED) ## the same with incidents that wait for a person, and maintenances of the rules (SEEDS=300, SEED=7)
	$(BIN)/python -m tests.simulate --regime $(if $(SEED),--seed $(SEED),--seeds $(SEEDS)) $(ARGS)

determinism: $(INSTALLED) ## a hundred runs in two processes with different PYTHONHASHSEED, compared step by step
	$(BIN)/python -m tests.simulate --determinism 100 $(ARGS)

crashes: $(INSTALLED) ## scenarios on virtual time, killed at every step (ARGS=--full for a campaign)
	$(BIN)/python -m tests.crashes $(ARGS)

kills: $(INSTALLED) ## `bridge run` and `bridge simulator` as processes, the one killed under load while the other misbehaves (ARGS='--kills 300')
	$(BIN)/python -m tests.kills $(ARGS)

evaluation: $(INSTALLED) ## ten thousand random rule sets and timelines: the step, whole and in parts, against the full evaluation
	HYPOTHESIS_PROFILE=campaign $(BIN)/pytest -n 2 --timeout 900 tests/core/test_step.py tests/core/test_slices.py -k "incremental_step_equals or in_parts_equals" $(ARGS)

mutants: $(INSTALLED) ## mistakes put into a copy of the product, each caught (ARGS='--only no-settle')
	$(BIN)/python -m tests.mutants $(ARGS)

pacing: $(INSTALLED) ## how much of the rate limit is used, that it is never exceeded, what a storm is to readers: figures
	$(BIN)/python -m tests.simulation.pacing $(ARGS)

contract: $(INSTALLED) ## the client and the simulator against the vendor's document, random requests among it: figures
	$(BIN)/python -m tests.documents $(ARGS)

answers: $(INSTALLED) ## three ways to deal with lost answers, compared; writes the table of docs/lost-answers.md
	$(BIN)/python -m tests.simulation.rivals --seeds 600 --table docs/lost-answers.md $(ARGS)

campaign: $(INSTALLED) ## all of these in full, by hand: 20,000 seeds, every crash; writes benchmarks/CAMPAIGN.md (about two hours)
	$(BIN)/python -m tests.campaign $(ARGS)

bench: $(INSTALLED) ## what operations cost, against a floor in the same run
	$(BIN)/python -m benchmarks $(ARGS)

lock: ## write both lock files anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --all-extras pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove what the targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
