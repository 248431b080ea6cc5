"""Versions of schemes: what has been published under a version is never edited, it is superseded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from clientele.errors import ConfigurationError
from clientele.tiers.files import content_hash, hash_of, load_schemes

#: Scheme id -> version (a text, as JSON keys are) -> hash of what the file said.
SchemeVersions = Mapping[str, Mapping[str, str]]


def versions_in(folder: Path) -> dict[str, dict[str, str]]:
    """The version and content of every scheme file. Raises InvalidSchemesError where one cannot be used."""
    return {
        scheme_id: {str(scheme.version): content_hash(folder / f"{scheme_id}.yml")}
        for scheme_id, scheme in load_schemes(folder).items()
    }


def versions_built(manifest: Path) -> dict[str, dict[str, str]]:
    """The version and content of every scheme that dbt built, by its own record of what it read."""
    versions: dict[str, dict[str, str]] = {}
    for node in json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values():
        scheme = node.get("config", {}).get("meta", {}).get("scheme")
        if scheme and node["resource_type"] == "model":
            versions[scheme["id"]] = {str(scheme["version"]): hash_of(scheme)}
    return versions


def superseded(published: SchemeVersions, current: SchemeVersions) -> dict[str, dict[str, str]]:
    """Every version that has ever been published, those of ``current`` among them.

    Raises ConfigurationError when a version of ``current`` was published with another content.
    """
    edited = sorted(
        f"tiers/{scheme_id}.yml has been edited since it was published as version {version}"
        for scheme_id, versions in current.items()
        for version, content in versions.items()
        if published.get(scheme_id, {}).get(version, content) != content
    )
    if edited:
        raise ConfigurationError(
            "; ".join(edited), remedy="raise the version of the scheme, or undo the edit"
        )
    return {
        scheme_id: {**published.get(scheme_id, {}), **current.get(scheme_id, {})}
        for scheme_id in sorted({*published, *current})
    }
