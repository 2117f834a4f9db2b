"""A product as an SVG, read as XML and painted by Chromium."""

from __future__ import annotations

import base64
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QFont, QImage, QRawFont
from PySide6.QtSvg import QSvgRenderer

from tests.support.printed_pages import NAMES, WORDS, one_map, two_pages
from tests.viewer.export.conftest import pixels
from tests.viewer.export.formats.conftest import Write, painted
from viewer.support.fonts import CHINESE, FAMILY, font_file
from viewer.support.painting import painting

INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
SVG = "{http://www.w3.org/2000/svg}"


def test_groups_names_and_words(write: Write, tmp_path: Path) -> None:
    write(two_pages(), tmp_path / "x.svg")
    assert (tmp_path / "x-2.svg").exists()
    root = ElementTree.parse(tmp_path / "x.svg").getroot()
    assert root.find(f"{SVG}title").text == WORDS.title
    assert [one.get("id") for one in root.findall(f"{SVG}g")] == ["ground", "map-1", "map-2", "furniture"]
    for number, frame in enumerate(two_pages().frames[:2]):
        one = root.findall(f"{SVG}g")[number + 1]
        assert one.find(f"{SVG}title").text == frame.title
        assert one.find(f"{SVG}desc").text == frame.alt_text
        name = f"map-{number + 1}"
        assert [part.get("id") for part in one.findall(f"{SVG}g")] == [
            f"{name}-image",
            f"{name}-marks",
            f"{name}-labels",
        ]
        texts = {text.text.strip() for text in one.iter(f"{SVG}text")}
        assert texts >= set(NAMES)
        assert len(list(one.find(f"{SVG}g").iter(f"{SVG}image"))) == 1
    metadata = "".join(root.find(f"{SVG}metadata").itertext())
    assert all(word in metadata for word in ("TLP:AMBER", "Copernicus", "On a port", "north coast"))
    names = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(names) == len(set(names))


def test_layers_are_known_to_programs_that_edit_graphics(write: Write, tmp_path: Path) -> None:
    write(one_map(), tmp_path / "x.svg")
    root = ElementTree.parse(tmp_path / "x.svg").getroot()
    layers = [one.get(f"{INKSCAPE}label") for one in root.iter() if one.get(f"{INKSCAPE}groupmode") == "layer"]
    assert layers == ["paper", "map-1", "image", "marks", "labels", "furniture"]


def test_the_type_of_a_page_is_in_the_file(write: Write, tmp_path: Path) -> None:
    """The letters that it is set in look as in the shipped fonts, and all others are left out."""
    write(one_map(), tmp_path / "x.svg")
    root = ElementTree.parse(tmp_path / "x.svg").getroot()
    rules = re.findall(
        r"font-family:'([^']*)';font-weight:400;src:url\(data:font/woff;base64,([^)]*)\)", style_of(root)
    )
    assert [family for family, _ in rules] == [FAMILY, CHINESE]
    for (family, data), letters, other in zip(rules, ("HoГань", "港口"), ("Q", "中"), strict=True):
        shipped, cut = QRawFont(str(font_file(family, bold=False)), 100.0), QRawFont()
        cut.loadFromData(unpacked(base64.b64decode(data)), 100.0, QFont.HintingPreference.PreferNoHinting)
        assert cut.isValid()
        for letter in letters:
            (glyph,) = shipped.glyphIndexesForString(letter)
            assert cut.pathForGlyph(glyph) == shipped.pathForGlyph(glyph)
            assert not cut.pathForGlyph(glyph).isEmpty()
        assert cut.pathForGlyph(shipped.glyphIndexesForString(other)[0]).isEmpty()
    assert len(base64.b64decode(rules[0][1])) < 80_000


def test_letters_are_shapes_on_request(write: Write, tmp_path: Path) -> None:
    """No font is needed then: the words stay as labels of the shapes."""
    write(one_map(), tmp_path / "text.svg")
    write(replace(one_map(), letters_as_shapes=True), tmp_path / "x.svg")
    root = ElementTree.parse(tmp_path / "x.svg").getroot()
    assert not list(root.iter(f"{SVG}text"))
    assert root.find(f"{SVG}style") is None
    labels = {path.get("aria-label") for path in root.iter(f"{SVG}path")}
    assert labels >= set(NAMES)
    pictures = []
    for name in ("text.svg", "x.svg"):
        picture = QImage(640, 480, QImage.Format.Format_RGB32)
        with painting(picture) as painter:
            QSvgRenderer(str(tmp_path / name)).render(painter)
        pictures.append(pixels(picture))
    far = np.abs(pictures[0] - pictures[1]).max(axis=2)
    assert np.mean(far > 48) < 0.002, "they stand where the words stood"


def style_of(root: ElementTree.Element) -> str:
    style = root.find(f"{SVG}style")
    assert style is not None
    return style.text or ""


def unpacked(woff: bytes) -> bytes:
    """A font in the form of WOFF as one that Qt loads."""
    (count,) = struct.unpack_from(">H", woff, 12)
    tables = []
    for at in range(44, 44 + 20 * count, 20):
        tag, start, packed, length, checksum = struct.unpack_from(">4sIIII", woff, at)
        data = woff[start : start + packed]
        tables.append((tag, checksum, data if packed == length else zlib.decompress(data)))
    head, body = bytearray(woff[4:8] + struct.pack(">HHHH", count, 0, 0, 0)), bytearray()
    for tag, checksum, data in tables:
        head += struct.pack(">4sIII", tag, checksum, 12 + 16 * count + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return bytes(head + body)


@pytest.mark.bounded
def test_chromium_paints_what_the_painter_does(write: Write, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    assert chromium, "Debian's chromium is in .ci/packages"
    write(one_map(), tmp_path / "x.svg")
    subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--hide-scrollbars",
            "--disable-gpu",
            "--window-size=640,480",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--screenshot={tmp_path / 'x.png'}",
            str(tmp_path / "x.svg"),
        ],
        check=True,
        capture_output=True,
        timeout=50,
    )
    found = pixels(QImage(str(tmp_path / "x.png")))
    far = np.abs(found - pixels(painted(one_map())))[60:400, 40:560]
    assert far.mean() < 4
    assert np.mean(far.max(axis=2) < 16) > 0.95
