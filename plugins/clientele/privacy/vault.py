"""The vault: personal columns of a load, encrypted chunk by chunk with AES-256-GCM.

A file is a magic line, a salt, and chunks of ``length (4 bytes) || ciphertext``. The nonce of a chunk is its
number and whether it is the last, and the load id is authenticated with it: chunks cannot be left out,
exchanged, cut off or moved to another load unnoticed. Each chunk holds one Arrow record batch.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clientele.errors import UnavailableError

_MAGIC = b"clientele vault 1\n"
_SALT_BYTES = 16
_KIND = b"kind"
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="zstd")


class VaultWriter:
    """Writes batches of one load into an open file; ``finish`` seals it."""

    def __init__(self, file: BinaryIO, key: bytes, load_id: int) -> None:
        salt = os.urandom(_SALT_BYTES)
        self._file = file
        self._cipher = _cipher(key, salt)
        self._load_id = load_id
        self._number = 0
        file.write(_MAGIC + salt)

    def write(self, kind: str, batch: pa.RecordBatch) -> None:
        """Add a batch of a ``kind`` (``contacts``, ``malformed_rows``)."""
        schema = batch.schema.with_metadata({_KIND: kind.encode()})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema, options=_COMPRESSED) as stream:
            stream.write_batch(batch.replace_schema_metadata({_KIND: kind.encode()}))
        self._seal(sink.getvalue().to_pybytes(), is_last=False)

    def finish(self) -> None:
        """Seal the file with an empty last chunk."""
        self._seal(b"", is_last=True)

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last=is_last), plain, _bound_to(self._load_id))
        self._file.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


def read_vault(path: Path, key: bytes, load_id: int) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Yield (kind, batch) as written. Raises UnavailableError if the file is damaged or the key another."""
    try:
        with path.open("rb") as file:
            for plain in _open_chunks(file, key, load_id):
                with pa.ipc.open_stream(plain) as stream:
                    kind = stream.schema.metadata[_KIND].decode()
                    for batch in stream:
                        yield kind, batch
    except (OSError, InvalidTag, struct.error) as error:
        raise UnavailableError(
            f"the vault of load {load_id} cannot be opened",
            remedy="is the secret key the one it was written with?",
        ) from error


def _open_chunks(file: BinaryIO, key: bytes, load_id: int) -> Iterator[bytes]:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise InvalidTag
    cipher = _cipher(key, file.read(_SALT_BYTES))
    number = 0
    while True:
        (length,) = struct.unpack(">I", file.read(4))
        sealed = file.read(length)
        # Only the empty last chunk is as short as its tag alone.
        is_last = length == 16
        plain = cipher.decrypt(_nonce(number, is_last=is_last), sealed, _bound_to(load_id))
        if is_last:
            return
        yield plain
        number += 1


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    """A cipher with a key of its own for each file, so that numbered nonces never repeat under one key."""
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"clientele vault file").derive(key))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")


def _bound_to(load_id: int) -> bytes:
    return b"load " + str(load_id).encode()
