# `make` lists what can be done. All of it needs Python 3.11 or newer and nothing else.

PYTHON ?= python3
# The environment everything runs in; made from the lock files on first use.
VENV ?= .venv
# What `make run` loads: sample, complete_journey, online_retail or cdnow.
DATA ?= sample
# Size of the sample shop.
CUSTOMERS ?= 20000
MONTHS ?= 24
# The folder or file that holds Online Retail.
ONLINE_RETAIL ?= ../shared/data/online_retail
# The folder that holds CDNOW's sample, or a file: CDNOW_sample.txt or CDNOW_master.txt, of all customers. Where
# none is named and this one is not there, the sample comes from a Python package.
CDNOW ?= ../shared/data/cdnow
CDNOW_FROM := $(if $(filter file,$(origin CDNOW)),$(wildcard $(CDNOW)),$(CDNOW))
# Lines of the file that `make bench` measures with, customers whose purchases it predicts, accounts it resolves.
LINES ?= 2000000
BENCH_CUSTOMERS ?= 1000000
BENCH_ACCOUNTS ?= 1000000
# Customers and months of the shop that `make bench` builds from those lines.
BUILD_CUSTOMERS ?= 100000
BUILD_MONTHS ?= 24
# Lines of the lake that daily runs come to, months reviewed before them, and lines of the shops that are built in
# turn, and that other tools compute too; a customer has twenty lines.
DAILY_LINES ?= 1000000
SEALED_MONTHS ?= $(BUILD_MONTHS)
GROWTH_SIZES ?= 100000 300000 1000000
COMPARED_SIZES ?= 1000000
# The PostgreSQL that the dashboards read, such as postgresql://analyst:password@host/database.
export CLIENTELE_BI_URL ?=
# How many tests run side by side.
WORKERS ?= 2
# Prints a folder in memory where tests have room for their files. They sync what they write as everything here
# does, and the disk lets them wait for a fifth of the time. Nothing is printed where memory is scarce.
MEMORY_FOLDER = awk '/^MemAvailable:/ && $$2 > 8388608 { print "/dev/shm" }' /proc/meminfo 2>/dev/null \
	| xargs df -Pk 2>/dev/null | awk '$$6 == "/dev/shm" && $$4 > 4194304 { print $$6 }'
# Where `make airflow` and `make superset` answer.
PORT ?= 8080
SUPERSET_PORT ?= 8088

# Every set of data has a home of its own; CLIENTELE_HOME from the environment is respected by every target.
ifeq ($(DATA),sample)
export CLIENTELE_HOME ?= .clientele
else
export CLIENTELE_HOME ?= .clientele-$(DATA)
endif
# The real shops keep their own days.
ifeq ($(DATA),complete_journey)
export CLIENTELE_BUSINESS_TIME_ZONE ?= America/New_York
else ifeq ($(DATA),online_retail)
export CLIENTELE_BUSINESS_TIME_ZONE ?= Europe/London
else ifeq ($(DATA),cdnow)
export CLIENTELE_BUSINESS_TIME_ZONE ?= America/New_York
# The last day of the period that the published figures were computed on.
AS_OF ?= 1997-09-30
endif
# The date of values and tiers; the last day in the sales where none is named.
AS_OF ?=

# Nothing that is started here reports to anybody.
export DO_NOT_TRACK := 1
export SCARF_ANALYTICS := false
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
# Python keeps what it compiles: without, every start of dbt or Great Expectations takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

BIN := $(VENV)/bin
RUNTIME := $(VENV)/runtime.stamp
DEVELOPMENT := $(VENV)/dev.stamp
REAL_DATA := $(VENV)/real-data.stamp
# Superset needs other versions than Airflow: an environment of its own.
SUPERSET := $(VENV)-superset/superset.stamp
BROWSER := $(VENV)-superset/browser.stamp

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

$(VENV)/%.stamp: requirements/%.lock requirements/install.py pyproject.toml
	@$(PYTHON) requirements/install.py $(VENV) $<
	@touch $@

$(VENV)-superset/%.stamp: requirements/%.lock
	@test -x $(@D)/bin/pip || $(PYTHON) -m venv $(@D)
	@echo "installing $< into $(@D) ..." >&2
	@$(@D)/bin/pip install --quiet --no-input --disable-pip-version-check --no-deps --require-hashes --requirement $<
	@touch $@

# Not two installations at once, also with --jobs.
$(BROWSER): | $(SUPERSET)
$(REAL_DATA): | $(RUNTIME)

.PHONY: run run-sample run-complete_journey run-online_retail run-cdnow
run: run-$(DATA) ## Load a shop, run the DAGs on it, publish: DATA=sample, complete_journey, online_retail or cdnow
	@$(BIN)/clientele run --via-airflow $(addprefix --as-of ,$(AS_OF))

run-sample: $(RUNTIME)
	@$(BIN)/clientele sample --customers $(CUSTOMERS) --months $(MONTHS)

run-complete_journey: $(RUNTIME) $(REAL_DATA)
	@$(BIN)/clientele deliver complete_journey

run-online_retail: $(RUNTIME)
	@$(BIN)/clientele deliver online_retail --from "$(ONLINE_RETAIL)"

run-cdnow: $(RUNTIME) $(if $(CDNOW_FROM),,$(REAL_DATA))
	@$(BIN)/clientele deliver cdnow $(if $(CDNOW_FROM),--from "$(CDNOW_FROM)")

run-%:
	@echo "DATA=$* is not one of: sample, complete_journey, online_retail, cdnow" >&2; exit 2

.PHONY: airflow
airflow: $(RUNTIME) ## Start a local Airflow with its page on http://127.0.0.1:8080; PORT=8081 for another port
	@$(BIN)/python -m clientele.orchestration.standalone $(PORT)

.PHONY: superset superset-import
superset-import: $(RUNTIME) $(SUPERSET) ## Import the dashboards into a local Superset: CLIENTELE_BI_URL=postgresql://...
	@$(BIN)/clientele bi bundle
	@sh bi/superset/local.sh $(VENV)-superset

superset: $(RUNTIME) $(SUPERSET) ## Import them and start it on http://127.0.0.1:8088; SUPERSET_PORT=8089 for another port
	@$(BIN)/clientele bi bundle
	@sh bi/superset/local.sh $(VENV)-superset $(SUPERSET_PORT)

.PHONY: test
test: $(DEVELOPMENT) ## Run every test; TESTS=tests/lake runs some
	@TMPDIR="$${TMPDIR:-$$($(MEMORY_FOLDER))}" $(BIN)/pytest --numprocesses $(WORKERS) --dist loadscope \
		--no-loadscope-reorder $(TESTS)

.PHONY: environment
environment: $(DEVELOPMENT) ## Make the environment that tests and checks run in, which they do by themselves

.PHONY: system-packages
system-packages: ## Install what the report's tests use of the system, where this may be done: fonts, a browser
	@sh requirements/system_packages.sh

.PHONY: bench bench-daily bench-growth bench-compare
bench: $(DEVELOPMENT) ## Measure ingest, builds, daily runs, identity, predictions, schemes, PostgreSQL and simulation; LINES=20000000 for more
	@$(BIN)/python tests/bench/ingest_throughput.py --lines $(LINES) --output "$(CLIENTELE_HOME)/bench/ingest.json"
	@$(BIN)/python tests/bench/full_build.py --lines $(LINES) --customers $(BUILD_CUSTOMERS) --months $(BUILD_MONTHS) \
		--output "$(CLIENTELE_HOME)/bench/full_build.json"
	@$(BIN)/python tests/bench/identity.py --accounts $(BENCH_ACCOUNTS) --output "$(CLIENTELE_HOME)/bench/identity.json"
	@$(BIN)/python tests/bench/rfm_summary.py --home "$(CLIENTELE_HOME)/bench"
	@$(BIN)/python tests/bench/prediction_fit.py --customers $(BENCH_CUSTOMERS) --home "$(CLIENTELE_HOME)/bench"
	@$(BIN)/python tests/bench/schemes.py --customers $(BENCH_CUSTOMERS) --output "$(CLIENTELE_HOME)/bench/schemes.json"
	@$(BIN)/python tests/bench/review_report.py --customers $(BENCH_CUSTOMERS) --output "$(CLIENTELE_HOME)/bench/report.json"
	@$(BIN)/python tests/bench/postgres_push.py --output "$(CLIENTELE_HOME)/bench/postgres.json"
	@$(BIN)/python tests/bench/simulation.py --output "$(CLIENTELE_HOME)/bench/simulation.json"
	@$(MAKE) --no-print-directory bench-daily bench-growth bench-compare

bench-daily: $(DEVELOPMENT) ## Measure daily runs beside the full build, before and after reviews; DAILY_LINES=20000000 for more
	@$(BIN)/python tests/bench/daily_run.py --lines $(DAILY_LINES) --customers $$(( $(DAILY_LINES) / 20 )) \
		--months $(BUILD_MONTHS) --output "$(CLIENTELE_HOME)/bench/daily_run.json"
	@$(BIN)/python tests/bench/daily_run.py --lines $(DAILY_LINES) --customers $$(( $(DAILY_LINES) / 20 )) \
		--months $(BUILD_MONTHS) --sealed-months $(SEALED_MONTHS) --small-lines 0 \
		--output "$(CLIENTELE_HOME)/bench/daily_run_reviewed.json"

bench-growth: $(DEVELOPMENT) ## Measure full builds of more and more lines; GROWTH_SIZES="1000000 20000000" for others
	@$(BIN)/python tests/bench/growth.py --sizes $(GROWTH_SIZES) --months $(BUILD_MONTHS) \
		--output "$(CLIENTELE_HOME)/bench/growth.json"

bench-compare: $(DEVELOPMENT) ## Measure RFM and ABC beside pandas and a plain dbt project; COMPARED_SIZES="5000000" for others
	@$(BIN)/python tests/bench/comparisons.py --sizes $(COMPARED_SIZES) --months $(BUILD_MONTHS) \
		--output "$(CLIENTELE_HOME)/bench/comparisons.json"

.PHONY: bench-smoke
bench-smoke: $(DEVELOPMENT) ## Fail where work grows with history that need not: counts of rows and files, no seconds
	@$(BIN)/pytest tests/bench/bounded_work.py

.PHONY: prove
prove: $(DEVELOPMENT) ## Prove on more than the tests have: identity on other shops, 500 releases under readers, a year of reviews, the dashboards
	@$(BIN)/python tests/prove/identity_truth.py
	@$(BIN)/python tests/prove/blocking_checks.py
	@$(BIN)/python tests/prove/releases_under_readers.py --releases 500
	@$(BIN)/python tests/prove/reviews_in_airflow.py
	@$(BIN)/python tests/prove/year_of_reviews.py
	@$(BIN)/python tests/prove/simulation_in_production.py
	@if $(MAKE) --no-print-directory $(BROWSER); then \
		$(BIN)/python tests/prove/superset_dashboards.py --environment $(VENV)-superset \
			--output "$(CLIENTELE_HOME)/prove/dashboards"; \
	else echo "dashboards: skipped, Superset cannot be installed here" >&2; fi

.PHONY: check check-style check-types check-layers check-models check-sql
check: $(DEVELOPMENT) ## Run every check that needs no data
	@$(MAKE) --no-print-directory --jobs=2 check-style check-layers check-types check-models check-sql

check-style: $(DEVELOPMENT)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@echo "ruff: passed"

check-types: $(DEVELOPMENT)
	@$(BIN)/mypy --no-error-summary
	@echo "mypy: passed"

check-layers: $(DEVELOPMENT)
	@$(BIN)/lint-imports --no-logo
	@echo "import-linter: passed"

# The models' unit tests need tables to read: they run in tests/dbt.
check-models: $(DEVELOPMENT)
	@$(BIN)/dbt --quiet --no-use-colors parse --project-dir dbt_project --profiles-dir dbt_project
	@echo "dbt parse: passed"

check-sql: check-models
	@$(BIN)/python .ci/lint_sql.py lint --processes 2 --disable-progress-bar dbt_project
	@echo "sqlfluff: passed"

# Universal: one lock for every platform and every Python from 3.11. No index address and no path gets into it.
UV := $(VENV)-lock/bin/uv
COMPILE := $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-header --no-annotate

.PHONY: lock
lock: ## Resolve the newest versions that pyproject.toml allows and write the lock files
	@test -x $(UV) || { $(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv==0.13.9; }
	$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.lock
	$(COMPILE) pyproject.toml --group build --constraints requirements/dev.lock --output-file requirements/runtime.lock
	$(COMPILE) --no-deps --group postgres --output-file requirements/postgres.lock
	$(COMPILE) --no-deps --group real-data --output-file requirements/real-data.lock
	$(COMPILE) --group superset --output-file requirements/superset.lock
	$(COMPILE) --group browser --constraints requirements/superset.lock --output-file requirements/browser.lock

.PHONY: clean
clean: ## Remove the environment and every cache; data below CLIENTELE_HOME stays
	@rm -rf $(VENV) $(VENV)-lock $(VENV)-superset .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache \
		dbt_project/target dbt_project/logs logs plugins/*.egg-info
	@find dags plugins tests requirements -name __pycache__ -type d -prune -exec rm -rf {} +
