"""KMZ: the schema of KML holds, GDAL opens it, and it says what the case says."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from fastkml import kml
from fastkml.validator import get_schema_parser
from lxml import etree
from msgspec.structs import replace
from shapely import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.measure import distance_m
from layers.product.content import ProductContent
from layers.product.gathering import content_of
from tests.support.qgis.peers import clean, need
from tests.viewer.export.data.conftest import ENTITIES, png_of, with_pictures
from viewer.export.data.copied_place import CopiedPlace, PlaceForm
from viewer.export.data.exported import ChipPicture, DataExport, GroundPicture
from viewer.export.data.kmz import LABELS, kmz_bytes
from viewer.export.features import sites_text


def shown(name: str) -> str:
    """A name as it stands in KML: programs take markup in names for their own."""
    return name.replace("<", "‹").replace(">", "›")


FIRM = shown(ENTITIES)

KML = "{http://www.opengis.net/kml/2.2}"


def content(document: Document) -> ProductContent:
    return content_of(document, document.sites)


def chips(document: Document) -> list[ChipPicture]:
    return with_pictures(DataExport(document, content(document), chips={"chip": png_of()})).chip_pictures


def ground(name: str, begin: str) -> GroundPicture:
    return GroundPicture(name, png_of(), Bounds(10, 50, 11, 51), begin, begin, f"{name} · © A Provider")


def opened(data: bytes) -> tuple[etree._Element, dict[str, bytes]]:
    """The KML, held against its schema, and the files beside it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert next(iter(files)) == "doc.kml"
    root = etree.fromstring(files.pop("doc.kml"))
    schema = get_schema_parser()
    assert schema.validate(root), schema.error_log
    return root, files


def placemarks(root: etree._Element, folder: str = "") -> dict[str, etree._Element]:
    found = root.iter(f"{KML}Folder") if folder else [root]
    return {
        mark.findtext(f"{KML}name"): mark
        for one in found
        if not folder or one.findtext(f"{KML}name") == folder
        for mark in one.iter(f"{KML}Placemark")
    }


def facts(mark: etree._Element) -> dict[str, str]:
    return {data.get("name"): data.findtext(f"{KML}value") for data in mark.iter(f"{KML}Data")}


def test_the_kml_keeps_to_its_schema_and_has_every_site_in_its_folder(case: Document) -> None:
    told = content(case)
    overlays = [ground("Before", "1985"), ground("After", "2020-06-01")]
    root, files = opened(kmz_bytes(case, told, chips(case), overlays))
    assert kml.KML.from_string(etree.tostring(root).decode(), strict=False).features
    folders = [one.findtext(f"{KML}name") for one in root.find(f"{KML}Document").iterchildren(f"{KML}Folder")]
    assert folders == [
        "Named in a claim",
        "Setting (public infrastructure)",
        "Annotations",
        "Labels of areas and lines",
        "Position errors (90 %)",
        "Images",
    ]
    sites = {**placemarks(root, "Named in a claim"), **placemarks(root, "Setting (public infrastructure)")}
    assert set(sites) == {shown(site.name) for site in told.sites if site.mark_kind == "site"}
    assert sites[FIRM].findtext(f"{KML}styleUrl")[1:] in {one.get("id") for one in root.iter(f"{KML}Style")}
    named = {one.findtext(f"{KML}href") for one in root.iter(f"{KML}Icon")}
    assert named | {"chips/1.png"} == set(files)
    for data in files.values():
        assert data.startswith(b"\x89PNG")
    spans = [[one.findtext(f"{KML}begin"), one.findtext(f"{KML}end")] for one in root.iter(f"{KML}TimeSpan")]
    assert spans == [["1985", "1985"], ["2020-06-01", "2020-06-01"]]


def test_claims_stand_with_speaker_answers_sources_and_what_we_judge_apart(case: Document) -> None:
    root, _files = opened(kmz_bytes(case, content(case), chips(case)))
    marks = placemarks(root)
    port, firm = facts(marks["=Port"]), facts(placemarks(root, "Named in a claim")[FIRM])
    assert (port["likelihood"], port["confidence"]) == ("likely (55–80 %)", "Confidence: moderate")
    assert "“the port is used”" in port["claims"]
    assert "On ports & firms" in port["sources"]
    assert firm["speakers"] == "Two officials"
    assert "“It is not so”" in firm["responses"]
    assert "The ministry declined to answer" in firm["responses"], "an answer to the whole is one to each"
    said = marks[FIRM].findtext(f"{KML}description")
    assert "place inferred by us" in said
    assert "a firm “based in China”" in said
    assert "<b>" not in said, "words of a case are no markup"
    assert not any("<" in (one.text or "") for one in root.iter(f"{KML}name")), "nor is a name"
    words = marks["=Port"].findtext(f"{KML}description")
    assert 'src="chips/1.png"' in words
    assert "The quay · 12 April 2024" in words
    for line in words.split("<p>"):
        assert not ("likely" in line and "moderate" in line), "likelihood and confidence never in one sentence"
    about = root.find(f"{KML}Document").findtext(f"{KML}description")
    for part in (
        "UNCLASSIFIED // TLP:RED",
        "© A Provider",
        "CC BY",
        "Sentinel-2",
        "not thereby absent",
        "S1: “On ports",
    ):
        assert part in about, part


def test_a_city_level_firm_is_a_circle_and_never_a_pin(case: Document) -> None:
    root, _files = opened(kmz_bytes(case, content(case)))
    marks = placemarks(root, "Named in a claim")
    firm = marks[FIRM]
    assert firm.find(f".//{KML}Point") is None
    ring = [tuple(map(float, pair.split(","))) for pair in firm.findtext(f".//{KML}coordinates").split()]
    assert len(ring) > 30
    assert all(abs(distance_m(114.3, 30.6, *pair) - 20_000) < 300 for pair in ring), "around the place as it is written"
    port = placemarks(root, "Setting (public infrastructure)")["=Port"]
    assert port.findtext(f".//{KML}coordinates") == "10.5012,50.5012", "as fine as the error"
    circle = placemarks(root, "Position errors (90 %)")["=Port: ± 40 m (90 %)"]
    assert circle.find(f".//{KML}Polygon") is not None
    path = placemarks(root, "Setting (public infrastructure)")["Восточный путь"]
    assert len(list(path.iter(f"{KML}LineString"))) == 2, "cut at the antimeridian"
    assert "planned 2030" in placemarks(root)["Pad (planned 2030)"].findtext(f"{KML}description")


def test_an_area_and_a_line_have_a_labelled_point_with_their_balloon(case: Document) -> None:
    """Google Earth writes no name at an area, and one of 20 km is no pixel in a view of a country: no click hit it."""
    told = content(case)
    root, files = opened(kmz_bytes(case, told, chips(case)))
    labels = placemarks(root, LABELS)
    areas = {site.name for site in told.sites if case.sites[site.uuid].is_site and _is_spread(case.sites[site.uuid])}
    assert set(labels) == {shown(name) for name in areas}
    styles = {f"#{style.get('id')}": style for style in root.iter(f"{KML}Style")}
    for name, label in labels.items():
        area = placemarks(root, "Named in a claim" if name == FIRM else "Setting (public infrastructure)")[name]
        assert label.findtext(f"{KML}description") == area.findtext(f"{KML}description"), name
        assert label.find(f"{KML}Point") is not None
        style = styles[label.findtext(f"{KML}styleUrl")]
        assert float(style.findtext(f".//{KML}LabelStyle/{KML}scale")) > 0
    firm = labels[FIRM]
    assert firm.findtext(f".//{KML}coordinates") == "114.3,30.6", "no finer than the place is known"
    icon = styles[firm.findtext(f"{KML}styleUrl")].findtext(f".//{KML}href")
    assert icon in files, "the hollow symbol, as on screen"


def _is_spread(site: Site) -> bool:
    return site.kind != "point" or site.is_area


def test_circles_lie_where_the_pins_and_the_words_say(case: Document) -> None:
    """Circles lay around the place as it was kept, up to half of the last digit from the one that is written."""
    root, _files = opened(kmz_bytes(case, content(case)))
    pin = placemarks(root, "Setting (public infrastructure)")["=Port"].findtext(f".//{KML}coordinates")
    firm = content(case).site("firm")
    assert firm is not None
    lat, lon = (float(number) for number in re.findall(r"([\d.]+)°", firm.place)[:2])
    for middle, radius_m, circle in (
        ((lon, lat), 20_000.0, placemarks(root, "Named in a claim")[FIRM]),
        (tuple(map(float, pin.split(","))), 40.0, placemarks(root, "Position errors (90 %)")["=Port: ± 40 m (90 %)"]),
    ):
        rim = [tuple(map(float, point.split(","))) for point in circle.findtext(f".//{KML}coordinates").split()]
        assert all(distance_m(*middle, *point[:2]) == pytest.approx(radius_m, rel=0.02) for point in rim)


def test_gdal_reads_it_with_its_fields(case: Document, tmp_path: Path) -> None:
    need(shutil.which("ogrinfo") is not None, "ogrinfo")
    path = tmp_path / "x.kmz"
    path.write_bytes(kmz_bytes(case, content(case)))
    run = subprocess.run(["ogrinfo", "-json", "-features", path], capture_output=True, text=True, env=clean())
    layers = json.loads(run.stdout)["layers"]
    features = [feature for layer in layers if layer["name"] != LABELS for feature in layer["features"]]
    names = [feature["properties"]["Name"] for feature in features]
    assert names.count(FIRM) == 1
    firm = features[names.index(FIRM)]
    assert firm["geometry"]["type"] == "Polygon"
    assert len([name for name in names if "(90 %)" not in name]) == len(case.sites)


def test_the_same_case_makes_the_same_bytes_and_hostile_text_no_markup(case: Document) -> None:
    assert kmz_bytes(case, content(case)) == kmz_bytes(case, content(case))
    hostile = ChipPicture("x", "port", "image/png", png_of(), "]]></description><script>\x00\ud800")
    root, _files = opened(kmz_bytes(case, content(case), [hostile]))
    assert root.find(f".//{KML}script") is None


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", ""])
def test_a_chip_of_another_kind_is_no_picture(case: Document, kind: str) -> None:
    _root, files = opened(kmz_bytes(case, content(case), [ChipPicture("x", "port", kind, b"<svg/>")]))
    assert not [name for name in files if name.startswith("chips/")]


@pytest.mark.parametrize("error_m", [500.0, 15_000.0])
def test_a_default_error_is_neither_a_circle_nor_a_number(qapp: object, error_m: float) -> None:
    pad = Site(
        uuid="p", geometry=Point(10, 50), label="Pad", position_error_m=error_m, position_basis="default, not judged"
    )
    document = Document({"sites": [pad]})
    told = content(document)
    root, _files = opened(kmz_bytes(document, told))
    assert "90 %" not in etree.tostring(root, encoding="unicode")
    assert facts(placemarks(root)["Pad"])["precision"] == "default, not judged"
    assert placemarks(root)["Pad"].find(f"{KML}Point") is not None
    (feature,) = json.loads("".join(sites_text(document, ".geojson", told)))["features"]
    assert feature["geometry"]["type"] == "Point"
    assert feature["properties"]["position_error_m"] is None
    assert "15000" not in "".join(sites_text(document, ".csv", told))
    assert (
        CopiedPlace.of_site(pad)
        .text(PlaceForm.SENTENCE)
        .endswith("How well that is known was not judged. Position: default, not judged.")
    )
    judged = Document({"sites": [replace(pad, position_basis="estimate")]})
    assert "90 %" in etree.tostring(opened(kmz_bytes(judged, content(judged)))[0], encoding="unicode")
