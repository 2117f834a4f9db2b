from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtSvg import QSvgGenerator

from layers.grid.tile_grid import TileGrid, View
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.markers import SHAPES
from tests.support.crs_off_earth import MOON_CENTRED
from tests.viewer.rendering.conftest import CountingPool, complete, layer_of
from viewer.rendering.drawing import is_on_plane
from viewer.rendering.layers.drawings import drawing_for
from viewer.rendering.vector import feature_tiles
from viewer.rendering.vector.symbol_painter import shape_path
from viewer.support.painting import painting

VIEW = View(TileGrid("EPSG:4326", 0.01, 10.0, 50.0), 0, 0, 600, 500)
"""10 to 16 E, 45 to 50 N."""


def geojson(path: Path, *geometries: dict) -> Path:
    features = [{"type": "Feature", "properties": {"n": i}, "geometry": g} for i, g in enumerate(geometries)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def ring(left: float, bottom: float, right: float, top: float) -> list[list[float]]:
    return [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    return geojson(
        tmp_path / "shapes.geojson",
        {"type": "Polygon", "coordinates": [ring(11, 47, 13, 49), ring(11.5, 47.5, 12.5, 48.5)]},
        {"type": "LineString", "coordinates": [[14, 45.5], [14, 49.5]]},
        {"type": "Point", "coordinates": [15, 46]},
    )


def styled(path: Path, **values: object):
    style = VectorStyle(**({"stroke_color": "#ff0000", "stroke_width_px": 2.0, "fill_color": "#00ff00"} | values))
    return layer_of(path, "vector", style_json=json.dumps(style.to_json()))


def test_words_wait_for_features_but_not_for_their_tiles(draw, shapes: Path, qtbot, monkeypatch) -> None:
    """A page is laid out twice, and its map may lie elsewhere the second time."""
    monkeypatch.setattr(feature_tiles, "FEW_VERTICES", 2)
    drawing = draw(styled(shapes))
    drawing.read(VIEW)
    qtbot.waitUntil(lambda: drawing.is_read(VIEW))
    assert drawing.is_resolved
    assert drawing.context.jobs.is_idle(), "no tile is being painted"
    assert not drawing.is_complete(VIEW)
    assert complete(drawing, VIEW, qtbot)[120, 120].tolist() == [0, 255, 0, 255]


def test_features_are_painted_where_they_are_holes_left_open(draw, shapes: Path, qtbot) -> None:
    picture = complete(draw(styled(shapes)), VIEW, qtbot)
    green, red, nothing = [0, 255, 0, 255], [0, 0, 255, 255], [0, 0, 0, 0]
    assert picture[120, 120].tolist() == green
    assert picture[200, 200].tolist() == nothing
    assert picture[200, 400].tolist() == red
    assert picture[200, 402].tolist() == nothing
    assert picture[400, 500].tolist() == green
    assert picture[300, 200].tolist() == red


def test_many_features_are_painted_by_tiles_to_the_same_picture(draw, shapes, qtbot, monkeypatch) -> None:
    drawing = draw(styled(shapes))
    direct = complete(drawing, VIEW, qtbot)
    monkeypatch.setattr(feature_tiles, "FEW_VERTICES", 2)
    other = draw(replace(styled(shapes), uuid="other"))
    assert np.abs(complete(other, VIEW, qtbot).astype(int) - direct).max() <= 24


def test_a_product_has_on_tiles_what_a_pdf_has(opened, context, tmp_path: Path, qtbot, monkeypatch) -> None:
    """Each line as it is, its legs far outside left out; dashes in their places over the edges of tiles."""
    way = [[8 + 0.05 * at, 47.5 + 2 * math.sin(at) - 6 * (at % 50 == 7)] for at in range(300)]
    path = geojson(tmp_path / "way.geojson", {"type": "LineString", "coordinates": way})
    direct = complete(opened_in(opened, context, styled(path, fill_color="")), VIEW, qtbot)
    monkeypatch.setattr(feature_tiles, "FEW_VERTICES", 2)
    found = complete(opened_in(opened, context.for_page(), styled(path, fill_color="")), VIEW, qtbot)
    assert np.abs(found.astype(int) - direct).max() < 16
    on_screen = complete(opened_in(opened, context, styled(path, fill_color="")), VIEW, qtbot)
    assert np.abs(on_screen.astype(int) - direct).max() > 16
    for values in ({"dash": (4.0, 2.0)}, {"stroke_width_px": 0.7}):
        looks = [opened_in(opened, one, styled(path, fill_color="", **values)) for one in (context, context.for_page())]
        assert (complete(looks[0], VIEW, qtbot) == complete(looks[1], VIEW, qtbot)).all()


def opened_in(opened, context, layer):
    """A drawing for the length of the test, of the screen's context or of a product's."""
    opened.append(drawing_for(layer, None, context))
    return opened[-1]


def test_another_style_reads_nothing(draw, shapes: Path, pool: CountingPool, qtbot) -> None:
    drawing = draw(styled(shapes))
    before = complete(drawing, VIEW, qtbot)
    asked = pool.asked.copy()
    drawing.set_layer(replace(drawing.layer, style_json=styled(shapes, fill_color="#0000ff").style_json, opacity=0.5))
    after = complete(drawing, VIEW, qtbot)
    assert pool.asked == asked
    assert before[120, 120].tolist() != after[120, 120].tolist()
    assert abs(int(after[120, 120, 3]) - 128) <= 1


def test_another_crs_of_the_canvas_reads_again_and_fits(draw, shapes: Path, pool: CountingPool, qtbot) -> None:
    drawing = draw(styled(shapes))
    complete(drawing, VIEW, qtbot)
    before = pool.asked["features"]
    mercator = View(TileGrid("EPSG:3857", 1000.0, 1_224_514.4, 6_274_861.4), -50, -50, 300, 350)
    assert complete(drawing, mercator, qtbot)[..., 3].any()
    assert pool.asked["features"] == 2 * before


def test_rows_that_cannot_be_drawn_are_told_with_what_is_known_of_the_file(draw, tmp_path: Path, qtbot) -> None:
    point = {"type": "Point", "coordinates": [15, 46]}
    path = geojson(tmp_path / "gaps.geojson", point, None, point, None, None)
    drawing = draw(styled(path))
    complete(drawing, VIEW, qtbot)
    said = "3 rows could not be drawn: without a geometry that can be read: rows 2, 4, 5."
    assert [problem for problem in drawing.info.problems if "drawn" in problem] == [said]
    complete(drawing, View(TileGrid("EPSG:3857", 1000.0, 1_224_514.4, 6_274_861.4), -50, -50, 300, 350), qtbot)
    assert [problem for problem in drawing.info.problems if "drawn" in problem] == [said], "once, on every canvas"
    assert drawing.problem == "", "the others are there: no badge"


def test_a_crs_without_any_map_is_no_place_off_the_earth(draw, shapes: Path) -> None:
    drawing = draw(replace(styled(shapes), crs=MOON_CENTRED))
    assert drawing.plane == ""
    assert not is_on_plane(drawing.plane, MOON_CENTRED)
    assert "counts from the middle" in drawing.problem
    assert drawing.is_complete(VIEW)


def test_f12_nobody_waits_for_features_on_a_drive_that_is_gone(draw, shapes: Path, qtbot) -> None:
    drawing = draw(styled(shapes))
    qtbot.waitUntil(lambda: drawing.info is not None)
    drawing.set_view(VIEW)
    assert not drawing.is_complete(VIEW)
    drawing.suspend("The drive is gone.")
    assert drawing.is_complete(VIEW)
    drawing.resume()
    assert not drawing.is_complete(VIEW)
    assert complete(drawing, VIEW, qtbot).any()
    assert drawing.problem == ""


def test_the_answer_of_before_a_reload_is_not_taken_for_its_own(draw, shapes: Path, qtbot) -> None:
    drawing = draw(styled(shapes))
    drawing.reload()
    assert complete(drawing, VIEW, qtbot).any()
    assert drawing.problem == ""


def test_an_svg_gets_vectors(draw, shapes: Path, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(feature_tiles, "FEW_VERTICES", 2)
    drawing = draw(styled(shapes))
    complete(drawing, VIEW, qtbot)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    with painting(generator) as painter:
        drawing.paint(painter, VIEW)
    text = bytes(data.data()).decode()
    assert "<image" not in text
    assert "<path" in text or "<polyline" in text


def test_an_empty_file_says_that_it_is_empty(draw, tmp_path: Path, qtbot) -> None:
    drawing = draw(layer_of(geojson(tmp_path / "none.geojson"), "vector"))
    assert not complete(drawing, VIEW, qtbot).any()
    assert drawing.problem.count("none.geojson") == 1


def test_a_table_that_is_gone_is_named(draw, shapes: Path, qtbot) -> None:
    layer = replace(layer_of(shapes, "vector"), source_json=json.dumps({"path": str(shapes), "table": "roads"}))
    drawing = draw(layer)
    complete(drawing, VIEW, qtbot)
    assert "roads" in drawing.problem


@pytest.mark.parametrize("symbol", SHAPES)
def test_every_symbol_has_its_own_outline_of_the_size_asked_for(symbol: str, qtbot) -> None:
    path = shape_path(symbol, 20.0)
    bounds = path.boundingRect()
    assert 13 <= max(bounds.width(), bounds.height()) <= 26
    others = [shape_path(other, 20.0) for other in SHAPES if other != symbol]
    assert path not in others


@pytest.mark.parametrize("most", [2500, 0])
def test_over_the_edge_of_the_map_the_other_side_goes_on(draw, tmp_path, qtbot, monkeypatch, most) -> None:
    """Directly and by tiles."""
    monkeypatch.setattr(feature_tiles, "FEW_VERTICES", most)
    path = geojson(
        tmp_path / "a.geojson",
        {"type": "Polygon", "coordinates": [ring(174, 46, 176, 49)]},
        {"type": "Polygon", "coordinates": [ring(-171, 46, -169, 49)]},
        {"type": "Polygon", "coordinates": [ring(-1, 46, 1, 49)]},
    )
    drawing = draw(styled(path))
    green, nothing = [0, 255, 0, 255], [0, 0, 0, 0]
    for west in (172.0, -188.0):
        view = View(TileGrid("EPSG:4326", 0.05, west, 50.0), 0, 0, 440, 100)
        picture = complete(drawing, view, qtbot)
        assert picture[50, 60].tolist() == green
        assert picture[50, 360].tolist() == green
        assert picture[50, 200].tolist() == nothing
    world = View(TileGrid("EPSG:4326", 1.0, -250.0, 100.0), 0, 0, 500, 200)
    picture = complete(drawing, world, qtbot)
    assert picture[52, 80].tolist() != nothing
    assert picture[52, 425].tolist() != nothing
    assert picture[52, 65].tolist() != nothing, "there it goes on, too"


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
@pytest.mark.parametrize("most", [2500, 0])
@pytest.mark.parametrize(
    "parts", [[[ring(174, 46, 188, 49)]], [[ring(174, 46, 180, 49)], [ring(-180, 46, -172, 49)]]], ids=["leaps", "cut"]
)
def test_an_area_over_the_antimeridian_has_no_edge_there(draw, tmp_path, qtbot, monkeypatch, most, parts, crs) -> None:
    """Whoever cut it. What ends at it has one; so has a line that runs along it."""
    monkeypatch.setattr(feature_tiles, "FEW_VERTICES", most)
    path = geojson(
        tmp_path / "a.geojson",
        {"type": "MultiPolygon", "coordinates": parts},
        {"type": "Polygon", "coordinates": [ring(174, 40, 180, 43)]},
        {"type": "LineString", "coordinates": [[180, 51], [180, 54]]},
    )
    unit = 1.0 if crs == "EPSG:4326" else 111_319.490793
    y = (lambda lat: lat) if crs == "EPSG:4326" else lambda lat: math.degrees(math.asinh(math.tan(math.radians(lat))))
    view = View(TileGrid(crs, 0.05 * unit, 170.0 * unit, y(56.0) * unit), 0, 0, 440, round((y(56) - y(38)) / 0.05))
    picture = complete(draw(styled(path)), view, qtbot)
    row = {lat: round((y(56) - y(lat)) / 0.05) for lat in (41.5, 46.0, 47.5, 49.0, 52.5)}
    green, edge = [0, 255, 0], slice(195, 206)
    assert (picture[row[47.5], 95:340, :3] == green).all(), "no edge, and no gap"
    assert (picture[row[41.5], edge, 2] > 200).any()
    assert (picture[row[52.5], edge, 2] > 200).any()
    for lat in (46.0, 49.0):
        assert (picture[row[lat] - 2 : row[lat] + 3, edge, 2] > 200).any(axis=0).all(), "its own edges are whole"
