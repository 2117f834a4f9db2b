"""The words of a product in the forms that files carry: an XMP packet, IPTC records, and named texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from html import escape  # that of xml.sax loads all of the network with it

from layers.errors import CannotBePlaced
from layers.geo.crs import WGS84, transform_bounds
from layers.grid.tile_grid import View
from viewer.export.printed import Printed, ProductWords, ShownPlace
from viewer.support.language.text import plain

SOFTWARE = "Geoloupe"
_MORE = "and {0} more"
LONGEST = 60_000
"""Most characters of one text: an XMP packet in a JPEG has to fit in 65,502 bytes."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
}
_IPTC_MOST = {
    5: 64,
    25: 64,
    40: 256,
    55: 8,
    80: 32,
    92: 32,
    100: 3,
    101: 64,
    105: 256,
    110: 32,
    115: 32,
    116: 128,
    120: 2000,
}
"""Most bytes of a data set of IPTC's application record, by its number."""


def named_texts(printed: Printed, page: int = 0) -> dict[str, str]:
    """Texts by the names that PNG and TIFF readers know, without empty ones."""
    words = printed.words_of(page)
    texts = {
        "Title": words.title,
        "Description": words.caption,
        "Author": ", ".join(filter(None, (words.author, words.organisation))),
        "Creation Time": words.made_on,
        "Copyright": credit_line(words),
        "Marking": words.marking or "none",
        "Status": words.status,
        "Source": whole_citations(words.sources, LONGEST),
        "Keywords": ", ".join(words.keywords),
        "Usage Terms": usage_terms(words),
        "Imagery": "; ".join(words.imagery),
        "Location": "; ".join(_place_words(place) for place in words.places),
        "Processing": words.processing or "none",
        "Alternative Text": words.alt_text,
        "Extent": "; ".join(extent_text(frame.view) for frame in printed.frames if frame.page == page),
        "Software": SOFTWARE,
    }
    return {name: kept for name, text in texts.items() if (kept := clean(text))}


def credit_line(words: ProductWords) -> str:
    """All credits on one line."""
    return " ".join(words.credits)


def instructions(words: ProductWords) -> str:
    """The marking and the state of a product, which are to be known before it is passed on, and what its images date
    from: the date of creation is the product's.
    """
    status = f" Status: {words.status}." if words.status else ""
    imagery = f" Imagery: {'; '.join(words.imagery)}." if words.imagery else ""
    return f"Marking: {words.marking or 'none'}.{status}{imagery}"


def usage_terms(words: ProductWords) -> str:
    """The licences of what is shown; the credits where none is stated."""
    return "; ".join(words.usage) or credit_line(words)


def whole_citations(sources: Sequence[str], longest: int) -> str:
    """The first citations, whole, as many as a text has room for: a link that is cut leads elsewhere."""
    kept: list[str] = []
    room = longest
    for at, source in enumerate(sources):
        left = len(sources) - at
        room -= len(source) + 1
        if room < (len(_MORE.format(left)) if left > 1 else 0):
            return " ".join([*kept, _MORE.format(left)])
        kept.append(source)
    return " ".join(kept)


def extent_text(view: View) -> str:
    """The extent of a map in degrees."""
    try:
        extent = transform_bounds(view.grid.crs, WGS84, view.world_bounds())
    except CannotBePlaced:
        return "not a part of the Earth alone"
    return "W {:.5f} S {:.5f} E {:.5f} N {:.5f}".format(*extent)


def xmp_packet(words: ProductWords, most_bytes: int = 0) -> bytes:
    """An XMP packet; long texts are cut where it is limited to `most_bytes`."""
    longest = LONGEST
    packet = _packet(words, longest)
    while most_bytes and len(packet) > most_bytes and longest > 100:
        longest //= 2
        packet = _packet(words, longest)
    return packet


def _packet(words: ProductWords, longest: int) -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf_words(words, longest)}</x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def rdf_words(words: ProductWords, longest: int = LONGEST) -> str:
    """The words as RDF, which XMP and SVG share."""
    parts = "".join(f"<{name}>{value}</{name}>" for name, value in _properties(words, longest) if value)
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces}>{parts}</rdf:Description></rdf:RDF>'
    )


def _properties(words: ProductWords, longest: int) -> Iterator[tuple[str, str]]:
    def text(value: str) -> str:
        return escape(clean(value, longest), quote=False)

    def choice(value: str) -> str:
        kept = text(value)
        return f'<rdf:Alt><rdf:li xml:lang="x-default">{kept}</rdf:li></rdf:Alt>' if kept else ""

    def several(kind: str, values: tuple[str, ...]) -> str:
        kept = [text(value) for value in values]
        lines = "".join(f"<rdf:li>{entry}</rdf:li>" for entry in kept if entry)
        return f"<rdf:{kind}>{lines}</rdf:{kind}>" if lines else ""

    credit = credit_line(words)
    yield "dc:title", choice(words.title)
    yield "dc:description", choice(words.caption)
    yield "dc:creator", several("Seq", tuple(filter(None, (words.author, words.organisation))))
    yield "dc:rights", choice(credit)
    yield "dc:source", text(whole_citations(words.sources, longest))
    yield "dc:subject", several("Bag", words.keywords)
    yield "dc:language", several("Bag", (words.language,))
    yield "xmp:CreatorTool", SOFTWARE
    yield "xmp:CreateDate", escape(xmp_date(words.made_on), quote=False)
    yield "xmpRights:UsageTerms", choice(usage_terms(words))
    yield "xmpRights:WebStatement", text(words.web_statement)
    yield "photoshop:DateCreated", escape(xmp_date(words.made_on), quote=False)
    yield "photoshop:Headline", text(words.title)
    yield "photoshop:Credit", text(credit)
    yield "photoshop:Source", text(words.organisation or words.author)
    yield "photoshop:Instructions", text(instructions(words))
    country = lone_country(words)
    yield "Iptc4xmpCore:CountryCode", text(country.country_code)
    yield "photoshop:Country", text(country.country)
    yield "Iptc4xmpCore:Location", text(country.name)
    yield "Iptc4xmpExt:LocationShown", _locations(words, text)
    yield "Iptc4xmpCore:AltTextAccessibility", choice(words.alt_text)
    yield "pdf:Keywords", text(", ".join(words.keywords))


def lone_country(words: ProductWords) -> ShownPlace:
    """The country of all that is shown, and the name of the place where it is one; empty for several countries."""
    places = words.places
    if not places or len({place.country_code for place in places}) > 1:
        return ShownPlace()
    return places[0] if len(places) == 1 else places[0]._replace(name="")


def _locations(words: ProductWords, text: Callable[[str], str]) -> str:
    """The places as IPTC's structures of what a picture shows."""
    lines = []
    for place in words.places:
        parts = (("Sublocation", place.name), ("CountryName", place.country), ("CountryCode", place.country_code))
        kept = [f"<Iptc4xmpExt:{name}>{value}</Iptc4xmpExt:{name}>" for name, raw in parts if (value := text(raw))]
        lines.append(f'<rdf:li rdf:parseType="Resource">{"".join(kept)}</rdf:li>' if kept else "")
    return f"<rdf:Bag>{''.join(lines)}</rdf:Bag>" if any(lines) else ""


def _place_words(place: ShownPlace) -> str:
    return ", ".join(filter(None, (place.name, place.country or place.country_code)))


def xmp_date(made_on: str) -> str:
    """A day or time in the form of XMP; empty for a text that is neither, as dates are not invented."""
    try:
        datetime.fromisoformat(made_on)
    except ValueError:
        return ""
    return made_on


def iptc_records(words: ProductWords) -> bytes:
    """IPTC-IIM data sets in UTF-8, cut to the standard's lengths: the XMP packet has the whole texts."""
    sets = [
        (5, words.title),
        *((25, keyword) for keyword in words.keywords),
        (40, instructions(words)),
        (55, xmp_date(words.made_on)[:10].replace("-", "")),
        (80, words.author or words.organisation),
        (92, lone_country(words).name),
        (100, _three_letters(lone_country(words).country_code)),
        (101, lone_country(words).country),
        (105, words.title),
        (110, credit_line(words)),
        (115, words.organisation or words.author),
        (116, credit_line(words)),
        (120, _short_caption(words, _IPTC_MOST[120])),
    ]
    records = b"\x1c\x01\x5a\x00\x03\x1b%G" + b"\x1c\x02\x00\x00\x02\x00\x04"
    for number, text in sets:
        data = cut_bytes(clean(text), _IPTC_MOST[number])
        if data:
            records += bytes((0x1C, 2, number)) + len(data).to_bytes(2, "big") + data
    return records


def _three_letters(code: str) -> str:
    """A code of IPTC's first standard, which has three letters; empty for one of two."""
    return code if len(code) == 3 else ""


def _short_caption(words: ProductWords, most_bytes: int) -> str:
    """The whole caption where it fits, else one that names nobody: what is said of a party must not be cut."""
    whole = clean(words.caption)
    return whole if not words.parties or len(whole.encode()) <= most_bytes else clean(words.in_short)


def cut_bytes(text: str, most: int) -> bytes:
    """UTF-8 of at most `most` bytes, cut between two characters."""
    return text.encode()[:most].decode(errors="ignore").encode()


def clean(text: str, longest: int = LONGEST) -> str:
    """The text without characters that XML, or a line of text, cannot hold."""
    return xml_only(plain(text, longest)).strip()


def xml_only(text: str) -> str:
    """The characters of a text that XML can hold."""
    return _NOT_XML.sub("", text)
