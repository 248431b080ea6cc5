"""The installation's secret and the keys derived from it, one per purpose."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clientele.errors import ConfigurationError, UnavailableError
from clientele.settings import Settings

MINIMUM_CHARACTERS = 16


@dataclass(frozen=True, repr=False)
class Keys:
    """32-byte keys for hashing and for the vault. ``fingerprint`` names the secret without telling it."""

    hashing: bytes
    vault: bytes
    fingerprint: str


def load_keys(settings: Settings) -> Keys:
    """Keys from ``settings.secret_key``, else from ``lake/secret.key``, which is made when it is not there.

    Raises ConfigurationError for a secret that is too short to protect telephone numbers.
    """
    secret = settings.secret_key or _stored_secret(secret_path(settings))
    if len(secret) < MINIMUM_CHARACTERS:
        raise ConfigurationError(
            f"the secret key has fewer than {MINIMUM_CHARACTERS} characters",
            remedy="set CLIENTELE_SECRET_KEY to a longer one, or unset it to have one generated",
        )
    return derive_keys(secret)


def secret_path(settings: Settings) -> Path:
    """Where the secret is kept that no setting names."""
    return settings.lake / "secret.key"


def derive_keys(secret: str) -> Keys:
    """Independent keys per purpose, so that one of them tells nothing about the others."""

    def derive(purpose: str, length: int = 32) -> bytes:
        derivation = HKDF(algorithm=SHA256(), length=length, salt=None, info=f"clientele {purpose}".encode())
        return derivation.derive(secret.encode())

    return Keys(hashing=derive("hashing"), vault=derive("vault"), fingerprint=derive("name", 8).hex())


def _stored_secret(path: Path) -> str:
    try:
        if not path.exists():
            _generate(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnavailableError(
            f"{path} cannot be read", remedy="restore it: hashes and vault are of no use without it"
        ) from error


def _generate(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where another process has been quicker; a rename would replace its key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
