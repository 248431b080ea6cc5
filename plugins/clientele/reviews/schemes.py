"""Which schemes a review speaks of, and what their files say, today and when a review was sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML

from clientele.errors import ConfigurationError
from clientele.lake.reviews import ReviewRecord, review_folder
from clientele.settings import Settings
from clientele.tiers import superseded, versions_in

#: Folder of the scheme files within the files of a sealed review.
SCHEMES = "schemes"


@dataclass(frozen=True)
class SchemeContent:
    """The version of a scheme file and the hash of what it says."""

    version: int
    content_hash: str


def schemes_in_use(settings: Settings) -> list[str]:
    """Ids of the schemes that a build computes, in the order of the report."""
    project = YAML(typ="safe").load(settings.dbt_project / "dbt_project.yml")
    return [str(scheme_id) for scheme_id in project["vars"]["schemes"]]


def scheme_contents(settings: Settings) -> dict[str, SchemeContent]:
    """What every scheme file of the project says. Raises InvalidSchemesError where one cannot be used."""
    return {
        scheme_id: SchemeContent(int(version), content_hash)
        for scheme_id, versions in versions_in(settings.dbt_project / "tiers").items()
        for version, content_hash in versions.items()
    }


def edited_schemes(settings: Settings, record: ReviewRecord) -> list[str]:
    """The schemes of a review whose files say something else today, or that are not in use any more."""
    contents = scheme_contents(settings)
    in_use = {
        scheme_id: contents[scheme_id].content_hash
        for scheme_id in schemes_in_use(settings)
        if scheme_id in contents
    }
    return [
        scheme.scheme_id for scheme in record.schemes if in_use.get(scheme.scheme_id) != scheme.content_hash
    ]


def sealed_scheme_text(settings: Settings, record: ReviewRecord, scheme_id: str) -> str:
    """The file of a scheme as a review sealed it."""
    file = review_folder(settings, record.sequence_number) / SCHEMES / f"{scheme_id}.yml"
    return file.read_text(encoding="utf-8")


def scheme_file(settings: Settings, scheme_id: str) -> Path:
    """The file of a scheme today."""
    return settings.dbt_project / "tiers" / f"{scheme_id}.yml"


def last_reviews(records: Iterable[ReviewRecord]) -> dict[str, ReviewRecord]:
    """Of every scheme that has one, the last sealed review."""
    return {
        scheme.scheme_id: record for record in records if record.kind == "sealed" for scheme in record.schemes
    }


def choose_schemes(
    settings: Settings, records: Sequence[ReviewRecord], as_of_date: date, wanted: Sequence[str] | None
) -> dict[str, SchemeContent]:
    """The schemes to review as of a date: those asked for, or else (None) all in use that can be.

    They come in the order of the report, with what their files say. A review is of a day after the last one
    of its schemes. Raises ConfigurationError when a scheme asked for is not in use or cannot be reviewed,
    none is left but those of which a review had nothing to decide, one in use has no file, or a version that
    was sealed has been edited.
    """
    in_use = schemes_in_use(settings)
    if unknown := sorted(set(wanted or ()) - set(in_use)):
        raise ConfigurationError(
            f"not in use: {', '.join(unknown)}", remedy="dbt_project.yml lists the schemes in use"
        )
    reviewed = {
        scheme_id: record
        for scheme_id, record in last_reviews(records).items()
        if record.as_of_date >= as_of_date and scheme_id in (wanted or in_use)
    }
    chosen = [scheme_id for scheme_id in in_use if scheme_id in (wanted or in_use)]
    left = [scheme_id for scheme_id in chosen if scheme_id not in reviewed]
    if reviewed and wanted:
        scheme_id, record = next(iter(reviewed.items()))
        raise _reviewed_already(f"{scheme_id} was reviewed as of {record.as_of_date} already", record)
    if reviewed and all(_had_nothing_to_decide(scheme_id, reviewed.values()) for scheme_id in left):
        record = min(reviewed.values(), key=lambda review: review.sequence_number)
        raise _reviewed_already(f"{record.as_of_date} was reviewed already", record)
    contents = scheme_contents(settings)
    if missing := [scheme_id for scheme_id in left if scheme_id not in contents]:
        raise ConfigurationError(
            f"in use, but without a file in {settings.dbt_project / 'tiers'}: {', '.join(missing)}",
            remedy="correct vars.schemes in dbt_project.yml, or put the file there",
        )
    chosen_contents = {scheme_id: contents[scheme_id] for scheme_id in left}
    superseded(
        sealed_versions(records),
        {
            scheme_id: {str(content.version): content.content_hash}
            for scheme_id, content in chosen_contents.items()
        },
    )
    return chosen_contents


def _had_nothing_to_decide(scheme_id: str, records: Iterable[ReviewRecord]) -> bool:
    """Whether one of the reviews was about the scheme as well, which has no decisions in any of them."""
    return any(scheme_id in (record.asked_scheme_ids or ()) for record in records)


def _reviewed_already(what: str, record: ReviewRecord) -> ConfigurationError:
    return ConfigurationError(
        f"{what}, as {record.review_id}",
        remedy="a sealed review stays; later corrections show as restatements",
    )


def sealed_versions(records: Iterable[ReviewRecord]) -> Mapping[str, Mapping[str, str]]:
    """Every version of a scheme that a review has sealed, with the hash of its content."""
    versions: dict[str, dict[str, str]] = {}
    for record in records:
        for scheme in record.schemes if record.kind == "sealed" else ():
            versions.setdefault(scheme.scheme_id, {})[str(scheme.scheme_version)] = scheme.content_hash
    return versions
