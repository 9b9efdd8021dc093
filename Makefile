# make run    create the environment, install, open the window on the digits example
# make test   run the tests
# make check  formatting, lint, types, imports
# make bench  the benchmarks, as ratios in one run
# make test-slow  the tests that take long
# make torture    what the program promises about files and crashes, tried thousands of times;
#                 ARGS="--scale 0.01" for a hundredth of it, "--only NAME" for one promise, "--json"
# make tables     the README's tables of networks, computed anew

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The canvas once more at a display scale of 150 %, on a screen that has room for it.
SCALED := QT_SCALE_FACTOR=1.5 QT_QPA_PLATFORM=offscreen:configfile=tests/helpers/large_screen.json
EXAMPLE ?= examples/digits.flow

.PHONY: run test test-slow torture check format bench tables wheel clean
.DEFAULT_GOAL := run

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Flowgraph Studio needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.runtime: pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable . --group dev
	@touch $@ $(VENV)/.runtime

run: $(VENV)/.runtime
	$(BIN)/python -m studio $(EXAMPLE) --or-train

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto
	$(SCALED) $(BIN)/python -m pytest -n auto tests/app/canvas

test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m "slow and not gpu"

torture: $(VENV)/.dev
	$(BIN)/python -m tests.torture $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev
	@for file in $(filter-out benchmarks/rivals.py,$(wildcard benchmarks/*.py)); do echo "== $$file"; $(BIN)/python $$file || exit 1; done

tables: $(VENV)/.dev
	$(BIN)/python benchmarks/tables/readme.py

wheel: $(VENV)/.dev
	$(BIN)/uv build --wheel --python $(BIN)/python

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
