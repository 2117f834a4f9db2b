"""Writes PMTiles of version 3 for tests: whole ones, and such as no program would write."""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from layers.readers.tiled.pmtiles_format import tile_number

type Tiles = Mapping[tuple[int, int, int], bytes]
"""Bytes by (zoom, column, row from the north)."""


class Form(Struct, frozen=True, kw_only=True):
    """How a file is written. `leaf_entries` of 0 puts all of them into the root."""

    tile_type: int = 2
    packed: int = 2
    tiles_packed: int = 1
    leaf_entries: int = 0
    version: int = 3
    bounds: tuple[float, float, float, float] = (-180.0, -85.0, 180.0, 85.0)
    metadata: Mapping[str, object] = {}


AS_USUAL = Form()


def varint(number: int) -> bytes:
    """A number in seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def directory(entries: Sequence[tuple[int, int, int, int]]) -> bytes:
    """The bytes of a directory, not packed: entries are (tile, run, length, offset)."""
    out, before = [varint(len(entries))], 0
    for number, *_ in entries:
        out.append(varint(number - before))
        before = number
    out += [varint(run) for _, run, _, _ in entries]
    out += [varint(length) for _, _, length, _ in entries]
    for at, (_, _, _, offset) in enumerate(entries):
        is_next = at > 0 and offset == entries[at - 1][3] + entries[at - 1][2]
        out.append(varint(0 if is_next else offset + 1))
    return b"".join(out)


def header(parts: Sequence[int], form: Form, zooms: tuple[int, int]) -> bytes:
    """The first 127 bytes; `parts` are offset and length of root, metadata, leaves and tiles."""
    west, south, east, north = (round(value * 1e7) for value in form.bounds)
    head = struct.pack("<7sB11Q", b"PMTiles", form.version, *parts, 0, 0, 0)
    head += struct.pack("<6B", 1, form.packed, form.tiles_packed, form.tile_type, *zooms)
    return head + struct.pack("<4iB2i", west, south, east, north, zooms[0], 0, 0)


def pmtiles(tiles: Tiles, form: Form = AS_USUAL) -> bytes:
    """A file of tiles. Equal neighbours become one run, as programs write them."""

    def pack(data: bytes) -> bytes:
        return gzip.compress(data) if form.packed == 2 else data

    numbered = sorted((tile_number(*tile), body) for tile, body in tiles.items())
    data, places, entries = b"", dict[bytes, int](), list[tuple[int, int, int, int]]()
    for number, body in numbered:
        if body not in places:
            places[body] = len(data)
            data += body
        last = entries[-1] if entries else (0, 0, 0, -1)
        if last[3] == places[body] and last[0] + last[1] == number:
            entries[-1] = (last[0], last[1] + 1, *last[2:])
        else:
            entries.append((number, 1, len(body), places[body]))
    leaves, root = b"", entries
    if form.leaf_entries:
        root = []
        for start in range(0, len(entries), form.leaf_entries):
            leaf = pack(directory(entries[start : start + form.leaf_entries]))
            root.append((entries[start][0], 0, len(leaf), len(leaves)))
            leaves += leaf
    sections = [pack(directory(root)), pack(json.dumps(form.metadata).encode()), leaves, data]
    parts, at = [], 127
    for section in sections:
        parts += [at, len(section)]
        at += len(section)
    zooms = [zoom for zoom, _, _ in tiles]
    return header(parts, form, (min(zooms), max(zooms))) + b"".join(sections)


def write_pmtiles(path: Path, tiles: Tiles, form: Form = AS_USUAL) -> Path:
    path.write_bytes(pmtiles(tiles, form))
    return path


def tiles_of_mbtiles(path: Path) -> dict[tuple[int, int, int], bytes]:
    """The tiles of an MBTiles file."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles").fetchall()
    return {(zoom, column, 2**zoom - 1 - row): bytes(body) for zoom, column, row, body in rows}


def bounds_of_mbtiles(path: Path) -> tuple[float, float, float, float]:
    """West, south, east, north as an MBTiles file states them."""
    with closing(sqlite3.connect(path)) as database:
        (text,) = database.execute("SELECT value FROM metadata WHERE name = 'bounds'").fetchone()
    west, south, east, north = map(float, text.split(","))
    return west, south, east, north
