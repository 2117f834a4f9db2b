"""Cuts the shipped fonts down to the letters of a page, as WOFF, so that a file carries its own type."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

from PySide6.QtGui import QRawFont

_LEFT_OUT = (b"DSIG", b"GSUB", b"gasp")
"""FontTables of signatures, of other forms of letters, which a page does not ask for, and of hints for small sizes."""
_COMPOUND = 0x0020
_WORDS, _SCALE, _TWO_SCALES, _FOUR_SCALES = 0x0001, 0x0008, 0x0040, 0x0080
_CHAR_STRINGS = 17
_END_OF_LETTER = b"\x0e"

type FontTables = dict[bytes, bytes]


def letters_of(path: Path, text: str) -> tuple[frozenset[int], str]:
    """The numbers of the glyphs of a font for a text, and the characters that the font lacks."""
    font = QRawFont(str(path), 16.0)
    known = "".join(character for character in sorted(set(text)) if font.supportsCharacter(ord(character)))
    return frozenset(font.glyphIndexesForString(known)), "".join(sorted(set(text) - set(known)))


def font_of_letters(path: Path, glyphs: Collection[int]) -> bytes:
    """The font as WOFF with the shapes of these glyphs alone; all glyphs keep their numbers and widths."""
    flavour, tables = _tables(path)
    tables = {tag: data for tag, data in tables.items() if tag not in _LEFT_OUT}
    kept = {0, *glyphs}
    if b"glyf" in tables:
        tables = tables | _true_type(tables, kept)
    else:
        tables[b"CFF "] = _compact(tables[b"CFF "], kept)
    return _woff(flavour, tables)


@lru_cache(maxsize=1)
def _read(path: Path) -> bytes:
    return path.read_bytes()


def _tables(path: Path) -> tuple[bytes, FontTables]:
    data = _read(path)
    (count,) = struct.unpack_from(">H", data, 4)
    tables = {}
    for at in range(12, 12 + 16 * count, 16):
        tag, _, start, length = struct.unpack_from(">4sIII", data, at)
        tables[tag] = data[start : start + length]
    return data[:4], tables


def _true_type(tables: FontTables, glyphs: set[int]) -> FontTables:
    """The tables of outlines with these glyphs, and those that they are put together of."""
    head, glyf, is_long = tables[b"head"], tables[b"glyf"], struct.unpack_from(">h", tables[b"head"], 50)[0]
    count = len(tables[b"loca"]) // (4 if is_long else 2) - 1
    places = struct.unpack(f">{count + 1}{'I' if is_long else 'H'}", tables[b"loca"])
    starts = places if is_long else tuple(2 * place for place in places)
    waiting = list(glyphs)
    while waiting:
        number = waiting.pop()
        parts = _parts_of(glyf[starts[number] : starts[number + 1]])
        waiting += [part for part in parts if part not in glyphs]
        glyphs |= set(parts)
    outlines, offsets = bytearray(), list[int]()
    for number in range(count):
        offsets.append(len(outlines))
        if number in glyphs:
            outlines += glyf[starts[number] : starts[number + 1]]
            outlines += bytes(-len(outlines) % 4)
    offsets.append(len(outlines))
    return {
        b"glyf": bytes(outlines),
        b"loca": struct.pack(f">{count + 1}I", *offsets),
        b"head": head[:50] + struct.pack(">h", 1) + head[52:],
    }


def _parts_of(outline: bytes) -> list[int]:
    """The numbers of the glyphs that a glyph is put together of; empty for one with an outline of its own."""
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return []
    parts, at, more = list[int](), 10, True
    while more:
        flags, number = struct.unpack_from(">HH", outline, at)
        parts.append(number)
        at += 4 + (4 if flags & _WORDS else 2)
        at += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _FOUR_SCALES else 0
        more = bool(flags & _COMPOUND)
    return parts


def _compact(cff: bytes, glyphs: set[int]) -> bytes:
    """A table of compact outlines in which all other glyphs are empty; what is behind them stays where it is."""
    at = _after_index(cff, cff[2])
    start = _char_strings(cff, at)
    count, size = struct.unpack_from(">HB", cff, start)
    first = start + 3 + size * (count + 1)
    ends = [int.from_bytes(cff[start + 3 + size * n : start + 3 + size * (n + 1)]) for n in range(count + 1)]
    letters, offsets = bytearray(), [1]
    for number in range(count):
        whole = cff[first - 1 + ends[number] : first - 1 + ends[number + 1]]
        letters += whole if number in glyphs else _END_OF_LETTER
        offsets.append(len(letters) + 1)
    room = ends[-1] - 1 - len(letters)
    index = b"".join(offset.to_bytes(size) for offset in offsets)
    return cff[: start + 3] + index + bytes(letters) + bytes(room) + cff[first + ends[-1] - 1 :]


def _after_index(cff: bytes, at: int) -> int:
    """The byte behind an index of a compact font."""
    count, size = struct.unpack_from(">HB", cff, at)
    if not count:
        return at + 2
    last = int.from_bytes(cff[at + 3 + size * count : at + 3 + size * (count + 1)])
    return int(at + 2 + size * (count + 1) + last)


def _char_strings(cff: bytes, at: int) -> int:
    """The byte at which the glyphs begin, from the first dictionary, whose index begins at a byte."""
    count, size = struct.unpack_from(">HB", cff, at)
    start = at + 3 + size * (count + 1)
    end = _after_index(cff, at)
    numbers, byte = list[int](), start
    while byte < end:
        value = cff[byte]
        byte += 1
        if value <= 21:
            if value == 12:
                byte += 1
            elif value == _CHAR_STRINGS:
                return int(numbers[-1])
            numbers = []
        elif value == 28:
            numbers.append(struct.unpack_from(">h", cff, byte)[0])
            byte += 2
        elif value == 29:
            numbers.append(struct.unpack_from(">i", cff, byte)[0])
            byte += 4
        elif value == 30:
            while cff[byte] & 0x0F != 0x0F and cff[byte] >> 4 != 0x0F:
                byte += 1
            byte += 1
            numbers.append(0)
        elif value <= 246:
            numbers.append(value - 139)
        else:
            numbers.append((value - 247) * 256 + cff[byte] + 108 if value <= 250 else 0)
            byte += 1
    raise ValueError("a font without letters")


def _woff(flavour: bytes, tables: FontTables) -> bytes:
    """The tables in the form of WOFF 1.0, each packed."""
    directory, body, whole = bytearray(), bytearray(), 12 + 16 * len(tables)
    start = 44 + 20 * len(tables)
    for tag in sorted(tables):
        data = tables[tag]
        packed = min(data, zlib.compress(data, 9), key=len)  # as it is where packing gains nothing
        directory += struct.pack(">4sIIII", tag, start + len(body), len(packed), len(data), _sum_of(tag, data))
        body += packed + bytes(-len(packed) % 4)
        whole += len(data) + -len(data) % 4
    length = start + len(body)
    head = struct.pack(">4s4sIHHIHHIIIII", b"wOFF", flavour, length, len(tables), 0, whole, 1, 0, 0, 0, 0, 0, 0)
    return bytes(head + directory + body)


def _sum_of(tag: bytes, data: bytes) -> int:
    """The sum of a table's words; the one in the first table is taken as 0."""
    if tag == b"head":
        data = data[:8] + bytes(4) + data[12:]
    padded: Sequence[int] = struct.unpack(f">{-(-len(data) // 4)}I", data + bytes(-len(data) % 4))
    return sum(padded) & 0xFFFFFFFF
