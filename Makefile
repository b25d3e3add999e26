# The commands of a developer's day; the work is done in scripts/.
PYTHON ?= python3
SCRIPT := $(PYTHON) -m scripts.

.DEFAULT_GOAL := help
.PHONY: help run services stop setup test drill check format bench backup restore lock pictures baseline

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start everything: database, Redis, web (PORT=8000), worker, beat; demo data the first time
	@$(SCRIPT)run

services: ## start PostgreSQL and Redis alone, in the background
	@$(SCRIPT)services start

stop: ## stop PostgreSQL and Redis of this folder
	@$(SCRIPT)services stop

setup: ## make .venv with everything that tests and checks need
	@$(SCRIPT)venv --dev

test: ## run all tests against real servers and a real browser (ARGS="tests/core -k health")
	@$(SCRIPT)test $(ARGS)

drill: ## run failure drills (100,000 rows, kills, restarts) and long random histories (SEEDS=400)
	@$(SCRIPT)test --drill $(ARGS)

check: ## lint, types, directions, dead code, migrations, known holes (FAST=1 leaves out the slow)
	@$(SCRIPT)check $(if $(FAST),--fast)

format: ## rewrite the code in the house style
	@$(SCRIPT)check --format

bench: ## measure section by section beside a stock admin and a stock importer (SCALE=0.01 is quick)
	@$(PYTHON) -m bench.run

backup: ## write database and files to backups/ (DIR=...)
	@$(SCRIPT)backup

restore: ## put a backup back: make restore FILE=backups/....tar
	@$(SCRIPT)backup --restore "$(FILE)"

lock: ## write the locks anew from the requirements (UPGRADE=1 takes the newest of all)
	@$(SCRIPT)lock

pictures: ## take the pictures of README and manual anew, of a running make run (PORT=8000)
	@$(SCRIPT)pictures

baseline: ## name all present migrations as those of before there was data (after a squash)
	@$(SCRIPT)migrations --baseline
