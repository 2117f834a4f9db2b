"""The one door for XML of unknown origin: no entities, bounded size, depth and number of elements."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from layers.phrase import Phrase

BLOCK = 2**20
_LONGEST_ENTITY = 32
"""Most characters of a declared entity that is let pass: attributes hold the text of each reference to it."""


class BadXml(Exception):
    """Text that is no XML, or is larger or deeper than its limits. `str()` says why, after "it"."""


class NotWellFormed(BadXml):
    """XML that breaks off or goes wrong at `line`; the part before it may be whole."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.line = line


class XmlLimits(NamedTuple):
    size: int = 16 * 2**20
    depth: int = 64
    elements: int = 200_000
    bare_doctype: bool = False
    """A document type that declares nothing, as some programs write by habit."""
    passed_doctype: bool = False
    """A document type whatever it declares, as servers send: it is passed over. References to what it declares are left
    out, except to a few letters that stand in an attribute; no file and no host is asked for any.
    """


DESCRIPTION = XmlLimits()
"""Limits of a file that describes one image or dataset."""


def read_xml(path: str, limits: XmlLimits = DESCRIPTION) -> Element:
    """The root element of a regular file; namespaces stay as prefixes. Raises BadXml and OSError."""
    if not os.path.isfile(path):
        raise BadXml(Phrase("it is no regular file"))
    with open(path, "rb") as file:
        return _tree(iter(lambda: file.read(BLOCK), b""), limits)


def parse_xml(text: bytes, limits: XmlLimits = DESCRIPTION) -> Element:
    """The root element; namespaces stay as prefixes. Raises BadXml."""
    return _tree((text,), limits)


def walk_xml(
    blocks: Iterable[bytes],
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object],
    text: Callable[[str], object],
    limits: XmlLimits,
    encoding: str | None = None,
) -> None:
    """Pass elements and their text on as they come, in `encoding` whatever the text declares.

    Raises BadXml, and NotWellFormed where it is no XML from some line on; elements passed on before remain valid.
    """
    parser = guarded_parser(limits, encoding)
    depth = count = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > limits.depth or count > limits.elements:
            raise BadXml(
                Phrase("it is nested too deeply") if depth > limits.depth else Phrase("it has too many elements")
            )
        start(name, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = text
    feed(parser, blocks, limits)


def guarded_parser(limits: XmlLimits, encoding: str | None = None) -> expat.XMLParserType:
    """Create a parser that refuses entities, to be given handlers and to `feed`.

    It is for readers that look at few of many elements and keep none: their number and depth do not matter.
    """
    parser = expat.ParserCreate(encoding)

    def doctype(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset or not limits.bare_doctype:
            refuse()

    def refuse(*_: object) -> int:
        raise BadXml(Phrase("it declares a document type or entities"))

    parser.buffer_text = True
    if limits.passed_doctype:
        _pass_doctype(parser, refuse)
        return parser
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser


def _pass_doctype(parser: expat.XMLParserType, refuse: Callable[..., object]) -> None:
    """Let a document type pass: none of its entities stands in the text, none is fetched, and no attribute is added."""

    def declared(_name: str, is_parameter: bool, value: str | None, *_: object) -> None:
        # Entities for the document type's own text are never put in: nobody asks for them to be.
        if not is_parameter and value is not None and (len(value) > _LONGEST_ENTITY or "&" in value):
            refuse()

    parser.EntityDeclHandler = declared
    parser.ExternalEntityRefHandler = lambda *_: 1
    parser.DefaultHandler = lambda _: None  # with one, expat expands no entity in the text
    parser.specified_attributes = True


def feed(parser: expat.XMLParserType, blocks: Iterable[bytes], limits: XmlLimits) -> None:
    """Feed a parser. Raises BadXml, and NotWellFormed where it is no XML from some line on."""
    size = 0
    try:
        for block in blocks:
            size += len(block)
            if size > limits.size:
                raise BadXml(Phrase("it is larger than {size} MB", size=limits.size // 2**20))
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise NotWellFormed(Phrase("it is no XML ({error})", error=error), error.lineno) from error
    except (ValueError, LookupError) as error:
        raise BadXml(Phrase("it is no XML ({error})", error=error)) from error


def _tree(blocks: Iterable[bytes], limits: XmlLimits) -> Element:
    builder = TreeBuilder()
    walk_xml(blocks, builder.start, builder.end, builder.data, limits)
    return builder.close()
