"""Shapefiles: their encoding, their parts, and a whole copy in memory where the index is lost."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from typing import Any

from msgspec.structs import replace

from layers.errors import BadCRS, NotReadable, TooLarge
from layers.geo.crs import crs_text
from layers.phrase import Phrase
from layers.readers.files import Content, is_readable
from layers.readers.raster.worldfile import read_prj
from layers.readers.rows.ogr import crs_problem, known_crs
from layers.readers.rows.source_rows import VectorSource
from layers.text.counted import counted
from layers.text.text_encoding import guessed_encoding, known_encoding

MAX_RESTORED_BYTES = 400 * 2**20
_SAMPLE_BYTES = 2**18
_MOST_PRJ_BYTES = 2**16
_HEADER = 100
_MULTIPATCH = 31
_LANGUAGES = {
    0x26: "cp866",
    0x65: "cp866",
    0xC9: "cp1251",
    0x57: "cp1252",
    0x03: "cp1252",
    0x4D: "gb18030",
    0x7A: "gb18030",
    0x4F: "big5",
    0x78: "big5",
    0xC8: "cp1250",
    0x13: "shift_jis",
    0x7B: "shift_jis",
}
"""The language driver in a .dbf, where it names a code page that is more than a program's default."""


def shapefile_source(path: str, options: dict[str, Any]) -> VectorSource:
    """The source of a shapefile's rows. Raises NotReadable where the attributes are lost together with the index."""
    encoding, _ = encoding_of(path, options)
    source = VectorSource(
        path,
        Content.SHAPEFILE,
        "",
        path,
        {"encoding": encoding},
        options,
        has_surfaces=_is_multipatch(path),
        is_chunked=True,
        first=1,
        default_crs=known_crs(_named_crs(path)),
    )
    is_whole = not _rows_lost(path) and not _is_cut(path)
    if is_whole and _index_of(path) and not _is_broken(part(path, ".prj")):
        return source
    return replace(source, dataset=_restored(path))


def _named_crs(path: str) -> str:
    """The CRS that its .prj names, as far as that is one: OGR understands the WKT of ESRI alone."""
    try:
        return read_prj(path)
    except BadCRS:
        return ""


def _is_multipatch(path: str) -> bool:
    with open(path, "rb") as file:
        head = file.read(_HEADER)
    return int.from_bytes(head[32:36], "little") == _MULTIPATCH


def part(path: str, suffix: str) -> str:
    """The path of a part beside a .shp, in whatever case it is written; "" where it is not there."""
    stem = os.path.splitext(path)[0]
    return next((stem + s for s in (suffix, suffix.upper(), suffix.title()) if is_readable(stem + s)), "")


def encoding_of(path: str, options: dict[str, Any]) -> tuple[str, str]:
    """The encoding of the attributes and why: what a person chose, the .cpg, the .dbf's language, or a guess."""
    chosen = known_encoding(str(options.get("encoding", "")))
    if chosen:
        return chosen, Phrase("chosen by hand")
    sample, language = _sample(part(path, ".dbf"))
    named = _named(part(path, ".cpg"))
    guess, evidence = guessed_encoding(sample)
    if named and guess == "utf-8" and not sample.isascii() and known_encoding(named) != "utf-8":
        return guess, Phrase("{evidence}; the .cpg file says {named}", evidence=evidence, named=named)
    if named and _fits(sample, named):
        return named, Phrase("the .cpg file says so")
    if named and not sample.isascii():
        return guess, Phrase(
            "{evidence}; the .cpg file says {named}, which does not fit", evidence=evidence, named=named
        )
    if language and _fits(sample, language) and guess != "utf-8":
        return language, Phrase("the .dbf file says so")
    return guess, evidence


def notes_on(path: str) -> list[str]:
    """Sentences about parts that are missing."""
    name, notes = os.path.basename(path), list[str]()
    if not _index_of(path):
        notes.append(
            Phrase("{name} came without its .shx index: it was restored in memory, the file is as it was.", name=name)
        )
    if not part(path, ".dbf"):
        notes.append(Phrase("{name} came without its .dbf file: its features have no attributes.", name=name))
    elif _is_no_table(part(path, ".dbf")):
        notes.append(
            Phrase("The .dbf file of {name} is damaged: its features have no attributes. Fetch it again.", name=name)
        )
    if lost := _rows_lost(path):
        rows = counted(lost, "row of its attributes is", "rows of its attributes are")
        notes.append(
            Phrase("The .dbf file of {name} is cut off: the last {rows} lost, in part or whole.", name=name, rows=rows)
        )
    if _is_cut(path):
        notes.append(Phrase("{name} is cut off: the rows behind its last whole geometry have none.", name=name))
    if _is_broken(part(path, ".prj")):
        notes.append(Phrase("The .prj file of {name} is no CRS that can be read.", name=name))
    elif problem := crs_problem(_named_crs(path), name):
        notes.append(problem)
    return notes


def _named(cpg: str) -> str:
    if not cpg:
        return ""
    with open(cpg, "rb") as file:
        return known_encoding(file.read(64).decode("ascii", "ignore"))


def _fits(sample: bytes, encoding: str) -> bool:
    """True where texts decode. They are cut at the width of their field, perhaps within a character: one error in a
    hundred is forgiven.
    """
    wrong = sample.decode(encoding, "replace").count("\ufffd")
    return wrong * 100 <= sum(byte > 127 for byte in sample)


def _sample(dbf: str) -> tuple[bytes, str]:
    """The texts of the first records, and the code page the header names."""
    if not dbf:
        return b"", ""
    with open(dbf, "rb") as file:
        head = file.read(32)
        if len(head) < 32:
            return b"", ""
        start, width = struct.unpack("<HH", head[8:12])
        fields = file.read(max(start - 32, 0))
        body = file.read(_SAMPLE_BYTES)
    names, cells, at = [], [], 1
    spans = []
    for offset in range(0, len(fields) - 31, 32):
        names.append(fields[offset : offset + 11].split(b"\0")[0])
        length = fields[offset + 16]
        if fields[offset + 11 : offset + 12] == b"C":
            spans.append((at, at + length))
        at += length
    for record in range(0, len(body) - width + 1, max(width, 1)):
        cells += [body[record + a : record + b].rstrip(b" \0") for a, b in spans]
    return b"\n".join([*names, *cells]), _LANGUAGES.get(head[29], "")


def _restored(path: str) -> bytes:
    """An archive in memory with the parts that are there and an index made anew from the geometries."""
    name = os.path.basename(path)
    if os.path.getsize(path) > MAX_RESTORED_BYTES:
        raise TooLarge(
            "{name} is not whole and too large to be mended in memory: fetch all its parts again.", name=name
        )
    with open(path, "rb") as file:
        shp, index = _with_all_rows(file.read(), _rows_promised(path), name)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("layer.shp", shp)
        archive.writestr("layer.shx", index)
        dbf = part(path, ".dbf")
        if dbf and _rows_lost(path):
            with open(dbf, "rb") as file:
                table = _whole_rows(file.read())
            table = _with_at_most(table, (len(index) - _HEADER) // 8)
            archive.writestr("layer.dbf", table.ljust(_whole_bytes(table), b" "))
        elif dbf:
            archive.write(dbf, "layer.dbf")
        if (prj := part(path, ".prj")) and not _is_broken(prj):
            archive.write(prj, "layer.prj")
    return whole.getvalue()


def _index_of(path: str) -> str:
    """Its .shx; "" where there is none, or none that says anything."""
    shx = part(path, ".shx")
    return shx if shx and os.path.getsize(shx) >= _HEADER else ""


def _is_no_table(dbf: str) -> bool:
    """True where the head of a .dbf describes no rows and columns."""
    with open(dbf, "rb") as file:
        head = file.read(32)
    start, width = struct.unpack("<HH", head[8:12]) if len(head) == 32 else (0, 0)
    return start <= 32 or not width


def _is_cut(path: str) -> bool:
    """True where geometries are missing at the end, as after a broken download."""
    size, shx = os.path.getsize(path), _index_of(path)
    with open(shx or path, "rb") as file:
        head = file.read(_HEADER)
        if not shx:
            return size < 2 * int.from_bytes(head[24:28], "big")
        file.seek(_HEADER + 8 * max(_records_in(shx) - 1, 0))
        last = file.read(8)
    offset, words = struct.unpack(">ii", last) if len(last) == 8 else (0, 0)
    return size < 2 * (offset + 4 + words)


def _records_in(shx: str) -> int:
    return max(os.path.getsize(shx) - _HEADER, 0) // 8


def _rows_promised(path: str) -> int:
    """Number of rows that the other parts promise."""
    shx, dbf = _index_of(path), part(path, ".dbf")
    if shx:
        return _records_in(shx)
    if not dbf:
        return 0
    with open(dbf, "rb") as file:
        head = file.read(8)
    return int.from_bytes(head[4:8], "little") if len(head) == 8 else 0


def _is_broken(prj: str) -> bool:
    """True where the .prj has text that is no CRS: OGR would not open the file."""
    if not prj:
        return False
    with open(prj, "rb") as file:
        text = file.read(_MOST_PRJ_BYTES).decode("utf-8", "replace").strip("\ufeff\0 \r\n\t")
    try:
        return bool(text) and not crs_text(text)
    except BadCRS:
        return True


def _rows_lost(path: str) -> int:
    """Number of rows that the .dbf file promises beyond its end, where it was cut off."""
    dbf = part(path, ".dbf")
    if not dbf:
        return 0
    size = os.path.getsize(dbf)
    with open(dbf, "rb") as file:
        head = file.read(32)
    width = struct.unpack("<H", head[10:12])[0] if len(head) == 32 else 0
    missing = _whole_bytes(head) - size if width else 0
    lost, shx = -(-missing // width) if missing > 0 else 0, _index_of(path)
    return min(lost, _records_in(shx)) if shx else lost


def _whole_rows(dbf: bytes) -> bytes:
    """Remove a last row that was cut off: half a number is another number."""
    start, width = struct.unpack("<HH", dbf[8:12])
    return dbf[: start + (len(dbf) - start) // width * width] if len(dbf) > start else dbf


def _with_at_most(dbf: bytes, rows: int) -> bytes:
    """Return a .dbf that promises at most as many rows as there are geometries: a damaged one may promise a thousand
    million.
    """
    promised = int.from_bytes(dbf[4:8], "little")
    return dbf[:4] + min(promised, rows).to_bytes(4, "little") + dbf[8:]


def _whole_bytes(dbf: bytes) -> int:
    """Bytes that a .dbf file has to have by its header."""
    rows, start, width = struct.unpack("<IHH", dbf[4:12])
    return int(start + rows * width)


def _with_all_rows(shp: bytes, rows: int, name: str) -> tuple[bytes, bytes]:
    """Return a .shp with a record for each row, and its .shx. Rows beyond a cut have a record without a shape.

    The .shx holds for each record where it begins and how long it is, in words of two bytes.
    """
    records = []
    at = _HEADER
    while at + 8 <= len(shp):
        words = struct.unpack(">i", shp[at + 4 : at + 8])[0]
        if words < 2 or at + 8 + words * 2 > len(shp):
            break
        records.append(struct.pack(">ii", at // 2, words))
        at += 8 + words * 2
    if not records:
        raise NotReadable("{name} holds no whole geometry: fetch all its parts again.", name=name)
    if (lost := rows - len(records)) > 0 and at + 12 * lost <= MAX_RESTORED_BYTES:
        shp = shp[:at] + b"".join(struct.pack(">ii4x", number, 2) for number in range(len(records) + 1, rows + 1))
        records += [struct.pack(">ii", at // 2 + 6 * number, 2) for number in range(lost)]
    length = (_HEADER + 8 * len(records)) // 2
    return shp, shp[:24] + struct.pack(">i", length) + shp[28:_HEADER] + b"".join(records)
