"""The objects of a new PDF and its file: small objects are packed together, and the bytes are the same each time.

Imported only when a PDF is written, as it loads pypdf.
"""

from __future__ import annotations

import hashlib
import zlib
from codecs import BOM_UTF16_BE
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import batched
from typing import Any, BinaryIO, cast

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

_HEADER = b"%PDF-1.5\n%\xbf\xf7\xa2\xfe\n"
"""The oldest version with packed objects; the bytes show that the file is no text."""
_TOGETHER = 100
"""Objects packed into one stream: a reader unpacks all of them to get one."""
_FREE, _PLAIN, _PACKED = 0, 1, 2
"""Kinds of rows in the cross-reference stream: a free number, an object at a byte, an object within a stream."""
_ID_BYTES = 16
_LIKE_A_MARK = ("þÿ", "ÿþ", "ï»¿")
"""The byte order marks of UTF-16 and UTF-8, read in PDF's own encoding."""


class Digits(FloatObject):
    """A number that keeps its digits; pypdf keeps nine, which is centimetres for a place in degrees."""

    _text: bytes

    def __new__(cls, value: Decimal) -> Digits:
        made = super().__new__(cls, value)
        made._text = f"{value:f}".encode()
        return made

    def write_to_stream(self, stream: Any) -> None:
        stream.write(self._text)


def name(word: str) -> NameObject:
    return NameObject(f"/{word}")


def entries(**values: Any) -> DictionaryObject:
    """A dictionary with these names; `value_of` converts the values."""
    return put(DictionaryObject(), **values)


def put[Holder: DictionaryObject](holder: Holder, **values: Any) -> Holder:
    """Add entries to a dictionary or stream, and return it."""
    for word, value in values.items():
        holder[name(word)] = value_of(value)
    return holder


def value_of(value: Any) -> PdfObject:
    """Convert a value of Python to one of PDF: str as text, bytes unchanged."""
    match value:
        case PdfObject():
            return value
        case bool():
            return BooleanObject(value)
        case int():
            return NumberObject(value)
        case Decimal():
            return Digits(value)
        case str():
            return _text(value)
        case bytes():
            return ByteStringObject(value)
        case Mapping():
            return put(DictionaryObject(), **value)
        case Sequence():
            return ArrayObject(value_of(part) for part in value)
    raise TypeError(f"no value of a PDF: {value!r}")


def _text(words: str) -> TextStringObject:
    """Text as ISO 32000 has it: in PDF's own encoding, unless it would begin like another encoding."""
    if words.startswith(_LIKE_A_MARK):
        return TextStringObject(BOM_UTF16_BE + words.encode("utf-16-be"))
    return TextStringObject(words)


def stream(data: bytes, **values: Any) -> StreamObject:
    """A stream of bytes, with `values` in its dictionary; bytes that are packed already need a `Filter` there."""
    made = put(StreamObject(), **values)
    made.set_data(data)
    return made


def as_packed(pdf_stream: StreamObject) -> bytes:
    """The bytes of a stream as they stand in the file; its own `get_data` may unpack them."""
    return StreamObject.get_data(pdf_stream)


def unpacked(pdf_stream: StreamObject) -> bytes:
    return zlib.decompress(as_packed(pdf_stream)) if "/Filter" in pdf_stream else as_packed(pdf_stream)


def repack(pdf_stream: StreamObject, data: bytes) -> None:
    """Replace the bytes of a stream, and pack them."""
    pdf_stream.set_data(zlib.compress(data))
    put(pdf_stream, Filter=name("FlateDecode"))


class PdfObjects:
    """The numbered objects of one PDF; pypdf resolves references through it."""

    def __init__(self) -> None:
        self._objects: list[PdfObject] = []

    def __iter__(self) -> Iterator[PdfObject]:
        return iter(self._objects)

    def get_object(self, reference: IndirectObject) -> PdfObject:
        return self._objects[reference.idnum - 1]

    def add(self, pdf_object: PdfObject) -> IndirectObject:
        """Number an object and return a reference to it."""
        self._objects.append(pdf_object)
        return IndirectObject(len(self._objects), 0, self)

    def replace(self, reference: IndirectObject, pdf_object: PdfObject) -> None:
        self._objects[reference.idnum - 1] = pdf_object

    def write(self, out: BinaryIO, root: IndirectObject, info: IndirectObject) -> None:
        """Write the file, with an identifier made from its content. Raises OSError."""
        body = _Body(out)
        rows = [(_FREE, 0, 0)] * (len(self._objects) + 1)
        small = [
            number for number, pdf_object in enumerate(self._objects, 1) if not isinstance(pdf_object, StreamObject)
        ]
        for number, pdf_object in enumerate(self._objects, 1):
            if isinstance(pdf_object, StreamObject):
                rows[number] = (_PLAIN, body.write_object(number, pdf_object), 0)
        for numbers in batched(small, _TOGETHER):
            for place, number in enumerate(numbers):
                rows[number] = (_PACKED, len(rows), place)
            rows.append((_PLAIN, body.write_object(len(rows), self._object_stream(numbers)), 0))
        rows.append((_PLAIN, body.length, 0))
        same = ByteStringObject(body.identifier())
        listed = _cross_references(rows, Root=root, Info=info, ID=[same, same])
        start = body.write_object(len(rows) - 1, listed)
        body.write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _object_stream(self, numbers: Sequence[int]) -> StreamObject:
        places, written = list[int](), BytesIO()
        for number in numbers:
            places += [number, written.tell()]
            self._objects[number - 1].write_to_stream(written)
            written.write(b"\n")
        head = " ".join(map(str, places)).encode() + b"\n"
        return stream(head + written.getvalue(), Type=name("ObjStm"), N=len(numbers), First=len(head))


class _Body:
    """The part of the file that is written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._hash, self.length = out, hashlib.sha256(), 0
        self.write(_HEADER)

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._hash.update(data)
        self.length += len(data)

    def write_object(self, number: int, pdf_stream: StreamObject) -> int:
        """Write a stream, packed if it is not, and return the byte at which it begins."""
        start = self.length
        if "/Filter" not in pdf_stream and pdf_stream.get("/Type") != "/Metadata":  # these are searched for as they are
            repack(pdf_stream, as_packed(pdf_stream))
        self.write(b"%d 0 obj\n" % number)
        pdf_stream.write_to_stream(cast(Any, self))
        self.write(b"\nendobj\n")
        return start

    def identifier(self) -> bytes:
        return self._hash.digest()[:_ID_BYTES]


def _cross_references(rows: Sequence[tuple[int, int, int]], **more: Any) -> StreamObject:
    """The cross-reference stream, which says where each object is.

    Each row holds the difference from the one above, which packs to half the size.
    """
    widths = [1, *((max(row[at] for row in rows).bit_length() + 7) // 8 or 1 for at in (1, 2))]
    above, differences = bytes(sum(widths)), bytearray()
    for row in rows:
        line = b"".join(value.to_bytes(width) for value, width in zip(row, widths, strict=True))
        differences += b"\x02" + bytes((byte - up) & 0xFF for byte, up in zip(line, above, strict=True))
        above = line
    how = entries(Predictor=12, Columns=sum(widths))
    packed = zlib.compress(bytes(differences))
    kind, flate = name("XRef"), name("FlateDecode")
    return stream(packed, Type=kind, Size=len(rows), W=widths, Filter=flate, DecodeParms=how, **more)


class Moving:
    """Copies objects of another PDF into this one, each once. Streams stay packed as they are."""

    def __init__(self, into: PdfObjects) -> None:
        self._into = into
        self._moved: dict[int, IndirectObject] = {}

    def moved(self, pdf_object: PdfObject) -> PdfObject:
        """The same object in this PDF."""
        match pdf_object:
            case IndirectObject():
                return self._reference(pdf_object)
            case StreamObject():
                return self._entries(pdf_object, stream(as_packed(pdf_object)))
            case DictionaryObject():
                return self._entries(pdf_object, DictionaryObject())
            case ArrayObject():
                return ArrayObject(self.moved(part) for part in pdf_object)
            case FloatObject():
                return Digits(Decimal(float.__repr__(pdf_object)))  # its own is a shorter one
        return pdf_object

    def _reference(self, reference: IndirectObject) -> IndirectObject:
        if reference.idnum not in self._moved:
            place = self._moved[reference.idnum] = self._into.add(NullObject())  # first: it may lead to itself
            target = reference.get_object()
            self._into.replace(place, NullObject() if target is None else self.moved(target))
        return self._moved[reference.idnum]

    def _entries(self, source: DictionaryObject, holder: DictionaryObject) -> DictionaryObject:
        for key in source:
            holder[NameObject(key)] = self.moved(source.raw_get(key))
        return holder
