# Salama's commands. Each sets up what it needs; `make` alone lists them.
SHELL := /bin/bash
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup run serve seed train test faults check format nlu-report triage-report bench clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready  ## Python 3.10 and all packages, into .venv

.venv/.ready: requirements.lock scripts/setup.sh
	@bash scripts/setup.sh

run: setup  ## everything on this machine, with a demo clinic and a phone in the browser
	@$(PYTHON) -m scripts.run

serve: setup  ## the same for a real number: no simulator, no demo data
	@$(PYTHON) -m scripts.run --serve

seed: setup  ## the demo clinic into CLINIC_DATABASE_URL
	@$(PYTHON) -m clinic migrate && $(PYTHON) -m clinic seed

train: setup  ## train the model
	@$(PYTHON) -m scripts.train --force

test: setup  ## everything that must hold, `rasa test` included
	@bash scripts/test.sh

faults: setup  ## a storm of kills, outages and clock jumps: minutes, for before a release (ARGS=-s shows the sums)
	@.venv/bin/python -m pytest -m faults tests/faults $(ARGS)

check: setup  ## lint, types, `rasa data validate`
	@bash scripts/check.sh

format: setup  ## let ruff write the code's layout
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

nlu-report: setup  ## how well messages are understood: var/nlu-report/
	@$(PYTHON) -m scripts.nlu_report

triage-report: setup  ## how careful the triage is: var/triage-report/
	@$(PYTHON) -m scripts.triage_report

bench: setup  ## benchmarks, as ratios to plain Rasa (ARGS=--quick to try them)
	@$(PYTHON) -m bench $(ARGS)

clean:  ## remove what the others made; var/ (the databases) stays
	rm -rf .venv .tools models .rasa results .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
