# HealthEquiRoute on one machine. `make help` lists the targets; infrastructure/local holds what they do.
.DEFAULT_GOAL := help
.PHONY: help dev test coverage setup services osrm stop migrate seed assets lint audit clean
L := bash infrastructure/local

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

dev: ## Prepare everything, then run the portal with demo data until Ctrl-C (PORT=8001 to choose a port)
	@$(L)/dev.sh

test: ## Prepare everything, then check style, import contracts, tests and browser tests
	@$(L)/test.sh

coverage: ## The same, and which lines the tests run (twice as long)
	@$(L)/test.sh --coverage

setup: ## Install missing system packages, the virtual environment and the front-end packages
	@$(L)/packages.sh
	@$(L)/python.sh
	@$(L)/planner.sh
	@$(L)/assets.sh npm

services: ## Start this checkout's PostgreSQL and Redis and write .local/env and .local/test.env
	@$(L)/services.sh start

osrm: ## Run a private OSRM (travel times by road): make osrm EXTRACT=path/to/area.osm.pbf
	@$(L)/osrm.sh start "$(EXTRACT)"

stop: ## Stop every server that this checkout started
	@$(L)/stop.sh

migrate: ## Bring the development database's tables up to date
	@$(L)/database.sh migrate

seed: ## Load the demo data
	@$(L)/database.sh seed

assets: ## Compile styles and scripts and collect static files
	@$(L)/assets.sh

lint: ## Check the style of Python, templates and scripts, and the import contracts
	@$(L)/lint.sh

audit: ## Ask the advisory databases about the packages in use (needs the internet; exit code 2: could not ask)
	@$(L)/audit_dependencies.sh

clean: ## Remove what make made: virtual environment, packages, assets, settings, databases
	@$(L)/clean.sh
