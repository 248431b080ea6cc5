"""The scheme that is tried: read from any text and checked like the files of the project."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from clientele.errors import ConfigurationError
from clientele.tiers import Scheme, load_schemes
from clientele.tiers.files import MODEL_SQL, content_of, hash_of

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Tried:
    """A valid scheme, the text of its file, what the file says and the hash of that."""

    scheme: Scheme
    text: str
    content: Mapping[str, Any]
    content_hash: str


def scheme_text(text: str | None, file: str | Path | None) -> str:
    """The text of a scheme, given as it is or as the file that holds it.

    Raises ConfigurationError when neither or both are given, or the file is no text.
    """
    if bool(text) == bool(file):
        raise ConfigurationError("give the scheme as its text or as its file", remedy="one of the two")
    if text:
        return text
    try:
        return Path(file or "").read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{file} is not a scheme file", remedy="docs/schemes.md says how a scheme is written"
        ) from error


def read_tried(text: str) -> Tried:
    """Read the text of a scheme file, whatever the file is called.

    Raises InvalidSchemesError with the lines of everything that is wrong.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "tiers"
        folder.mkdir()
        file = folder / f"{_stated_id(text) or 'scheme'}.yml"
        file.write_text(text, encoding="utf-8")
        file.with_suffix(".sql").write_text(f"{MODEL_SQL}\n", encoding="utf-8")
        (scheme,) = load_schemes(folder).values()
        content = content_of(file)
    return Tried(scheme, text, content, hash_of(content))


def _stated_id(text: str) -> str | None:
    """The id that the text gives its scheme, where it can be a file's name."""
    try:
        stated = YAML(typ="safe", pure=True).load(text)["models"][0]["config"]["meta"]["scheme"]["id"]
    except (YAMLError, LookupError, TypeError, ValueError):
        return None
    return stated if isinstance(stated, str) and _ID.fullmatch(stated) else None
