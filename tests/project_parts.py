"""A copy of the dbt project with some of its sources: dbt takes its time for every model, used or not."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

from ruamel.yaml import YAML

from clientele.settings import PROJECT


def project_of(sources: Collection[str], folder: Path) -> Path:
    """Make the copy in ``folder``; it stages the exports of ``sources`` and computes everything from them.

    Those of the others are described all the same: the gates look for their tables in the lake.
    """
    shutil.copytree(
        PROJECT / "dbt_project", folder, ignore=shutil.ignore_patterns("target", "logs", "*.msgpack")
    )
    models = {
        path.stem: path for path in (folder / "staging").glob("*/*.sql") if path.parent.name not in sources
    }
    yaml = YAML()
    project = yaml.load(folder / "dbt_project.yml")
    variables = project["vars"]
    for name, value in variables.items():
        if isinstance(value, list):
            # The models unite what a list names, and there is no union of nothing: one stays.
            variables[name] = [each for each in value if each not in models] or value[:1]
    yaml.dump(project, folder / "dbt_project.yml")
    needed = {each for value in variables.values() if isinstance(value, list) for each in value}
    for name, path in models.items():
        if name not in needed:
            path.unlink()
            path.with_suffix(".yml").unlink()
    return folder
