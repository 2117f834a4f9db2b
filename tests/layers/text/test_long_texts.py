"""Texts of files and people, long and awkward, against everything that searches them with a regular expression."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from layers.errors import GeoloupeError
from layers.geo.coordinates.parse import parse_coordinate
from layers.geo.coordinates.wkt import read_extent
from layers.project.qgis.qml_in import read_qml
from layers.raster.band_maths import parse_expression as parse_bands
from layers.readers.raster.rpc import parse_rpb
from layers.services.template import check_template
from layers.text.text_encoding import guessed_encoding
from layers.text.xml_decoding import encoding_of
from layers.vector.expression.language import parse_expression
from layers.vector.style.template import template_of

MANY = 300_000
PIECES = [" ", "a", "1", "1.", "1 ", "{", "{a", "}", "'", "''", '"', "(", "%", "_", "<", "&", ",", "\\", "-", "\xec",
          "°", "POINT ", "if(coalesce(", ") is null, '', ", "'a' || ", "switch:a,", "latitude "]  # fmt: skip
BEGINNINGS = [
    "",
    "POINT",
    "SRID=1",
    "SRID=1;",
    "if(coalesce(a) is null, '', ",
    "a like '",
    "https://a/",
    "geo:1,1",
    "POINT EMPTY",
    '"',
]


def _label(text: str) -> object:
    quoted = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").encode()
    head = b'<qgis><renderer-v2 type="singleSymbol"><symbols/></renderer-v2><labeling><settings><text-style fieldName="'
    return read_qml(head + quoted + b'" isExpression="1"/></settings></labeling></qgis>')


READERS: dict[str, Callable[[str], object]] = {
    "an expression": parse_expression,
    "band maths": parse_bands,
    "a label": template_of,
    "a QML label": _label,
    "a coordinate": parse_coordinate,
    "an extent": read_extent,
    "a service": check_template,
    "an RPB": parse_rpb,
    "an encoding": lambda text: guessed_encoding(text.encode("latin-1", "replace") + b" \xe9 a"),
    "an XML encoding": lambda text: encoding_of(io.BytesIO(text.encode("latin-1", "replace") + b"<\xff"), 10**7),
}


@pytest.mark.bounded
@pytest.mark.timeout(20)
@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", READERS)
def test_no_text_makes_a_search_run_away(name: str) -> None:
    """A search that tries again from each place takes minutes for 300,000 characters; all of these take a second."""
    for beginning in ("", "lineOffset = ") if "RPB" in name or "encoding" in name else BEGINNINGS:
        for piece in PIECES:
            text = beginning + piece * (MANY // len(piece)) + "\x7f"
            try:
                READERS[name](text)
            except (GeoloupeError, ValueError):
                continue
