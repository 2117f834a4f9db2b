"""All bytes of a file, those inside of compressed streams, rows and pictures among them."""

from __future__ import annotations

import base64
import io
import re
import sqlite3
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf

_DATA_URL = re.compile(rb"data:[\w/+-]+;base64,([A-Za-z0-9+/=]+)")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){40,}")


def pieces(data: bytes) -> Iterator[bytes]:
    """The bytes themselves, and those of everything packed into them."""
    yield data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from pieces(archive.read(name))
    elif data.startswith(b"SQLite format 3"):
        yield from _of_database(data)
    elif data.startswith(b"\x89PNG"):
        yield from _of_png(data)
    elif data.startswith(b"%PDF"):
        yield from _of_pdf(data)
    else:
        for found in _DATA_URL.finditer(data):
            yield from pieces(base64.b64decode(found[1]))
        for found in _HEX.finditer(data):
            yield from pieces(bytes.fromhex(found[0].decode()))


def _of_database(data: bytes) -> Iterator[bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.gpkg"
        path.write_bytes(data)
        with closing(sqlite3.connect(path)) as connection:
            connection.text_factory = bytes
            names = [
                row[0].decode() for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            for name in names:
                for row in connection.execute(f'SELECT * FROM "{name}"'):
                    for value in row:
                        if isinstance(value, bytes):
                            yield from pieces(value)


def _of_png(data: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            name, _, rest = body.partition(b"\0")
            yield name
            for skip in range(min(len(rest), 60)):
                try:
                    yield zlib.decompress(rest[skip:])
                except zlib.error:
                    continue
        at += 12 + length


def _of_pdf(data: bytes) -> Iterator[bytes]:
    """Streams, strings of its objects, and the words of its pages, whose letters are numbers in their streams."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream):
                with suppress(pikepdf.PdfError):  # of a coding that is a picture's
                    yield one.read_bytes()
            if isinstance(one, pikepdf.Object):
                yield from _strings(one)
    told = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    yield re.sub(rb"\s+", b" ", told.stdout)


def _strings(one: Any, depth: int = 0) -> Iterator[bytes]:
    if isinstance(one, pikepdf.String):
        yield str(one).encode()
    elif depth < 8 and isinstance(one, pikepdf.Array):
        for part in one:
            yield from _strings(part, depth + 1)
    elif depth < 8 and isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        for key, part in one.items():
            yield key.encode()
            yield from _strings(part, depth + 1) if not getattr(part, "is_indirect", False) else ()


def words_in(data: bytes, words: Iterable[str]) -> set[str]:
    """Those of the words that stand anywhere in a file, in any case and in UTF-8 or UTF-16."""
    wanted = {
        word: [word.lower().encode(), word.lower().encode("utf-16-le"), word.lower().encode("utf-16-be")]
        for word in words
    }
    found = set()
    for piece in pieces(data):
        low = piece.lower()
        found |= {word for word, forms in wanted.items() if any(form in low for form in forms)}
    return found
