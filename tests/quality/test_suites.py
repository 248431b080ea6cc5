from __future__ import annotations

from pathlib import Path

import pytest

from clientele.errors import GateFailedError
from clientele.quality.suites import Check, load_checkpoint

_CHECK = (
    "  - {id: given, description: Given., type: expect_column_values_to_not_be_null, kwargs: {column: a}}\n"
)
_SUITE = f"description: One.\nrows: required\nkeys: [load_id]\nexpectations:\n{_CHECK}"


def _write(folder: Path, suite: str = _SUITE, suites: str = "[loads.blocking]") -> Path:
    (folder / "checkpoints").mkdir()
    (folder / "suites").mkdir()
    checkpoint = f"description: One.\nschema: lake\nsuites: {suites}\n"
    (folder / "checkpoints" / "sources.yml").write_text(checkpoint, encoding="utf-8")
    (folder / "suites" / "loads.blocking.yml").write_text(suite, encoding="utf-8")
    return folder


def test_suite_takes_table_and_severity_from_its_name(tmp_path: Path) -> None:
    checkpoint = load_checkpoint(_write(tmp_path), "sources")
    (suite,) = checkpoint.suites
    assert (checkpoint.schema, suite.table, suite.severity, suite.name) == (
        "lake",
        "loads",
        "blocking",
        "loads.blocking",
    )
    assert [check.column for check in suite.expectations] == ["a"]


def test_a_folded_description_is_published_without_its_line_break(tmp_path: Path) -> None:
    folded = _SUITE.replace(
        _CHECK,
        "  - id: given\n    description: >\n      Given\n      always.\n"
        "    type: expect_column_values_to_not_be_null\n    kwargs: {column: a}\n",
    )
    (suite,) = load_checkpoint(_write(tmp_path, folded), "sources").suites
    assert suite.expectations[0].description == "Given always."


@pytest.mark.parametrize(
    ("suite", "named"),
    [
        ("", "the file is empty"),
        ("description: [", "is not YAML"),
        (_SUITE.replace("rows: required\n", ""), "rows: Field required"),
        (_SUITE.replace("rows: required", "rows: some"), "rows: Input should be 'required' or 'optional'"),
        (_SUITE.replace("load_id", "phone_hash"), "phone_hash may not be shown"),
        (_SUITE + _CHECK, "check given appears twice"),
        (_SUITE.replace("id: given", "id: given, mostly: 1"), "expectations.0.mostly: Extra inputs"),
        (_SUITE + _SUITE, "is not YAML"),
        (
            _SUITE.replace(
                _CHECK,
                "  - {id: a, description: A., type: unexpected_rows_expectation, kwargs: {"
                "unexpected_rows_query: select 1}}\n",
            ),
            "check a: unexpected_rows_query does not read {batch}",
        ),
    ],
)
def test_unreadable_suite_closes_the_gate_and_names_file_and_key(
    suite: str, named: str, tmp_path: Path
) -> None:
    with pytest.raises(GateFailedError) as closed:
        load_checkpoint(_write(tmp_path, suite), "sources")
    assert "loads.blocking.yml" in str(closed.value)
    assert named in str(closed.value)
    assert "\n" not in str(closed.value)


@pytest.mark.parametrize(
    ("suites", "named"),
    [
        ("[]", "suites: List should have at least 1 item"),
        ("[loads.blocking, loads.blocking]", "suite loads.blocking is listed twice"),
        ("[customers.blocking]", "customers.blocking.yml cannot be read: No such file"),
        ("[../suites/loads.blocking]", "is not named <table>.<blocking|warning>"),
        ("[loads.fatal]", "is not named <table>.<blocking|warning>"),
    ],
)
def test_unreadable_checkpoint_closes_the_gate(suites: str, named: str, tmp_path: Path) -> None:
    with pytest.raises(GateFailedError) as closed:
        load_checkpoint(_write(tmp_path, suites=suites), "sources")
    assert named in str(closed.value)


@pytest.mark.parametrize(
    ("kwargs", "column"),
    [
        ({"column": "a"}, "a"),
        ({"column_A": "a", "column_B": "b"}, "a,b"),
        ({"column_list": ["a", "b"]}, "a,b"),
        ({}, None),
    ],
)
def test_check_knows_its_columns(kwargs: dict[str, object], column: str | None) -> None:
    check = Check(id="one", description="One.", type="expect_something", kwargs=kwargs)
    assert check.column == column
