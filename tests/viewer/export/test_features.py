"""GeoJSON and CSV of the sites: what is written comes back, no sharper than it is known, and harms no spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyogrio
import pytest
from msgspec.structs import replace
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, shape

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite, MetaEntry, Response
from layers.document.site import Site
from layers.geo.measure import distance_m
from layers.project.storage.fsops import write_whole
from layers.text.spreadsheet import FORMULA_STARTS
from tests.support.cases.judgements import ASSESSED_LIKELY
from viewer.export.features import FIELDS, plain_cell, sites_text

FULL = Site(
    uuid="full",
    geometry=Point(128.3341234567, 51.8841234567),
    label='Восточный, 东方 "x"',
    class_code="launch_site",
    role="setting",
    location_country="RU",
    operator_country="CN",
    position_error_m=300.0,
    position_basis="measured",
    status="reviewed",
    observed_at="2024-04-12T08:00:00Z",
    valid_from="2016",
    valid_to="2030",
    notes="two\nlines; one",
    aliases=(("zh", "东方"), ("ru", "Восточный")),
)
SITES = (
    FULL,
    Site(uuid="city", geometry=Point(114.305678, 30.592345), label="City", position_error_m=20_000.0),
    Site(uuid="exact", geometry=Point(-10.123456789, -45.987654321), label="Not judged"),
    Site(uuid="line", geometry=LineString([(60.123456789, 50), (61, 51)]), label="Line"),
    Site(uuid="zone", geometry=MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)]), label="Zone"),
    *(Site(uuid=f"f{n}", geometry=Point(n, n), label=f"{start}cmd()") for n, start in enumerate(FORMULA_STARTS)),
)


@pytest.fixture
def document() -> Document:
    claim = Claim(uuid="c", statement="=It is so", source_wording="“it is so”", made_by="somebody", state="reported")
    link = ClaimSite(uuid="l", claim_uuid="c", site_uuid="full")
    return Document({"sites": SITES, "claims": [claim], "claim_sites": [link]})


def rows_of(document: Document) -> dict[str, dict[str, str]]:
    text = "".join(sites_text(document, ".csv"))
    assert text.startswith("\ufeff"), "spreadsheets take it for UTF-8 only so"
    return {row["uuid"]: row for row in csv.DictReader(io.StringIO(text[1:], newline=""))}


def test_geojson_opens_in_gdal_with_every_field(document: Document, tmp_path: Path) -> None:
    (tmp_path / "x.geojson").write_text("".join(sites_text(document, ".geojson")), "utf-8")
    table = pyogrio.read_dataframe(tmp_path / "x.geojson").set_index("uuid")
    assert len(table) == len(SITES)
    assert table.crs.to_epsg() == 4326
    row = table.loc["full"]
    assert (row["label"], row["notes"], row["role"], row["status"]) == (FULL.label, FULL.notes, "setting", "reviewed")
    assert (row["location_country"], row["operator_country"], row["position_error_m"]) == ("RU", "CN", 300.0)
    assert set(FIELDS) - {"uuid"} <= set(table.columns)
    assert row["aliases"] == {"zh": "东方", "ru": "Восточный"}
    assert row["claims"][0]["source_wording"] == "“it is so”"
    assert list(table.geometry.geom_type[:5]) == ["Point", "Polygon", "Point", "LineString", "MultiPolygon"]


def test_coordinates_are_as_fine_as_their_error(document: Document) -> None:
    features = {feature["id"]: feature for feature in json.loads("".join(sites_text(document, ".geojson")))["features"]}
    assert features["full"]["geometry"]["coordinates"] == [128.334, 51.884]
    assert features["exact"]["geometry"]["coordinates"] == [-10.1234568, -45.9876543]
    assert features["line"]["geometry"]["coordinates"][0] == [60.1234568, 50]
    rows = rows_of(document)
    assert (rows["full"]["lat"], rows["full"]["lon"]) == ("51.884", "128.334")
    assert rows["exact"]["lat"] == "-45.9876543"
    assert rows["city"]["lat"] == "30.6"


def test_a_loosely_known_place_is_the_circle_of_its_error_with_its_centre(document: Document) -> None:
    feature = next(f for f in json.loads("".join(sites_text(document, ".geojson")))["features"] if f["id"] == "city")
    assert feature["properties"]["centre"] == [114.3, 30.6]
    assert "90 %" in feature["properties"]["drawn_as"]
    ring = feature["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    for lon, lat in ring:
        assert distance_m(114.3, 30.6, lon, lat) == pytest.approx(20_000, rel=0.01)


def test_csv_has_every_field_and_opens_in_gdal(document: Document, tmp_path: Path) -> None:
    row = rows_of(document)["full"]
    assert set(FIELDS) < set(row)
    assert (row["label"], row["notes"], row["alias_zh"], row["alias_ru"]) == (
        FULL.label,
        FULL.notes,
        "东方",
        "Восточный",
    )
    assert row["mgrs"].startswith("52U DC 5")
    assert rows_of(document)["line"]["wkt"].startswith("LINESTRING (60.12")
    assert row["wkt"] == ""
    (tmp_path / "x.csv").write_text("".join(sites_text(document, ".csv")), "utf-8", newline="")
    table = pyogrio.read_dataframe(tmp_path / "x.csv")
    assert list(table["uuid"]) == [site.uuid for site in SITES]
    assert table["label"][0] == FULL.label


def test_other_marks_are_no_sites_and_what_may_not_exist_says_so() -> None:
    planned = Site(uuid="p", geometry=Point(1, 2), label="Pad", lifecycle="planned", lifecycle_as_of="2015-09")
    kinds = ("annotation", "measurement", "search area")
    marks = [planned, *(Site(uuid=kind, geometry=Point(1, 2), mark_kind=kind) for kind in kinds)]
    document = Document({"sites": marks})
    (row,) = rows_of(document).values()
    assert (row["label"], row["lifecycle"], row["lifecycle_as_of"]) == ("Pad", "planned", "2015-09")
    (feature,) = json.loads("".join(sites_text(document, ".geojson")))["features"]
    assert (feature["id"], feature["properties"]["lifecycle"]) == ("p", "planned")


def test_no_cell_is_a_formula(document: Document) -> None:
    for row in rows_of(document).values():
        for name, value in row.items():
            if name not in {"lat", "lon"}:
                assert not value.startswith(FORMULA_STARTS), (name, value)
    rows = rows_of(document)
    assert rows["full"]["claims"] == "'=It is so"
    assert rows["exact"]["lon"] == "-10.1234568", "a number is a number"


def judged(document: Document) -> Document:
    """The same, its claim assessed by us, with an answer and a marking."""
    claim = replace(
        document.claims["c"],
        confidence_reason="one origin",
        **ASSESSED_LIKELY,
    )
    return Document(
        {
            "sites": document.sites.values(),
            "claims": [claim],
            "claim_sites": document.table("claim_sites").values(),
            "responses": [Response(uuid="r", speaker="them", words="“no”")],
            "meta": [MetaEntry(uuid="marking", value="TLP:GREEN")],
        }
    )


def test_claims_stand_with_answers_and_what_we_judge_apart(document: Document) -> None:
    told = judged(document)
    data = json.loads("".join(sites_text(told, ".geojson")))
    assert data["marking"] == "TLP:GREEN"
    assert any("not thereby absent" in caveat for caveat in data["caveats"])
    (claim,) = next(f for f in data["features"] if f["id"] == "full")["properties"]["claims"]
    assert (claim["likelihood"], claim["confidence"]) == ("likely (55–80 %)", "Confidence: low")
    assert claim["responses"] == [
        {"kind": "answer", "speaker": "them", "words": "“no”", "date": "", "sentence": "them: “no”"}
    ]
    row = rows_of(told)["full"]
    assert (row["likelihood"], row["confidence"]) == ("C1: likely (55–80 %)", "C1: Confidence: low")
    assert row["responses"] == "them: “no”"
    assert row["marking"] == "TLP:GREEN"
    assert rows_of(document)["full"]["likelihood"] == "", "a reported claim is not judged by us"


def test_csv_has_every_notation_as_fine_as_the_place_and_the_old_columns_first(document: Document) -> None:
    rows = rows_of(document)
    full = rows["full"]
    assert list(full)[:5] == ["uuid", "label", "lat", "lon", "mgrs"]
    assert list(full).index("wkt") < list(full).index("ddm")
    assert (full["dms"], full["utm"][:4]) == ("51°53'03\" N, 128°20'03\" E", "52U ")
    assert full["ddm"].startswith("51°53.0")
    assert len(rows["city"]["dms"]) < len(full["dms"]), "as fine as it is known"


def test_of_nothing_there_is_nothing() -> None:
    assert json.loads("".join(sites_text(Document(), ".geojson"))) == {"type": "FeatureCollection", "features": []}
    assert "".join(sites_text(Document(), ".csv")).count("\n") == 1


def test_over_the_antimeridian_shapes_are_cut_and_a_world_wide_box_is_not() -> None:
    """As RFC 7946 wants it, with areas to the left of their rings."""
    wide = Polygon([(-179, -60), (179, -60), (179, 70), (-179, 70)])
    island = Polygon([(179, -16), (179.2, -17.3), (181, -17), (180.5, -16.2)])
    document = Document(
        {
            "sites": [
                Site(uuid="wide", geometry=wide),
                Site(uuid="island", geometry=island),
                Site(uuid="leaps", geometry=Polygon([((x + 180) % 360 - 180, y) for x, y in island.exterior.coords])),
                Site(uuid="loose", geometry=Point(180, 50), position_error_m=20_000.0),
            ]
        }
    )
    found = {f["id"]: shape(f["geometry"]) for f in json.loads("".join(sites_text(document, ".geojson")))["features"]}
    assert found["wide"] == wide
    for uuid in ("island", "leaps", "loose"):
        parts = found[uuid].geoms
        assert len(parts) == 2, uuid
        assert all(part.exterior.is_ccw for part in parts)
        assert all(abs(x) <= 180 for part in parts for x, _ in part.exterior.coords)
    assert found["leaps"].equals(found["island"])
    rows = rows_of(document)
    assert float(rows["wide"]["lon"]) == pytest.approx(0, abs=100)
    assert abs(float(rows["leaps"]["lon"])) > 179


def test_the_sites_are_written_a_piece_at_a_time(document: Document, tmp_path: Path) -> None:
    for suffix, frame in ((".geojson", 2), (".csv", 2)):
        pieces = list(sites_text(document, suffix))
        assert len(pieces) == len(document.sites) + frame
        assert max(map(len, pieces[frame:])) < sum(map(len, pieces)) / 2
        write_whole(tmp_path / f"x{suffix}", iter(pieces))
        assert (tmp_path / f"x{suffix}").read_bytes() == "".join(pieces).encode()


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        (";=1+1", ";'=1+1"),
        ("Port;=cmd|' /C calc'!A0;", "Port;'=cmd|' /C calc'!A0;"),
        ("a\t@SUM(A1)", "a\t'@SUM(A1)"),
        ("a\n-2+cmd|'x'!A0", "a\n'-2+cmd|'x'!A0"),
        ("＝1+1", "'＝1+1"),
        ("a; ＠x", "a; '＠x"),
        ("=1;=2", "'=1;'=2"),
        ("first\n- second\n- third", "first\n- second\n- third"),
        ("12; -5", "12; -5"),
        ("a=b", "a=b"),
    ],
)
def test_no_part_of_a_cell_is_a_formula(text: str, harmless: str) -> None:
    """A spreadsheet whose tables are parted by semicolons sees the part after one as a cell of its own."""
    assert plain_cell(text) == harmless
