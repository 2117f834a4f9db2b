"""The map of a web story: its projection, its frame around the marks, and the parts that have finer pictures."""

from __future__ import annotations

import math
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from pyproj import Geod
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, parse_crs, transform_points
from layers.geo.map_projections import suited_crs
from layers.grid.tile_grid import View
from layers.product.publishing import Publishing
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.export.conftest import pixels
from viewer.canvas.scene import BACKGROUND_COLOR, MapScene
from viewer.export.data.exported import DataExport, data_export
from viewer.export.data.ground import GroundPictures
from viewer.export.data.map_part import DETAIL_STEP, FinerPart, detail_choice, detail_parts, story_view
from viewer.export.data.map_signs import SCALE_STEPS, map_reading, ring_on
from viewer.export.data.report import report_html
from viewer.export.headless import Studio
from viewer.export.held_scenes import make_held

GEOD = Geod(ellps="WGS84")
MARKS = {
    "a town": [(10.2, 50.2), (10.4, 50.3)],
    "astride the dateline": [(176.0, 66.0), (-175.0, 68.0)],
    "at the pole": [(10.0, 88.0), (-170.0, 86.0), (100.0, 87.0)],
    "a continent": [(20.0, 40.0), (150.0, 65.0), (105.0, 10.0)],
    "a country": [(73.0, 20.0), (135.0, 53.0), (104.0, 36.0)],
    "the Earth": [(-150.0, -60.0), (170.0, 70.0), (0.0, 0.0), (-60.0, 10.0), (90.0, -20.0)],
}


def boxes_of(places: list[tuple[float, float]]) -> np.ndarray:
    return np.array([(lon, lat, lon, lat) for lon, lat in places])


@pytest.mark.parametrize("name", MARKS)
def test_it_has_the_projection_of_a_printed_map_with_every_mark_in_it(studio: Studio, name: str) -> None:
    scene = studio.scene_made(MapScene, Document({}))
    view = story_view(scene, boxes_of(MARKS[name]))
    assert view is not None
    assert parse_crs(view.grid.crs).to_epsg() != 3857
    assert 1 / 1.5 <= view.width / view.height <= 4
    for lon, lat in MARKS[name]:
        x, y = transform_points(WGS84, view.grid.crs, lon, lat)
        px, py = view.to_pixel(float(x), float(y))
        assert 0.02 * view.width < px < 0.98 * view.width
        assert 0.02 * view.height < py < 0.98 * view.height


@pytest.mark.parametrize("name", MARKS)
def test_its_scale_is_true_wherever_it_is_read(studio: Studio, name: str) -> None:
    """Bars of all zooms are drawn from these values: a short line at each place is as long as they say."""
    scene = studio.scene_made(MapScene, Document({}))
    view = story_view(scene, boxes_of(MARKS[name]))
    assert view is not None
    reading, step, last = map_reading(scene, view, Document({}), [], Publishing()), 4.0, 8
    assert last + 1 == SCALE_STEPS
    known = [(at, number) for number, at in enumerate(reading.scale) if at.metres > 0]
    assert len(known) > 40
    for at, number in known:
        px, py = view.width * (number % 9) / last, view.height * (number // 9) / last
        ends = np.array([view.to_world(px - step / 2, py), view.to_world(px + step / 2, py)])
        lon, lat = transform_points(view.grid.crs, WGS84, *ends.T)
        if np.isfinite([lon, lat]).all():
            length_m = GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2]
            assert at.metres * step == pytest.approx(length_m, rel=0.01)


@pytest.fixture
def layered(tmp_path: Path) -> list[Layer]:
    """A coarse image of ten degrees, and a fine one of a tenth of a degree in its middle."""
    layers = []
    for name, bounds, size in (("coarse", Bounds(5, 45, 15, 55), 100), ("fine", Bounds(10, 50, 10.1, 50.1), 600)):
        values = np.random.default_rng(7).integers(60, 250, (3, size, size)).astype(np.uint8)
        path = write_raster(tmp_path / f"{name}.tif", values, WGS84, bounds, photometric="RGB")
        row = Layer(uuid=name, kind="raster", name=name, source_json=f'{{"path": "{path}"}}')
        layers.append(replace(row, order_key=1.0 if name == "coarse" else 2.0))
    return layers


def pictured(studio: Studio, case: Document, layers: list[Layer]) -> DataExport:
    sites = [case.sites[uuid] for uuid in ("port", "pad")]
    document = Document({"sites": sites, "layers": layers})
    told = data_export(document, ".html", lambda uuids: {})
    make = GroundPictures(told, lambda make, rows: studio.scene_made(partial(make_held, make), rows), with_map=True)
    return studio.in_job(make.make)


def test_finer_pictures_are_where_an_image_is_finer_and_a_mark_is_near(studio: Studio, layered: list[Layer]) -> None:
    scene = studio.scene_made(MapScene, Document({"layers": layered}))
    view = View.of_bounds(WGS84, Bounds(7.5, 48.0, 12.5, 52.0), 2400, 1920)
    marks = {"there": view.to_pixel(10.05, 50.05), "elsewhere": view.to_pixel(8.0, 49.0)}
    parts = detail_parts(scene, view, marks)
    assert {part.level for part in parts} == {1, 2}
    for part in parts:
        shown = part.view.world_bounds()
        assert shown.intersects(Bounds(10, 50, 10.1, 50.1)), "nothing is finer elsewhere"
        whole = view.world_bounds()
        assert shown.left == pytest.approx(whole.left + part.left * whole.width)
        assert shown.top == pytest.approx(whole.top - part.top * whole.height)
        assert shown.right == pytest.approx(whole.left + (part.left + part.width) * whole.width)
        assert shown.bottom == pytest.approx(whole.top - (part.top + part.height) * whole.height)
        assert part.view.grid.resolution == pytest.approx(view.grid.resolution * 2 / DETAIL_STEP**part.level, rel=1e-3)
    scene.close()


def test_a_file_has_no_more_finer_pictures_than_it_has_room_for() -> None:
    part = FinerPart(1, 0.0, 0.0, 0.2, 0.2, View.of_bounds(WGS84, Bounds(0, 0, 1, 1), 10, 10))
    given = [(part, b"x" * size) for size in (400, 700, 300)]
    assert [len(data) for _, data in detail_choice(given, 1000)] == [400, 300]


@pytest.mark.bounded
def test_the_story_names_its_projection_and_its_images_reach_its_edges(
    studio: Studio, case: Document, layered: list[Layer]
) -> None:
    told = pictured(studio, case, layered)
    assert told.map is not None
    assert told.map.reading.projection.startswith("Projection: WGS 84")
    assert "Mercator / Pseudo" not in report_html(told)
    assert "UTM zone 32N" in report_html(told)
    seen = pixels(QImage.fromData(told.map.data))
    edge = np.concatenate([seen[2, ::40], seen[-3, ::40], seen[::40, 2], seen[::40, -3]])
    dark = np.array([int(BACKGROUND_COLOR[at : at + 2], 16) for at in (1, 3, 5)])
    assert not (np.abs(edge - dark).max(axis=1) < 8).any(), "no margin is dark"


def test_a_circle_over_the_edge_of_a_map_is_not_drawn_across_it() -> None:
    crs = suited_crs(Bounds(-180.0, -85.0, 180.0, 85.0))
    view = View.of_bounds(crs, Bounds(-1.72e7, -8e6, 1.72e7, 8e6), 2400, 1200)
    rings = ring_on(view, 179.9, 10.0, 300_000.0)
    assert len(rings) > 1
    for ring in rings:
        steps = [math.dist(a, b) for a, b in pairwise(ring)]
        assert max(steps, default=0.0) < 20
    assert len(ring_on(view, 20.0, 10.0, 300_000.0)) == 1
