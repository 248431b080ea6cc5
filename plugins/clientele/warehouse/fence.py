"""Fencing tokens: a run that was overtaken by a newer one cannot publish, however late it wakes up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from filelock import FileLock

from clientele.durable import write_durably
from clientele.errors import UnavailableError
from clientele.settings import Settings

#: Handed out to nobody: what carries it can never be published.
NO_TOKEN: Final = 0


def next_token(settings: Settings) -> int:
    """Hand out the next token, higher than every one before it.

    The warehouse may be deleted at any time, so the token of the current release counts as handed out too.
    Raises UnavailableError when ``warehouse/fence.json`` cannot be read.
    """
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.warehouse / "fence.lock"):
        published = _read_token(settings.published / "current" / "release.json")
        token = max(_read_token(_fence(settings)), published) + 1
        write_durably(_fence(settings), json.dumps({"token": token}) + "\n")
    return token


def is_current(settings: Settings, token: int) -> bool:
    """Whether ``token`` is the newest one handed out."""
    return token != NO_TOKEN and _read_token(_fence(settings)) == token


def is_overtaken(settings: Settings, token: int) -> bool:
    """Whether a newer token than ``token`` has been handed out."""
    return token != NO_TOKEN and _read_token(_fence(settings)) > token


def _fence(settings: Settings) -> Path:
    return settings.warehouse / "fence.json"


def _read_token(path: Path) -> int:
    """The token recorded in ``path``; 0 when there is no such file."""
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["token"])
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnavailableError(
            f"{path} holds no fencing token",
            remedy="remove it when no run is under way; the next run starts a new one",
        ) from error
