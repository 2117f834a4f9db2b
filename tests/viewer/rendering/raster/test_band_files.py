"""A scene with a file for each band is drawn as one image: by ranges of those files that are shown, and of no other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.crs import WEB_MERCATOR, WGS84
from layers.raster.band_files import LACKS
from layers.raster.style import RasterStyle
from layers.services.stac.item import read_item
from tests.support.band_files import BANDS, scene_item, write_bands
from tests.support.pictures import pixels
from tests.support.range_server import RangeServer
from viewer.canvas.comparison.shown_values import reflectance_shown
from viewer.canvas.scene import MapScene
from viewer.commands.imagery.catalogue_layers import add_scene
from viewer.export.formats.raw_pixels import Pack, begin_pixels
from viewer.export.formats.writing import finish
from viewer.export.headless import Studio, wait_until
from viewer.rendering.drawing import FailedDrawing
from viewer.rendering.layers.image_values import PixelValues, ask_pixel
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.remote_drawing import RemoteDrawing

BLUE, GREEN, RED, NIR, SWIR = 1, 2, 3, 4, 5


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RangeServer]:
    write_bands(tmp_path / "files")
    server = RangeServer(tmp_path / "files")
    yield server
    server.stop()


def layer_of(server: RangeServer, style: Mapping[str, Any] | None = None, **of_item: Any) -> Layer:
    """The layer of the scene whose files lie on the server."""
    item = read_item(scene_item(f"http://{server.host}", **of_item), server.address("item.json"))
    document, asset = Document(), item.picture.asset
    assert asset is not None
    document.apply(add_scene(document, item, asset.web, actor="a", now="2024-06-01T00:00:00Z"))
    (layer,) = document.layers.values()
    return layer if style is None else replace(layer, style_json=json.dumps(style))


def shown(studio: Studio, layer: Layer) -> tuple[QImage, RasterDrawing, MapScene]:
    scene = studio.scene(Document({"layers": [layer]}))
    picture = studio.picture(scene, WEB_MERCATOR, None, 300, 300)
    (drawing,) = scene.drawings.values()
    assert isinstance(drawing, RasterDrawing), drawing.problem
    return picture, drawing, scene


def files_asked(server: RangeServer) -> set[str]:
    return {asked.path.lstrip("/") for asked in server.log}


@pytest.mark.bounded
def test_natural_and_false_colours_are_shown_from_the_files_of_their_bands_and_no_other(
    studio: Studio, server: RangeServer, tmp_path: Path
) -> None:
    picture, drawing, scene = shown(studio, layer_of(server))
    assert not drawing.problem
    assert drawing.style is not None
    assert drawing.style.bands == (RED, GREEN, BLUE)
    assert files_asked(server) == {"B02.tif", "B03.tif", "B04.tif"}
    west, east = picture.pixelColor(30, 200), picture.pixelColor(270, 200)
    assert west.red() > east.red() + 100
    assert abs(west.red() - west.blue()) < 40, "each band is stretched by its own values"
    before = drawing.info
    assert before is not None
    assert [band.description for band in before.bands] == [f"{name} {seen}" for name, (seen, *_) in BANDS.items()]
    assert (drawing.acquisition.product_id, drawing.acquisition.at) == ("S2A_33UVR_20240501", "2024-05-01T10:00:00Z")
    known = reflectance_shown(drawing)
    assert known is not None
    assert (known.scale, known.offset, known.established) == (1e-4, -0.1, True), known.words
    assert drawing.source.scene is not None
    assert {band.unit for band in drawing.source.scene.bands} == {"reflectance"}
    assert before.bands[SWIR - 1].low is None, "nothing is known of a file that was not opened"
    same = [[0, 8000, 1]] * 3
    drawing.set_layer(replace(drawing.layer, style_json=json.dumps({"bands": [SWIR, NIR, RED], "stretches": same})))
    wait_until(lambda: drawing.info is not None and drawing.info.bands[SWIR - 1].low is not None)
    picture = studio.picture(scene, WEB_MERCATOR, None, 300, 300)
    assert files_asked(server) == {"B02.tif", "B03.tif", "B04.tif", "B08.tif", "B12.tif"}
    west = picture.pixelColor(30, 200)
    assert west.red() > west.green() > west.blue() > 0
    assert (drawing.info.width, drawing.info.transform[0]) == (512, 10.0), "the finest grid of those shown"
    assert drawing.info.bands[RED - 1] == before.bands[RED - 1]
    pack = tmp_path / "pack.tif"
    finish(begin_pixels(drawing, None, pack, studio.context, pack=Pack()))
    kept = {**drawing.layer.source, "path": str(pack)}
    studio.context.fetcher.set_offline(True)
    again, from_pack, _ = shown(studio, replace(drawing.layer, source_json=json.dumps(kept)))
    assert not isinstance(from_pack, RemoteDrawing)
    assert np.abs(pixels(again).astype(int) - pixels(picture)).mean() < 2, (
        "all bands lie in the pack, by the same numbers"
    )


@pytest.mark.bounded
def test_a_pack_holds_the_bands_that_came_and_is_made_whole_later(
    studio: Studio, server: RangeServer, tmp_path: Path
) -> None:
    _, drawing, _ = shown(studio, layer_of(server, missing=("B12",)))
    first, second, bounds = tmp_path / "first.tif", tmp_path / "second.tif", (15.0, 50.0, 15.1, 50.2)
    pack = Pack()
    finish(begin_pixels(drawing, None, first, studio.context, pack=pack))
    assert list(pack.lacks) == [SWIR]
    assert server.host in pack.lacks[SWIR]
    kept = {**drawing.layer.source, "path": str(first), LACKS: {"bands": [SWIR], "bounds": bounds}}
    studio.context.fetcher.set_offline(True)
    _, from_pack, _ = shown(studio, replace(drawing.layer, source_json=json.dumps(kept)))
    assert not from_pack.problem, "the others show"
    assert from_pack.style is not None
    refusals: list[GeoloupeError] = []
    from_pack.source.ask_limits(replace(from_pack.style, bands=(SWIR, NIR, RED)), lambda limits: None, refusals.append)
    wait_until(lambda: bool(refusals))
    assert "The offline pack lacks B12 swir22" in refusals[0].sentence

    studio.context.fetcher.set_offline(False)
    (server.folder / "B12.tif").rename(server.folder / "gone-B12.tif")
    server.log.clear()
    rest = Pack(earlier=str(first), earlier_lacks=(SWIR,))
    finish(begin_pixels(drawing, None, second, studio.context, pack=rest))
    assert not rest.lacks
    assert files_asked(server) == {"gone-B12.tif"}, "the bands that came are taken from the first one"
    with rasterio.open(first) as before, rasterio.open(second) as after:
        assert np.array_equal(before.read([RED, NIR]), after.read([RED, NIR]))
        assert after.read(SWIR).any()
        assert not before.read(SWIR).any()


@pytest.mark.bounded
def test_a_picture_of_the_scene_comes_first_and_a_band_that_is_missing_is_named(
    studio: Studio, server: RangeServer
) -> None:
    _, drawing, _ = shown(studio, layer_of(server, visual=True, missing=("B03",)))
    assert not drawing.problem, "a band that is not shown is not missed"
    assert drawing.style is not None
    assert drawing.style.bands == (6, 7, 8)
    assert files_asked(server) == {"TCI.tif"}
    known = reflectance_shown(drawing)
    assert known is not None
    assert not known.established, "a picture cannot be brought back to reflectance"
    refusals: list[GeoloupeError] = []
    wanted = RasterStyle((RED, GREEN, BLUE), drawing.style.stretches)
    drawing.source.ask_limits(wanted, lambda limits: None, refusals.append)
    wait_until(lambda: bool(refusals))
    assert refusals[0].sentence == f"Band B03 green: {server.host} has nothing at this address (code 404)."
    answers: list[PixelValues | GeoloupeError] = []
    ask_pixel(drawing, WGS84, (15.01, 50.07), answers.append)
    wait_until(lambda: bool(answers))
    (values,) = answers
    assert isinstance(values, PixelValues), "a band that cannot be read costs the values of no other"
    problems = {value.band.description: value.problem for value in values.bands if value.problem}
    assert problems == {"B03 green": f"{server.host} has nothing at this address (code 404)."}
    known = {value.band.description: value.raw for value in values.bands if value.raw is not None}
    assert set(known) >= {"B02 blue", "B04 red", "B08 nir", "B12 swir22"}
    assert 1200 < known["B04 red"] < 4000


def test_nothing_is_asked_before_each_host_is_allowed(server: RangeServer) -> None:
    item = scene_item(f"http://{server.host}")
    item["assets"]["B08"]["href"] = "https://other.invalid/B08.tif"
    read = read_item(item, server.address("item.json"))
    document = Document()
    document.apply(add_scene(document, read, server.address("B04.tif"), actor="a", now="2024-06-01T00:00:00Z"))
    with Studio(consent=[server.host], workers=1) as studio:
        (drawing,) = studio.scene(document).drawings.values()
        assert isinstance(drawing, FailedDrawing)
        assert "other.invalid is not contacted until you allow it" in drawing.problem
    assert server.log == []
