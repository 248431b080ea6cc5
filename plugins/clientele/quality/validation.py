"""Run the suites of a checkpoint with Great Expectations, inside DuckDB.

Counts, names and public keys leave this module; values do not. Map expectations are asked for no example
values, what a result still carries is cut down before a page is rendered from it, and an error tells its kind
only, because DuckDB quotes the offending value in conversion errors.

Importing this module imports Great Expectations, which takes seconds: import it inside functions.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import great_expectations
import sqlalchemy
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.data_context.data_context.abstract_data_context import AbstractDataContext
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.datasource.fluent.interfaces import TestConnectionError
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity

from clientele.errors import UnavailableError
from clientele.quality.duckdb_source import DuckdbDatasource, add_database
from clientele.quality.results import CheckResult
from clientele.quality.suites import Check, Checkpoint, Suite, is_public

#: How many offending keys a failure names.
KEYS_SHOWN = 10

_GX_SEVERITY = {"blocking": FailureSeverity.CRITICAL, "warning": FailureSeverity.WARNING}
#: Expectations whose observed value is a figure of the whole table.
_TABLE_FIGURES = frozenset(
    {"expect_table_row_count_to_be_between", "expect_column_sum_to_be_between", "unexpected_rows_expectation"}
)
_COUNTS = frozenset(
    {
        "element_count",
        "unexpected_count",
        "unexpected_percent",
        "unexpected_percent_total",
        "unexpected_percent_nonmissing",
        "missing_count",
        "missing_percent",
    }
)
_DUCKDB_ERROR = re.compile(r"\(?_?duckdb\.(?P<kind>\w+)\)? ?(?P<text>[^\n]*)")
#: Errors in which DuckDB speaks of relations, columns and functions, not of values.
_NAMING_ERRORS = frozenset({"BinderException", "CatalogException", "ParserException"})
_MISSING_COLUMN = re.compile(r'The column "[^"\n]+" in BatchData does not exist')


def run_checkpoint(
    checkpoint: Checkpoint, database: Path, *, threads: int, memory_limit: str, pages: Path | None
) -> list[CheckResult]:
    """Check every suite of ``checkpoint`` on the DuckDB file ``database``, opened read-only.

    Renders the Data Docs of the boundary into the folder ``pages``, if one is given. Results come in the
    order of the files. What could not be judged (an error, a missing table, no rows where rows are required)
    is a blocking failure, also in a warning suite.

    Raises UnavailableError when the file cannot be opened.
    """
    with _silence():
        context = _context(pages)
        try:
            source = add_database(context, database, checkpoint.schema, threads, memory_limit)
        except TestConnectionError as error:
            raise UnavailableError(
                f"{database} cannot be opened: {_kind(error)}", remedy="end the process that writes to it"
            ) from None
        try:
            results = [
                result
                for suite in checkpoint.suites
                for result in _SuiteRun(context, source, checkpoint, suite).results()
            ]
            if pages is not None:
                context.build_data_docs()
        finally:
            source.get_execution_engine().close()
            source.get_engine().dispose()
    return results


def _context(pages: Path | None) -> AbstractDataContext:
    """A context in memory: no progress bars, no telemetry, Data Docs in ``pages``."""
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        # A folder is no template: a dollar in its name is a dollar.
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(pages).replace("$", r"\$"),
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "show_cta_footer": False},
    }
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        data_docs_sites={} if pages is None else {"pages": site},
    )
    return great_expectations.get_context(mode="ephemeral", project_config=config)


@contextmanager
def _silence() -> Iterator[None]:
    """Great Expectations logs nothing: its lines repeat queries and errors, which can quote values."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


class _SuiteRun:
    """One suite on one table."""

    def __init__(
        self, context: AbstractDataContext, source: DuckdbDatasource, checkpoint: Checkpoint, suite: Suite
    ) -> None:
        self._context = context
        self._source = source
        self._boundary = checkpoint.boundary
        self._relation = f"{checkpoint.schema}.{suite.table}"
        self._suite = suite

    def results(self) -> list[CheckResult]:
        checks = self._suite.expectations
        try:
            rows_count = self._rows_count()
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the table was not seen
            return [self._unjudged(check, _kind(error)) for check in checks]
        if rows_count == 0 and self._suite.rows == "required":
            return [self._unjudged(check, f"{self._relation} is empty") for check in checks]
        judged = [check for check in checks if rows_count > 0 or check.query is not None]
        outcomes = self._validate(judged, rows_count) if judged else {}
        return [outcomes.get(check.id) or self._not_delivered(check) for check in checks]

    def _rows_count(self) -> int:
        return int(self._query(f"select count(*) as rows_count from {self._relation}")[0]["rows_count"])  # noqa: S608 - names from checked files

    def _query(self, sql: str) -> list[dict[str, Any]]:
        engine = self._source.get_execution_engine()
        with engine.get_connection() as connection:
            return [dict(row) for row in connection.execute(sqlalchemy.text(sql)).mappings()]

    def _validate(self, checks: list[Check], rows_count: int) -> dict[str, CheckResult]:
        """Check id to result, for every one of ``checks``."""
        outcomes: dict[str, CheckResult] = {}
        suite = self._context.suites.add(great_expectations.ExpectationSuite(name=self._suite.name))
        for check in checks:
            try:
                suite.add_expectation(_expectation(check, self._suite))
            except Exception as error:  # noqa: BLE001 - a wrong argument is one check's error
                outcomes[check.id] = self._unjudged(check, _kind(error))
        remaining = {check.id: check for check in checks if check.id not in outcomes}
        try:
            validated = self._run(suite) if remaining else None
        except Exception as error:  # noqa: BLE001 - an error of the suite is an error of each of its checks
            return outcomes | {key: self._unjudged(check, _kind(error)) for key, check in remaining.items()}
        for result in validated.results if validated else []:
            check = remaining.pop(_configuration(result).meta["check_id"])
            outcomes[check.id] = self._outcome(check, result, rows_count)
        return outcomes | {key: self._unjudged(check, "no result") for key, check in remaining.items()}

    def _run(self, suite: great_expectations.ExpectationSuite) -> ExpectationSuiteValidationResult:
        """Validate and hand the result, cut down to counts, to the pages."""
        asset = self._source.add_table_asset(name=self._suite.name, table_name=self._suite.table)
        definition = self._context.validation_definitions.add(
            great_expectations.ValidationDefinition(
                name=self._suite.name, data=asset.add_batch_definition_whole_table("table"), suite=suite
            )
        )
        result_format: dict[str, Any] = {"result_format": "BASIC", "partial_unexpected_count": 0}
        if self._suite.keys:
            result_format["return_unexpected_index_query"] = True
            result_format["unexpected_index_column_names"] = self._suite.keys
        result = definition.run(result_format=result_format)
        identifier = ValidationResultIdentifier(
            expectation_suite_identifier=ExpectationSuiteIdentifier(name=suite.name),
            run_id=result.meta["run_id"],
            batch_identifier=result.batch_id,
        )
        self._context.validation_results_store.set(identifier, _for_pages(result))
        return result

    def _outcome(self, check: Check, result: ExpectationValidationResult, rows_count: int) -> CheckResult:
        if (message := _exception(result)) is not None:
            return self._unjudged(check, message)
        figures = result.result
        is_successful = bool(result.success)
        if "element_count" in figures:
            checked, failed = int(figures["element_count"]), int(figures["unexpected_count"] or 0)
        elif check.query is not None:
            checked, failed = rows_count, int(figures["observed_value"])
        else:
            checked, failed = rows_count, int(not is_successful)
        details = None
        if failed:
            details = f"{failed} of {checked} rows" if check.query is None else f"{failed} found"
            if check.type in _TABLE_FIGURES and check.query is None:
                details = f"observed {figures.get('observed_value')}"
            if not is_successful and (keys := self._keys(check, figures)):
                details += f": {keys}"
        return self._result(check, is_successful, checked, failed, details)

    def _keys(self, check: Check, figures: dict[str, Any]) -> str:
        """The public keys of the first offending rows, ``load_id=1 row_number=7, …``; empty without any."""
        query = figures.get("unexpected_index_query")
        if check.query is not None:
            query = check.query.format(batch=self._relation)
        if not query:
            return ""
        sql = f"select * from ({query.rstrip().rstrip(';')}) order by all limit {KEYS_SHOWN}"  # noqa: S608 - the check's own query
        shown = [name for name in dict.fromkeys([*self._suite.keys, *check.shows]) if is_public(name)]
        try:
            rows = self._query(sql)
        except Exception as error:  # noqa: BLE001 - the failure stands, only its keys are missing
            return f"keys unknown, {_kind(error)}"
        named = [
            " ".join(f"{name}={_one_line(row[name])}" for name in shown if row.get(name) is not None)
            for row in rows
        ]
        return ", ".join(text for text in named if text)

    def _not_delivered(self, check: Check) -> CheckResult:
        return self._result(check, True, 0, 0, "not delivered")  # noqa: FBT003 - no rows, nothing to fail

    def _unjudged(self, check: Check, reason: str) -> CheckResult:
        """A failure whatever the severity: a check that could not look has not let anything pass."""
        return CheckResult(
            boundary=self._boundary,
            suite_name=self._suite.name,
            check_id=check.id,
            check_name=check.description,
            table_name=self._suite.table,
            column_name=check.column,
            severity="blocking",
            is_successful=False,
            checked_count=0,
            failed_count=0,
            details=f"could not be judged: {reason}",
        )

    def _result(
        self, check: Check, is_successful: bool, checked: int, failed: int, details: str | None
    ) -> CheckResult:
        return CheckResult(
            boundary=self._boundary,
            suite_name=self._suite.name,
            check_id=check.id,
            check_name=check.description,
            table_name=self._suite.table,
            column_name=check.column,
            severity=self._suite.severity,
            is_successful=is_successful,
            checked_count=checked,
            failed_count=failed,
            details=details,
        )


def _expectation(check: Check, suite: Suite) -> Any:
    return ExpectationConfiguration(
        type=check.type,
        kwargs=dict(check.kwargs),
        description=check.description,
        severity=_GX_SEVERITY[suite.severity],
        meta={"check_id": check.id},
    ).to_domain_obj()


def _for_pages(result: ExpectationSuiteValidationResult) -> ExpectationSuiteValidationResult:
    """A copy of ``result`` that holds counts and, for figures of a whole table, the figure."""
    cut = [
        ExpectationValidationResult(
            success=bool(item.success),
            expectation_config=item.expectation_config,
            result=_counts(_configuration(item).type, item.result),
            meta=item.meta,
            exception_info={
                "raised_exception": _exception(item) is not None,
                "exception_message": _exception(item),
                "exception_traceback": None,
            },
        )
        for item in result.results
    ]
    return ExpectationSuiteValidationResult(
        success=bool(result.success),
        results=cut,
        suite_name=result.suite_name,
        suite_parameters=result.suite_parameters,
        statistics=result.statistics,
        meta=result.meta,
        batch_id=result.batch_id,
    )


def _configuration(result: ExpectationValidationResult) -> ExpectationConfiguration:
    """The configuration of the expectation behind ``result``: every one of ours has one."""
    if result.expectation_config is None:
        raise UnavailableError("Great Expectations returned a result without its expectation")
    return result.expectation_config


def _counts(expectation_type: str, figures: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in figures.items() if name in _COUNTS}
    observed = figures.get("observed_value")
    if expectation_type in _TABLE_FIGURES and isinstance(observed, (int, float, Decimal)):
        kept["observed_value"] = observed
    return kept


def _exception(result: ExpectationValidationResult) -> str | None:
    """What went wrong inside an expectation, or None. GX gives it flat, or as one entry per metric."""
    info = result.exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    messages = [str(entry["exception_message"]) for entry in entries if entry["raised_exception"]]
    return _readable(messages[0]) if messages else None


def _kind(error: Exception) -> str:
    return _readable(str(error), type(error).__name__)


def _readable(message: str, kind: str = "an error inside the expectation") -> str:
    """What an error may tell: names, where DuckDB speaks of names; else its kind."""
    if (error := _DUCKDB_ERROR.match(message)) is not None:
        return error["text"] if error["kind"] in _NAMING_ERRORS else error["kind"]
    column = _MISSING_COLUMN.search(message)
    return column[0] if column else kind


def _one_line(value: object) -> str:
    """``value`` for a message: a file may be called anything."""
    return "".join(character if character.isprintable() else "?" for character in str(value))
