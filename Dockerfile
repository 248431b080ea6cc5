ARG PYTHON_TAG=3.11-slim-bookworm
FROM python:${PYTHON_TAG}

# The report as PDF: the text library and a font with Chinese.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-liberation fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --uid 50000 --create-home clientele \
    && install --directory --owner clientele /bundle /data /opt/airflow /opt/airflow/logs /opt/airflow/users

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DO_NOT_TRACK=1 \
    SCARF_ANALYTICS=false \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false \
    GX_ANALYTICS_ENABLED=false \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW_CONFIG=/opt/clientele/airflow.cfg \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/clientele/dags \
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE=/opt/airflow/users/passwords.json \
    CLIENTELE_HOME=/data

WORKDIR /opt/clientele
COPY requirements/runtime.lock requirements/postgres.lock requirements/
RUN python -m venv /opt/venv \
    && pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: \
        --requirement requirements/runtime.lock --requirement requirements/postgres.lock

COPY pyproject.toml airflow.cfg ./
COPY plugins plugins
COPY dags dags
COPY dbt_project dbt_project
COPY expectations expectations
RUN pip install --no-cache-dir --no-deps --no-build-isolation --no-index --editable .

USER clientele
CMD ["airflow", "version"]
