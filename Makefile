# One environment in .venv, pinned by requirements.lock, serves every target.
# Written for the make 3.81 of macOS as well.
SHELL   := /bin/bash
PYTHON  ?= python3
PROFILE  = quick
BIN     := .venv/bin
STAMP   := .venv/.installed
# Of pip's several hundred lines, the few that show it is getting on (and no failure when there are none).
PROGRESS = { grep --line-buffered -oE '^ *(Downloading .* [(][0-9.]+ [MG]B[)]|Building wheels? .*|Installing collected packages|Successfully installed)' || true; }

.DEFAULT_GOAL := help
.PHONY: help book test notebooks lock clean distclean

help:
	@echo 'make book                  run every notebook live and render the book into _build/html'
	@echo 'make book PROFILE=smoke    the same under another profile: smoke, quick (default), laptop, paper'
	@echo 'make test                  lint, then run the tests'
	@echo 'make notebooks             write the .ipynb of every .py in notebooks/'
	@echo 'make lock                  resolve pyproject.toml into requirements.lock (UPGRADE=1: to the newest versions)'
	@echo 'make clean                 remove what was built; make distclean removes .venv too'
	@echo
	@echo 'The first target sets up .venv: Python 3.11 to 3.13 (choose with PYTHON=python3.12), some minutes,'
	@echo 'and on Linux about 6 GB of disk, as torch comes with CUDA there.'

# Runs again only when the pins or the package metadata change; a venv without a working pip is made anew.
$(STAMP): requirements.lock pyproject.toml
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	    { echo 'Python 3.11 to 3.13 is needed; name one: make PYTHON=python3.12 ...' >&2; exit 2; }; \
	  echo 'Creating .venv'; $(PYTHON) -m venv --clear .venv; }
	@echo 'Installing requirements.lock into .venv'
	@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check --no-input -r requirements.lock | $(PROGRESS)
	@set -o pipefail; $(BIN)/python -m pip install --disable-pip-version-check --no-input --no-deps --no-build-isolation -e . | $(PROGRESS)
	@touch $@

book: $(STAMP)
	$(BIN)/mu book --profile $(PROFILE)

# One thread a worker: two workers on two cores would otherwise fight over them.
test: $(STAMP)
	$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -q

# The reviewed sources are the .py files; cells that did not change keep their ids.
notebooks: $(STAMP)
	$(BIN)/jupytext --update --to ipynb notebooks/*/*.py

# Keeps every pin that still fits, unless UPGRADE is set.
lock: $(STAMP)
	$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --all-extras --no-annotate \
	  --no-emit-index-url --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) -o requirements.lock

clean:
	rm -rf _build build dist .pytest_cache .ruff_cache *.egg-info
	find . -name .venv -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv
