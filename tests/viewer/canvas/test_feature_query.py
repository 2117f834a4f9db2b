"""Tests of which features are under the mouse and in an area, as the map shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import TileGrid, View
from layers.vector.style.layer_style import VectorStyle
from viewer.canvas.feature_query import cluster_hits_at, fids_in_ring, hits_at, is_cluster_at, vector_layers
from viewer.canvas.scene import MapScene
from viewer.canvas.snapping import snap_at
from viewer.commands.layer_filter import set_layer_filter
from viewer.commands.layers import update_layer
from viewer.rendering.context import RenderContext

MERCATOR = "EPSG:3857"
VIEW = View(TileGrid(MERCATOR, 100.0, 0.0, 25_600.0), 0, 0, 256, 256)

type Show = Callable[..., MapScene]


def point(x: float, y: float) -> dict:
    return {"type": "Point", "coordinates": [x, y]}


@pytest.fixture
def show(tmp_path: Path, context: RenderContext, qtbot) -> Iterator[Show]:
    """A scene with one layer of these geometries, whose fids and `n` count from 0, drawn in a view."""
    made: list[MapScene] = []

    def show(view: View, *geometries: dict, crs: str = "OGC:CRS84", style: VectorStyle | None = None) -> MapScene:
        rows = [{"type": "Feature", "id": n, "properties": {"n": n}, "geometry": g} for n, g in enumerate(geometries)]
        path, named = tmp_path / "a.geojson", {"type": "name", "properties": {"name": crs}}
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": named, "features": rows}))
        source, looks = json.dumps({"path": str(path)}), json.dumps((style or VectorStyle()).to_json())
        layer = Layer(uuid="v", kind="vector", name="V", source_json=source, style_json=looks)
        made.append(MapScene(Document({"layers": [layer]}), context))
        settle(made[-1], view)
        return made[-1]

    def settle(scene: MapScene, view: View) -> None:
        scene.set_view(view)
        qtbot.waitUntil(lambda: scene.is_complete(view), timeout=10_000)

    show.settle = settle
    yield show
    for scene in made:
        scene.close()


@pytest.fixture
def dots(show: Show) -> MapScene:
    """Three points, 50, 100 and 150 pixels from the left."""
    return show(VIEW, *(point(x, 12_800) for x in (5_000, 10_000, 15_000)), crs=MERCATOR)


def fids_at(scene: MapScene, view: View, px: float, py: float) -> list[int]:
    return [hit.fid for hit in hits_at(scene, view, px, py)]


def in_box(scene: MapScene, view: View, left: float, top: float, right: float, bottom: float) -> list[int]:
    ring = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [fid for drawing in vector_layers(scene, view) for fid in fids_in_ring(scene, drawing, view, ring).tolist()]


def test_what_a_filter_hides_is_nowhere(dots: MapScene, show: Show) -> None:
    assert fids_at(dots, VIEW, 100, 128) == [1]
    assert in_box(dots, VIEW, 0, 0, 256, 256) == [0, 1, 2]
    dots.document.apply(set_layer_filter(dots.document, "v", "n != 1", actor="Li"))
    show.settle(dots, VIEW)
    assert fids_at(dots, VIEW, 100, 128) == []
    assert in_box(dots, VIEW, 0, 0, 256, 256) == [0, 2]
    (drawing,) = vector_layers(dots, VIEW)
    assert fids_in_ring(dots, drawing, VIEW, [(0, 256), (256, 256), (256, 0)]).tolist() == [2], "within an area"


def test_what_is_not_drawn_at_this_scale_is_nowhere(dots: MapScene) -> None:
    style = json.dumps(VectorStyle(visible_from=1000.0).to_json())
    dots.document.apply(update_layer(dots.document, "v", actor="Li", style_json=style))
    assert fids_at(dots, VIEW, 100, 128) == []
    assert in_box(dots, VIEW, 0, 0, 256, 256) == []


@pytest.mark.parametrize("west", [172.0, -188.0])
def test_what_is_seen_over_the_edge_of_the_map_can_be_pointed_at(show: Show, west: float) -> None:
    view = View(TileGrid("EPSG:4326", 0.05, west, 50.0), 0, 0, 440, 100)
    scene = show(view, point(175, 47.5), point(-170, 47.5), point(0, 47.5))
    assert fids_at(scene, view, 60, 50) == [0]
    assert fids_at(scene, view, 360, 50) == [1]
    assert fids_at(scene, view, 200, 50) == []
    assert in_box(scene, view, 0, 0, 440, 100) == [0, 1]
    assert in_box(scene, view, 300, 0, 440, 100) == [1]


@pytest.mark.parametrize("west", [172.0, -188.0])
def test_a_cluster_over_the_edge_of_the_map_can_be_pointed_at(show: Show, west: float) -> None:
    view = View(TileGrid("EPSG:4326", 0.05, west, 50.0), 0, 0, 440, 100)
    beyond = [point(-170 + way, 47.5) for way in (0, 0.1)]
    scene = show(view, point(175, 47.5), *beyond, style=VectorStyle(cluster_px=40.0))
    px = round((190.05 - west % 360) / 0.05)
    assert is_cluster_at(scene, view, px, 50)
    assert [hit.fid for hit in cluster_hits_at(scene, view, px, 50)] == [1, 2]
    assert not is_cluster_at(scene, view, 60, 50)
    assert fids_at(scene, view, 60, 50) == [0]


@pytest.fixture
def road(show: Show) -> MapScene:
    """A road from 50 to 150 pixels, in the middle of the picture."""
    line = {"type": "LineString", "coordinates": [[5_000, 12_800], [15_000, 12_800]]}
    return show(VIEW, line, crs=MERCATOR)


def test_the_end_of_a_road_and_its_middle_are_snapped_to(road: MapScene) -> None:
    end = snap_at(road, VIEW, 155, 132)
    assert end is not None
    assert (end.px, end.py, end.is_vertex, end.name) == (pytest.approx(150), pytest.approx(128), True, "V")
    lon, lat = transform_points(MERCATOR, WGS84, 15_000, 12_800)
    assert (end.lon, end.lat) == pytest.approx((float(lon), float(lat)), abs=1e-6)
    middle = snap_at(road, VIEW, 100, 132)
    assert middle is not None
    assert (middle.px, middle.py, middle.is_vertex) == (pytest.approx(100), pytest.approx(128), False)
    assert snap_at(road, VIEW, 100, 160) is None


def test_a_hidden_road_is_not(road: MapScene, show: Show) -> None:
    road.document.apply(set_layer_filter(road.document, "v", "n != 0", actor="Li"))
    show.settle(road, VIEW)
    assert snap_at(road, VIEW, 155, 132) is None
