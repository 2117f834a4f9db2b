"""Marks with a shape in QGIS: each with the symbol that our map has for it, and its words."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.document.document import Document
from layers.document.marks.mark_shape import Arrow, TextMark, as_json
from layers.document.marks.measurement import QUANTITIES, Measurement, dimension_of
from layers.document.site import Site
from layers.document.vocabulary import class_of
from layers.project.saving.publish import write_case
from tests.support.cases.marks import mark, marks_of_every_kind
from tests.support.qgis.peers import SYSTEM_PYTHON, clean, need, system_python_has

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(180)]

CODES = ("radar", "radar/early_warning", "radar/early_warning/old", "other", "port\n/x", "/radar", "pier", "")
PAINTS: dict[str, dict[str, Any]] = {
    "plain": {"position_error_m": 5.0},
    "own": {"stroke_color": "#ff0000", "fill_color": "#0000ff", "stroke_width": 10.0, "position_error_m": 5.0},
    "stroke": {"stroke_color": "#ff0000", "position_error_m": 5.0},
    "no colour": {"stroke_color": "'; drop", "fill_color": "#zz", "stroke_width": -1.0, "position_error_m": 5.0},
    "loose": {"stroke_color": "#ff0000", "position_error_m": 5000.0},
    "not judged": {"stroke_color": "#ff0000"},
}
LOOK = Path(__file__).parents[4] / "tests" / "support" / "qgis" / "qgis_marks.py"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    need(system_python_has("qgis.core"), "PyQGIS")
    folder = tmp_path_factory.mktemp("marks")
    odd = [
        Site(uuid="hostile", geometry=shapely.Point(10, 50.05), label="Odd", shape_json='[{"kind": NaN'),
        Site(uuid="list", geometry=shapely.Point(10.01, 50.05), label="List", shape_json="[1, 2]"),
        mark("reversed", Arrow("start"), shapely.LineString([(9.9, 50.06), (10.1, 50.06)])),
        mark("empty", TextMark(""), shapely.Point(10.05, 50.05)),
        *(Site(uuid=f"of {code}", geometry=shapely.Point(10.06, 50.05), class_code=code) for code in CODES),
        *(
            Site(uuid=f"{geometry.geom_type} {name}", geometry=geometry, class_code="radar", **PAINTS[name])
            for geometry in (
                shapely.Point(10, 50),
                shapely.LineString([(10, 50), (11, 50)]),
                shapely.box(10, 50, 11, 51),
            )
            for name in PAINTS
        ),
        *(measurement(quantity) for quantity in QUANTITIES),
        measurement("length", label="Runway", uuid="named"),
        measurement("length", shape_json='[{"kind": NaN', uuid="odd measurement", label="Odd"),
        Site(uuid="area", geometry=shapely.box(10.1, 50, 10.11, 50.01), class_code="tank_farm/fuel"),
    ]
    write_case(Document({"sites": [*marks_of_every_kind(), *odd]}), folder / "marks.gpkg")
    environment = clean(QT_QPA_PLATFORM="offscreen", HOME=str(folder), XDG_RUNTIME_DIR=str(folder))
    command = [SYSTEM_PYTHON, str(LOOK), str(folder / "marks.gpkg"), str(folder / "marks.png")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measurement(quantity: str, **fields: Any) -> Site:
    places = [(9.93, 50.07), (10.02, 50.075), (10.0, 50.09)]
    wanted = QUANTITIES[quantity]
    make = shapely.Polygon if wanted.geometry == "polygon" else shapely.LineString
    geometry = make(places[: wanted.places])
    shape = Measurement(quantity, pick_m=10.0).of(geometry)
    given = {
        "uuid": f"measured {quantity}",
        "label": shape.text,
        "shape_json": as_json(shape),
        "mark_kind": "measurement",
        **fields,
    }
    return Site(geometry=geometry, **given)


def kinds(seen: dict[str, Any], uuid: str) -> list[str]:
    return [kind for kind, _ in seen[uuid]["layers"]]


def test_an_arrow_has_a_head_at_each_end_that_it_says(seen: dict[str, Any]) -> None:
    line = ["SimpleLine", "SimpleLine"]
    assert kinds(seen, "arrow") == [*line, "MarkerLine"]
    assert kinds(seen, "reversed") == [*line, "MarkerLine"]
    assert kinds(seen, "both") == [*line, "MarkerLine", "MarkerLine"]
    assert kinds(seen, "freehand") == line


def test_a_number_stands_in_its_disc(seen: dict[str, Any]) -> None:
    assert seen["two"]["layers"] == [["SimpleMarker", ""], ["FontMarker", "12"]]
    assert seen["one"]["label"] == "First tank"


def test_a_text_is_its_label_on_its_place(seen: dict[str, Any]) -> None:
    x, y, has_line = seen["text"]["at"]
    assert (x, y, has_line) == (pytest.approx(10.0), pytest.approx(49.961), 0)
    assert seen["text"]["label"] == "Launch mount, moved 2023"


def test_a_callout_has_its_words_at_its_box_and_a_line(seen: dict[str, Any]) -> None:
    x, y, has_line = seen["callout"]["at"]
    assert (x, y, has_line) == (pytest.approx(10.055), pytest.approx(49.95125), 1)
    assert seen["callout"]["label"] == "Tower not seen on 3 May 2021"


def test_rings_say_their_radii(seen: dict[str, Any]) -> None:
    assert kinds(seen, "ring") == ["SimpleLine", "SimpleLine"]
    assert seen["ring"]["label"] == "Range rings (1.05 km, 2.45 km)"


def test_a_kind_of_a_class_has_the_symbol_of_its_class(seen: dict[str, Any]) -> None:
    looks = {code: seen[f"of {code}"]["look"] for code in CODES}
    assert looks["radar"] == ["trapezoid", "#008296"]
    for code in CODES:
        assert looks[code] == looks[class_of(code)], code
    assert seen["area"]["look"] == ["", "#784614"]


def test_own_colours_and_widths_win_and_what_is_not_known_well_is_hollow(seen: dict[str, Any]) -> None:
    points, lines, areas = (
        {n: seen[f"{kind} {n}"]["paint"] for n in PAINTS} for kind in ("Point", "LineString", "Polygon")
    )
    ours, rim = "#ff008296", "#ff232323"
    assert points["plain"] == points["no colour"] == [ours, rim, -1]
    assert points["own"] == ["#ff0000ff", rim, -1]
    assert points["stroke"] == ["#ffff0000", rim, -1]
    assert points["loose"] == points["not judged"] == ["#00ffffff", "#ffff0000", -1]
    assert lines["plain"] == lines["no colour"] == ["#ff010203", ours, 0.7]
    assert lines["own"] == ["#ff010203", "#ffff0000", 2.646]
    assert areas["plain"] == areas["no colour"] == ["#3c008296", ours, 0.5]
    assert areas["own"] == ["#2e0000ff", "#ffff0000", 2.646]
    assert areas["stroke"] == ["#2eff0000", "#ffff0000", 0.5]


def test_all_else_has_the_symbol_of_its_class(seen: dict[str, Any]) -> None:
    for uuid, kind in (("rectangle", "SimpleFill"), ("circle", "SimpleFill"), ("line", "SimpleLine")):
        assert kinds(seen, uuid) == [kind]
    for uuid in ("point", "hostile", "list"):
        assert kinds(seen, uuid) == ["SimpleMarker"]
    assert seen["line"]["label"] == "Line"
    assert seen["hostile"]["label"] == "Odd"


def test_a_measurement_is_a_dimension_line_that_says_its_result(seen: dict[str, Any]) -> None:
    line = ["GeometryGenerator", "GeometryGenerator"]
    assert kinds(seen, "measured length") == kinds(seen, "measured radius") == [*line, "MarkerLine", "MarkerLine"]
    assert kinds(seen, "measured bearing") == [*line, "MarkerLine"]
    assert (
        kinds(seen, "measured angle") == kinds(seen, "measured cross-track") == kinds(seen, "odd measurement") == line
    )
    assert kinds(seen, "measured area") == kinds(seen, "measured perimeter") == ["SimpleFill"]
    for quantity in QUANTITIES:
        assert seen[f"measured {quantity}"]["label"] == measurement(quantity).label
    assert seen["named"]["label"] == f"Runway: {measurement('length').label}"
    assert seen["odd measurement"]["label"] == "Odd"


def test_what_qgis_draws_of_a_measurement_is_what_we_draw(seen: dict[str, Any]) -> None:
    for quantity in ("cross-track", "radius", "angle"):
        ours = shapely.MultiLineString(dimension_of(Measurement(quantity), measurement(quantity).geometry).lines)
        theirs = shapely.from_wkt(seen[f"measured {quantity}"]["drawn"])
        if quantity == "angle":
            assert theirs.hausdorff_distance(measurement(quantity).geometry) < 1e-6
        else:
            assert theirs.hausdorff_distance(ours) < 2e-4, quantity
