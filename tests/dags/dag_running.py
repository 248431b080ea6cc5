"""One run of a DAG without a scheduler, and what it left behind."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace


def run(dag_bag, dag_id: str, logical_date: datetime | None = None, **configuration) -> SimpleNamespace:
    """One run of the DAG: its state, the state of each task, its XComs and the assets it emitted.

    ``extras`` has what the event of each asset carries, by name.
    """
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    # Read anew: a run leaves its parameters behind in the DAG object it was started from.
    dag = type(dag_bag)(dag_bag.dag_folder).dags[dag_id]
    for task in dag.tasks:
        task.retries = 0
    dag_run = dag.test(logical_date=logical_date, run_conf=configuration)
    with create_session() as session:
        xcoms = session.query(XComModel.task_id, XComModel.key, XComModel.value)
        events = (
            session.query(AssetModel.name, AssetEvent.extra)
            .join(AssetEvent, AssetEvent.asset_id == AssetModel.id)
            .filter(AssetEvent.source_run_id == dag_run.run_id, AssetEvent.source_dag_id == dag_id)
        )
        extras = {name: extra for name, extra in events}  # noqa: C416 - rows are no pairs to dict()
        return SimpleNamespace(
            state=str(dag_run.state),
            tasks={task.task_id: str(task.state) for task in dag_run.get_task_instances(session=session)},
            xcoms={
                (task_id, key): value
                for task_id, key, value in xcoms.filter(XComModel.run_id == dag_run.run_id)
            },
            assets=sorted(extras),
            extras=extras,
        )
