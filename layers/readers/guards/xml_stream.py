"""Large XML of unknown origin, element by element: no entities, no document type, bounded size and depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO, Protocol

from layers.phrase import Phrase
from layers.text.counted import counted, grouped
from layers.text.guarded_xml import NotWellFormed, XmlLimits, walk_xml
from layers.text.xml_decoding import Mended, encoding_of, texts_of

MAX_BYTES = 200 * 2**20
MAX_DEPTH = 200


class XmlHandler(Protocol):
    """Names come without their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def text(self, text: str) -> None: ...
    def end(self, name: str) -> None: ...

    def cut(self) -> bool:
        """The file ends here though it is not at its end: whether anything before is worth showing."""


def stream_xml[Handler: XmlHandler](
    file: BinaryIO, name: str, make: Callable[[], Handler]
) -> tuple[Handler, list[str]]:
    """Feed a file to a handler that `make` makes; return also sentences about faults of the file called `name`.

    Where it is no XML from some line on, the part before is handled. Raises BadXml.
    """
    encoding = encoding_of(file, MAX_BYTES)
    notes: list[str] = [Phrase("{name} {note}.", name=name, note=encoding.note)] if encoding.note else []
    handler = make()
    try:
        _walk(texts_of(file, encoding.name), handler, MAX_BYTES)
        return handler, notes
    except NotWellFormed:
        pass
    file.seek(0)
    handler, mended = make(), Mended()
    try:
        _walk(mended.blocks(texts_of(file, encoding.name)), handler, MAX_BYTES)
    except NotWellFormed as error:
        if not handler.cut():
            raise
        notes.append(
            Phrase(
                "{name} is damaged or cut off at line {line}: what follows is left out.",
                name=name,
                line=grouped(error.line),
            )
        )
    if mended.count:
        notes.append(
            Phrase(
                "{name} is no proper XML: {bare} taken as text.",
                name=name,
                bare=counted(mended.count, "bare & was", "bare & were"),
            )
        )
    return handler, notes


def _walk(texts: Iterable[str], handler: XmlHandler, max_bytes: int) -> None:
    def start(name: str, attributes: dict[str, str]) -> None:
        handler.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        handler.end(name.rpartition(":")[2])

    limits = XmlLimits(max_bytes, MAX_DEPTH, elements=max_bytes)  # the size bounds their number
    walk_xml((text.encode() for text in texts), start, end, handler.text, limits, "utf-8")
