"""The fields of IPTC in files of a product, read back by GDAL, pikepdf and a reader of the older standard's records."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
import rasterio
from msgspec.structs import replace

from tests.support.printed_pages import WORDS, one_map
from tests.viewer.export.formats.conftest import Write
from viewer.export.formats.metadata import credit_line, instructions, iptc_records, xmp_packet
from viewer.export.printed import ShownPlace

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "core": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "ext": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
FIELDS = {
    "dc:title": WORDS.title,
    "photoshop:Headline": WORDS.title,
    "dc:description": WORDS.caption,
    "dc:creator": "A. Analyst|The Desk",
    "photoshop:Credit": credit_line(WORDS),
    "dc:rights": credit_line(WORDS),
    "photoshop:Source": "The Desk",
    "photoshop:DateCreated": "2026-01-02",
    "dc:subject": "ports|Гавань",
    "photoshop:Country": "Russia",
    "core:CountryCode": "RU",
    "core:Location": "Гавань",
    "xmpRights:UsageTerms": "Sentinel-2: CC BY-SA 3.0 IGO",
    "xmpRights:WebStatement": WORDS.web_statement,
    "photoshop:Instructions": "Marking: TLP:AMBER. Status: issued. Imagery: Sentinel-2, 31 August 2020, 17:40 UTC.",
}
"""Each field with its values, joined by a bar."""


def values_of(packet: str) -> dict[str, str]:
    """The values of a packet by the names of `FIELDS`."""
    root = ElementTree.fromstring(packet[packet.index("<x:xmpmeta") : packet.rindex("</x:xmpmeta>") + 12])
    found = {}
    for name in FIELDS:
        prefix, word = name.split(":")
        element = root.find(f".//{RDF}Description/{{{SPACES[prefix]}}}{word}")
        if element is not None:
            found[name] = "|".join(line.text for line in element.iter(f"{RDF}li")) or element.text
    return found


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "pdf"])
def test_every_field_is_in_the_file(write: Write, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x.{ending}"
    write(one_map((320, 240)), path)
    if ending == "pdf":
        with pikepdf.open(path) as file:
            packet = file.Root.Metadata.read_bytes().decode()
    elif ending == "png":  # GDAL reads no packet of a PNG
        packet = path.read_bytes().split(b"XML:com.adobe.xmp\0\0\0\0\0", 1)[1].decode("utf-8", "ignore")
    else:
        with rasterio.open(path) as file:
            packet = file.tags(ns="xml:XMP")["xml:XMP"]
    assert values_of(packet) == FIELDS


def test_a_jpeg_has_them_for_programs_of_the_older_standard(write: Write, tmp_path: Path) -> None:
    write(one_map((320, 240)), tmp_path / "x.jpg")
    data = (tmp_path / "x.jpg").read_bytes()
    at = data.index(b"8BIM\x04\x04")
    length = int.from_bytes(data[at + 8 : at + 12], "big")
    sets = records_of(data[at + 12 : at + 12 + length])
    assert sets[5] == sets[105] == [WORDS.title]
    assert sets[25] == ["ports", "Гавань"]
    assert sets[40] == [instructions(WORDS)]
    assert sets[55] == ["20260102"]
    assert sets[92] == ["Гавань"]
    assert sets[101] == ["Russia"]
    assert sets[116] == [credit_line(WORDS)]


def records_of(data: bytes) -> dict[int, list[str]]:
    """The data sets of the application record, by number."""
    sets: dict[int, list[str]] = {}
    while data:
        _tag, record, number, length = data[0], data[1], data[2], int.from_bytes(data[3:5], "big")
        if record == 2 and number:
            sets.setdefault(number, []).append(data[5 : 5 + length].decode())
        data = data[5 + length :]
    return sets


def test_several_countries_are_listed_and_none_is_the_pictures_own() -> None:
    words = replace(WORDS, places=(ShownPlace("CN", "China"), ShownPlace("RU", "Russia")))
    packet = xmp_packet(words).decode()
    found = values_of(packet)
    assert not {"photoshop:Country", "core:CountryCode", "core:Location"} & found.keys()
    root = ElementTree.fromstring(packet[packet.index("<x:xmpmeta") : packet.rindex("</x:xmpmeta>") + 12])
    names = [element.text for element in root.iter(f"{{{SPACES['ext']}}}CountryName")]
    assert names == ["China", "Russia"]
    assert 101 not in records_of(iptc_records(words))


def test_nothing_is_stated_that_is_not_known() -> None:
    words = replace(WORDS, made_on="", keywords=(), places=(), usage=(), web_statement="", imagery=())
    found = values_of(xmp_packet(words).decode())
    assert not {"photoshop:DateCreated", "dc:subject", "photoshop:Country", "xmpRights:WebStatement"} & found.keys()
    assert found["xmpRights:UsageTerms"] == credit_line(WORDS), "the credits say whose it is"
    assert not {55, 25, 92, 101} & records_of(iptc_records(words)).keys()
