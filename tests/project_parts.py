"""A copy of the dbt project with fewer sources: dbt takes its time for every model, used or not."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ruamel.yaml import YAML


def keep_sources(project: Path, sources: Collection[str]) -> None:
    """Take the staging models of all other sources out of the copy ``project``.

    Those sources are described all the same: the gates look for their tables in the lake.
    """
    models = {
        path.stem: path for path in (project / "staging").glob("*/*.sql") if path.parent.name not in sources
    }
    yaml = YAML()
    configuration = yaml.load(project / "dbt_project.yml")
    variables = configuration["vars"]
    for name, value in variables.items():
        if isinstance(value, list):
            # The models unite what a list names, and there is no union of nothing: one stays.
            variables[name] = [each for each in value if each not in models] or value[:1]
    yaml.dump(configuration, project / "dbt_project.yml")
    needed = {each for value in variables.values() if isinstance(value, list) for each in value}
    for name, path in models.items():
        if name not in needed:
            path.unlink()
            path.with_suffix(".yml").unlink()
