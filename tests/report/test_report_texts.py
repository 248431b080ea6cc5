"""Both languages say everything, and nothing is kept that the page does not say."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Formatter

from clientele.report.formats import LANGUAGES
from clientele.report.texts import TEXTS

TEMPLATES = "\n".join(
    entry.read_text(encoding="utf-8")
    for entry in files("clientele.report").joinpath("templates").iterdir()
    if entry.name.endswith(".j2")
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_every_key() -> None:
    assert set(TEXTS) == set(LANGUAGES)
    assert set(TEXTS["zh"]) == set(TEXTS["en"])


def test_no_text_is_empty_or_left_in_the_other_language() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert [key for key, text in TEXTS["zh"].items() if not chinese.search(text)] == []
    assert [key for key, text in TEXTS["en"].items() if not text.strip(" ") or chinese.search(text)] == []


def test_both_languages_fill_the_same_places() -> None:
    assert {key: placeholders(text) for key, text in TEXTS["zh"].items()} == {
        key: placeholders(text) for key, text in TEXTS["en"].items()
    }


def test_every_text_is_used_by_the_page() -> None:
    named = set(re.findall(r"\bt\.([a-z_0-9]+)\b", TEMPLATES)) - {"get"}
    prefixes = tuple(re.findall(r"t(?:\.get\(|\[)[\"']([a-z_]+_)[\"'] ~", TEMPLATES))
    quoted = set(re.findall(r"[\"']([a-z_0-9]+)[\"']", TEMPLATES))
    unused = [key for key in TEXTS["en"] if key not in named | quoted and not key.startswith(prefixes)]
    assert prefixes
    assert unused == []
    assert named <= set(TEXTS["en"])
