"""XML of unknown origin: no entities, no document type, bounded size, depth and number of elements."""

from __future__ import annotations

import os
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 64
MAX_ELEMENTS = 200_000


class BadXml(Exception):
    """Text that is no XML, or XML that asks for more than a description needs. `str()` says why."""


def read_xml(path: str, max_bytes: int = MAX_BYTES) -> Element:
    """The root element of a regular file. Raises BadXml and OSError."""
    if not os.path.isfile(path):
        raise BadXml("it is no regular file")
    with open(path, "rb") as file:
        text = file.read(max_bytes + 1)
    if len(text) > max_bytes:
        raise BadXml(f"it is larger than {max_bytes // 2**20} MB")
    return parse_xml(text)


def parse_xml(text: bytes) -> Element:
    """The root element; namespaces stay as prefixes. Raises BadXml."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    depth = count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise BadXml("it is nested too deeply" if depth > MAX_DEPTH else "it has too many elements")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def refuse(*_: object) -> int:
        raise BadXml("it declares a document type or entities")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadXml(f"it is no XML ({error})") from error
    return builder.close()
