"""PMTiles: numbers of tiles, directories with leaves and runs, and files that no program would write."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.errors import GeoloupeError, NotReadable, TooLarge, UnsupportedFormat
from layers.readers.tiled.pmtiles import LocalBytes
from layers.readers.tiled.pmtiles_format import MOST_TILE_BYTES, PmtilesFile, tile_number
from tests.support.readers.pmtiles_files import Form, directory, header, pmtiles, varint

PLAIN = Form(packed=1)
ROOT, METADATA, LEAVES, DATA = 8, 24, 40, 56
"""Where in the header a part's offset stands; its length is eight bytes on."""


class Held:
    """The bytes of a file in memory, with what was asked of them."""

    def __init__(self, data: bytes) -> None:
        self.data, self.length, self.asked = data, len(data), 0

    def bytes_at(self, offset: int, count: int) -> bytes:
        self.asked += 1
        return self.data[offset : offset + count]

    def bytes_of(self, ranges: list[tuple[int, int]]) -> list[bytes]:
        return [self.bytes_at(*part) for part in ranges]

    def close(self) -> None:
        self.data = b""


def opened(data: bytes) -> PmtilesFile:
    return PmtilesFile("a.pmtiles", Held(data))


def patched(data: bytes, at: int, value: int) -> bytes:
    return data[:at] + struct.pack("<Q", value) + data[at + 8 :]


@pytest.mark.parametrize(
    ("tile", "number"),
    [
        ((0, 0, 0), 0), ((1, 0, 0), 1), ((1, 0, 1), 2), ((1, 1, 1), 3), ((1, 1, 0), 4), ((2, 0, 0), 5),
        ((12, 3423, 1763), 19_078_479),
    ],
)  # fmt: skip
def test_numbers_of_the_specification(tile: tuple[int, int, int], number: int) -> None:
    assert tile_number(*tile) == number


def test_neighbours_on_the_curve_lie_side_by_side() -> None:
    at = {tile_number(4, x, y): (x, y) for x in range(16) for y in range(16)}
    first = (4**4 - 1) // 3
    assert sorted(at) == list(range(first, first + 256))
    for number in range(first, first + 255):
        (x, y), (u, v) = at[number], at[number + 1]
        assert abs(x - u) + abs(y - v) == 1


TILES = st.dictionaries(
    st.integers(0, 7).flatmap(lambda z: st.tuples(st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))),
    st.sampled_from([b"sea", b"land", b"a", b"ice ice"]),
    min_size=1,
    max_size=60,
)


@settings(max_examples=25)
@given(TILES, st.sampled_from([0, 1, 3, 16]), st.sampled_from([1, 2]))
def test_each_tile_comes_back_and_no_other(
    tiles: dict[tuple[int, int, int], bytes], leaf_entries: int, packed: int
) -> None:
    file = opened(pmtiles(tiles, Form(packed=packed, leaf_entries=leaf_entries)))
    for zoom in range(4):
        places = [(x, y) for x in range(2**zoom) for y in range(2**zoom)]
        assert file.tiles(zoom, places) == [tiles.get((zoom, *place)) for place in places]
    for (zoom, x, y), body in tiles.items():
        assert file.tiles(zoom, [(x, y)]) == [body]
    assert file.first_tile() in tiles.values()


def test_packed_tiles_and_the_description_come_back() -> None:
    form = Form(metadata={"name": "Sky", "attribution": "<b>Sky</b>", "n": 3}, tiles_packed=2)
    file = opened(pmtiles({(0, 0, 0): gzip.compress(b"sea")}, form))
    assert file.tiles(0, [(0, 0)]) == [b"sea"]
    assert file.metadata() == {"name": "Sky", "attribution": "<b>Sky</b>"}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (Form(version=2), "version 2"),
        (Form(tile_type=1), "vector tiles"),
        (Form(packed=3), "Brotli"),
        (Form(packed=4), "Zstandard"),
        (Form(tiles_packed=3), "Brotli"),
    ],
)
def test_what_is_not_read_is_said(form: Form, words: str) -> None:
    with pytest.raises(UnsupportedFormat, match=words):
        opened(pmtiles({(0, 0, 0): b"sea"}, form))


WHOLE = pmtiles({(3, x, y): bytes([x, y]) for x in range(8) for y in range(8)}, Form(leaf_entries=8))


def look_at_all(data: bytes) -> None:
    file = opened(data)
    file.first_tile()
    file.metadata()
    file.tiles(3, [(x, y) for x in range(8) for y in range(8)])


@pytest.mark.parametrize("cut", [0, 7, 8, 60, 126, 127, 140, -1, -64])
def test_a_file_that_ends_too_soon_is_called_damaged(cut: int) -> None:
    look_at_all(WHOLE)
    with pytest.raises(NotReadable, match="damaged"):
        look_at_all(WHOLE[:cut])


@pytest.mark.parametrize("part", [ROOT, METADATA, LEAVES])
@pytest.mark.parametrize("value", [2**63, 2**64 - 1, 2**40])
def test_parts_beyond_the_end_are_called_damaged(part: int, value: int) -> None:
    for at in (part, part + 8):
        with pytest.raises(NotReadable, match="damaged"):
            look_at_all(patched(WHOLE, at, value))


@pytest.mark.parametrize("value", [2**63, 2**40, 0])
def test_tiles_beyond_their_part_are_called_damaged(value: int) -> None:
    with pytest.raises(NotReadable, match="damaged"):
        look_at_all(patched(WHOLE, DATA + 8, value) if value == 0 else patched(WHOLE, DATA, value))


def with_root(root: bytes, form: Form = PLAIN, leaves: bytes = b"", data: bytes = b"sea") -> bytes:
    """A file with this root directory, as it is."""
    at = 127 + len(root)
    parts = [127, len(root), 0, 0, at, len(leaves), at + len(leaves), len(data)]
    return header(parts, form, (0, 9)) + root + leaves + data


ENTRY = (0, 1, 3, 0)


@pytest.mark.parametrize(
    "root",
    [
        b"\x80" * 40,
        varint(0),
        varint(2**62) + bytes(8),
        varint(1) + bytes(3),
        directory([ENTRY]) + b"\0",
        varint(1) + varint(2**63) + varint(1) + varint(3) + varint(1),
        varint(1) + varint(0) + varint(1) + varint(3) + varint(0),
        varint(1) + varint(0) + varint(2**40) + varint(3) + varint(1),
        varint(1) + varint(0) + varint(1) + varint(2**40) + varint(1),
        varint(1) + varint(0) + varint(1) + varint(3) + varint(2**62 + 2),
        varint(2) + varint(5) + varint(0) + varint(1) * 2 + varint(3) * 2 + varint(1) * 2,
        b"",
    ],
    ids=str,
)
def test_directories_that_are_none_are_called_damaged(root: bytes) -> None:
    with pytest.raises(NotReadable, match="damaged"):
        look_at_all(with_root(root))


def test_a_leaf_that_leads_to_itself_ends() -> None:
    leaf = directory([(0, 0, 5, 0)])
    assert len(leaf) == 5
    held = Held(with_root(leaf, leaves=leaf))
    file = PmtilesFile("a.pmtiles", held)
    with pytest.raises(NotReadable, match="damaged"):
        file.tiles(5, [(3, 3)])
    assert held.asked < 10


def test_a_directory_that_unpacks_far_too_large_is_called_damaged() -> None:
    bomb = gzip.compress(b"\x01" * (5 << 20))
    assert len(bomb) < 100_000
    with pytest.raises(NotReadable, match="damaged"):
        look_at_all(with_root(bomb, Form(packed=2)))
    with pytest.raises(NotReadable, match="damaged"):
        look_at_all(with_root(gzip.compress(directory([ENTRY]))[:-3], Form(packed=2)))


def test_a_tile_that_is_far_too_large_is_refused_before_it_is_read() -> None:
    root = directory([(0, 1, MOST_TILE_BYTES + 1, 0)])
    held = Held(with_root(root, data=bytes(10)))
    with pytest.raises(TooLarge, match="too large"):
        PmtilesFile("a.pmtiles", held).tiles(0, [(0, 0)])
    bomb = gzip.compress(bytes(5 << 20))
    with pytest.raises(NotReadable, match="damaged"):
        opened(with_root(directory([(0, 1, len(bomb), 0)]), data=bomb)).tiles(0, [(0, 0)])


@pytest.mark.parametrize("text", [b"[1, 2]", b"{", b"\xff\xfe", b"[" * 100_000, gzip.compress(b"{}", mtime=0), b""])
def test_a_description_that_is_none_is_left_out(text: bytes) -> None:
    root = directory([ENTRY])
    at = 127 + len(root)
    parts = [127, len(root), at, len(text), at + len(text), 0, at + len(text), 3]
    file = opened(header(parts, PLAIN, (0, 0)) + root + text + b"sea")
    assert file.metadata() == {}
    assert file.tiles(0, [(0, 0)]) == [b"sea"]


@pytest.mark.bounded
@given(st.data())
def test_a_file_with_changed_bytes_opens_or_is_refused(data: st.DataObject) -> None:
    mutant = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        mutant[data.draw(st.integers(0, len(mutant) - 1))] = data.draw(st.integers(0, 255))
    try:
        look_at_all(bytes(mutant))
    except GeoloupeError:
        return


@pytest.mark.bounded
def test_a_million_entries_take_no_long_time() -> None:
    root = varint(900_000) + varint(1) * 900_000 * 3 + varint(1) + varint(0) * 899_999
    file = opened(with_root(root, data=bytes(900_000)))
    assert file.tiles(9, [(0, 0)]) == [b"\0"]


def test_bytes_on_this_computer(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(100)))
    held = LocalBytes(str(path))
    assert held.length == 100
    assert held.bytes_at(90, 50) == bytes(range(90, 100))
    assert held.bytes_at(100, 1) == held.bytes_at(2**63, 4) == b""
    assert held.bytes_of([(1, 2), (0, 1)]) == [b"\x01\x02", b"\0"]
    held.close()


def test_what_the_header_says_is_read() -> None:
    form = replace(PLAIN, bounds=(-1.5, -2.5, 3.25, 4.0), tile_type=3)
    found = opened(pmtiles({(2, 1, 1): b"a", (5, 3, 3): b"b"}, form)).header
    assert found.zooms == (2, 5)
    assert found.bounds == pytest.approx((-1.5, -2.5, 3.25, 4.0))
    assert found.tile_type == 3
