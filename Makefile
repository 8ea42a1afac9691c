# Two commands matter: `make run` and `make test`. What they do stands in portal/bootstrap/.

PORT ?= 8000
# The first Python of this machine that is new enough; name another with PYTHON=...
PYTHON ?= $(or $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name)))),python3)
# Bytecode goes to var/: nothing else of the work tree is written but .venv/.
export PYTHONPYCACHEPREFIX := $(CURDIR)/var/pycache
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check bench lighthouse lock vendor fonts messages clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

run:  ## the portal with sample content at http://localhost:8000 (PORT= for another port); Ctrl-C ends it
	@$(PYTHON) -m portal.bootstrap run --port $(PORT)

test:  ## the whole suite: SQLite, PostgreSQL, browser; warnings are errors, coverage has a floor
	@$(PYTHON) -m portal.bootstrap test

test-fast:  ## the suite on SQLite, without browser and coverage
	@$(PYTHON) -m portal.bootstrap test-fast

check:  ## ruff, mypy, import-linter, migrations, production settings, generated documents, locks
	@$(PYTHON) -m portal.bootstrap check

bench:  ## the measurements of tests/benchmarks
	@$(PYTHON) -m portal.bootstrap bench

lighthouse:  ## Lighthouse over the public pages, mobile and desktop; needs Node, brings the rest into var/
	@$(PYTHON) -m portal.bootstrap lighthouse

lock:  ## compile requirements*.in into the locks with hashes
	@$(PYTHON) -m portal.bootstrap lock

vendor:  ## bring the pinned files that come from npm (they are committed; only changing them needs this)
	@$(PYTHON) -m portal.bootstrap vendor

fonts:  ## cut the typeface anew from its npm package (the cuts are committed; only changing them needs this)
	@$(PYTHON) -m portal.bootstrap fonts

messages:  ## find the words to translate, merge them into portal/locale and compile (the catalogues are committed)
	@$(PYTHON) -m portal.bootstrap messages

clean:  ## remove .venv/ and var/, the sample database included
	@$(PYTHON) -m portal.bootstrap clean
