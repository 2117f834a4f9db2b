"""Repairs GeoJSON that OGR would refuse or misread: the text to read instead, and the reason."""

from __future__ import annotations

import codecs
import json
import math
import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyogrio

from layers.phrase import Phrase
from layers.readers.files import Content
from layers.readers.geojson.json_boxes import as_boxed
from layers.readers.geojson.json_dates import may_have_odd_dates, odd_dates
from layers.readers.geojson.json_lines import as_collection, whole_lines
from layers.readers.other_kinds import is_list_of_features
from layers.readers.rows.ogr import READ_ERRORS, remarks_ignored
from layers.text.counted import counted, grouped
from layers.text.text_encoding import guessed_encoding

MOST_BYTES = 100 * 2**20
"""A larger file is read as it is: nothing of it is copied."""
MOST_PARSED_BYTES = 30 * 2**20
_SAMPLE_BYTES = 2**18
_HEAD_BYTES = 2**20
_OWN_ID = re.compile(rb'"id"\s*:\s*\d+\s*[,}]')
_NON_ASCII = re.compile(rb'"[^"]*[\x80-\xff][^"]*"')
_HIGH = bytes(range(128))
_SUSPICIOUS = re.compile(rb":\s*-?(?:\d{19}|\d[\d.]*[eE]\+?\d{3}|Infinity)")
_DIGITS = bytes.maketrans(b"123456789E", b"0" * 9 + b"e")
_ENDLESS_ZEROS = b"0e000"
_LARGE = (b"0" * 19, _ENDLESS_ZEROS, b"Infinity")
_LONGEST_SOUGHT, BLOCK_BYTES = 24, 2**18
_IN_LISTS = (*(before + b"0" * 19 for before in (b"[", b",", b" ", b"-")), _ENDLESS_ZEROS)
_TOKEN = re.compile(
    rb'"(?:coordinates|bbox)"\s*:\s*[\[\]\d\s.,eE+\-InfityNa]*'
    rb'|"[^"\\]*(?:\\.[^"\\]*)*"'
    rb"|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?",
    re.DOTALL,
)
_WHOLE = re.compile(rb"-?\d+")
_LONGEST_NUMBER = 400
_ENDLESS = re.compile(rb"-?\d[\d.]*[eE]\+?\d{3,}")
MOST_LISTED = 2_000
"""Most numbers of one list that become text: the time that OGR takes grows with their square."""
_MOST_NAMED = 5
_LEAST = -(10**18)
"""Smallest whole number that OGR reads as one; smaller ones become floats, though 64 bits would hold some."""
_AS_TEXT = {"DATE_AS_STRING": "YES"}


class Repaired(NamedTuple):
    """`data` to read instead of the file, None for the file itself; `how` are OGR's options; `notes` are sentences;
    `info` are OGR's facts, where it was asked already.
    """

    data: bytes | None
    how: dict[str, str]
    notes: tuple[str, ...]
    info: dict[str, Any] | None = None
    first: int = 1
    """Number of the first row, as in `VectorSource.first`."""


class JsonFiles:
    """Remembers the repair of the last file, so that it is looked at once."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._repaired = Repaired(None, {}, ())

    def get(self, path: str, content: Content) -> Repaired:
        """See `repaired`. Raises OSError."""
        state = os.stat(path)
        key = (path, state.st_mtime_ns, state.st_size, state.st_ino)
        if key != self._key:
            self._repaired, self._key = Repaired(None, {}, ()), ()  # never two of them in memory
            self._repaired = repaired(path, content)
            self._key = key
        return self._repaired


def repaired(path: str, content: Content) -> Repaired:
    """Data to read in place of a GeoJSON file, by lines or not; with the reasons. Raises OSError."""
    name, is_lines = os.path.basename(path), content is Content.JSON_LINES
    if os.path.getsize(path) > MOST_BYTES:
        note = Phrase("{name} is too large to be checked: whole numbers of more than 64 bits may be rounded", name=name)
        if is_lines:
            remark, as_text = (
                Phrase("{note}, and dates that there are not shown as others.", note=note),
                dict[str, str](),
            )
        else:
            remark, as_text = Phrase("{note}; its dates are kept as text.", note=note), _AS_TEXT
        with open(path, "rb") as file:
            return Repaired(None, as_text, (remark,), None, _first(file.read(_HEAD_BYTES)))
    with open(path, "rb") as file:
        original = file.read()
    driver = "GeoJSONSeq" if is_lines else "GeoJSON"

    def opened(data: bytes) -> str | bytes:
        return f"{driver}:{path}" if data is original else data

    data, notes = _in_utf8(original, name)
    if is_lines and data.startswith(codecs.BOM_UTF8):  # OGR would take it for a part of the first line
        data = data.removeprefix(codecs.BOM_UTF8)
    data, remarks = _with_numbers_kept(data)
    notes += remarks
    if not is_lines:
        data = with_type_first(data)
    info = None
    if len(data) <= MOST_PARSED_BYTES:
        if is_lines:
            data, remarks = whole_lines(data)
        else:
            data = as_boxed(data)
            data, remarks, info = whole_features(data, opened(data), name)
        notes += remarks
    how: dict[str, str] = {}
    first = _first(data[:_HEAD_BYTES])
    notes += members_left(data[:_HEAD_BYTES], name)
    if may_have_odd_dates(data):
        whole = as_collection(data) if is_lines else data  # that driver cannot be told to leave them
        if dates := odd_dates(opened(whole), first):
            data, how, info = whole, _AS_TEXT, None
            notes += dates
    return Repaired(None if data is original else data, how, tuple(notes), info, first)


def _first(head: bytes) -> int:
    """Number of the first row: 0 where features have ids of their own, which people then see; OGR also takes a column
    for them.
    """
    return 0 if _OWN_ID.search(head) else 1


def _in_utf8(data: bytes, name: str) -> tuple[bytes, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode(), [
            Phrase("{name} is in UTF-16: it was decoded in memory.", name=name)
        ]
    if data[1:2] == b"\0" or data[:1] == b"\0":
        order = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(order, "replace").encode(), [
            Phrase("{name} is in UTF-16: it was decoded in memory.", name=name)
        ]
    if data.isascii() or is_utf8(data):
        return data, []
    marked = data.decode("utf-8", "replace")
    wrong, high = marked.count("\ufffd"), len(data.translate(None, _HIGH))
    if wrong * 4 <= high:
        return marked.encode(), [
            Phrase(
                "{name} holds {bytes} no UTF-8: shown as \ufffd.",
                name=name,
                bytes=counted(wrong, "byte that is", "bytes that are"),
            )
        ]
    sample = b"\n".join(match[0] for match in _NON_ASCII.finditer(data, 0, 40 * _SAMPLE_BYTES))[:_SAMPLE_BYTES]
    encoding, evidence = guessed_encoding(sample or data[:_SAMPLE_BYTES])
    note = Phrase(
        "{name} is not in UTF-8 as GeoJSON has to be: it is read as {encoding}, which is a guess ({evidence}).",
        name=name,
        encoding=encoding,
        evidence=evidence,
    )
    return data.decode(encoding, "replace").encode(), [note]


def _with_numbers_kept(data: bytes) -> tuple[bytes, list[str]]:
    """Write whole numbers of more than 64 bits as text, which OGR rounds or refuses; null for those beyond a float."""
    if not may_hold_large_numbers(data):
        return data, []
    large: dict[str, str] = {}
    endless: dict[str, int] = {}
    key, listed = "", 0

    def kept(match: re.Match[bytes]) -> bytes:
        nonlocal key, listed
        token = match[0]
        if token.startswith(b'"'):
            if token.endswith(b'"'):
                key, listed = token[1:41].decode("utf-8", "replace").rstrip('"'), 0
                return token
            return _ENDLESS.sub(lambda match: b"NaN" if math.isinf(float(match[0])) else match[0], token)
        if _WHOLE.fullmatch(token):
            if len(token) < 19 or (len(token) <= _LONGEST_NUMBER and _LEAST < int(token) < 2**63):
                return token
            listed += 1
            if listed > MOST_LISTED and len(token) <= _LONGEST_NUMBER:
                rounded.add(key)
                return token
            large.setdefault(key, token.decode())
            return b'"' + token + b'"'
        if not token.endswith(b"Infinity") and abs(float(token)) < float("inf"):
            return token
        endless[key] = endless.get(key, 0) + 1
        return b"null"

    rounded: set[str] = set()
    changed = _TOKEN.sub(kept, data)
    notes: list[str] = [
        Phrase(
            "Column {name} holds a long list of whole numbers too large to be read as such: they may be rounded.",
            name=name,
        )
        for name in sorted(rounded)[:_MOST_NAMED]
    ]
    notes += [
        Phrase(
            "Column {name} holds whole numbers too large to be read as such ({number}): it is kept as text.",
            name=name,
            number=number[:40],
        )
        for name, number in list(large.items())[:_MOST_NAMED]
    ]
    notes += [
        Phrase(
            "Column {name} holds numbers without an end or too large to keep, {count} in all: "
            "these cells are shown empty.",
            name=name,
            count=grouped(count),
        )
        for name, count in list(endless.items())[:_MOST_NAMED]
    ]
    return (changed, notes) if changed != data else (data, notes)


def may_hold_large_numbers(data: bytes) -> bool:
    """True where there may be large numbers. Zeros are searched for first: a pattern takes ten times as long on
    coordinates.
    """
    zeros = (_zeros(block) for block in _blocks(data, overlap=_LONGEST_SOUGHT))
    if not any(mark in block for block in zeros for mark in _LARGE):
        return False
    zeros = (_zeros(block) for block in _blocks(data, overlap=_LONGEST_SOUGHT))
    return any(mark in block for block in zeros for mark in _IN_LISTS) or _SUSPICIOUS.search(data) is not None


def _zeros(data: bytes) -> bytes:
    return data.translate(_DIGITS, b"+")


def _blocks(data: bytes, overlap: int = 0) -> Iterator[bytes]:
    """Yield blocks of a size that stays in the processor's cache: passes over them are then twice as fast."""
    return (data[at : at + BLOCK_BYTES + overlap] for at in range(0, len(data), BLOCK_BYTES))


def is_utf8(data: bytes) -> bool:
    """True for bytes that are UTF-8 to the end, looked at in blocks."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(data):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


_TYPE = re.compile(rb'"type"\s*:\s*"(?:FeatureCollection|Feature|\w*(?:Point|LineString|Polygon|GeometryCollection))"')
_LOOKED_AT_BYTES = 6000
"""Number of first bytes in which OGR looks for the type of a file."""


def with_type_first(data: bytes) -> bytes:
    """The same GeoJSON with its own type as its first member where that comes late, a list of features as a collection;
    `data` itself where OGR finds it, and where it is no GeoJSON.
    """
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"["):
        is_list = len(data) <= MOST_PARSED_BYTES and is_list_of_features(_parsed(data))
        return b'{"type": "FeatureCollection", "features": ' + text + b"}" if is_list else data
    if not text.startswith(b"{") or _TYPE.search(data[:_LOOKED_AT_BYTES]) or b"FeatureCollection" not in data:
        return data
    if len(data) <= MOST_PARSED_BYTES:
        content = _parsed(data)
        is_late = isinstance(content, dict) and content.get("type") == "FeatureCollection"
    else:
        is_late = b'"features"' in data[:_HEAD_BYTES] and _TYPE.search(data[-_LOOKED_AT_BYTES:]) is not None
    return b'{"type": "FeatureCollection",' + text[1:] if is_late else data


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


_FEATURES = re.compile(r'"features"\s*:\s*\[')
_OF_FEATURES = frozenset({"type", "id", "geometry", "properties", "bbox", "crs"})
_MOST_MEMBERS_NAMED = 8
_BETWEEN = re.compile(r"\s*,?\s*")


def whole_features(data: bytes, dataset: str | bytes, name: str) -> tuple[bytes, list[str], dict[str, Any] | None]:
    """Return the features before the first fault as a collection; `data` itself where nothing is wrong, with OGR's
    facts.

    It is `data` as well where there are no features: OGR then says why. `data` is what pyogrio opens as `dataset`.
    """
    try:
        with remarks_ignored():
            return data, [], dict(pyogrio.read_info(dataset, force_feature_count=True, force_total_bounds=True))
    except READ_ERRORS:
        pass
    text = data.decode("utf-8", "replace")
    begin = _FEATURES.search(text)
    if begin is None:
        return data, [], None
    decoder, count, end = json.JSONDecoder(strict=False), 0, begin.end()
    while True:
        at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]  # it always matches
        try:
            feature, after = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        if not isinstance(feature, dict):
            break
        count, end = count + 1, after
    if not count:
        return data, [], None
    line = text.count("\n", 0, at) + 1
    note = Phrase(
        "{name} is damaged or cut off after its {whole}, in the feature that begins on "
        "line {line}: what follows is left out.",
        name=name,
        whole=counted(count, "whole feature"),
        line=grouped(line),
    )
    return text[:end].encode() + b"]}", [note], None


def members_left(head: bytes, name: str) -> list[str]:
    """A sentence where the first feature has members besides its properties, which OGR does not read."""
    text = head.decode("utf-8", "ignore").lstrip("\ufeff\x1e \t\r\n")
    begin = _FEATURES.search(text)
    at = _BETWEEN.match(text, begin.end()).end() if begin else 0  # type: ignore[union-attr]  # it always matches
    try:
        feature, _ = json.JSONDecoder(strict=False).raw_decode(text, at)
    except (ValueError, RecursionError):
        return []
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return []
    left = [key[:40] for key in feature if key not in _OF_FEATURES]
    named = ", ".join(left[:_MOST_MEMBERS_NAMED]) + (", ..." if len(left) > _MOST_NAMED else "")
    return (
        [Phrase("What features of {name} say beside their properties is not read: {named}.", name=name, named=named)]
        if left
        else []
    )
