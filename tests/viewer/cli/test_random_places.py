"""Single places, lines and boxes over the whole Earth, as files and as cases, in one process.

GEOLOUPE_PLACES says how many are tried, some hundred without it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, chosen_canvas, transform_bounds
from layers.pool.pool import ReaderPool
from layers.project.opening.case_paths import CaseHome, bring_home
from layers.project.saving.publish import write_case
from tests.support.cases.rich import read_case
from tests.support.pictures import pixels
from tests.viewer.canvas.conftest import site
from viewer.canvas.extent import bounds_of_all, finest_fit_m
from viewer.canvas.viewport import Viewport
from viewer.cli.terminal.documents import document_of
from viewer.export.headless import Studio

SEED = 20_240_412
PARTS = 2
A_PART = int(os.environ.get("GEOLOUPE_PLACES", "120")) // PARTS
SIZE = 64, 48
MOST_OFF_PX = 1.5


def random_shape(rng: np.random.Generator) -> BaseGeometry:
    """A point, a line along a meridian or a parallel or aslant, or a box, as small as a metre or as large as a land."""
    lon, lat = float(rng.uniform(-180, 180)), float(np.degrees(np.arcsin(rng.uniform(-1, 1))))
    digits = int(rng.integers(0, 15))
    lon, lat = round(lon, digits), round(lat, digits)
    reach = float(10 ** rng.uniform(-5, 0.5))
    east, north = min(lon + reach, 180.0), min(lat + reach, 90.0)
    match int(rng.integers(0, 5)):
        case 0 | 1:
            return shapely.Point(lon, lat)
        case 2:
            return shapely.LineString([(lon, lat), (lon, north)] if lat < north else [(lon, lat), (lon, lat - reach)])
        case 3:
            ends = [(lon, lat), (east, lat if rng.random() < 0.5 else north)]
            return shapely.LineString(ends if east > lon else [(lon, lat), (lon - reach, lat)])
        case _:
            west, south = (lon, lat) if east > lon and north > lat else (lon - reach, lat - reach)
            return shapely.box(west, south, west + min(reach, 180.0 - west), south + min(reach, 90.0 - south))


def checked_picture(studio: Studio, document: Document, home: CaseHome | None, shape: BaseGeometry) -> str:
    """What is wrong with what is drawn of it; empty: nothing."""
    scene = studio.scene(document, home)
    found = bounds_of_all(scene)
    if found is None or found.is_empty:
        return "it is nowhere"
    crs, said = chosen_canvas(None, found)
    if bool(said) != (abs(shape.bounds[1]) > 85.06 or abs(shape.bounds[3]) > 85.06):
        return f"it is on the map {crs}"
    image = pixels(studio.picture(scene, crs, None, *SIZE))
    if not (image != image[0, 0]).any():
        return "the picture is blank"
    if scene.stack.problems():
        return " ".join(scene.stack.problems().values())
    viewport = Viewport(WEB_MERCATOR, *SIZE)
    viewport.set_crs(crs)
    viewport.fit_lonlat(found, 0.0, finest_fit_m(scene))
    seen = viewport.view().world_bounds().expanded(MOST_OFF_PX * viewport.resolution)
    scene.close()
    return "" if seen.contains(in_crs(found, crs)) else "it is not zoomed to"


def in_crs(lonlat: Bounds, crs: str) -> Bounds:
    return transform_bounds(WGS84, crs, lonlat)


@pytest.mark.bounded
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(300)
def test_every_place_on_earth_opens_as_a_file_and_as_a_case(
    part: int, qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))
    monkeypatch.setattr("viewer.export.headless.DEADLINE_MS", 10_000)
    rng, wrong = np.random.default_rng(SEED + part), []
    case = tmp_path / "place.gpkg"
    with Studio() as studio:
        for number in range(A_PART):
            shape = random_shape(rng)
            file = tmp_path / f"{number}.geojson"  # a reader would have to tell a second state of one from the first
            file.write_text(json.dumps(shapely.geometry.mapping(shape)))
            opened = document_of([str(file)], studio.pool)
            trouble = {"file": checked_picture(studio, opened.document, None, shape)}
            case.unlink(missing_ok=True)
            write_case(Document({"sites": [site("a", shape, position_error_m=None)]}), case)
            document = read_case(case).document
            home = bring_home(document, tmp_path)
            trouble["case"] = checked_picture(studio, document, home, shape)
            file.unlink()
            wrong += [f"{number} {kind} {shape.wkt}: {said}" for kind, said in trouble.items() if said]
    assert not wrong, "\n".join([f"{len(wrong)} are wrong", *wrong[:20]])
