"""Reviews under a real Airflow: rejected, left undecided, approved, and past months by its own backfill.

    python tests/prove/reviews_in_airflow.py

A sample shop, API server, scheduler, DAG processor and triggerer on this machine; answers go through the REST
API as from the page. A rejected and an undecided review leave every published file as it was, byte for byte.
Takes about ten minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import duckdb

from clientele import pipeline
from clientele.lake.reviews import read_reviews
from clientele.orchestration.environment import airflow_environment, airflow_home
from clientele.reviews.proposal import waiting_proposals
from clientele.settings import Settings
from scheduled_airflow import WatchedAirflow, free_port

DAG_ID = "tier_review_monthly"
REPORT_DAG_ID = "review_report_on_publish"
WAIT = "wait_for_decision"
PATIENCE_SECONDS = 900
TRIES = 5
CUSTOMERS = 300
MONTHS = 8


class Reviewer:
    """A person at Airflow's page, through its REST API."""

    def __init__(self, airflow: WatchedAirflow, settings: Settings) -> None:
        self._airflow = airflow
        self._database = airflow_home(settings) / "airflow.db"
        passwords = json.loads((airflow_home(settings) / "passwords.json").read_text(encoding="utf-8"))
        login = {"username": "admin", "password": passwords["admin"]}
        self._token = self._ask("POST", "/auth/token", login)["access_token"]

    def trigger(self, **configuration: object) -> str:
        body = {"conf": configuration, "logical_date": None}
        return str(self._ask("POST", f"/api/v2/dags/{DAG_ID}/dagRuns", body)["dag_run_id"])

    def asked(self) -> str:
        """The run that waits for an answer, once one does."""

        def waiting() -> str | None:
            found = self._query("select run_id from task_instance where state = 'awaiting_input'")
            return found[0][0] if found else None

        return self._until(f"question of {DAG_ID}", waiting)

    def question(self, run_id: str) -> dict[str, Any]:
        return self._ask("GET", self._hitl(run_id))

    def answer(self, run_id: str, option: str, reason: str = "") -> None:
        self._ask(
            "PATCH", self._hitl(run_id), {"chosen_options": [option], "params_input": {"reason": reason}}
        )

    def backfill(self, first: date, last: date) -> None:
        """Have the months of these days reviewed, one after the other."""
        days = ["--from-date", f"{first.replace(day=1)}", "--to-date", f"{last}"]
        order = ["--max-active-runs", "1", "--reprocess-behavior", "failed"]
        command = [sys.executable, "-m", "airflow", "backfill", "create", "--dag-id", DAG_ID, *days, *order]
        for _ in range(TRIES):
            done = subprocess.run(command, env=self._airflow.environment, capture_output=True, check=False)
            if done.returncode == 0:
                return
            # SQLite lets one process write at a time, and the scheduler was the one.
            for half_made in self._ask("GET", f"/api/v2/backfills?dag_id={DAG_ID}")["backfills"]:
                if half_made["completed_at"] is None:
                    self._ask("PUT", f"/api/v2/backfills/{half_made['id']}/cancel")
        sys.exit(f"no backfill could be made: {done.stderr[-2000:].decode(errors='replace')}")

    def let_the_time_run_out(self, run_id: str) -> None:
        """As if the days of the wait had passed."""
        past = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        with sqlite3.connect(self._database, timeout=30) as connection:
            connection.execute(
                "update task_instance set trigger_timeout = ? where run_id = ? and task_id = ?",
                [past, run_id, WAIT],
            )

    def end_of(self, run_id: str, dag_id: str = DAG_ID) -> str:
        def state() -> str | None:
            found = self._query("select state from dag_run where dag_id = ? and run_id = ?", dag_id, run_id)
            return found[0][0] if found and found[0][0] in {"success", "failed"} else None

        return self._until(f"end of {run_id}", state)

    def report_runs(self) -> list[str]:
        runs = self._query("select run_id from dag_run where dag_id = ? order by id", REPORT_DAG_ID)
        return [run_id for (run_id,) in runs]

    def _query(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=30) as connection:
            return connection.execute(query, values).fetchall()

    def _until(self, what: str, look: Callable[[], str | None]) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := look()) is None:
            self._airflow.require_running()
            if time.monotonic() > deadline:
                sys.exit(f"no {what} in time\n{self._airflow.tails()}")
            time.sleep(1)
        return found

    def _hitl(self, run_id: str) -> str:
        return f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/{WAIT}/-1/hitlDetails"

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "_token"):
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._airflow.url + path, data, headers, method=method)
        for _ in range(TRIES):
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return dict(json.load(answer))
            except urllib.error.HTTPError as error:
                # SQLite lets one process write at a time: what it refused has not happened.
                if error.code != HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
                time.sleep(1)
        sys.exit(f"{method} {path} is not answered\n{self._airflow.tails()}")


def published(settings: Settings) -> dict[str, str]:
    """Every published file, the CRM's among them, with the SHA-256 of its bytes."""
    return {
        str(path.relative_to(settings.published)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(settings.published.rglob("*"))
        if path.is_file()
    }


def main() -> None:
    """Run everything; exits with what did not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", settle_seconds=0)
        month_end = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
        make_shop(settings, month_end)
        ports = {
            f"AIRFLOW__LOGGING__{name}_LOG_SERVER_PORT": str(free_port()) for name in ("WORKER", "TRIGGER")
        }
        with WatchedAirflow(settings, free_port(), ports) as airflow:
            patience = time.monotonic() + PATIENCE_SECONDS
            airflow.wait("DAGs", lambda: airflow.knows({DAG_ID, REPORT_DAG_ID}), patience)
            airflow.wait("sign of life of every part", airflow.is_healthy, patience)
            airflow.switch_on({DAG_ID, REPORT_DAG_ID})
            prove(airflow, settings, month_end)


def make_shop(settings: Settings, month_end: date) -> None:
    options = ["--customers", str(CUSTOMERS), "--months", str(MONTHS), "--end", str(month_end)]
    for arguments in (["sample", *options], ["run"]):
        subprocess.run(
            [sys.executable, "-m", "clientele.cli", *arguments],
            env=airflow_environment(settings),
            check=True,
            stdout=subprocess.DEVNULL,
        )


def prove(airflow: WatchedAirflow, settings: Settings, month_end: date) -> None:
    reviewer = Reviewer(airflow, settings)
    before = published(settings)

    scheduled = reviewer.asked()
    question = reviewer.question(scheduled)
    require(
        question["subject"] == f"Tier review as of {month_end}", "a scheduled run reviews the month before"
    )
    require("| scheme | customers |" in question["body"], "the question shows what the review would move")
    reviewer.answer(scheduled, "Reject", "the wrong month")
    require(reviewer.end_of(scheduled) == "success", "a rejection is an answer")
    (rejected,) = read_reviews(settings)
    require(
        (rejected.kind, rejected.decided_by, rejected.reason) == ("rejected", "admin", "the wrong month"),
        "who rejected, and why, is kept",
    )
    require(published(settings) == before, "a rejection changes no published byte")

    undecided = reviewer.trigger(as_of_date=str(month_end))
    require(reviewer.asked() == undecided, "a run by hand asks too")
    reviewer.let_the_time_run_out(undecided)
    require(reviewer.end_of(undecided) == "failed", "a wait that nobody ended is shown as failed")
    require(published(settings) == before, "a wait that ran out changes no published byte")
    require([one.as_of_date for one in waiting_proposals(settings)] == [month_end], "the proposal is kept")

    second = month_end.replace(day=1) - timedelta(days=1)
    first = second.replace(day=1) - timedelta(days=1)
    reviewer.backfill(first, second)
    for day in (first, second):
        run_id = reviewer.asked()
        require(
            reviewer.question(run_id)["subject"].endswith(str(day)),
            f"the backfill asks for {day} in its turn",
        )
        reviewer.answer(run_id, "Approve")
        require(reviewer.end_of(run_id) == "success", f"the review as of {day} is published")

    last = reviewer.trigger(as_of_date=str(month_end))
    reviewer.answer(reviewer.asked(), "Approve")
    require(reviewer.end_of(last) == "success", f"the review as of {month_end} is published")
    sealed = [record for record in read_reviews(settings) if record.kind == "sealed"]
    require([record.as_of_date for record in sealed] == [first, second, month_end], "sealed in order")
    require({record.decided_by for record in sealed} == {"admin"}, "by the person who answered")
    with duckdb.connect(settings.published / "clientele.duckdb", read_only=True) as connection:
        rows = connection.execute("select distinct as_of_date from tier_reviews order by all").fetchall()
    require([day for (day,) in rows] == [first, second, month_end], "and published")
    require(published(settings) != before, "which changes what is published")

    deadline = time.monotonic() + PATIENCE_SECONDS
    airflow.wait("report of the last review", lambda: len(reviewer.report_runs()) > 0, deadline)
    states = {reviewer.end_of(run_id, REPORT_DAG_ID) for run_id in reviewer.report_runs()}
    require(states == {"success"}, "the published review starts its report")
    report = pipeline.report(settings, month_end, lambda _line: None)
    require(all(path.exists() for path in report), "which can be rendered again")


def require(holds: object, what: str) -> None:
    if not holds:
        sys.exit(f"does not hold: {what}")
    print(f"holds: {what}", flush=True)


if __name__ == "__main__":
    main()
