# Every target runs in the locked environment, which ./bootstrap makes by need.
RUN := ./bootstrap run --locked
DBT := $(RUN) dbt
WAREHOUSE := --project-dir warehouse --profiles-dir warehouse

.DEFAULT_GOAL := help
.PHONY: help demo up down status test lint lint-models types migration build docs bench clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

demo: ## Load the examples and show what the API makes of them
	@$(RUN) catchment demo

up: ## Start the system on this machine and leave it running
	@$(RUN) catchment up

down: ## Stop it; data stay
	@$(RUN) catchment down

status: ## Show what runs and where
	@$(RUN) catchment status

test: ## Run all tests
	@$(RUN) pytest

lint: ## Check style and format
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(RUN) sqlfluff lint --templater raw migrations/sql

lint-models: ## Check the style of the models; needs the database of `make up`
	@$(RUN) sqlfluff lint warehouse/models warehouse/tests

types: ## Check types
	@$(RUN) mypy

migration: ## Write the migration of changed contracts: make migration m="what"
	@test -n "$$m" || { echo 'Say what it is for: make migration m="add wind speed"'; exit 1; }
	@$(RUN) alembic revision --autogenerate -m "$$m"

build: ## Build the models and publish the catalog (dbt build)
	@$(DBT) build $(WAREHOUSE)

docs: ## Write the lineage site to warehouse/target/static_index.html
	@$(DBT) docs generate --static $(WAREHOUSE)

bench: ## Measure loading beside psql; the figures go to benchmarks/results
	@$(RUN) python -m benchmarks.load --json benchmarks/results/load.json

clean: ## Remove what the tools leave behind; data stay
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	@rm -rf warehouse/target warehouse/logs
