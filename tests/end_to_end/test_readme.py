"""What the README says is so: its tables and keys, its query, its targets and its commands."""

from __future__ import annotations

import re
import shlex

import duckdb
import pytest

from clientele.cli import build_parser
from clientele.publish.tables import PUBLISHED_TABLES
from clientele.settings import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [README, *((path).read_text(encoding="utf-8") for path in (PROJECT / "docs").glob("*.md"))]
CODE = [line for document in DOCUMENTS for block in re.findall(r"```sh\n(.*?)```", document, re.DOTALL)
        for line in block.replace("\\\n", " ").splitlines()]  # fmt: skip


def test_the_tables_and_their_keys_are_the_published_ones():
    listed = {
        name: tuple(re.findall(r"`(\w+)`", key))
        for name, key in re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", README, re.MULTILINE)
    }
    assert set(listed) == set(PUBLISHED_TABLES)
    assert {name: key for name, key in listed.items() if key} == {
        name: key for name, key in PUBLISHED_TABLES.items() if listed[name]
    }


def test_the_query_answers_with_a_row_per_tier(sample_shop):
    (query,) = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    with duckdb.connect(sample_shop.database, read_only=True) as connection:
        answer = connection.execute(query).fetchall()
    assert [name for name, *_ in answer] == ["A customers", "B customers", "C customers"]


def test_every_command_shown_is_one_the_command_knows():
    commands = [line for line in CODE if "clientele " in line and not line.startswith("make")]
    assert commands
    for line in commands:
        words = shlex.split(line, comments=True)
        arguments = words[[word.rpartition("/")[2] for word in words].index("clientele") + 1 :]
        assert build_parser().parse_args(arguments).handler, line


def test_every_target_shown_is_one_make_knows():
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = {words[1] for line in CODE if (words := shlex.split(line, comments=True))[:1] == ["make"]}
    assert {"run", "test", "airflow"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([\w./-]+)\)", README))))
def test_every_link_leads_somewhere(path):
    assert (PROJECT / path).exists()
