"""The DAGs under a real Airflow, which took the sample shop the whole way.

Covers what running a DAG in one process leaves out: DAGs through their serialised form, tasks in processes of
their own that know the API server only, a retry, and a release started by an asset.
"""

from __future__ import annotations

import duckdb


def test_a_scheduled_ingest_recovers_and_its_asset_starts_a_release(sample_shop):
    (ingest,) = sample_shop.ingest
    assert ingest == ("scheduled", "success", "ingest", "success", 2), sample_shop.logs
    release = sample_shop.release
    assert {(run_type, state) for run_type, state, *_ in release} == {("asset_triggered", "success")}, (
        sample_shop.logs
    )
    assert [task for _, _, task, *_ in release] == [
        "prepare",
        "check_sources",
        "build",
        "check_built",
        "publish",
    ]

    with duckdb.connect(sample_shop.database, read_only=True) as published:
        people = "select count(*) from customer_values where not is_prospect_only"
        assert published.execute(people).fetchone() == (sample_shop.customers,)
        assert published.execute("select release_id from releases").fetchall() == [("r000001",)]


def test_airflow_leaves_no_process_behind(sample_shop):
    assert sample_shop.left_behind == ()
