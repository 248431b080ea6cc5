"""Airflow's side of the package: what the DAGs share, their task functions, and runs without a scheduler."""
