"""The commands that docs/operations.md gives for reviews, and its DAGs, are ones that there are."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from itertools import pairwise

from clientele.cli import build_parser
from clientele.orchestration.environment import airflow_environment
from clientele.settings import PROJECT, Settings, inherited_environment

GUIDE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = GUIDE[GUIDE.index("## A tier review\n") : GUIDE.index("## Going back\n")]
LINES = [line for block in re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL) for line in block.splitlines()]
COMMANDS = [
    shlex.split(line, comments=True) for line in [*LINES, *re.findall(r"`(clientele [^`]*)`", SECTION)]
]

PARSE = """
import json, sys
from airflow.cli.cli_parser import get_parser
for words in json.load(sys.stdin):
    print(get_parser().parse_args(words).dag_id)
"""


def test_every_command_of_the_package_is_one_it_knows():
    ours = [words[1:] for words in COMMANDS if words[0] == "clientele"]
    assert len(ours) >= 4
    for arguments in ours:
        assert build_parser().parse_args(arguments).handler, arguments


def test_every_command_of_airflow_is_one_it_knows_and_names_a_dag_of_ours(dag_bag, tmp_path):
    # Airflow is imported once its home is set.
    from clientele.orchestration.defaults import review_params

    airflows = [words[1:] for words in COMMANDS if words[0] == "airflow"]
    assert {tuple(words[:2]) for words in airflows} == {("backfill", "create"), ("dags", "test")}
    done = subprocess.run(
        [sys.executable, "-c", PARSE],
        input=json.dumps(airflows),
        env=inherited_environment() | airflow_environment(Settings(home=tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for dag_id in done.stdout.split():
        assert (PROJECT / "dags" / f"{dag_id}.py").is_file()
    for words in airflows:
        for option, value in pairwise(words):
            if option == "--conf":
                assert set(json.loads(value)) <= set(review_params())


def test_the_table_of_dags_has_every_dag(dag_bag):
    table = GUIDE[GUIDE.index("| DAG | starts |") :].partition("\n\n")[0]
    listed = [re.findall("`(.*?)`", row)[0] for row in table.splitlines()[2:]]
    dags = {re.sub("^ingest_.*_daily$", "ingest_<source>_daily", dag_id) for dag_id in dag_bag.dags}
    assert sorted(listed) == sorted(dags)
