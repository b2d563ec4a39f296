# Every target sets up what it needs in .venv and .ministack; outside this folder only the cache of pip
# is touched.
# Another Python:  make test PYTHON=python3.13 VENV=.venv-3.13

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo serve ministack checks test lint aws-local deploy bench bench-cold bundle lock

PYTHON ?= python3
# A bare version, as in `make bundle PYTHON=3.13`, names the Python of Lambda, not the one for .venv.
BUNDLE_PYTHON := 3.13
ifneq ($(filter 3.%,$(PYTHON)),)
BUNDLE_PYTHON := $(PYTHON)
override PYTHON := python3
endif
ARCH   ?= arm64
STACK  ?= dosekeeper
VENV   ?= .venv
BIN    := $(VENV)/bin
LOCK   := infra/requirements.lock
READY  := $(VENV)/.ready
PIP    := $(BIN)/python -m pip --disable-pip-version-check

# The stand-in for AWS in the tests: a server with requirements of its own, so in a place of its own.
AWS_ENV   := .ministack
AWS_LOCK  := infra/ministack.txt
AWS_READY := $(AWS_ENV)/.ready
WHEELS    := .cache/wheels/.ready
CHECKS_ENV   := .venv-checks
CHECKS_LOCK  := infra/checks.txt
CHECKS_READY := $(CHECKS_ENV)/.ready
CHECKS_NEEDS := cfn-lint>=1.58,<2 checkov>=3.3,<4
AWS_NEEDS := ministack>=1.5,<1.6 aws-sam-translator>=1.90 cryptography>=50,<51

help: ## print this list
	@echo "Dose Keeper. First time here? Run: make demo"
	@echo
	@sed -nE 's/^([a-z-]+):.*## (.*)$$/\1|\2/p' Makefile | while IFS='|' read -r name says; do \
	  printf '  make %-10s %s\n' "$$name" "$$says"; done

setup: $(READY) ## make the virtual environment with exactly what the lock file names
	@echo "Ready. The command is $(BIN)/dosekeeper"

demo: $(READY) ## play a day with real parts: transcript here, files in demo-out/
	@$(BIN)/dosekeeper demo

serve: $(READY) ## run the service on this machine (its settings are in README.md)
	@$(BIN)/dosekeeper serve

ministack: $(AWS_READY) ## make the environment of the stand-in for AWS that the tests start

checks: $(CHECKS_READY) ## make the environment of the tools that look over infra/template.yaml

test: $(READY) $(AWS_READY) $(CHECKS_READY) $(WHEELS) ## run the tests, two at a time, in random order
	@$(BIN)/python -m pytest -n 2

lint: $(READY) ## check style, layout and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(READY) $(WHEELS) ## measure against the budgets, each beside its baseline
	@$(BIN)/python -m tests.bench

bench-cold: $(READY) $(WHEELS) ## measure a cold start of the bundle beside that of a hello skill
	@$(BIN)/python -m tests.bench cold_bundle

bundle: $(READY) ## make the zip for Lambda (PYTHON=3.13, ARCH=arm64 or x86_64)
	@$(BIN)/python -m infra.bundle --python $(BUNDLE_PYTHON) --arch $(ARCH) \
	  --out dist/dosekeeper-$(BUNDLE_PYTHON)-$(ARCH).zip

aws-local: $(READY) $(AWS_READY) $(WHEELS) ## deploy template and bundle into a stand-in for AWS here, and play
	@$(BIN)/python -m infra.stack local

deploy: $(READY) $(WHEELS) ## deploy to AWS: make deploy SET="SkillId=… AlarmEmail=…" (STACK, ARCH, PYTHON=3.13)
	@$(BIN)/python -m infra.stack deploy --name $(STACK) --python $(BUNDLE_PYTHON) --arch $(ARCH) \
	  $(foreach pair,$(SET),--set '$(pair)')

lock: $(READY) ## work out the lock files again (UPGRADE=1 takes newer releases)
	@$(PIP) install --quiet 'uv>=0.13,<0.14'
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
	  --no-annotate --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) \
	  --output-file $(LOCK) pyproject.toml
	@printf '%s\n' $(foreach need,$(AWS_NEEDS),'$(need)') | $(BIN)/uv pip compile --quiet --universal \
	  --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make lock' \
	  $(if $(UPGRADE),--upgrade) --output-file $(AWS_LOCK) -
	@printf '%s\n' $(foreach need,$(CHECKS_NEEDS),'$(need)') | $(BIN)/uv pip compile --quiet --universal \
	  --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command 'make lock' \
	  $(if $(UPGRADE),--upgrade) --output-file $(CHECKS_LOCK) -
	@echo "Written: $(LOCK) $(AWS_LOCK) $(CHECKS_LOCK)"

# The stamp: made again only when the lock file or pyproject.toml has changed since.
$(READY): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "Dose Keeper needs Python 3.11, 3.12 or 3.13; \"$(PYTHON)\" is not one of them or is not there."; \
	  echo "Name another one, for example: make setup PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "\"$(PYTHON)\" cannot make a virtual environment: its venv part is missing."; \
	  echo "On Debian and Ubuntu this brings it: apt-get install python3-venv"; exit 1; }
	@echo "Setting up. This is needed once, and again when the lock file changes."
	@$(PIP) --version >/dev/null 2>&1 || { \
	  echo "1 of 3: making a virtual environment in $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "2 of 3: installing the packages that $(LOCK) names (a minute or two the first time)"
	@$(PIP) install --require-hashes --progress-bar off --requirement $(LOCK) | sed -nuE \
	  -e 's/^Collecting ([^ ]+) .*/  \1/p' -e 's/^Installing collected.*/  unpacking .../p'
	@echo "3 of 3: installing dosekeeper itself from this folder"
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(AWS_READY): $(AWS_LOCK) | $(READY)
	@echo "Setting up the stand-in for AWS in $(AWS_ENV). This is needed once, and again when $(AWS_LOCK) changes."
	@$(BIN)/python -m venv --clear $(AWS_ENV)
	@$(AWS_ENV)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes \
	  --requirement $(AWS_LOCK)
	@touch $@

$(CHECKS_READY): $(CHECKS_LOCK) | $(READY)
	@echo "Setting up the tools that look over the template in $(CHECKS_ENV), half a minute and 400 MB."
	@$(BIN)/python -m venv --clear $(CHECKS_ENV)
	@$(CHECKS_ENV)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes \
	  --requirement $(CHECKS_LOCK)
	@touch $@

# What a bundle is made of, fetched once.
$(WHEELS): $(LOCK) | $(READY)
	@echo "Fetching what a bundle is made of. This is needed once, and again when the lock file changes."
	@$(BIN)/python -m infra.bundle --here --only-fetch
	@touch $@
