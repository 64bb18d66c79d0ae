# The two commands that matter:
#
#   make serve      sets everything up and serves the examples on 127.0.0.1:8000 (make serve PORT=8080)
#   make test       sets everything up and runs all checks: ruff, mypy, cython-lint, pytest
#
# Both need CPython >= 3.10 with its headers, make and a C compiler; the rest goes into .venv.
# Set-up steps leave stamp files in .venv and run again only when what they depend on has changed.

SHELL = /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# The first interpreter that is new enough. Override with: make PYTHON=/path/to/python ...
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do \
    $$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && command -v $$p && break; done)
# The system's own, if it will do: the original is linked with that, and two builds of one version may differ by half.
BENCH_PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, os, sys, sysconfig; \
    sys.exit(sys.version_info < (3, 10) or not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' 2>/dev/null \
    && echo /usr/bin/python3 || echo $(PYTHON))
PORT ?= 8000
PYTEST_ARGS ?=
JOBS ?= auto
SEED ?= 0
SECONDS = 240
INPUTS = -1
SOAK ?= 600

VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
BUILD_NEEDS = 'setuptools>=77' 'Cython>=3.1,<4'

FAST = $(wildcard modpy_wsgi/_fast/*.pyx modpy_wsgi/_fast/*.pxd)
METADATA = pyproject.toml setup.py

.PHONY: help serve test test-all lint pytest fuzz oracle bench bench-short soak session-faults changes clean distclean

help:
	@sed -n 's/^#   \(make .*\)/\1/p' Makefile
	@echo "make test-all   runs the tests on every CPython >= 3.10 found"
	@echo "make lint       ruff, mypy, cython-lint"
	@echo "make pytest     the tests alone (PYTEST_ARGS='-k table'; JOBS=$(JOBS) at a time)"
	@echo "make fuzz       fuzzes what reads untrusted text, each target for SECONDS=$(SECONDS), at most INPUTS=$(INPUTS), from SEED=$(SEED) (clang; passed over without)"
	@echo "make oracle     records anew the answers of Apache with mod_python (root, apache2, libapache2-mod-python)"
	@echo "make bench      the benchmarks, beside others; writes benchmarks/RESULTS.md (BENCH='servers' for these alone)"
	@echo "make soak       mixed traffic on 64 threads for SOAK=$(SOAK) seconds: no error, nothing that grows"
	@echo "make session-faults  10,000 sessions by 64 threads in 4 processes, and a process killed while it saves, 1,000 times"
	@echo "make clean      removes what was built; make distclean also removes .venv*"

# ---- set-up -------------------------------------------------------------------------------------------------------

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "make: no CPython >= 3.10 found on PATH; give one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' \
	    || { echo "make: $(PYTHON) has no headers to compile against (Debian, Ubuntu: apt-get install python3-dev)" >&2; exit 1; }
	@if [ ! -x $(BIN)/python ]; then \
	    echo "making $(VENV) with $(PYTHON)"; \
	    if $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
	    elif $(PYTHON) -m virtualenv --version >/dev/null 2>&1; then $(PYTHON) -m virtualenv --quiet $(VENV); \
	    else echo "make: $(PYTHON) can make no virtual environment: it lacks ensurepip." >&2; \
	        echo "      Debian, Ubuntu: apt-get install python3-venv    elsewhere: install the package virtualenv" >&2; \
	        exit 1; fi; fi
	@touch $@

# The package itself is installed in place (editable, of which setuptools warns): sources are used as they stand, and only
# a changed .pyx is compiled again.
$(VENV)/.serve: $(VENV)/.made $(METADATA)
	@echo "installing what serving needs"
	@$(PIP) install --upgrade pip $(BUILD_NEEDS)
	@PYTHONWARNINGS=ignore $(PIP) install --no-build-isolation --editable '.[serve]'
	@touch $@

$(VENV)/.dev: $(VENV)/.made $(METADATA)
	@echo "installing what the tests need (the first time takes a few minutes: uWSGI is compiled)"
	@$(PIP) install --upgrade pip $(BUILD_NEEDS)
	@PYTHONWARNINGS=ignore $(PIP) install --no-build-isolation --editable '.[dev]'
	@touch $@ $(VENV)/.serve

# atheris has wheels for some versions of CPython only, and is not built here: without it `python -m fuzz` says so.
$(VENV)/.fuzz: $(VENV)/.made $(METADATA) | $(VENV)/.serve
	@echo "installing what fuzzing needs"
	@PYTHONWARNINGS=ignore $(PIP) install --no-build-isolation --only-binary=atheris --editable '.[fuzz]' \
	    && touch $@ || echo "make: atheris cannot be installed beside $$($(BIN)/python --version)" >&2

$(VENV)/.bench: $(VENV)/.made $(METADATA)
	@echo "installing what the benchmarks compare with"
	@$(PIP) install --upgrade pip $(BUILD_NEEDS)
	@$(PIP) install --no-cache-dir 'uwsgi>=2.0.26'  # a wheel that was kept is linked with the Python it was built by
	@PYTHONWARNINGS=ignore $(PIP) install --no-build-isolation --editable '.[serve,bench]'
	@touch $@

# After an install, because that has built the extensions already: setup.py then finds nothing to do.
$(VENV)/.built-serve: $(VENV)/.serve $(FAST)
	@$(BIN)/python setup.py --quiet build_ext --inplace
	@touch $@

$(VENV)/.built-dev: $(VENV)/.dev $(FAST)
	@$(BIN)/python setup.py --quiet build_ext --inplace
	@touch $@ $(VENV)/.built-serve

$(VENV)/.built-bench: $(VENV)/.bench $(FAST)
	@$(BIN)/python setup.py --quiet build_ext --inplace
	@touch $@

# ---- the commands -------------------------------------------------------------------------------------------------

serve: $(VENV)/.built-serve
	PWD=$(CURDIR) $(BIN)/modpy-wsgi serve -f examples/httpd.conf --bind 127.0.0.1:$(PORT)

test: lint pytest

lint: $(VENV)/.built-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" cython-lint $(FAST)  # which calls pycodestyle by its name

pytest: $(VENV)/.built-dev
	$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=worksteal $(PYTEST_ARGS)

# Every CPython >= 3.10 on PATH or under ~/.pyenv gets its own .venv-X.Y. One after the other: the tests start real servers.
test-all:
	@found=0; done=" "; failed=""; \
	for python in $$(for v in 15 14 13 12 11 10; do command -v python3.$$v; done; ls -d $$HOME/.pyenv/versions/3.*/bin/python 2>/dev/null); do \
	    version=$$($$python -c 'import sys; v = sys.version_info; \
	        print("%d.%d" % v[:2] if sys.implementation.name == "cpython" and v >= (3, 10) else "")' 2>/dev/null) || continue; \
	    [ -n "$$version" ] || continue; \
	    case "$$done" in *" $$version "*) continue;; esac; \
	    done="$$done$$version "; found=1; \
	    echo "==== CPython $$version ($$python)"; \
	    $(MAKE) --no-print-directory VENV=.venv-$$version PYTHON=$$python pytest || failed="$$failed $$version"; \
	done; \
	[ $$found = 1 ] || { echo "make: no CPython >= 3.10 found" >&2; exit 1; }; \
	[ -z "$$failed" ] || { echo "make: failed on:$$failed" >&2; exit 1; }; \
	echo "==== passed on:$$done"

fuzz: $(VENV)/.built-serve $(VENV)/.fuzz
	$(BIN)/python -m fuzz $(SECONDS) $(SEED) $(INPUTS)

oracle: $(VENV)/.built-dev
	$(BIN)/python -m tests.oracle

# The peers have an environment of their own. BENCH="static forms" runs these alone, and writes no RESULTS.md.
bench:
	@$(MAKE) --no-print-directory VENV=$(VENV)-bench PYTHON=$(BENCH_PYTHON) $(VENV)-bench/.built-bench
	$(VENV)-bench/bin/python -m benchmarks $(BENCH)

# Threads under mixed traffic for SOAK seconds.
soak: $(VENV)/.built-serve
	$(BIN)/python benchmarks/soak.py $(SOAK)

# One round of each, to see that they run.
bench-short: $(VENV)/.built-dev
	$(BIN)/python -m benchmarks --short $(BENCH)

session-faults: $(VENV)/.built-dev
	for kind in FileSession DbmSession; do \
	    $(BIN)/python -m tests.session_load $$kind || exit 1; \
	    $(BIN)/python -m tests.session_kills $$kind || exit 1; \
	done

changes: $(VENV)/.built-dev
	$(BIN)/towncrier build --draft --version next

clean:
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis htmlcov .coverage
	rm -f modpy_wsgi/_fast/*.c modpy_wsgi/_fast/*.so modpy_wsgi/_fast/*.html $(VENV)/.built-*
	find modpy_wsgi mod_python tests examples benchmarks fuzz -name __pycache__ -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv .venv-*
