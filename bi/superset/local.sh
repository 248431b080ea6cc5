#!/bin/sh
# A Superset for one person on this machine: local.sh ENVIRONMENT [PORT]. Without a port it imports and ends.
# What it keeps lies in bi/ below CLIENTELE_HOME: users and charts in superset.db, and the password of the
# user admin in admin_password.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$CLIENTELE_HOME" && pwd)/bi
PATH=$(cd "$1" && pwd)/bin:$PATH
umask 077
mkdir -p "$home"
for secret in secret_key admin_password; do
    test -s "$home/$secret" || python -c 'import secrets; print(secrets.token_urlsafe(32))' > "$home/$secret"
done
SUPERSET_SECRET_KEY=$(cat "$home/secret_key")
SUPERSET_ADMIN_PASSWORD=$(cat "$home/admin_password")
SUPERSET_METADATA_URL=sqlite:///$home/superset.db
SUPERSET_CONFIG_PATH=$here/superset_config.py
export PATH SUPERSET_SECRET_KEY SUPERSET_ADMIN_PASSWORD SUPERSET_METADATA_URL SUPERSET_CONFIG_PATH

if ! sh "$here/prepare.sh" "$home/superset.zip" > "$home/prepare.log" 2>&1; then
    tail -n 5 "$home/prepare.log" >&2
    exit 3
fi
tail -n 1 "$home/prepare.log" >&2
test $# -ge 2 || exit 0
echo "http://127.0.0.1:$2, user admin, password in $home/admin_password" >&2
exec gunicorn --bind "127.0.0.1:$2" --workers 1 --threads 4 --worker-class gthread --timeout 120 \
    --log-level warning "superset.app:create_app()"
