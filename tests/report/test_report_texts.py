"""Both languages say everything, fill the same places, and nothing is kept that no section says."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from importlib.resources import files
from string import Formatter

import pytest

from clientele.report import sections
from clientele.report.words import COMMON, Texts

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def all_texts() -> Iterator[tuple[str, Texts]]:
    yield "words", COMMON
    yield "sections", sections.TEXTS
    for module in pkgutil.iter_modules(sections.__path__):
        yield module.name, importlib.import_module(f"clientele.report.sections.{module.name}").TEXTS


TEXTS = dict(all_texts())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("module", sorted(TEXTS))
def test_each_text_is_said_in_both_languages(module: str) -> None:
    # The link to the other edition is in the language of that one.
    texts = {key: text for key, text in TEXTS[module].items() if key != "other_language"}
    assert [key for key, text in texts.items() if not CHINESE.search(text.zh)] == []
    assert [key for key, text in texts.items() if not text.en.strip(" ") or CHINESE.search(text.en)] == []
    different = [key for key, text in texts.items() if placeholders(text.zh) != placeholders(text.en)]
    assert different == []


@pytest.mark.parametrize("module", sorted(set(TEXTS) - {"words", "sections"}))
def test_each_text_is_used_by_its_section(module: str) -> None:
    source = files("clientele.report.sections").joinpath(f"{module}.py").read_text(encoding="utf-8")
    body = re.sub(r"TEXTS: Final\[Texts\] = \{.*?\n\}\n", "", source, flags=re.DOTALL)
    prefixes = tuple(re.findall(r'f"([a-z_]+_)\{', body))
    quoted = set(re.findall(r"[\"']([a-z_0-9]+)[\"']", body))
    # Those of `about` are asked for by whoever renders.
    asked = {"keys_only", "masked_names", "full_names"}
    unused = [
        key
        for key in TEXTS[module]
        if key not in quoted | asked and not (prefixes and key.startswith(prefixes))
    ]
    assert unused == []
