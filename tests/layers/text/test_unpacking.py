"""Packed bytes from elsewhere: bounded, and refused where they break off."""

from __future__ import annotations

import gzip
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import NotReadable, TooLarge
from layers.text.unpacking import unpacked_gzip

TEXT = b"<Capabilities>" + bytes(range(256)) * 40


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.sampled_from([b"", b"\0\0\0\0", b"more"]))
def test_what_was_packed_comes_back_whatever_follows(parts: list[bytes], after: bytes) -> None:
    assert unpacked_gzip(b"".join(map(gzip.compress, parts)) + after, 1000) == b"".join(parts)


def test_parts_longer_than_a_step_come_back() -> None:
    text = random.Random(1).randbytes(300_000)
    assert unpacked_gzip(gzip.compress(text) + gzip.compress(text), 600_000) == text * 2


@pytest.mark.parametrize("cut", [3, 12, 60, -9, -8, -1])
def test_what_breaks_off_is_refused(cut: int) -> None:
    with pytest.raises(NotReadable, match="breaks off"):
        unpacked_gzip(gzip.compress(TEXT)[:cut], 100_000)


def test_a_second_part_that_breaks_off_is_refused() -> None:
    with pytest.raises(NotReadable, match="breaks off"):
        unpacked_gzip(gzip.compress(TEXT) + gzip.compress(TEXT)[:-5], 100_000)


def test_a_wrong_checksum_is_refused() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    with pytest.raises(NotReadable, match="damaged"):
        unpacked_gzip(bytes(packed), 100_000)


def test_the_limit_holds_to_the_byte() -> None:
    assert len(unpacked_gzip(gzip.compress(bytes(1000)), 1000)) == 1000
    for packed in (gzip.compress(bytes(1001)), gzip.compress(bytes(600)) * 2, gzip.compress(bytes(30 << 20))):
        with pytest.raises(TooLarge):
            unpacked_gzip(packed, 1000)


def test_a_million_empty_parts_end_soon() -> None:
    began = time.monotonic()
    unpacked_gzip(gzip.compress(b"") * 1_000_000, 1000)
    assert time.monotonic() - began < 10
