# Every target runs in the locked environment, which ./bootstrap makes by need.
RUN := ./bootstrap run --locked
DBT := $(RUN) dbt
WAREHOUSE := --project-dir warehouse --profiles-dir warehouse

TERRAFORM := terraform -chdir=terraform
# A stack's own settings, where it has some.
STACK_FILE = $(if $(wildcard terraform/$(STACK).tfvars),-var-file=$(STACK).tfvars)

# STACK=name turns the targets that can be asked so to a deployed stack: its
# settings are in this file, which `make deploy` writes; AWS credentials are taken
# from where AWS's own tools take them.
ifdef STACK
export CATCHMENT_ENV_FILE := $(CURDIR)/.catchment/stacks/$(STACK).env
endif

.DEFAULT_GOAL := help
.PHONY: help demo install config infra deploy destroy data see-files copy-files \
	query-enrollment query-counts leads-run leads-drop check up down status test \
	lint lint-models types migration build docs reference bench bench-api fuzz-api \
	chaos test-packages test-browser clean package backup restore

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 18

demo: ## Load the examples and show what the API makes of them
	@$(RUN) catchment demo

install: ## Install what the project needs, into .venv
	@./bootstrap sync --locked

config: ## Show the settings in force, here or of STACK=name
	@$(RUN) catchment config

infra: ## Start the parts on this machine; with STACK=name make them in AWS
ifdef STACK
	@$(MAKE) --no-print-directory _terraform_apply
else
	@$(RUN) catchment up
endif

deploy: ## Migrate and build the models here; with STACK=name deploy to AWS
ifdef STACK
	@env -u CATCHMENT_ENV_FILE $(MAKE) --no-print-directory package STACK=
	@$(MAKE) --no-print-directory _terraform_apply
	@$(RUN) catchment rollout
else
	@$(RUN) catchment up --build
endif

destroy: ## Stop all here and delete the data; with STACK=name destroy it in AWS
ifdef STACK
	@$(MAKE) --no-print-directory _terraform_workspace
	@$(TERRAFORM) destroy -var name=$(STACK) $(STACK_FILE)
	@rm -f $(CATCHMENT_ENV_FILE)
else
	@$(RUN) catchment down --delete-data
endif

.PHONY: _here _terraform_workspace _terraform_apply
_here:
	@test -z "$(STACK)" || { echo 'This works on the database of this machine only:' \
		'leave STACK away.'; exit 1; }
_terraform_workspace:
	@command -v terraform >/dev/null || { echo 'There is no terraform: install 1.11 or' \
		'later, or leave STACK away to work on this machine.'; exit 1; }
	@$(TERRAFORM) init -input=false >/dev/null
	@$(TERRAFORM) workspace select -or-create=true $(STACK)
_terraform_apply: _terraform_workspace
	@$(TERRAFORM) apply -var name=$(STACK) $(STACK_FILE)
	@mkdir -p -m 700 .catchment .catchment/stacks
	@$(TERRAFORM) output -raw env > $(CATCHMENT_ENV_FILE)

data: ## Extract what services offer: make data YEARS="2020 2021"
	@$(RUN) catchment extract $(if $(YEARS),--years "$(YEARS)")

see-files: ## List the objects of the bucket
	@$(RUN) catchment files

copy-files: ## Copy files to the bucket: make copy-files FILES=examples
	@$(RUN) catchment load $(if $(STACK),--no-wait) "$(or $(FILES),examples)"

query-enrollment: ## Show the states with most Pre-K enrollment: YEAR=2021
	@$(RUN) catchment query /stats/enrollment_by_state \
		--title 'Pre-K enrollment by state' year=$(or $(YEAR),2021) limit=10

query-counts: ## Show how many records of enrollment there are by year
	@$(RUN) catchment query /stats/enrollment_counts --title 'Records by year'

leads-run: _here ## Keep the leads of today as a schema: make leads-run DATE=20251105
	@test -n "$(DATE)" || { echo 'Say which: make $@ DATE=20251105'; exit 1; }
	@$(DBT) --quiet run-operation keep_run $(WAREHOUSE) \
		--args '{name: leads, date: "$(DATE)"}'

leads-drop: _here ## Drop such a schema: make leads-drop DATE=20251105
	@test -n "$(DATE)" || { echo 'Say which: make $@ DATE=20251105'; exit 1; }
	@$(DBT) --quiet run-operation drop_run $(WAREHOUSE) \
		--args '{name: leads, date: "$(DATE)"}'

check: ## Check the data, and post what is wrong
	@$(RUN) catchment check

up: ## Start the system on this machine and leave it running
	@$(RUN) catchment up

down: ## Stop it; the database stays, the bucket is emptied
	@$(RUN) catchment down

status: ## Show what runs and where
	@$(RUN) catchment status

# On a server that is given, one process: roles and their passwords are the server's.
test: ## Run all tests
	@$(RUN) pytest $(if $(DATABASE_URL),,-n auto --dist loadfile --no-loadscope-reorder)

test-packages: ## Run the packages in containers as AWS does; minutes
	@$(RUN) pytest -m packages tests/local

test-browser: ## Try the pages in a real Chromium; screenshots: dist/screenshots
	@$(RUN) pytest -q -m browser tests/browser

chaos: ## Try every fault on a PostgreSQL of its own; CASES=50: the quick ones
	@CHAOS_CASES=$(CASES) CHAOS_TABLE=benchmarks/results/chaos.md \
		$(RUN) pytest -q -m chaos tests/chaos

lint: ## Check style and format
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(RUN) sqlfluff lint --templater raw migrations/sql

lint-models: _here ## Check the style of the models; needs the database of `make up`
	@$(RUN) sqlfluff lint warehouse/models warehouse/tests

types: ## Check types
	@$(RUN) mypy

migration: _here ## Write the migration of changed contracts: make migration m="what"
	@test -n "$$m" || { echo 'Say what it is for: make migration m="add wind speed"'; exit 1; }
	@$(RUN) alembic revision --autogenerate -m "$$m"

build: _here ## Build the models and publish the catalog (dbt build)
	@$(DBT) build $(WAREHOUSE)

package: ## Build dist/lambda.zip and dist/warehouse.zip: make package ARCH=x86_64
	@$(RUN) catchment package $(if $(ARCH),--arch $(ARCH))

backup: _here ## Write a backup into a new folder: make backup TO=folder
	@$(RUN) catchment backup $(if $(TO),--to "$(TO)")

restore: _here ## Restore one: make restore FROM=folder INTO=an_empty_database
	@test -n "$(FROM)" || { echo 'Say what: make $@ FROM=folder, which make backup' \
		'has written'; exit 1; }
	@$(RUN) catchment restore "$(FROM)" $(if $(INTO),--into "$(INTO)")

docs: _here ## Write the lineage site, from files to endpoints: dist/lineage
	@$(RUN) catchment docs

reference: ## Write the tables of words in docs/, and the editors' JSON Schema
	@$(RUN) python -m catchment.local.reference

fuzz-api: ## Try the API with what its OpenAPI document allows and what it forbids
	@FUZZ_CASES=$(or $(CASES),5000) $(RUN) pytest -q -s tests/clients/test_schemathesis.py

bench: ## Measure loading beside psql, ogr2ogr, dlt and pandas; needs two quiet cores
	@$(RUN) python -m benchmarks --json benchmarks/results/load.json

bench-api: ## Measure the API beside bare SQL, tipg and pygeoapi; needs wrk and uv
	@$(RUN) python -m benchmarks.api --json benchmarks/results/api.json

clean: ## Remove what the tools leave behind; data stay
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
	@rm -rf warehouse/target warehouse/logs
