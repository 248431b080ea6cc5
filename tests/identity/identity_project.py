"""A dbt project of the models of identity and nothing else, and their SQL as dbt compiles it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
DBT_PROJECT = REPOSITORY / "dbt_project"
SHARED_FILES = (
    *(
        f"macros/{name}.sql"
        for name in (
            "account_reference",
            "clean_account_id",
            "connected_components",
            "number_space",
            "parsing",
            "resolve_versions",
        )
    ),
    *(
        f"intermediate/service/{name}.sql"
        for name in ("int_service_row_versions_resolved", "int_prospects_loaded")
    ),
    *(
        f"intermediate/sales/{name}.sql"
        for name in ("int_sale_line_versions_resolved", "int_sale_lines_loaded", "int_receipts_identified")
    ),
    *(
        f"intermediate/accounts/{name}.sql"
        for name in (
            "int_member_versions_resolved",
            "int_members_loaded",
            "int_member_versions_dated",
            "int_accounts_seen",
            "int_account_keys_collected",
            "int_account_keys_guarded",
            "int_account_links",
            "int_accounts_resolved",
        )
    ),
    "marts/customers/shared_keys.sql",
)
DBT_COMPILE = (sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "compile", "--profiles-dir", ".")
#: In the order of the flow.
MODELS = tuple(Path(name).stem for name in SHARED_FILES if not name.startswith("macros/"))


def compiled_models(folder: Path, variables: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Model name -> SQL: `MODELS`, and ``numbers_cleaned``, which cleans the numbers of a table."""
    shutil.copytree(Path(__file__).parent / "project", folder)
    for name in SHARED_FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DBT_PROJECT / name, folder / name)
    finished = subprocess.run(
        [*DBT_COMPILE, "--vars", json.dumps(variables or {})],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    compiled = folder / "target" / "compiled"
    return {
        model: next(compiled.rglob(f"{model}.sql")).read_text(encoding="utf-8")
        for model in (*MODELS, "numbers_cleaned")
    }
