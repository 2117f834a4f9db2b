"""geoloupe export for other programs: the demo as KMZ, tables and a case, opened by others and counted against it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from fastkml.validator import get_schema_parser
from lxml import etree
from msgspec.structs import replace

import sample_data
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.project.saving.publish import write_case
from tests.support.cases.rich import BLOBS, read_case, rich_document
from tests.support.hostile_pictures import PAGE, SECRET, told_in_segments
from viewer.cli.terminal.command import BAD_INPUT, DONE
from viewer.export.data.kmz import LABELS

FIRM = "Hikvision (Hangzhou Hikvision Digital Technology)"
KML = "{http://www.opengis.net/kml/2.2}"


@pytest.fixture(scope="module")
def demo() -> Document:
    return read_case(sample_data.path("demo.gpkg")).document


def made(cli, path: Path, *options: object) -> bytes:
    outcome = cli("export", sample_data.path("demo.gpkg"), "--out", path, *options)
    assert outcome.code == DONE, outcome.sentence
    return path.read_bytes()


def named_in(suffix: str, data: bytes) -> list[str]:
    """Names of sites, as another program reads them."""
    if suffix == ".kmz":
        root = etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("doc.kml"))
        get_schema_parser().assertValid(root)
        for folder in list(root.iter(f"{KML}Folder")):
            if folder.findtext(f"{KML}name") == LABELS:
                folder.getparent().remove(folder)
        names = [mark.findtext(f"{KML}name") for mark in root.iter(f"{KML}Placemark")]
        return [name for name in names if "(90 %)" not in name]
    if suffix == ".xlsx":
        _head, *rows = openpyxl.load_workbook(io.BytesIO(data))["Sites"].values
        return [row[0] for row in rows]
    if suffix == ".html":
        found = re.findall(r'<h3 id="m\d+"><span class="number">\d+</span> (.*?)</h3>', data.decode())
        return [unescape(name) for name in found]
    if suffix == ".csv":
        return [row["label"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))]
    return [feature["properties"]["label"] for feature in json.loads(data)["features"]]


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("suffix", [".kmz", ".xlsx", ".csv", ".geojson", ".html"])
def test_every_site_of_the_demo_is_in_the_file(cli, demo: Document, tmp_path: Path, suffix: str) -> None:
    names = named_in(suffix, made(cli, tmp_path / f"x{suffix}"))
    assert len(names) == len(demo.sites)
    assert FIRM in names
    published = named_in(suffix, made(cli, tmp_path / f"p{suffix}", "--publish"))
    assert len(published) == 5, "drafts of ours stay behind, the firms that are named do not"
    assert FIRM in published


@pytest.mark.bounded
def test_a_case_of_one_site_or_of_an_extent(cli, demo: Document, tmp_path: Path) -> None:
    (firm,) = (uuid for uuid, site in demo.sites.items() if site.label == FIRM)
    made(cli, tmp_path / "one.gpkg", "--site", firm)
    one = read_case(tmp_path / "one.gpkg").document
    assert list(one.sites) == [firm]
    assert len(one.claims) == len(demo.links.claims_of_site(firm))
    assert len(one.responses) == len(demo.responses)
    made(cli, tmp_path / "part.gpkg", "--bounds", "100,20,130,45", "--marking", "TLP:AMBER")
    part = read_case(tmp_path / "part.gpkg").document
    assert 0 < len(part.sites) < len(demo.sites)
    assert part.meta("marking") == "TLP:AMBER"


def test_what_cannot_be_done_is_said(cli, tmp_path: Path) -> None:
    case = tmp_path / "case.gpkg"
    case.write_bytes(sample_data.path("demo.gpkg").read_bytes())
    before = case.read_bytes()
    outcome = cli("export", case, "--out", case)
    assert (outcome.code, case.read_bytes()) == (BAD_INPUT, before)
    assert "is the case itself" in outcome.sentence
    outcome = cli("export", case, "--out", tmp_path / "x.kmz", "--site", "nobody")
    assert outcome.code == BAD_INPUT
    assert "no site nobody" in outcome.sentence


@pytest.mark.bounded
@pytest.mark.parametrize("suffix", [".kmz", ".html"])
def test_chips_are_encoded_anew_and_what_is_none_is_left_out_and_said(cli, tmp_path: Path, suffix: str) -> None:
    document = rich_document()
    document.apply(Edit("Add", (Change("chips", None, replace(document.chips["chip"], uuid="page")),)))
    data, case, out = told_in_segments(), tmp_path / "case.gpkg", tmp_path / f"x{suffix}"
    write_case(document, case, blobs=BLOBS | {("chips", "chip"): data, ("chips", "page"): PAGE})
    outcome = cli("export", case, "--out", out)
    assert outcome.code == DONE, outcome.sentence
    assert "1 image chip is no picture that is shown, or cannot be decoded, and left out." in outcome.err
    files = [out.read_bytes()]
    if suffix == ".kmz":
        with zipfile.ZipFile(out) as archive:
            files = [archive.read(name) for name in archive.namelist()]
            assert [name for name in archive.namelist() if name.startswith("chips/")] == ["chips/1.jpg"]
    assert hashlib.sha256(data).hexdigest().encode() in files[0]
    assert not any(word in each for each in files for word in (PAGE, SECRET))
