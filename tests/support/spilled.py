"""Looks for secrets in all that was written: in files of every kind, inside archives, and in the words of a program."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

_DEEPEST = 3


def spellings(secret: str) -> set[bytes]:
    """The secret as it may be written."""
    plain = {secret, quote(secret, safe=""), quote_plus(secret), secret.encode("unicode_escape").decode()}
    codes = {b64encode(b"x" * shift + secret.encode())[4:-4] for shift in (0, 1, 2)}
    return {word.encode() for word in plain} | {secret.encode("utf-16-le")} | codes


def spilled(secrets: Iterable[str], *places: Path) -> list[str]:
    """The files below the places that hold any of the secrets, and how."""
    words = [word for secret in secrets for word in spellings(secret)]
    hits = []
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if not path.is_file():
                continue
            for name, data in _parts(path.name, path.read_bytes(), 0):
                hits += [f"{path} {name}: {word!r}" for word in words if word in data or word in str(path).encode()]
    return hits


def _parts(name: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    """The bytes of a file, and those of what is packed in it."""
    yield name, data
    if depth == _DEEPEST:
        return
    if data[:2] == b"\x1f\x8b":
        yield from _parts(f"{name}/gzip", gzip.decompress(data), depth + 1)
    elif data[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from _parts(f"{name}/{member}", archive.read(member), depth + 1)
    elif data[:4] == b"%PDF":
        for number, part in enumerate(data.split(b"stream")[1::2]):
            try:
                yield f"{name}/stream {number}", zlib.decompress(part.removesuffix(b"end").strip(b"\r\n"))
            except zlib.error:
                continue
