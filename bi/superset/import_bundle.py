"""Import the bundle into the Superset of this environment: `import_bundle.py BUNDLE`, as often as one likes.

`superset import-dashboards` replaces dashboards and leaves charts and datasets that are there as they were;
this replaces all that the bundle holds and touches nothing else. CLIENTELE_BI_URL names the PostgreSQL that
the dashboards read, such as postgresql://analyst:password@host/database; CLIENTELE_BI_PASSWORD is a password
that is not part of it. Without an address a connection that was imported before stays as it is. The password
goes into Superset's encrypted store and nowhere else.
"""

import os
import sys
import zipfile
from pathlib import Path

import yaml
from flask import g
from sqlalchemy.engine import make_url
from superset.app import create_app

DATABASE = "databases/clientele.yaml"


def main() -> int:
    if len(sys.argv) != 2 or not zipfile.is_zipfile(sys.argv[1]):
        print("usage: import_bundle.py BUNDLE, a file written by `clientele bi bundle`", file=sys.stderr)
        return 2
    with create_app().app_context():
        # Superset's modules can be imported only within its application.
        from superset import db, security_manager
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.models.core import Database

        contents = read(Path(sys.argv[1]))
        database = yaml.safe_load(contents[DATABASE])
        known = db.session.query(Database).filter_by(uuid=database["uuid"]).one_or_none()
        if address := os.environ.get("CLIENTELE_BI_URL"):
            url = make_url(address).set(drivername="postgresql+psycopg2")
            if password := os.environ.get("CLIENTELE_BI_PASSWORD"):
                url = url.set(password=password)
            database["sqlalchemy_uri"] = url.render_as_string(hide_password=False)
        elif known:
            database["sqlalchemy_uri"] = known.sqlalchemy_uri
        else:
            print("set CLIENTELE_BI_URL=postgresql://analyst:password@host/database", file=sys.stderr)
            return 2
        contents[DATABASE] = yaml.safe_dump(database)
        g.user = security_manager.find_user(username="admin")
        ImportAssetsCommand(contents).run()
    print("imported", sum(path.startswith("dashboards/") for path in contents), "dashboards", file=sys.stderr)
    return 0


def read(bundle: Path) -> dict[str, str]:
    """The files of the bundle without its top folder; said to be assets, which are replaced whole."""
    with zipfile.ZipFile(bundle) as archive:
        files = {name.partition("/")[2]: archive.read(name).decode() for name in archive.namelist()}
    metadata = yaml.safe_load(files["metadata.yaml"])
    return {**files, "metadata.yaml": yaml.safe_dump({**metadata, "type": "assets"})}


if __name__ == "__main__":
    sys.exit(main())
