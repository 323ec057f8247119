# docs/learning.md gives the same commands without make, for Windows.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Ranges are in pyproject.toml, exact versions in constraints.txt.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
.DEFAULT_GOAL := help
.PHONY: help lab grading test notebooks site model bench-check bench-wait bench-messages bench-sliders bench-edition bench-grading bench-gpt bench-gpu clean

help:  ## what each command does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(VENV)/.lab: pyproject.toml constraints.txt
	@echo "Installing the course into $(VENV) (the first time takes minutes)."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt -e '.[lab]'
	@touch $@

$(VENV)/.grading: $(VENV)/.lab
	$(PIP) install -c constraints.txt -e '.[lab,grading]'
	@touch $@

$(VENV)/.site: $(VENV)/.lab
	$(PIP) install -c constraints.txt -e '.[lab,site]'
	@touch $@

$(VENV)/.test: $(VENV)/.grading
	$(PIP) install -c constraints.txt -e '.[lab,grading,site,test]'
	@touch $@

lab: $(VENV)/.lab  ## open the lessons in JupyterLab (ARGS=--no-browser on a server, --instructor to grade)
	$(BIN)/python -m byhand lab $(ARGS)

grading: $(VENV)/.grading  ## set up what grading a class needs (docs/grading.md)

test: $(VENV)/.test  ## everything that CI checks (L=07: of one lesson; ARGS='-k name')
	sh tests/system_packages.sh
	$(BIN)/python -m authoring.fetch
	$(BIN)/python -m pytest $(if $(L),--lesson=$(L)) $(ARGS)

notebooks: $(VENV)/.test  ## build solutions/*/*.ipynb and lessons/ from solutions/*.py (ARGS=--all, --help)
	$(BIN)/python -m authoring $(ARGS)

site: $(VENV)/.site  ## build the public site into build/site (ARGS=--serve shows it, --help says more)
	$(BIN)/python -m authoring.site $(ARGS)

model: $(VENV)/.lab  ## the sentence model of lesson 21 (84 MB; optional, nothing else needs it)
	$(BIN)/python -m byhand model

bench-check: $(VENV)/.test  ## how long a learner waits for a check (ARGS='07' for one lesson)
	$(BIN)/python -m tests.bench.check $(ARGS)

bench-wait: $(VENV)/.test  ## how long a learner waits for JupyterLab and for all cells (ARGS='07')
	sh tests/system_packages.sh
	$(BIN)/python -m tests.bench.wait $(ARGS)

bench-messages: $(VENV)/.test  ## what wrong answers are told, of all that the tests know (ARGS='07 --read')
	$(BIN)/python -m tests.bench.messages $(ARGS)

bench-sliders: $(VENV)/.test  ## how fast a slider answers, against ipywidgets.interact
	sh tests/system_packages.sh
	$(BIN)/python -m tests.bench.sliders $(ARGS)

bench-edition: $(VENV)/.test  ## how long a learner waits in the browser edition, and what a visit transfers
	sh tests/system_packages.sh
	$(BIN)/python -m authoring.fetch
	$(BIN)/python -m tests.bench.edition $(ARGS)

bench-grading: $(VENV)/.test  ## how fast a class is graded, against stock nbgrader (ARGS=--help)
	sh tests/system_packages.sh
	$(BIN)/python -m tests.bench.grading $(ARGS)

bench-gpt: $(VENV)/.test  ## how fast a GPT trains here, against nanoGPT (ARGS='--text FILE --nanogpt DIR')
	$(BIN)/python -m tests.bench.gpt $(ARGS)

# Installs nothing: a machine with a card has the PyTorch that fits it.
bench-gpu:  ## all that needs a card, against nanoGPT (ARGS=--help)
	$(PYTHON) -m tests.bench.gpu $(ARGS)

clean:  ## remove the environment and caches; notebooks stay
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache build *.egg-info
