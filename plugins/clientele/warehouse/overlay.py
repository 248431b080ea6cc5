"""A copy of the dbt project with other scheme files: how a scheme is tried out, and a past one run again.

Production, simulation and replay run the same models; only the scheme files differ.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from clientele.settings import Settings
from clientele.tiers.files import MODEL_SQL, load_schemes

#: What dbt writes into a project; nothing of it belongs to the copy.
_WRITTEN_BY_DBT: Final = shutil.ignore_patterns("target", "logs", "dbt_packages")


def overlay(
    settings: Settings, directory: Path, schemes: Mapping[str, str], *, only: Sequence[str] | None = None
) -> Settings:
    """Make the copy in ``directory``, emptied first; returns the settings that use it.

    ``schemes`` maps the id of a scheme to the text of its file. ``only`` are the schemes in use in the copy
    (None: those of the project, and the new ones). Raises InvalidSchemesError for a file that cannot be used.
    """
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(settings.dbt_project, directory, ignore=_WRITTEN_BY_DBT)
    for scheme_id, text in schemes.items():
        (directory / "tiers" / f"{scheme_id}.yml").write_text(text, encoding="utf-8")
        (directory / "tiers" / f"{scheme_id}.sql").write_text(f"{MODEL_SQL}\n", encoding="utf-8")
    load_schemes(directory / "tiers")
    yaml = YAML()
    project = yaml.load(directory / "dbt_project.yml")
    in_use = project["vars"]["schemes"]
    project["vars"]["schemes"] = list(only if only is not None else dict.fromkeys([*in_use, *schemes]))
    yaml.dump(project, directory / "dbt_project.yml")
    return dataclasses.replace(settings, dbt_project=directory)
