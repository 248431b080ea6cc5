"""Read scheme files, and say of each problem in which file and line it stands."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node, ScalarNode

from clientele.errors import ConfigurationError
from clientele.tiers.checks import check
from clientele.tiers.scheme import Scheme, SchemeFile

_SCHEME_PATH = ("models", 0, "config", "meta", "scheme")
MODEL_SQL = "{{ assign_tiers(model.config.meta.scheme) }}"
#: What stands for numbers and truths in dbt's YAML is fewer than in this parser's: 1e4 and y are texts there.
_TEXTS_OF_DBT: Final = {
    "tag:yaml.org,2002:float": re.compile(r"[-+]?[0-9][0-9_]*([eE].*)?|[-+]?[0-9_.]+[eE][0-9]+"),
    "tag:yaml.org,2002:bool": re.compile(r"[yYnN]"),
}


class Problem(NamedTuple):
    """One thing wrong with a scheme file; lines count from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class InvalidSchemesError(ConfigurationError):
    """Scheme files that cannot be used. ``problems`` lists every one, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(
            "; ".join(map(str, self.problems)), remedy="docs/schemes.md says how a scheme is written"
        )


def load_schemes(folder: Path) -> dict[str, Scheme]:
    """Read and check every ``<scheme>.yml`` of the folder: schemes by id, in order of id.

    Raises InvalidSchemesError (a ConfigurationError) that lists every problem of every file.
    """
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise ConfigurationError(f"no scheme files in {folder}", remedy="a scheme is a <scheme>.yml there")
    schemes: dict[str, Scheme] = {}
    problems: list[Problem] = []
    for file in files:
        scheme, found = _read(file)
        problems += found
        if scheme:
            schemes[scheme.id] = scheme
    if problems:
        raise InvalidSchemesError(problems)
    return schemes


def content_of(file: Path) -> dict[str, Any]:
    """What a scheme file says, as plain values: its layout, comments and description are left out.

    Raises InvalidSchemesError when the file cannot be used.
    """
    scheme, problems = _read(file)
    if scheme is None:
        raise InvalidSchemesError(problems)
    content: dict[str, Any] = _at(_plain(_parse(file)), _SCHEME_PATH)
    return content


def content_hash(file: Path) -> str:
    """SHA-256 of ``content_of`` the file; raises InvalidSchemesError when the file cannot be used."""
    return hash_of(content_of(file))


def hash_of(content: object) -> str:
    """SHA-256 of the content of a scheme file as plain values, whatever the order of its keys."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _parse(file: Path) -> Any:
    return _tree(file.read_text(encoding="utf-8"))


class _Constructor(RoundTripConstructor):
    """Makes of a file what dbt makes of it, and says where a value stands that is none of its kind."""

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        text = _TEXTS_OF_DBT.get(str(node.tag)) if isinstance(node, ScalarNode) else None
        if text and text.fullmatch(node.value):
            return node.value
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            raise ConstructorError(None, None, str(error), node.start_mark) from None


@lru_cache(maxsize=256)
def _tree(text: str) -> Any:
    """The parsed text, only to be read: rules, versions and hashes of a run come from the same files."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Constructor = _Constructor
    # dbt reads YAML 1.1; what is checked must be what dbt will see.
    yaml.version = (1, 1)
    return yaml.load(text)


def _read(file: Path) -> tuple[Scheme | None, list[Problem]]:
    name = f"{file.parent.name}/{file.name}"
    try:
        tree = _parse(file)
    except UnicodeDecodeError:
        return None, [Problem(name, 1, "is not text in UTF-8")]
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        # What follows in the message of a duplicate key is the content of both.
        reason = str(error.problem).partition(" with value")[0]
        return None, [Problem(name, line, f"is not YAML: {reason}")]
    except YAMLError:
        return None, [Problem(name, 1, "is not YAML")]
    try:
        scheme = SchemeFile.model_validate(_plain(tree)).scheme
    except ValidationError as error:
        return None, [_shape_problem(name, tree, details) for details in error.errors()]
    problems = [
        Problem(name, _line(tree, (*_SCHEME_PATH, *finding.path)), finding.reason)
        for finding in check(scheme)
    ]
    problems += _name_problems(name, file, tree, scheme)
    return (None if problems else scheme), problems


def _name_problems(name: str, file: Path, tree: Any, scheme: Scheme) -> list[Problem]:
    problems = []
    for path, value in (
        ((*_SCHEME_PATH, "id"), scheme.id),
        (("models", 0, "name"), tree["models"][0]["name"]),
    ):
        if value != file.stem:
            problems.append(
                Problem(name, _line(tree, path), f"{path[-1]} {value} is not the file's name {file.stem}")
            )
    model = file.with_suffix(".sql")
    if not model.is_file() or model.read_text(encoding="utf-8").strip() != MODEL_SQL:
        problems.append(Problem(name, 1, f"needs {model.name} beside it with the one line {MODEL_SQL}"))
    return problems


def _shape_problem(name: str, tree: Any, details: ErrorDetails) -> Problem:
    path = _place(details["loc"])
    key = path[-1] if path else "the file"
    match details["type"]:
        case "missing" if key in ("zh", "en"):
            reason = f"{_owner(path)} has no translation into {key}"
        case "missing":
            reason = f"{_owner(path)} lacks {key}"
        case "extra_forbidden":
            reason = f"unknown key {key}"
        case "invalid_key":
            reason = f"unknown key {key}; a number is written without commas, as 1500"
        case "union_tag_not_found":
            reason = "scheme lacks method"
        case "union_tag_invalid":
            path = (*path, "method")
            reason = f"unknown method; there are {details['ctx']['expected_tags']}"
        case "model_type" | "dict_type":
            reason = f"{key} should be a mapping of keys"
        case _:
            message = details["msg"].removeprefix("Value error, ")
            place = f"entry {key + 1} under {_owner(path)}" if isinstance(key, int) else key
            reason = f"{place}: {message[0].lower()}{message[1:]}"
    return Problem(name, _line(tree, path), reason)


def _place(path: Sequence[str | int]) -> tuple[str | int, ...]:
    """The path of an error without what stands in no file: the method, and the marks of other choices."""
    within = path[len(_SCHEME_PATH) + 1 :] if path[: len(_SCHEME_PATH)] == _SCHEME_PATH else ()
    kept = (*path[: len(_SCHEME_PATH)], *within)
    return tuple(part for part in kept if not str(part).startswith("<"))


def _owner(path: Sequence[str | int]) -> str:
    """The nearest key above the last part of the path, in words."""
    named = [part for part in path[:-1] if isinstance(part, str)]
    return named[-1] if named else "the file"


def _line(tree: Any, path: Sequence[str | int]) -> int:
    """The line of the deepest part of the path that the file has; parts that are no keys are passed over.

    What a mapping takes over from another (``<<``) has the line of the mapping.
    """
    node, line = tree, 0
    for part in path:
        if isinstance(node, CommentedMap) and part in node:
            line = node.lc.key(part)[0] if part in (node.lc.data or {}) else line
            node = node[part]
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            line = node.lc.item(part)[0]
            node = node[part]
    return line + 1


def _at(node: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        node = node[part]
    return node


def _plain(node: Any) -> Any:
    """The parsed file as plain Python values, as dbt gets them."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return str(node)
