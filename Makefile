# Every target does its own set-up: on a fresh machine `make demo` and `make test` are enough.
SHELL := /bin/bash
PYTHON := .venv/bin/python
RUFF := .venv/bin/ruff
PYTEST := $(PYTHON) -m pytest -n 2 --dist loadfile --timeout 900
CODE := migrate translators tests hatch_build.py
READY := .venv/.ready
NICE := nice -n 5

.PHONY: help setup system check lint types unit engines test demo goldens bench docs wheel lock clean

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## a virtual environment with the locked packages and logmig itself

# Packages are pinned with their hashes; uv is faster where it is, pip does the same.
$(READY): requirements-dev.lock pyproject.toml
	@test -x $(PYTHON) || python3 -m venv .venv
	@if command -v uv >/dev/null; then \
	  uv pip sync --quiet --python $(PYTHON) --require-hashes requirements-dev.lock && \
	  uv pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation --editable .; \
	else \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock && \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	fi
	@touch $@

system: ## the system packages that engines need (Debian, as root; elsewhere it says what to install)
	@.ci/system-packages

check: lint types unit ## the fast inner loop: format, lint, types, unit tests; no engines

lint: $(READY)
	$(RUFF) format --check $(CODE)
	$(RUFF) check $(CODE)

types: $(READY)
	.venv/bin/mypy

unit: $(READY)
	$(PYTEST) tests/architecture tests/unit tests/golden -m 'not engine'

engines: system $(READY) ## get every engine: the machine's, or built once and cached (about 25 minutes, cold)
	$(NICE) $(PYTHON) -m migrate.lab.engines

# Without CI=true an engine that is not to be had skips its tests, which say what to install.
test: system $(READY) lint types ## everything
	$(NICE) $(PYTHON) -m migrate.lab.engines || [ "$$CI" != true ]
	$(PYTEST) tests

demo: system $(READY) ## plan, simulate and run the bundled cluster's logs; prints where the report is
	@$(PYTHON) -m migrate.lab.demo

goldens: system $(READY) ## make goldens CASES=DIR: real Fluent Bit's records against the evaluators, Promtail and Alloy
	@$(PYTHON) -m migrate.lab.goldens $(CASES)

bench: $(READY) ## speed, as ratios
	@$(PYTHON) -m tests.bench

docs: $(READY) ## write the generated pages of docs/ anew
	$(PYTHON) -m tests.docs.write_rules
	$(PYTHON) -m tests.docs.write_policies
	$(PYTHON) -m tests.docs.write_options

wheel: system $(READY) ## dist/logmig-*.whl with the query translator compiled (about four minutes, then cached)
	HATCH_BUILD_HOOK_ENABLE_CUSTOM=true $(PYTHON) -m hatchling build -t wheel

lock: ## write both lock files from pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --output-file requirements.lock pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra lab --group dev \
	  --output-file requirements-dev.lock pyproject.toml

clean: ## remove what make made here; engines stay in their cache
	rm -rf .venv dist build demo-out .mypy_cache .ruff_cache .pytest_cache .hypothesis
