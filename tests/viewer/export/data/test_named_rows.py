"""Rows of data on named firms: exact words with their attribution, answers, context, and what is ours."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.product.gathering import content_of
from tests.support.cases.rich import read_case
from viewer.export.data.exported import DataExport
from viewer.export.data.kmz import kmz_bytes
from viewer.export.data.report import report_html
from viewer.export.data.tables import case_tables
from viewer.export.features import sites_text

OWED = (
    "S1, in its own voice, unattributed: “China-based companies Wuhan Global Sensor Technology Co.",
    'S1, citing China, "repeatedly": "isn\'t providing Russia with arms or military assistance"',
    'Liu Pengyu, spokesman of the Chinese Embassy in Washington: "The normal trade',
    "own answers: none in S1",
    "S1 also: “China has not provided direct lethal military support for Russia”",
    "place inferred by us, not stated by S1",
    "The full name in brackets and the Chinese name are ours",
)


@pytest.fixture(scope="module")
def demo() -> Document:
    return read_case(Path("sample_data/demo.gpkg")).document


def rows_on_hikvision(document: Document, kind: str, publish: bool) -> str:
    """All that one format says of the firm in its own row, balloon or part."""
    content = content_of(document, document.sites, publish, whole_case=True)
    if kind in (".geojson", ".csv"):
        text = "".join(sites_text(document, kind, content))
        if kind == ".csv":
            rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
            return "\n".join(next(row for row in rows if any("Hikvision" in cell for cell in row[:2])))
        features = json.loads(text)["features"]
        found = next(one["properties"] for one in features if "Hikvision" in one["properties"]["label"])
        answers = [one["sentence"] for claim in found["claims"] for one in claim["responses"]]
        return "\n".join([json.dumps(found, ensure_ascii=False).replace('\\"', '"'), *answers])
    if kind == ".kmz":
        with zipfile.ZipFile(io.BytesIO(kmz_bytes(document, content))) as archive:
            kml = archive.read("doc.kml").decode()
        mark = next(
            one for one in kml.split("<Placemark>") if one.startswith("<name>Hikvision") and "ExtendedData" in one
        )
        balloon, _, table = unescape(unescape(mark)).partition("<ExtendedData>")
        assert all(words in re.sub("<[^>]*>", "\n", balloon) for words in OWED)
        return table
    if kind == ".html":
        return unescape(report_html(DataExport(document, content)))
    tables = {one.name: one for one in case_tables(document, content)}
    return "\n".join(str(cell) for cell in next(row for row in tables["Sites"].rows if "Hikvision" in str(row[0])))


@pytest.mark.parametrize("publish", [False, True])
@pytest.mark.parametrize("kind", [".geojson", ".csv", ".kmz", ".html", ".xlsx"])
def test_a_firm_has_the_words_the_answers_and_what_is_ours_in_its_row(demo: Document, kind: str, publish: bool) -> None:
    text = rows_on_hikvision(demo, kind, publish)
    assert [words for words in OWED if words not in text] == []
