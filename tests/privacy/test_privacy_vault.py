"""The vault gives back what was put in, to the holder of the key and to nobody else."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from clientele.errors import UnavailableError
from clientele.privacy.vault import VaultWriter, read_vault

KEY = b"v" * 32
BATCHES = [
    ("contacts", pa.record_batch({"row_number": [1, 2], "phone": ["13912345678", None]})),
    ("malformed_rows", pa.record_batch({"row_number": [3], "text": ["13912345678"]})),
    ("contacts", pa.record_batch({"row_number": [4], "phone": ["13912345679"]})),
]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    path = tmp_path / "00000007.enc"
    with path.open("wb") as file:
        writer = VaultWriter(file, KEY, 7)
        for kind, batch in BATCHES:
            writer.write(kind, batch)
        writer.finish()
    return path


def chunks(path: Path) -> list[bytes]:
    content = path.read_bytes()
    start = len(b"clientele vault 1\n") + 16
    found = [content[:start]]
    while start < len(content):
        end = start + 4 + int.from_bytes(content[start : start + 4], "big")
        found.append(content[start:end])
        start = end
    return found


def test_what_was_written_is_read(vault: Path) -> None:
    read = [(kind, batch.to_pylist()) for kind, batch in read_vault(vault, KEY, 7)]
    assert read == [(kind, batch.to_pylist()) for kind, batch in BATCHES]


def test_nothing_in_it_is_plain(vault: Path) -> None:
    assert b"1391234567" not in vault.read_bytes()
    assert b"phone" not in vault.read_bytes()


def test_another_key_or_load_opens_nothing(vault: Path) -> None:
    for key, load_id in ((b"w" * 32, 7), (KEY, 8)):
        with pytest.raises(UnavailableError, match=f"vault of load {load_id}"):
            list(read_vault(vault, key, load_id))


@pytest.mark.parametrize(
    "order", [[0, 2, 1, 3, 4], [0, 1, 2, 3], [0, 1, 2, 4], [0, 1, 1, 2, 3, 4], [1, 2, 3, 4]]
)
def test_chunks_cannot_be_moved_left_out_or_repeated(vault: Path, order: list[int]) -> None:
    parts = chunks(vault)
    assert len(parts) == 5
    vault.write_bytes(b"".join(parts[number] for number in order))
    with pytest.raises(UnavailableError):
        list(read_vault(vault, KEY, 7))


def test_a_changed_byte_is_found(vault: Path) -> None:
    content = bytearray(vault.read_bytes())
    content[-40] ^= 1
    vault.write_bytes(bytes(content))
    with pytest.raises(UnavailableError):
        list(read_vault(vault, KEY, 7))
