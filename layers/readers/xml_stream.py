"""Large XML of unknown origin, element by element: no entities, no document type, bounded size and depth."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from layers.guarded_xml import BLOCK, Limits, walk_xml

MAX_BYTES = 200 * 2**20
MAX_DEPTH = 200


class XmlHandler(Protocol):
    """Names come without their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def text(self, text: str) -> None: ...
    def end(self, name: str) -> None: ...


def stream_xml(file: BinaryIO, handler: XmlHandler, max_bytes: int = MAX_BYTES) -> None:
    """Feed a file to `handler`. Raises BadXml; what was handled before stays handled."""

    def start(name: str, attributes: dict[str, str]) -> None:
        handler.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        handler.end(name.rpartition(":")[2])

    blocks = iter(lambda: file.read(BLOCK), b"")
    limits = Limits(max_bytes, MAX_DEPTH, elements=max_bytes)  # the size bounds their number
    walk_xml(blocks, start, end, handler.text, limits)
