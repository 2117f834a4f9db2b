"""Large XML of unknown origin, element by element: no entities, no document type, bounded size and depth."""

from __future__ import annotations

from typing import BinaryIO, Protocol
from xml.parsers import expat

from layers.readers.guarded_xml import BadXml

MAX_BYTES = 200 * 2**20
MAX_DEPTH = 200
_BLOCK = 2**20


class XmlHandler(Protocol):
    """Names come without their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def text(self, text: str) -> None: ...
    def end(self, name: str) -> None: ...


def stream_xml(file: BinaryIO, handler: XmlHandler, max_bytes: int = MAX_BYTES) -> None:
    """Feed a file to `handler`. Raises BadXml; what was handled before stays handled."""
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise BadXml("it is nested too deeply")
        handler.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(name.rpartition(":")[2])

    def refuse(*_: object) -> int:
        raise BadXml("it declares a document type or entities")

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    total = 0
    try:
        while block := file.read(_BLOCK):
            total += len(block)
            if total > max_bytes:
                raise BadXml(f"it is larger than {max_bytes // 2**20} MB")
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadXml(f"it is no XML ({error})") from error
