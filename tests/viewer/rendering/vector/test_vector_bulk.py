"""Bulk pictures against QPainter, feature by feature; filters, selections and classes on screen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from layers.grid.tile_grid import TileGrid, View
from layers.vector.columns import attributes_of, column_of
from layers.vector.drawing.content import FeatureClasses, VectorContent
from layers.vector.drawing.simplification import Details
from layers.vector.style.layer_style import StyleClass, VectorStyle
from layers.vector.style.symbol import Symbol
from layers.vector.table import FeatureTable
from tests.support.tiny_tables import shapes, table_of
from tests.viewer.rendering.conftest import layer_of, part_near, picture_of
from viewer.rendering.images import argb_of_image
from viewer.rendering.vector import feature_tiles
from viewer.rendering.vector.vector_bulk import bulk_picture
from viewer.rendering.vector.vector_painter import paint_content
from viewer.support.painting import painting

AREA = Symbol("#003366", 1.2, "#66cc3300")
LINE = Symbol("#003366", 1.6)
DASHED = Symbol("#003366", 3.0, dash=(3.0, 2.0), casing_color="#ffffff", casing_width_px=1.0)
POINT = Symbol("#ffffff", 1.0, "#cc3300", size_px=9.0)


def one_by_one(content: VectorContent, view: View, scale: float = 1.0) -> np.ndarray:
    image = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        paint_content(painter, content, view, scale)
    return channels(argb_of_image(image))


def channels(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(picture).view(np.uint8).reshape(*picture.shape, 4).astype(int)


def bulk(content: VectorContent, view: View, scale: float = 1.0) -> np.ndarray:
    picture = bulk_picture(content, Details(), view, scale)
    assert picture is not None
    return channels(picture)


def of_kind(kind: str, seed: int = 0) -> list:
    made = shapes(np.random.default_rng(seed), 400, 300.0)
    return [shape for shape in made if kind in shape.geom_type]


@pytest.mark.bounded
@pytest.mark.sampled(8)
@pytest.mark.parametrize("resolution", [0.5, 2.0, 20.0])
@pytest.mark.parametrize("turn", [0.0, 30.0])
@pytest.mark.parametrize(
    ("kind", "symbol"),
    [("Point", POINT), ("Line", LINE), ("Line", DASHED), ("Polygon", AREA)],
    ids=lambda v: str(v)[:12],
)
def test_bulk_pictures_show_what_painting_one_by_one_shows(kind, symbol, resolution, turn, qtbot) -> None:
    content = VectorContent((table_of(of_kind(kind)), table_of(of_kind(kind, 1), 500)), (symbol,))
    view = View(TileGrid("EPSG:3857", resolution, -20.0, 320.0, turn), 0, 0, 256, 256)
    found, expected = bulk(content, view), one_by_one(content, view)
    for threshold in (60, 150):
        a, b = found[..., 3] >= threshold, expected[..., 3] >= threshold
        assert part_near(a, b) > 0.99
        assert part_near(b, a) > 0.97
    assert np.abs(found - expected).mean() < (30 if resolution > 10 else 12)


def test_large_areas_and_areas_with_holes_are_filled_as_they_are(qtbot) -> None:
    holed = shapely.box(10, 10, 200, 200) - shapely.box(50, 50, 150, 150)
    content = VectorContent((table_of([holed, shapely.box(70, 70, 80, 80)]),), (AREA,))
    view = View(TileGrid("EPSG:3857", 1.0, 0.0, 256.0), 0, 0, 256, 256)
    assert np.abs(bulk(content, view) - one_by_one(content, view)).mean() < 0.2
    assert bulk(content, view)[256 - 100, 60].tolist() == [0, 0, 0, 0]


def test_small_areas_keep_their_holes(qtbot) -> None:
    holed = shapely.box(100, 100, 130, 130) - shapely.box(105, 105, 125, 125)
    view = View(TileGrid("EPSG:3857", 1.0, 0.0, 256.0), 0, 0, 256, 256)
    picture = bulk(VectorContent((table_of([holed]),), (AREA,)), view)
    assert picture[256 - 115, 115].tolist() == [0, 0, 0, 0]
    assert picture[256 - 115, 102, 3] > 60


def test_what_reaches_into_the_view_from_outside_is_seen(qtbot) -> None:
    view = View(TileGrid("EPSG:3857", 1.0, 0.0, 256.0), 0, 0, 256, 256)
    for shape, symbol in (
        (shapely.Point(-3, 100), POINT),
        (shapely.LineString([(-2, 50), (-2, 150)]), replace(LINE, stroke_width_px=7.0)),
    ):
        content = VectorContent((table_of([shape]),), (symbol,))
        assert bulk(content, view)[..., 3].any()
        assert one_by_one(content, view)[..., 3].any()


def test_areas_smaller_than_a_pixel_become_one_where_they_have_no_outline(qtbot) -> None:
    bare = Symbol("#003366", 0.0, "#cc3300")
    content = VectorContent((table_of([shapely.box(100.2, 100.2, 100.4, 100.4)]),), (bare,))
    view = View(TileGrid("EPSG:3857", 1.0, 0.0, 256.0), 0, 0, 256, 256)
    assert bulk(content, view)[..., 3].sum() >= 250


@pytest.mark.parametrize("reach", [0.0, 0.01, 0.04, 0.06, 0.3, 0.9])
@pytest.mark.parametrize("symbol", [LINE, AREA, Symbol("#003366", 0.0, "#cc3300")], ids=["line", "area", "bare area"])
def test_lines_and_areas_in_one_place_are_seen(symbol, reach, qtbot) -> None:
    """A site of a millimetre, a track of somebody who stood still."""
    line = shapely.LineString([(100.2, 100.2), (100.2, 100.2 + reach)])
    area = shapely.Polygon([(100.2, 100.2), (100.2, 100.2 + reach), (100.2 + reach, 100.2)])
    content = VectorContent((table_of([line if symbol is LINE else area]),), (symbol,))
    view = View(TileGrid("EPSG:3857", 1.0, 0.0, 256.0), 0, 0, 256, 256)
    for picture in (bulk(content, view), one_by_one(content, view)):
        assert picture[..., 3].sum() > 60
        assert not picture[:140, :, 3].any()


def test_arrowheads_and_fine_screens(qtbot) -> None:
    symbol = replace(LINE, arrow="end")
    line = shapely.LineString([(20, 20), (100, 100)])
    view = View(TileGrid("EPSG:3857", 0.5, 0.0, 128.0), 0, 0, 256, 256, 2.0)
    content = VectorContent((table_of([line]),), (symbol,))
    assert np.abs(bulk(content, view, 2.0) - one_by_one(content, view, 2.0)).mean() < 1.5
    plain = VectorContent(content.tables, (LINE,))
    assert bulk(content, view, 2.0)[..., 3].sum() > bulk(plain, view, 2.0)[..., 3].sum() + 255 * 60
    assert bulk(content, view, 2.0)[..., 3].sum() > bulk(content, view, 1.0)[..., 3].sum() * 1.7


def test_classes_have_their_looks_and_hidden_ones_none(qtbot) -> None:
    squares = [shapely.box(x, 100, x + 30, 130) for x in (10, 60, 110, 160)]
    red, blue, other = (Symbol(c, 1.0, c) for c in ("#ff0000", "#0000ff", "#00ff00"))
    classes = FeatureClasses(np.array([1, 2, 3]), np.array([1, 0, 2], np.uint16))
    content = VectorContent((table_of(squares),), (red, blue, None, other), classes).prepared()
    view = View(TileGrid("EPSG:3857", 1.0, 0.0, 256.0), 0, 0, 256, 256)
    for picture in (bulk(content, view), one_by_one(content, view)):
        row = picture[256 - 115]
        assert [row[x].tolist() for x in (25, 75, 125, 175)] == [
            [255, 0, 0, 255],
            [0, 0, 255, 255],
            [0, 0, 0, 0],
            [0, 255, 0, 255],
        ]


VIEW = View(TileGrid("EPSG:3857", 100.0, 0.0, 25_600.0), 0, 0, 256, 256)


@pytest.fixture(params=["direct", "tiles"])
def dots(request, tmp_path: Path, draw, qtbot, monkeypatch):
    """A drawing of three points, 50, 100 and 150 pixels from the left."""
    if request.param == "tiles":
        monkeypatch.setattr(feature_tiles, "FEW_VERTICES", 0)
    places = [(5_000, 12_800), (10_000, 12_800), (15_000, 12_800)]
    crs = {"type": "name", "properties": {"name": "EPSG:3857"}}
    rows = [
        {"type": "Feature", "id": i + 1, "properties": {}, "geometry": {"type": "Point", "coordinates": place}}
        for i, place in enumerate(places)
    ]
    path = tmp_path / "dots.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows}))
    style = VectorStyle("#cc3300", 1.0, "#cc3300", size_px=9.0)
    drawing = draw(layer_of(path, "vector", style_json=json.dumps(style.to_json())))
    settled(drawing, qtbot)
    return drawing


def settled(drawing, qtbot) -> np.ndarray:
    drawing.set_view(VIEW)
    qtbot.waitUntil(lambda: drawing.is_complete(VIEW), timeout=10_000)
    return picture_of(drawing, VIEW)[128, [50, 100, 150]]


def test_a_filter_hides_what_does_not_pass(dots, qtbot) -> None:
    assert (settled(dots, qtbot)[:, 3] == 255).all()
    dots.set_filter(np.array([1, 3]))
    assert settled(dots, qtbot)[:, 3].tolist() == [255, 0, 255]
    dots.set_filter(np.zeros(0, np.int64))
    assert not settled(dots, qtbot).any()
    dots.set_filter(None)
    assert (settled(dots, qtbot)[:, 3] == 255).all()


def test_the_selected_stand_out_unless_they_are_filtered_away(dots, qtbot) -> None:
    plain = settled(dots, qtbot)
    dots.set_selected(np.array([2, 3]))
    chosen = settled(dots, qtbot)
    assert (chosen != plain).any(axis=1).tolist() == [False, True, True]
    dots.set_filter(np.array([1, 3]))
    assert settled(dots, qtbot)[:, 3].tolist() == [255, 0, 255]
    dots.set_filter(None)
    dots.set_selected(np.zeros(0, np.int64))
    assert (settled(dots, qtbot) == plain).all()


def test_classes_come_with_attributes_and_until_then_all_are_in_none(dots, qtbot) -> None:
    style = VectorStyle(
        "#00ff00",
        1.0,
        "#00ff00",
        size_px=9.0,
        mode="categorised",
        column="a",
        classes=(StyleClass(Symbol("#ff0000", 1.0, "#ff0000", size_px=9.0), value="x"),),
    )
    dots.set_layer(replace(dots.layer, style_json=json.dumps(style.to_json())))
    assert settled(dots, qtbot).tolist() == [[0, 255, 0, 255]] * 3
    classes = FeatureClasses(np.array([1, 2, 3]), np.array([0, 1, 0], np.uint16))
    attributes = attributes_of([1, 2, 3], [column_of("a", ["x", "y", "x"])])
    dots.set_attributes(attributes, style.class_key, classes)
    assert settled(dots, qtbot).tolist() == [[0, 0, 255, 255], [0, 255, 0, 255], [0, 0, 255, 255]]
    dots.set_attributes(attributes, ("categorised", "other", ()), classes)
    assert settled(dots, qtbot).tolist() == [[0, 255, 0, 255]] * 3


def test_nothing_is_painted_outside_the_scales_of_the_style(dots, qtbot) -> None:
    style = replace(dots.style, visible_from=1000.0)
    dots.set_layer(replace(dots.layer, style_json=json.dumps(style.to_json())))
    assert not settled(dots, qtbot).any()


@pytest.mark.bounded
def test_levels_of_detail_are_made_only_where_much_of_a_layer_is_in_view(tmp_path: Path, draw, qtbot, monkeypatch):
    """Else a zoom into a large layer would first look at all of it."""
    monkeypatch.setattr(feature_tiles, "FEW_VERTICES", 0)
    asked: list[float] = []
    table_at = Details.table

    def noted(self: Details, table: FeatureTable, resolution: float) -> FeatureTable:
        asked.append(resolution)
        return table_at(self, table, resolution)

    monkeypatch.setattr(Details, "table", noted)
    places = [(x, y) for x in range(60) for y in range(60)]
    crs = {"type": "name", "properties": {"name": "EPSG:3857"}}
    rows = [
        {
            "type": "Feature",
            "id": i + 1,
            "properties": {},
            "geometry": {
                "type": "LineString",
                "coordinates": [(x * 400 + step, y * 400 + step) for step in range(0, 200, 10)],
            },
        }
        for i, (x, y) in enumerate(places)
    ]
    path = tmp_path / "lines.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows}))
    near = View(TileGrid("EPSG:3857", 4.0, 10_000.0, 11_000.0), 0, 0, 256, 256)
    drawing = draw(layer_of(path, "vector"))
    for view, levels in ((near, False), (VIEW, True)):
        asked.clear()
        drawing.set_view(view)
        qtbot.waitUntil(lambda view=view: drawing.is_complete(view), timeout=10_000)
        assert picture_of(drawing, view).any()
        assert bool(asked) is levels
