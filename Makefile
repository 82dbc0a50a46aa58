# Everything runs in .venv, made from requirements.lock when it is first needed.
PYTEST_ARGS ?=
DATA_ARGS ?=
LOCK_ARGS ?=
LAB ?= 01-toy-gmm
TORCH := torch==2.13.0

ifdef PYTHON
candidates := "$(PYTHON)"
else
candidates := python3 python3.13 python3.12 python3.11
endif

# Every candidate is tried by running it: a name on the PATH may be an empty shim.
has_version := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
find_python = tried=; bare=; for python in $(candidates); do \
	if ! "$$python" -c '$(has_version)' 2>/dev/null; then \
		tried="$$tried, $$python ($$("$$python" -V 2>/dev/null || echo does not run))"; \
	elif ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then bare=$$python; \
	else break; fi; python=; done; \
	if [ -z "$$python" ] && [ -n "$$bare" ]; then \
		echo "$$bare cannot make a virtual environment, as its venv module is missing." >&2; \
		echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; fi; \
	if [ -z "$$python" ]; then \
		echo "The course needs Python 3.11, 3.12 or 3.13; tried $${tried\#, }." >&2; \
		echo "Install one, or say where it is: make PYTHON=/path/to/python3.12" >&2; exit 1; fi
pip_failed = { echo "The packages could not be installed; pip's reason is above. Most often" \
	"the network is missing: connect, and run make again." >&2; exit 1; }
pip := .venv/bin/python -m pip --disable-pip-version-check -qq install

.PHONY: help demo test lab formgrader zoo bench data deep lock clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: .venv/.installed  ## grade a made-up class and show its report
	@.venv/bin/python -m course demo

test: export OPENBLAS_NUM_THREADS := 1
test: .venv/.installed  ## lint, check spelling and run every test (PYTEST_ARGS="-k zoo" for some)
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m codespell_lib *.md course data helpers notebooks tests
	.venv/bin/python -m pytest $(PYTEST_ARGS)

lab: .venv/.installed  ## open a lab in JupyterLab (LAB=01-toy-gmm)
	@.venv/bin/python -m jupyterlab "notebooks/$(LAB)/$(LAB).ipynb"

# Jupyter looks for page templates there: Formgrader's formulas then need no network.
formgrader: export JUPYTER_PATH := $(CURDIR)/course/templates
formgrader: .venv/.installed  ## grade by hand in nbgrader's Formgrader
	@.venv/bin/python -m jupyterlab --LabApp.default_url=/formgrader

zoo: export OPENBLAS_NUM_THREADS := 1
zoo: .venv/.installed  ## judge known right and wrong answers; prints how many were caught and fair
	@.venv/bin/python -m pytest tests/test_zoo.py -q -s

bench: .venv/.installed  ## run every benchmark
	@for file in tests/benchmarks/bench_*.py; do \
		echo "$$file"; .venv/bin/python "$$file" || exit 1; done

data: export OPENBLAS_NUM_THREADS := 1
data: .venv/.installed  ## rebuild the data and compare checksums (DATA_ARGS=--accept to change them)
	@.venv/bin/python -m helpers.simulate $(DATA_ARGS)

deep: .venv/.deep  ## add torch, for the labs with deep networks

lock: .venv/.installed  ## pin the dependencies anew (LOCK_ARGS=--upgrade to take newer ones)
	@echo "Writing requirements.lock and environment.yml"
	@printf '%s\n' $(torch_needs) | .venv/bin/uv pip compile pyproject.toml - --quiet $(LOCK_ARGS) \
		--extra cluster --extra dev --extra hub --extra nwb --universal --python-version 3.11.2 \
		--fork-strategy fewest --generate-hashes --custom-compile-command "make lock" \
		--output-file requirements.lock
	@{ printf '%s\n' $(environment_head); \
		sed -n 's/^\([^ #].*==.*[^ ]\) *\\$$/      - \1/p' requirements.lock; \
		echo '      - -e .'; } > environment.yml

# The lock leaves torch out, as its builds differ from machine to machine, but pins what it needs.
torch_needs := filelock fsspec jinja2 networkx safetensors sympy typing-extensions
environment_head := '\# Written by "make lock" from requirements.lock, for conda and Binder.' \
	'name: neural-data-labs' 'channels:' '  - conda-forge' '  - nodefaults' 'dependencies:' \
	'  - python=3.11' '  - pip' '  - pip:'

clean:  ## remove the environment and the caches; gradebooks and submissions stay
	rm -rf .venv .pytest_cache .ruff_cache *.egg-info
	find course helpers notebooks tests \( -name __pycache__ -o -name .ipynb_checkpoints \) \
		-prune -exec rm -rf {} +

# A stamp is written last, so an interrupted installation is never taken for a finished one.
.venv/.locked: requirements.lock
	@$(find_python); \
	echo "Making .venv with $$("$$python" -V) and the packages of requirements.lock (about a minute)"; \
	"$$python" -m venv --clear .venv
	@$(pip) -r requirements.lock || $(pip_failed)
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	@$(pip) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.deep: .venv/.installed
	@echo "Installing $(TORCH) (up to a few gigabytes)"
	@$(pip) $(TORCH) || $(pip_failed)
	@touch $@
