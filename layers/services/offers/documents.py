"""Documents of services as trees: XML without prefixes, JSON, and what both share: links, numbers, boxes."""

from __future__ import annotations

import codecs
import html
import json
import math
import re
from io import BytesIO
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit
from xml.etree.ElementTree import Element, TreeBuilder

from layers.errors import NotReadable, TooLarge
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.text.guarded_xml import BadXml, XmlLimits, parse_xml, walk_xml
from layers.text.unpacking import GZIP, unpacked_gzip
from layers.text.xml_decoding import Mended, encoding_of, texts_of

MOST_BYTES = 32 * 2**20
_LIMITS = XmlLimits(size=MOST_BYTES, elements=2_000_000, passed_doctype=True)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_LINK = re.compile(r"""<a\b[^<>]*\bhref\s*=\s*["']?([^"'\s<>]+)""", re.IGNORECASE)
_SAFE_IN_ADDRESS = "!#$%&'()*+,/:;=?@[]~{}"
_WEB = ("http", "https")


def unpacked(document: bytes) -> bytes:
    """The document, out of gzip where a server packed it without saying so, and without the blanks before it that XML
    forbids. Raises NotReadable where it is too large or breaks off.
    """
    try:
        document = unpacked_gzip(document, MOST_BYTES) if document.startswith(GZIP) else document
        is_small = len(document) <= MOST_BYTES
    except TooLarge:
        is_small = False
    if not is_small:
        raise NotReadable(
            "The document is larger than {size} MB, more than any list of layers: ask the server for a part of it.",
            size=MOST_BYTES // 2**20,
        )
    if document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\0" not in document[2:6]:
        document = document[2:]  # a mark before text of single bytes
    mark = codecs.BOM_UTF8 if document.startswith(codecs.BOM_UTF8) else b""
    is_wide = document[1:2] == b"\0"
    return document if is_wide else mark + document.removeprefix(mark).lstrip(b" \t\r\n")


def xml_tree(document: bytes) -> Element:
    """The root element; names of elements and attributes are without prefixes. Raises NotReadable."""
    try:
        root = _parsed(document)
    except BadXml as error:
        raise NotReadable("The document cannot be read: {why}. Fetch it again.", why=str(error)) from error
    for element in root.iter():
        element.tag = element.tag.rpartition(":")[2]
        if element.attrib and any(":" in name for name in element.attrib):
            element.attrib = {
                name if name.startswith("xmlns") else name.rpartition(":")[2]: value
                for name, value in element.attrib.items()
            }
    return root


def _parsed(document: bytes) -> Element:
    """The root of a tree. A document in another encoding than it says, or with ampersands that begin no reference, is
    read with those mended. Raises BadXml.
    """
    try:
        return parse_xml(document, _LIMITS)
    except BadXml as error:
        try:
            encoding = encoding_of(BytesIO(document), MOST_BYTES).name
            text = "".join(Mended().blocks(texts_of(BytesIO(document), encoding))).lstrip("\ufeff \t\r\n")
            builder = TreeBuilder()
            walk_xml((text.encode(),), builder.start, builder.end, builder.data, _LIMITS, "utf-8")
        except (BadXml, ValueError):  # the latter for bytes that are nothing in the guessed encoding
            raise error from None
        return builder.close()


class _RootSeen(Exception):
    """Ends the reading at the first element."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        super().__init__(name)
        self.name, self.attributes = name, attributes


def root_of_xml(document: bytes) -> tuple[str, str]:
    """Name without a prefix, and namespace, of the root element; both empty where there is none."""

    def first(name: str, attributes: dict[str, str]) -> None:
        raise _RootSeen(name, attributes)

    try:
        walk_xml((document,), first, str, str, _LIMITS)
    except _RootSeen as seen:
        root = Element(seen.name, seen.attributes)
    except BadXml:
        try:
            root = _parsed(document)
        except BadXml:
            return "", ""
    prefix, _, name = root.tag.rpartition(":")
    return name, root.get(f"xmlns:{prefix}" if prefix else "xmlns", "")


def json_value(document: bytes) -> Any:
    """The value of a JSON document in UTF-8 or UTF-16, with a mark or without. Raises NotReadable."""
    encoding = next((name for mark, name in _MARKS if document.startswith(mark)), "")
    if not encoding:
        head = document[:4]
        encoding = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be" if head[:1] == b"\0" else "utf-8"
    text = document.decode(encoding, "replace")
    try:
        value = json.loads(text, strict=False)
        if "\\ud" in text or "\\uD" in text:  # half a character, which no address can hold
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        return value
    except (ValueError, RecursionError) as error:
        raise NotReadable("The document is no whole JSON: fetch it again.") from error


def text_in(element: Element, *path: str) -> str:
    """The text of the first element on the path that has one, blanks at its ends and line breaks taken out."""
    for child in element.iterfind("/".join(path)) if path else (element,):
        words = " ".join((child.text or "").split())
        if words:
            return words
    return ""


def plain_text(markup: str) -> tuple[str, str]:
    """Text without tags, on a single line, and the address of its first link; that is empty where it has none."""
    link = _LINK.search(markup)
    words = " ".join(html.unescape(_TAG.sub(" ", markup)).split())
    address = html.unescape(link[1]) if link is not None else ""
    return words, address if is_web(address) else ""


def number_of(value: object) -> float | None:
    """A finite number that stands as a number or as text ("2.0"); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def whole_number(value: object) -> int | None:
    """A number such as "2.0" as a whole one; None where it is none."""
    number = number_of(value)
    return int(number) if number is not None and abs(number) < 2**53 and number == int(number) else None


def numbers_of(text: str) -> list[float]:
    """Numbers with blanks or commas between them; empty where one of them is none."""
    numbers = [number_of(word) for word in re.split(r"[\s,]+", text.strip()) if word]
    return [number for number in numbers if number is not None] if None not in numbers else []


def lonlat_box(numbers: list[float]) -> Bounds | None:
    """West, south, east, north as bounds; east of the antimeridian longitudes run on. None where it is no box."""
    if len(numbers) != 4:
        return None
    west, south, east, north = numbers
    south, north = max(min(south, north), -90.0), min(max(south, north), 90.0)
    if not (-540 <= west <= 540 and -540 <= east <= 540 and south <= north):
        return None
    return Bounds(west, south, east + 360 if east < west else east, north)


def is_web(address: str) -> bool:
    """True for an address with http or https and a host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in _WEB and bool(parts.netloc)


def linked(base: str, link: str) -> str:
    """The address that a link of a document leads to, in plain ASCII; empty where it leads nowhere on the web.

    A link by http on the host whose document came by https is taken by https, too. Braces of templates stay.
    """
    link = re.sub(r"%7b", "{", link.strip(), flags=re.IGNORECASE)
    link = quote(re.sub(r"%7d", "}", link, flags=re.IGNORECASE), safe=_SAFE_IN_ADDRESS)
    try:
        # What is whole already stays byte for byte: joining would take "//" out of its path.
        address = link if is_web(link) else urljoin(base, link)
        parts, ours = urlsplit(address), urlsplit(base)
        is_ours = parts.hostname == ours.hostname and parts.port in (None, 80)
        if parts.scheme == "http" and ours.scheme == "https" and is_ours:
            address = urlunsplit(parts._replace(scheme="https", netloc=parts.netloc.removesuffix(":80")))
    except ValueError:
        return ""
    return address if is_web(address) else ""


def with_parameters(address: str, parameters: dict[str, str]) -> str:
    """An address with these parameters, in place of its own of the same names in any case; its others stay as they are.

    Values stand as they are: who gives them has encoded them.
    """
    head, _, query = address.partition("#")[0].partition("?")
    names = {name.lower() for name in parameters}
    kept = [part for part in query.split("&") if part and part.partition("=")[0].lower() not in names]
    return head + "?" + "&".join([*kept, *(f"{name}={value}" for name, value in parameters.items())])


def no_such(document: str) -> Phrase:
    """A sentence on a document that is not what its reader reads."""
    return Phrase("The document is no {document}: check the address.", document=document)
