"""A case with sites that are no place on the Earth: drawn and exported without them, listed with the reason."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import shapely

from layers.document.document import Document
from layers.document.site import Site
from layers.project.saving.publish import write_case
from tests.support.written_pictures import pixels
from viewer.cli.terminal.command import DONE

GOOD = Site(uuid="good", geometry=shapely.LineString([(128, 51), (129, 52)]), label="Good", class_code="rail")
SPUR = Site(uuid="spur", geometry=shapely.LineString([(51, 128), (52, 129)]), label="Spur", class_code="rail")
PIN = Site(uuid="pin", geometry=shapely.Point(14e6, 6.7e6), label="Pin", class_code="port")
WHY = "its latitude of 129 is beyond the poles; longitude and latitude seem to be swapped"
SAID = (
    f"2 sites cannot be drawn: “Pin” (its coordinates are no degrees; they seem to be metres of a map), “Spur” ({WHY})."
)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    write_case(Document({"sites": [GOOD, SPUR, PIN]}), tmp_path / "case.gpkg")
    write_case(Document({"sites": [GOOD]}), tmp_path / "good.gpkg")
    return tmp_path / "case.gpkg"


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("verb", ["render", "export"])
def test_the_picture_is_that_of_the_others(cli, case: Path, tmp_path: Path, verb: str) -> None:
    pictures = []
    for name in ("case.gpkg", "good.gpkg"):
        out = tmp_path / f"{name}.png"
        extra = ["--title", "T"] if verb == "export" else []
        outcome = cli(verb, tmp_path / name, "--out", out, "--size", "400x300", *extra)
        assert outcome.code == DONE
        assert outcome.err == (f"geoloupe: {SAID}\n" if name == "case.gpkg" else "")
        pictures.append(pixels(out))
    if verb == "render":
        assert (pictures[0] == pictures[1]).all()


def test_exports_keep_what_they_cannot_place(cli, case: Path, tmp_path: Path) -> None:
    for name in ("x.geojson", "x.csv"):
        outcome = cli("export", case, "--out", tmp_path / name)
        assert (outcome.code, outcome.sentence) == (DONE, SAID)
    features = {one["id"]: one for one in json.loads((tmp_path / "x.geojson").read_text())["features"]}
    assert features["spur"]["geometry"] is None
    assert features["spur"]["properties"]["not_drawn"] == WHY
    assert features["spur"]["properties"]["wkt"] == "LINESTRING (51 128, 52 129)"
    assert features["good"]["geometry"]["type"] == "LineString"
    rows = {row["uuid"]: row for row in csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8-sig")))}
    assert (rows["pin"]["lat"], rows["pin"]["lon"], rows["pin"]["mgrs"]) == ("", "", "")
    assert rows["pin"]["wkt"] == "POINT (14000000 6700000)"


def test_they_are_listed_with_the_reason(cli, case: Path) -> None:
    assert WHY in cli("sites", case).out
    bounds = json.loads(cli("info", case, "--json").out)["bounds_lonlat"]
    assert bounds == [128, 51, 129, 52]
