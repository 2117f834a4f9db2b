"""The legend of vector layers: classes inside the frame, with how many there are."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage
from shapely import LineString, Point

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.document.vocabulary import MEASURED
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.product.content import ClaimSaid, OwnJudgement
from layers.product.spec import ProductSpec
from layers.vector.columns import column_of
from layers.vector.style.automatic import categorised
from layers.vector.style.layer_style import VectorStyle
from tests.viewer.export.conftest import FRAME, pixels
from viewer.canvas.sites.site_symbol_painter import DASH_PX
from viewer.canvas.sites.site_symbology import AREA_DOTS_PX
from viewer.commands.meta import set_sites_visible
from viewer.commands.sites import update_site
from viewer.export.headless import Studio, complete, wait_until
from viewer.export.plates.maps.framing import Framing
from viewer.export.plates.maps.legend_content import judgement_rows, layer_rows, legend_rows
from viewer.export.plates.maps.legend_rows import paint_sign
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import greyed
from viewer.support.painting import painting

PLACES = [("port", 1, 1), ("port", 2, 2), ("depot", 3, 3), ("factory", 60, 60), (None, 4, 4)]


def layer(path: Path, style: VectorStyle) -> Layer:
    features = [
        {"type": "Feature", "properties": {"kind": kind}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for kind, lon, lat in PLACES
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return Layer(
        uuid="l",
        kind="vector",
        name="Places",
        source_json=json.dumps({"path": str(path)}),
        style_json=json.dumps(style.to_json()),
    )


def words_of(plate: Plate) -> list[str]:
    """The texts of a plate's legend, headings included."""
    return [row.text for row in plate.legend]


def rows_of(studio: Studio, one: Layer) -> list[tuple[str, int, bool]]:
    document = Document({"layers": [one]})
    scene = studio.scene(document, None)
    view = Framing.of(QRectF(0, 0, 640, 500), WEB_MERCATOR, Bounds(0, 0, 10, 10), 1.0).view
    complete(scene, view)
    return [(row.text, row.count, row.look is not None) for row in layer_rows(scene, view)]


def test_classes_in_the_frame_with_their_numbers(studio: Studio, tmp_path: Path) -> None:
    style = categorised(VectorStyle(), column_of("kind", [kind for kind, _, _ in PLACES]), "Point")
    rows = rows_of(studio, layer(tmp_path / "a.geojson", style))
    assert rows == [("Places", 0, False), ("depot", 1, True), ("port", 2, True), ("Others", 1, True)]


def test_a_layer_is_named_once_it_is_known_to_be_in_the_frame(studio: Studio, tmp_path: Path) -> None:
    """The preview named one that the file then left out."""
    style = categorised(VectorStyle(), column_of("kind", [kind for kind, _, _ in PLACES]), "Point")
    far = replace(layer(tmp_path / "a.geojson", style), uuid="far")
    scene = studio.scene(Document({"layers": [layer(tmp_path / "b.geojson", style), far]}), None)
    feature = {"type": "Feature", "properties": {"kind": "port"}, "geometry": {"type": "Point", "coordinates": [90, 9]}}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    view = Framing.of(QRectF(0, 0, 640, 500), WEB_MERCATOR, Bounds(0, 0, 10, 10), 1.0).view
    said = set[tuple[tuple[str, int], ...]]()

    def look() -> bool:
        said.add(tuple((row.text, row.count) for row in layer_rows(scene, view)))
        return scene.is_complete(view)

    scene.set_view(view)
    scene.updated.connect(look)
    wait_until(look)
    assert said == {(), (("Places", 0), ("depot", 1), ("port", 2), ("Others", 1))}


def test_hidden_classes_are_in_no_legend(studio: Studio, tmp_path: Path) -> None:
    style = categorised(VectorStyle(), column_of("kind", [kind for kind, _, _ in PLACES]), "Point")
    depot = next(i for i, one in enumerate(style.classes) if one.value == "depot")
    style = replace(style.with_class(depot, replace(style.classes[depot], shown=False)), show_other=False)
    assert rows_of(studio, layer(tmp_path / "a.geojson", style)) == [("Places", 0, False), ("port", 2, True)]


def test_a_single_symbol_is_one_row(studio: Studio, tmp_path: Path) -> None:
    assert rows_of(studio, layer(tmp_path / "a.geojson", VectorStyle())) == [("Places", 4, True)]


def test_a_layer_that_is_not_shown_at_the_scale_is_left_out(studio: Studio, tmp_path: Path) -> None:
    assert rows_of(studio, layer(tmp_path / "a.geojson", VectorStyle(visible_from=1000.0))) == []


def test_a_layer_that_is_a_table_only_is_left_out(studio: Studio, tmp_path: Path) -> None:
    one = layer(tmp_path / "a.geojson", VectorStyle())
    row = {"type": "Feature", "properties": {"kind": "port"}, "geometry": None}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    assert rows_of(studio, one) == []


def test_the_legend_lists_sites_only_and_apart_what_may_not_exist() -> None:
    def mark(uuid: str, **fields: str) -> Site:
        return Site(uuid=uuid, geometry=Point(1, 2), class_code="launch_site", position_error_m=1.0, **fields)

    marks = [mark("a"), mark("b", lifecycle="planned"), mark("c", lifecycle="closed"), mark("d", lifecycle="in use")]
    marks += [mark("e", mark_kind="annotation"), mark("f", mark_kind="measurement", lifecycle="agreed")]
    rows = legend_rows(Document({"sites": marks}), [site.uuid for site in marks])
    assert [(row.text, row.count) for row in rows if row.has_symbol] == [
        ("Launch site", 2),
        ("Launch site (closed)", 1),
        ("Launch site (planned)", 1),
    ]
    assert [row.sample.may_not_exist for row in rows if row.has_symbol] == [False, True, True]
    assert [row.text for row in rows if row.is_note] == [
        "Dashed rim: planned, not known to exist",
        "Dashed rim: closed, no longer in use",
    ]


def test_the_legend_shows_a_place_that_nobody_judged_as_the_map_does() -> None:
    judged = Site(uuid="a", geometry=Point(1, 2), class_code="launch_site", position_error_m=1.0)
    not_judged = replace(judged, uuid="b", position_error_m=None)
    rows = legend_rows(Document({"sites": [judged, not_judged]}), ["a", "b"])
    assert [row.sample.uuid for row in rows if row.has_symbol] == ["b"]


def test_the_legend_says_what_dots_round_a_symbol_mean() -> None:
    """It called each hollow symbol a place known to no better than 1 km, those that nobody had judged too."""
    judged = Site(uuid="a", geometry=Point(1, 2), class_code="port", position_error_m=9e3)
    not_judged = replace(judged, uuid="b", position_error_m=None)
    doubtful, line = replace(not_judged, uuid="c", lifecycle="planned"), LineString([(1, 2), (3, 4)])
    coarse = replace(not_judged, uuid="d", image_uuid="i", pixel_m=2e3, position_basis=MEASURED)

    def notes(*sites: Site) -> list[tuple[str, str, bool]]:
        rows = legend_rows(Document({"sites": list(sites)}), [site.uuid for site in sites])
        return [(row.text, row.sample.uuid, row.circle) for row in rows if row.is_note]

    dots = "Dotted rim: how well the place is known was not judged"
    known = "the place is known to no better than 1 km"
    assert notes(judged) == [(f"Hollow, or a dotted circle: {known} (90 %)", "a", True)]
    assert notes(not_judged, replace(not_judged, uuid="e", geometry=line)) == [(dots, "b", False)]
    hollow = "Hollow without dots on its rim, or a dotted circle"
    assert notes(judged, not_judged) == [(f"{hollow}: {known} (90 %)", "a", True), (dots, "b", False)]
    assert notes(coarse) == [(f"A dotted circle: {known}", "d", True), (dots, "d", False)]
    assert notes(doubtful) == [("Dashed rim: planned, not known to exist", "c", False)]


def test_the_legend_does_not_call_a_line_doubtful_for_its_dashes() -> None:
    line = LineString([(1, 2), (3, 4)])
    pipes = [
        Site(uuid="a", geometry=line, class_code="gas_pipeline"),
        Site(uuid="b", geometry=line, class_code="gas_pipeline", lifecycle="planned"),
    ]
    rows = legend_rows(Document({"sites": pipes}), ["a", "b"])
    (note,) = [row.text for row in rows if row.is_note]
    assert note.startswith("Lines are dashed by their class")


def test_lines_of_a_layer_have_no_number(studio: Studio, tmp_path: Path) -> None:
    one = layer(tmp_path / "a.geojson", VectorStyle())
    features = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "LineString", "coordinates": [[at, 1], [at, 5]]},
        }
        for at in range(1, 5)
    ]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert rows_of(studio, one) == [("Places", 0, True)]


def test_legend_rows_are_in_a_steady_order(document) -> None:
    uuids = ["zone", "area", "in2", "in"]
    assert legend_rows(document, uuids) == legend_rows(document, reversed(uuids))


@pytest.mark.bounded
def test_the_legend_lists_only_what_is_in_the_frame(plate_of) -> None:
    assert words_of(plate_of(ProductSpec(bounds=FRAME))) == [
        "Named in a claim",
        "Port",
        "Setting (public infrastructure)",
        "Depot",
        "Other sites",
        "Area",
        "Hollow without dots on its rim, or a dotted circle: the place is known to no better than 1 km (90 %)",
        "Dotted rim: how well the place is known was not judged",
    ]
    assert {"Airfield", "Railway"} <= {*words_of(plate_of(ProductSpec(bounds=Bounds(5, 5, 35, 55))))}


def test_hidden_sites_are_in_no_legend(plate_of, document) -> None:
    document.apply(set_sites_visible(document, False, actor="t"))
    assert words_of(plate_of(ProductSpec(bounds=FRAME))) == []


def test_what_dots_and_dashes_mean_is_drawn_and_told_apart_in_grey(document) -> None:
    """Both were dashed, and only words said which."""
    document.apply(update_site(document, "in", actor="t", lifecycle="agreed", position_error_m=9e3))
    rows = [row for row in legend_rows(document, ["area", "in", "in2"]) if row.is_note]
    signs = ["Hollow without dots on its rim, or a dotted circle", "Dotted rim", "Dashed rim"]
    assert [row.text.partition(":")[0] for row in rows] == signs
    pictures = []
    for row in rows:
        image = QImage(54, 42, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        with painting(image) as painter:
            paint_sign(painter, QRectF(0, 0, 54, 42), row, 42)
        pictures.append(pixels(greyed(image)).mean(axis=2))
    inked = [picture < 200 for picture in pictures]
    assert all(ink.sum() > 150 for ink in inked)
    assert all((one != other).sum() > 100 for one, other in combinations(inked, 2))


def test_the_circle_of_a_place_is_dotted_and_a_rim_dashed() -> None:
    assert AREA_DOTS_PX[0] < 0.6 * DASH_PX[0]


def test_terms_of_judgements_are_explained_apart_from_confidence() -> None:
    claim = ClaimSaid(
        "c", "C1", "It stands.", "", "", likelihood="very likely (80–95 %)", confidence="Confidence: low."
    )
    report = replace(
        claim, likelihood="", confidence="", judged=(OwnJudgement("j", "We judge it unlikely (20–45 %)."),)
    )
    assert [row.text for row in judgement_rows([claim, report])] == [
        "Likelihood, of the statement: unlikely 20–45 %; very likely 80–95 %",
        "Confidence, of what it rests on: low, moderate or high",
    ]
    assert judgement_rows([replace(report, judged=())]) == []
