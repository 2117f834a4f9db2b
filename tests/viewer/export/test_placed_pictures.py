"""Pictures placed by control points in products and renders: drawn as with a world file, and the page says so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.placing.control_points import written_control_points
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.grid.tile_grid import View
from layers.product.spec import ProductSpec
from layers.project.saving.publish import write_case
from layers.raster.point_fit.control_point import ControlPoint, Method, PointSet
from tests.support.command_line import geoloupe
from tests.support.pictures import map_of
from tests.support.readers.tiny_rasters import write_raster
from viewer.canvas.scene import MapScene
from viewer.export.headless import Studio, complete, wait_until
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.processing import processing_lines

FRAME = Bounds(10.0, 50.0, 10.06, 50.04)
LEFT, TOP, PIXEL_M, SIDE = 1_113_400.0, 6_449_500.0, 40.0, 128
CORNERS = [(8, 8), (120, 10), (118, 122), (9, 118), (64, 60)]


@pytest.fixture
def values() -> np.ndarray:
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return np.stack((60 + x, 60 + y, 90 + (x // 8 + y // 8) % 2 * 60)).astype(np.uint8)


def points_of(method: Method, slip_px: float = 0.0) -> PointSet:
    found = []
    for number, (col, row) in enumerate(CORNERS):
        lon, lat = transform_points(WEB_MERCATOR, WGS84, LEFT + PIXEL_M * col, TOP - PIXEL_M * row)
        found.append(ControlPoint(col + slip_px * (-1) ** number, row, float(lon), float(lat)))
    return PointSet(tuple(found), method, WEB_MERCATOR, (SIDE, SIDE), by="Anna", at="2026-11-27T10:00:00Z")


def document_of(path: Path, points: PointSet | None = None, crs: str = "") -> Document:
    text = "" if points is None else written_control_points(points)
    source = json.dumps({"path": str(path)})
    return Document(
        {"layers": [Layer(uuid="l", kind="raster", name="Scan", source_json=source, crs=crs, control_points_json=text)]}
    )


def scene_of(studio: Studio, document: Document) -> MapScene:
    studio.allow(layer.source for layer in document.layers.values())
    scene = MapScene(document, studio.context)
    wait_until(scene.is_open)
    return scene


@pytest.mark.parametrize("method", list(Method))
def test_it_is_drawn_as_the_same_picture_with_a_world_file(
    studio: Studio, tmp_path: Path, values: np.ndarray, method: Method
) -> None:
    """The screen's painter and the product's are one; here its pixels are those of the true transform."""
    (tmp_path / "own").mkdir()
    bounds = Bounds(LEFT, TOP - PIXEL_M * SIDE, LEFT + PIXEL_M * SIDE, TOP)
    own = write_raster(tmp_path / "own" / "scan.tif", values, WEB_MERCATOR, bounds, photometric="RGB")
    plain = write_raster(tmp_path / "scan.tif", values, None, None, photometric="RGB")
    view = View.of_bounds(WEB_MERCATOR, bounds.expanded(700), 300, 300)
    pictures = []
    for document in (document_of(own), document_of(plain, points_of(method))):
        scene = scene_of(studio, document)
        complete(scene, view)
        assert scene.stack.problems() == {}
        pictures.append(map_of(scene, view).astype(int))
        scene.close()
    assert np.abs(pictures[0] - pictures[1]).max() <= 2, "but for rounding"
    assert pictures[0].std() > 10


def test_every_product_says_what_places_it_how_well_and_when(
    studio: Studio, tmp_path: Path, values: np.ndarray
) -> None:
    path = write_raster(tmp_path / "scan.tif", values, None, None, photometric="RGB")
    document = document_of(path, points_of(Method.AFFINE, slip_px=1.5))
    scene = scene_of(studio, document)
    plate = Plate(ProductSpec(page="700x600", title="T", bounds=FRAME), document, [scene])
    complete(scene, plate.maps[0].view)
    printed = PrintedPlate(plate.refreshed(), 96)
    (line,) = processing_lines(scene, printed.plate.maps[0].view)
    assert line.startswith("Scan is placed by 5 control points, affine, RMS ")
    assert line.endswith("(4 degrees of freedom), which is no position error (set on 2026-11-27).")
    assert "Anna" not in line, "the name by which somebody logged in"
    assert "placed by hand with control points" in facts_of(printed.plate).words_of()
    assert line in printed.words.processing
    scene.close()


@pytest.mark.bounded
def test_a_case_is_rendered_on_the_command_line_with_its_points(tmp_path: Path, values: np.ndarray) -> None:
    path = write_raster(tmp_path / "scan.tif", values, None, None, photometric="RGB")
    before = path.read_bytes()
    case = tmp_path / "case.gpkg"
    write_case(document_of(path, points_of(Method.PROJECTIVE)), case)
    made = geoloupe(
        "render",
        case,
        "--out",
        tmp_path / "out.png",
        "--size",
        "200x200",
        "--bounds",
        "10.0,50.0,10.06,50.04",
        cwd=tmp_path,
    )
    assert made.returncode == 0, made.stderr
    assert "scan.tif does not say" not in made.stderr
    image = QImage(str(tmp_path / "out.png"))
    lit = sum(image.pixelColor(x, y).red() > 55 for x in range(0, 200, 10) for y in range(0, 200, 10))
    assert lit > 100
    assert path.read_bytes() == before
