"""Nudged layers are shown so far aside everywhere: painted, pointed at, snapped to, zoomed to and credited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.placing.nudge import Nudge
from layers.errors import GeoloupeError, InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds, transform_points
from layers.geo.ground_offset import moved, offset_m
from layers.grid.tile_grid import TileGrid, View
from layers.product.spec import ProductSpec
from tests.support.drawn_rasters import write_raster
from tests.support.painted_scenes import painted
from viewer.canvas.feature_query import bounds_of_features, hits_at
from viewer.canvas.image_below import images_below
from viewer.canvas.scene import MapScene
from viewer.canvas.snapping import snap_at
from viewer.commands.combine import part_of
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.rendering.context import RenderContext
from viewer.rendering.layers.image_chips import Region, raster_window
from viewer.rendering.layers.image_values import PixelValues, ask_pixel
from viewer.rendering.nudged import own_place, own_view, shown_bounds
from viewer.rendering.raster.raster_drawing import RasterDrawing

LON, LAT = 10.0, 52.0
EAST_M, NORTH_M = 400.0, -300.0
NUDGE = Nudge(EAST_M, NORTH_M, LON, LAT, "A. Analyst", "2026-11-27T10:00:00Z")
_M = st.floats(-20_000, 20_000)
_TURN = st.sampled_from([0.0, 30.0, 135.0])


@given(_M, _M, _TURN, st.sampled_from([WEB_MERCATOR, WGS84, "EPSG:32632", "EPSG:3995"]))
def test_a_place_is_seen_where_the_nudge_leads(east: float, north: float, turn: float, crs: str) -> None:
    nudge = Nudge(east, north, LON, LAT)
    x, y = (float(v) for v in transform_points(WGS84, crs, LON, LAT))
    view = View(TileGrid(crs, 1e-4 if crs == WGS84 else 10.0, x, y, turn), -300, -200, 600, 400)
    to_x, to_y = (float(v) for v in transform_points(WGS84, crs, *moved(LON, LAT, east, north)))
    seen = own_view(view, nudge)
    assert seen.to_pixel(x, y) == pytest.approx(view.to_pixel(to_x, to_y), abs=2e-3)
    assert (seen.width, seen.height, seen.grid.resolution) == (view.width, view.height, view.grid.resolution)
    back = own_place(*moved(LON, LAT, east, north), nudge, crs)
    assert offset_m(LON, LAT, *back) == pytest.approx((0.0, 0.0), abs=0.01)


def test_whole_pixels_keep_the_grid_and_its_tiles() -> None:
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, LON, LAT))
    view = View(TileGrid(WEB_MERCATOR, 10.0, x, y), -300, -200, 600, 400)
    lon, lat = (float(v) for v in transform_points(WEB_MERCATOR, WGS84, x + 70.0, y - 40.0))
    seen = own_view(view, Nudge(*offset_m(LON, LAT, lon, lat), LON, LAT))
    assert seen.grid == view.grid
    assert (seen.left, seen.top) == (view.left - 7, view.top - 4)


def test_off_the_earth_and_at_places_that_a_map_has_not_nothing_is_moved() -> None:
    view = View(TileGrid("pixels", 1.0), 0, 0, 100, 100)
    assert own_view(view, NUDGE) == view


# -- in a scene ------------------------------------------------------------------------------------------------------

SQUARE_M = 200.0


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A dark raster with a bright square of 200 m about the place, and a point in the middle of that."""
    x, y = (float(v) for v in transform_points(WGS84, "EPSG:32632", LON, LAT))
    values = np.full((3, 400, 400), 20, np.uint8)
    values[:, 190:210, 190:210] = 250
    raster = tmp_path / "dark.tif"
    write_raster(raster, values, "EPSG:32632", x - 2000, y + 2000, 10.0)
    point = tmp_path / "point.geojson"
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [LON, LAT]}}
    point.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return raster, point


@pytest.fixture
def scene(files: tuple[Path, Path], context: RenderContext) -> Iterator[MapScene]:
    raster, point = files
    rows = [
        Layer(uuid="r", kind="raster", name="Dark", source_json=json.dumps({"path": str(raster)}), order_key=1.0),
        Layer(uuid="v", kind="vector", name="Point", source_json=json.dumps({"path": str(point)}), order_key=2.0),
    ]
    scene = MapScene(Document({"layers": [replace(row, nudge_json=NUDGE.to_json()) for row in rows]}), context)
    yield scene
    scene.close()


def _view() -> View:
    bounds = transform_bounds(WGS84, WEB_MERCATOR, Bounds(LON - 0.04, LAT - 0.025, LON + 0.04, LAT + 0.025))
    return View.of_bounds(WEB_MERCATOR, bounds, 600, 400)


def _bright(image: QImage) -> tuple[float, float]:
    """The middle of what is bright, and neither the point's sign nor its halo."""
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    rows, cols = np.nonzero(pixels[:, :, :3].min(axis=2) > 200)
    return float(cols.mean()) + 0.5, float(rows.mean()) + 0.5


def test_a_nudged_layer_is_shown_aside_everywhere(scene: MapScene, qtbot) -> None:
    view, to = _view(), moved(LON, LAT, EAST_M, NORTH_M)
    scene.set_view(view)
    qtbot.waitUntil(lambda: scene.is_open() and scene.is_complete(view), timeout=10_000)
    px, py = view.to_pixel(*(float(v) for v in transform_points(WGS84, WEB_MERCATOR, *to)))
    assert _bright(painted(scene, view)) == pytest.approx((px, py), abs=1.0)
    # what is pointed at
    assert [hit.layer_uuid for hit in hits_at(scene, view, px, py)] == ["v"]
    old = view.to_pixel(*(float(v) for v in transform_points(WGS84, WEB_MERCATOR, LON, LAT)))
    assert hits_at(scene, view, *old) == []
    snap = snap_at(scene, view, px + 3, py)
    assert snap is not None
    assert (snap.lon, snap.lat) == pytest.approx(to, abs=1e-6)
    assert images_below(scene, view, LON + 0.032, LAT).layers == ("r",)  # beyond the file's own edge
    # where it is
    for uuid in ("r", "v"):
        own, shown = scene.drawings[uuid].bounds_lonlat(), scene.stack.bounds_of(uuid)
        assert own is not None
        assert shown is not None
        assert offset_m(*own.centre, *shown.centre) == pytest.approx((EAST_M, NORTH_M), abs=0.5)
        assert shown == shown_bounds(own, NUDGE)
    box = bounds_of_features(scene.drawings["v"], np.array([hits_at(scene, view, px, py)[0].fid]))
    assert box is not None
    assert box.centre == pytest.approx(to, abs=1e-6)
    # evidence
    window = raster_window(scene.drawings["r"], Region(to, Bounds(to[0], to[1], to[0], to[1])))
    assert window is not None
    x, y = window.placed.apply(window.width / 2, window.height / 2)
    centre = (float(v) for v in transform_points(window.crs, WGS84, x, y))
    assert offset_m(*to, *centre) == pytest.approx((0.0, 0.0), abs=10.0)
    x, y = window.affine.apply(window.width / 2, window.height / 2)
    read = (float(v) for v in transform_points(window.crs, WGS84, x, y))
    assert offset_m(LON, LAT, *read) == pytest.approx((0.0, 0.0), abs=10.0)  # the pixels that are seen there
    values: list[PixelValues | GeoloupeError] = []
    ask_pixel(scene.drawings["r"], WGS84, to, values.append)
    ask_pixel(scene.drawings["r"], WGS84, (LON, LAT), values.append)
    qtbot.waitUntil(lambda: len(values) == 2, timeout=5000)
    assert [one.bands[0].raw for one in values if isinstance(one, PixelValues)] == [250.0, 20.0]
    drawing = scene.drawings["r"]
    assert isinstance(drawing, RasterDrawing)
    assert drawing.info is not None
    with pytest.raises(InvalidValue, match="shifted"):
        part_of(scene.document.layers["r"], drawing.info)  # a combined layer would forget it
    # the footnote
    said = "moved by hand 400 m east, 300 m south, 2026-11-27."
    frame = Bounds(LON - 0.04, LAT - 0.025, LON + 0.04, LAT + 0.025)
    plate = Plate(ProductSpec(title="Nudged", bounds=frame), scene.document, [scene])
    assert said in facts_of(plate).words_of()


def test_a_layer_that_is_nudged_over_the_antimeridian_comes_in_at_the_other_edge(
    tmp_path: Path, context: RenderContext, qtbot
) -> None:
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, 179.995, 10.0))
    write_raster(tmp_path / "east.tif", np.full((3, 40, 40), 250, np.uint8), WEB_MERCATOR, x - 200, y + 200, 10.0)
    source = json.dumps({"path": str(tmp_path / "east.tif")})
    nudge = Nudge(2000.0, 0.0, 179.995, 10.0).to_json()
    row = Layer(uuid="r", kind="raster", name="East", source_json=source, nudge_json=nudge)
    scene = MapScene(Document({"layers": [row]}), context)
    to = moved(179.995, 10.0, 2000.0, 0.0)[0] - 360.0
    bounds = transform_bounds(WGS84, WEB_MERCATOR, Bounds(-179.999, 9.98, -179.96, 10.02))
    view = View.of_bounds(WEB_MERCATOR, bounds, 400, 400)
    scene.set_view(view)
    qtbot.waitUntil(lambda: scene.is_open() and scene.is_complete(view), timeout=10_000)
    px, py = view.to_pixel(*(float(v) for v in transform_points(WGS84, WEB_MERCATOR, to, 10.0)))
    assert _bright(painted(scene, view)) == pytest.approx((px, py), abs=1.5)
    scene.close()


def test_a_preview_and_the_row_behind_it_show_the_same(scene: MapScene, qtbot) -> None:
    view = _view()
    scene.set_view(view)
    qtbot.waitUntil(lambda: scene.is_open() and scene.is_complete(view), timeout=10_000)
    row = scene.document.layers["r"]
    scene.preview_layer(replace(row, nudge_json=""))
    scene.preview_layer(replace(scene.document.layers["v"], nudge_json=""))
    scene.set_view(view)
    qtbot.waitUntil(lambda: scene.is_complete(view), timeout=10_000)
    px, py = view.to_pixel(*(float(v) for v in transform_points(WGS84, WEB_MERCATOR, LON, LAT)))
    assert _bright(painted(scene, view)) == pytest.approx((px, py), abs=1.0)
    assert [scene.drawings[uuid].nudge for uuid in ("r", "v")] == [None, None]
