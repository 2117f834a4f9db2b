"""A file is recognised by its size, its head and its tail, wherever it is and whatever it is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from layers.decoding import decoded_or_none, encoded
from layers.disk.content_mark import ENDS_BYTES, ContentMark, mark_of


def test_a_copy_has_the_same_mark_and_a_change_at_either_end_another(tmp_path: Path) -> None:
    data = bytes(range(256)) * (ENDS_BYTES // 64)
    path = tmp_path / "a"
    marks = set()
    for content in (data, data, b"x" + data[1:], data[:-1] + b"x", data + b"x", data[: ENDS_BYTES // 2], b""):
        path.write_bytes(content)
        marks.add(mark_of(path))
    assert len(marks) == 6


def test_what_is_no_regular_file_has_none_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert mark_of(tmp_path / "pipe") is None
    assert mark_of(tmp_path) is None
    with pytest.raises(FileNotFoundError):
        mark_of(tmp_path / "none")


def test_it_goes_through_json_and_foreign_values_are_none() -> None:
    mark = ContentMark(3, "0123456789abcdef")
    assert decoded_or_none(encoded(mark), ContentMark) == mark
    bad = (None, [], "x", {}, {"size": True, "ends": "0" * 16}, {"size": -1, "ends": "0" * 16}, {"size": 1, "ends": 3})
    assert [decoded_or_none(data, ContentMark) for data in bad] == [None] * len(bad)


def test_a_mark_is_the_one_that_cases_have_stored(tmp_path: Path) -> None:
    """64 KiB of either end, SHA-256: another number would make each layer of a stored case a changed one."""
    path = tmp_path / "scene.bin"
    path.write_bytes(bytes(n * 7 % 251 for n in range(300_000)))
    assert mark_of(path) == ContentMark(300_000, "7fb1dc829612642e")
