"""Each obstacle that the adapter answers is still there; when one of these fails, its answer can go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy


@pytest.fixture
def source(good_shop: Path) -> Iterator[Any]:
    """The schema ``lake`` of the good shop."""
    import great_expectations

    from clientele.quality.duckdb_source import add_database

    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    added = add_database(context, good_shop, "lake", threads=1, memory_limit="1GB")
    yield added
    added.get_execution_engine().close()
    added.get_engine().dispose()


def _validate(source: Any, expectation_type: str, **kwargs: Any) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    asset = source.add_table_asset(name="loads", table_name="loads")
    batch = asset.add_batch_definition_whole_table("table").get_batch()
    expectation = ExpectationConfiguration(type=expectation_type, kwargs=kwargs).to_domain_obj()
    return batch.validate(expectation, result_format="BASIC")


def test_expectations_run_and_columns_are_found(source: Any) -> None:
    assert _validate(source, "expect_table_row_count_to_equal", value=9).success


def test_columns_are_those_of_the_schema_asked_for(source: Any) -> None:
    assert _validate(source, "expect_column_to_exist", column="malformed_row_count").success


def test_nothing_can_be_written(source: Any) -> None:
    with (
        source.get_execution_engine().get_connection() as connection,
        pytest.raises(sqlalchemy.exc.DBAPIError, match="read-only"),
    ):
        connection.execute(sqlalchemy.text("delete from lake.loads"))


def test_query_that_fails_does_not_spoil_the_next(source: Any) -> None:
    engine = source.get_execution_engine()
    with pytest.raises(sqlalchemy.exc.DBAPIError):
        engine.execute_query(sqlalchemy.text("select cast(file_name as integer) from lake.loads"))
    assert engine.execute_query(sqlalchemy.text("select 1")).fetchall() == [(1,)]


def test_without_an_open_connection_every_metric_fails(source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine

    engine = type(source.get_execution_engine())
    monkeypatch.setattr(engine, "get_connection", SqlAlchemyExecutionEngine.get_connection)
    result = _validate(source, "expect_table_row_count_to_equal", value=9)
    assert "list index out of range" in str(result.exception_info)


def test_without_our_reflection_no_column_is_found(source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine

    engine = type(source.get_execution_engine())
    monkeypatch.setattr(engine, "get_inspector", SqlAlchemyExecutionEngine.get_inspector)
    result = _validate(source, "expect_column_values_to_not_be_null", column="status")
    assert "raised_exception': True" in str(result.exception_info)


@pytest.mark.parametrize(
    ("expectation_type", "kwargs"),
    [
        ("expect_column_values_to_match_regex", {"regex": "^a"}),
        ("expect_column_values_to_match_like_pattern", {"like_pattern": "a%"}),
    ],
)
def test_patterns_know_no_duckdb(source: Any, expectation_type: str, kwargs: dict[str, str]) -> None:
    result = _validate(source, expectation_type, column="status", **kwargs)
    assert "raised_exception': True" in str(result.exception_info)
