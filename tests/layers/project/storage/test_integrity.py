"""The hash over a file's own bytes finds its slot wherever it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.project.storage import integrity
from layers.project.storage.fsops import DISK
from layers.project.storage.integrity import SLOT_BYTES, Integrity, empty_slot, examine, seal


def _file(path: Path, before: int, after: int) -> str:
    slot = empty_slot()
    body = bytearray(b"S" * before + slot.encode() + b"E" * after)
    body[24:28] = (7).to_bytes(4, "big")
    path.write_bytes(body)
    return slot


def _judged(path: Path, stored: str) -> Integrity:
    with path.open("rb") as file:
        return examine(file, stored)[0]


@pytest.mark.parametrize("before", [28, 64, 100, 101, 120, 199, 200, 1000])
@pytest.mark.parametrize("after", [0, 1, 150])
def test_a_sealed_file_is_intact_and_every_byte_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, after: int
) -> None:
    monkeypatch.setattr(integrity, "CHUNK_BYTES", 100)
    path = tmp_path / "file"
    text, at = seal(path, _file(path, before, after), DISK)
    assert at == before
    assert len(text) == SLOT_BYTES
    assert text.endswith(" 0000000007")
    assert _judged(path, text) is Integrity.INTACT
    data = path.read_bytes()
    for at in {0, before - 1, len(data) - 1} - set(range(before, before + SLOT_BYTES)) - {24, 25, 26, 27}:
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert _judged(path, text) is Integrity.DAMAGED, at
    path.write_bytes(data[:24] + (8).to_bytes(4, "big") + data[28:])
    assert _judged(path, text) is Integrity.EDITED


def test_a_text_of_another_form_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(200))
    assert _judged(path, "") is Integrity.UNKNOWN
    assert _judged(path, "sha256 " + "0" * 64) is Integrity.UNKNOWN


def test_a_file_without_the_slot_cannot_be_sealed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(200))
    with pytest.raises(OSError, match="hash"):
        seal(path, empty_slot(), DISK)
