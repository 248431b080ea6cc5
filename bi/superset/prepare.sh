#!/bin/sh
# Bring Superset's own database up to date, make its first user, import the bundle: prepare.sh BUNDLE.
# Can be run again. Wants `superset` on the PATH and the settings of superset_config.py, the password of the
# user admin in SUPERSET_ADMIN_PASSWORD, and the database to read from in CLIENTELE_BI_URL.
set -eu
: "${SUPERSET_ADMIN_PASSWORD:?}"
export SUPERSET_CONFIG_PATH="${SUPERSET_CONFIG_PATH:-$(dirname "$0")/superset_config.py}"

superset db upgrade
# Says so and goes on where the user exists.
superset fab create-admin --username admin --firstname Clientele --lastname Admin \
    --email admin@localhost --password "$SUPERSET_ADMIN_PASSWORD"
superset init
python "$(dirname "$0")/import_bundle.py" "$1"
