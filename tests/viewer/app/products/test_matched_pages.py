"""Before and after with stretches set by each other, in the window of a product and by the command line."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from layers.document.comparison import Frame
from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.product.issuing.edition import Edition
from layers.product.spec import ProductMap, ProductSpec
from tests.support.printed_pages import whole_picture
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.app.products.conftest import Table
from viewer.app.products.product_pages import ProductPages
from viewer.app.products.product_window import ProductWindow
from viewer.cli.products.printed_product import laid_out
from viewer.export.headless import Studio, wait_until
from viewer.export.made_on import today
from viewer.export.plates.maps.map_scenes import product_scenes, scene_makers
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.rendering.images import argb_of_image

SPEC = ProductSpec(
    layout="before-after",
    title="Two years",
    author="An Analyst",
    page="900x600",
    dpi=96,
    bounds=Bounds(10.0, 50.0, 11.0, 51.0),
    maps=(ProductMap(Frame(("old",))), ProductMap(Frame(("new",)))),
)


def brightness(image: QImage) -> tuple[float, float]:
    """Of the middle of the first map, and of the second beside it."""
    values = argb_of_image(image) & 0xFF
    height, width = values.shape
    rows = slice(height // 4, height // 2)
    left, right = (values[rows, int(width * at) : int(width * (at + 0.1))] for at in (0.15, 0.5))
    return float(left.mean()), float(right.mean())


def shown(window: ProductWindow) -> QImage:
    picture = window.preview.picture()
    assert picture is not None
    return picture


@pytest.mark.bounded
def test_the_window_shows_them_matched_says_it_and_follows_the_choice(
    studio: Studio, document: Document, table: Table, qtbot: QtBot
) -> None:
    studio.allow(document.layers[uuid].source for uuid in document.layers)
    scenes = partial(product_scenes, context=studio.context, base_folder=None)
    table.pages = ProductPages(document, studio.context.jobs, scenes)  # type: ignore[assignment]
    window = table.open(SPEC)
    left, right = brightness(shown(window))
    assert right > left + 80
    laid = window.laid
    assert isinstance(laid, PrintedPlate)
    assert "matched" not in laid.facts().words_of()
    window.fields.checks["match"].click()
    table.settle(window)
    left, right = brightness(shown(window))
    assert abs(right - left) < 12
    assert isinstance(window.laid, PrintedPlate)
    assert "stretch matched to Before, band by band" in window.laid.plate.captions[1][0]
    assert window.spec.maps == SPEC.maps, "what is kept in the case says that they match, not how"
    window.undo()
    table.settle(window)
    left, right = brightness(shown(window))
    assert right > left + 80


def by_the_command_line(studio: Studio, document: Document, spec: ProductSpec) -> PrintedPlate:
    return laid_out(spec, document, [studio.scene_made(make, document) for make in scene_makers(spec)])


def by_the_window(studio: Studio, document: Document, spec: ProductSpec) -> tuple[PrintedPlate, ProductPages]:
    """As `ProductFile` has it made: read at the screen's resolution first."""
    scenes = partial(product_scenes, context=studio.context, base_folder=None)
    pages = ProductPages(document, studio.context.jobs, scenes)

    def is_read() -> bool:
        laid = pages.make(spec, 96, Edition(made_on=today()))
        if laid is not None:
            laid.want(0)
        return laid is not None and laid.is_ready(0)

    wait_until(is_read)
    found: list[PrintedPlate | None] = []
    wait_until(lambda: found.append(pages.make(spec, spec.dpi, Edition(made_on=today()))) or found[-1] is not None)
    assert found[-1] is not None
    return found[-1], pages


def picture(laid: PrintedPlate) -> QImage:
    laid.want(0)
    wait_until(lambda: laid.is_ready(0))
    return whole_picture(laid)


@pytest.mark.bounded
@pytest.mark.parametrize("dpi", [96, 200])
def test_the_page_is_the_same_from_the_window_and_from_the_command_line(
    studio: Studio, document: Document, dpi: int
) -> None:
    spec = replace(SPEC, match=True, dpi=dpi)
    told = by_the_command_line(studio, document, spec)
    one = picture(told)
    plain = by_the_command_line(studio, document, replace(spec, match=False))
    assert picture(plain) != one
    assert "stretch matched to Before" in told.plate.captions[1][0]
    assert "matched" not in plain.facts().words_of()
    laid, pages = by_the_window(studio, document, spec)
    assert picture(laid) == one
    pages.close()


@pytest.mark.bounded
def test_panels_are_matched_too_and_say_so_where_they_cannot_be(
    studio: Studio, document: Document, table: Table, tmp_path: Path
) -> None:
    """Also panels of other places: what they are matched by is the ground of the first."""
    far = write_raster(tmp_path / "far.tif", np.full((3, 64, 64), 200, np.uint8), "EPSG:4326", Bounds(30, 49, 32, 51))
    old = document.layers["old"]
    layer = replace(old, uuid="far", name="Elsewhere", source_json=json.dumps({"path": str(far)}))
    document = Document({"layers": [*document.layers.values(), layer]})
    studio.allow(document.layers[uuid].source for uuid in document.layers)
    scenes = partial(product_scenes, context=studio.context, base_folder=None)
    table.pages = ProductPages(document, studio.context.jobs, scenes)  # type: ignore[assignment]
    maps = (
        ProductMap(title="All of it"),
        ProductMap(Frame(("old",)), SPEC.bounds),
        ProductMap(Frame(("new",)), Bounds(10.5, 50.5, 10.6, 50.6)),
        ProductMap(Frame(("old",)), Bounds(9.1, 49.1, 9.2, 49.2)),
        ProductMap(Frame(("far",)), Bounds(30.5, 49.5, 31.5, 50.5)),
    )
    window = table.open(replace(SPEC, layout="panels", page="A3 landscape", maps=maps))
    assert window.fields.checks["match"].isEnabled()
    assert isinstance(window.laid, PrintedPlate)
    assert "match" not in window.laid.facts().words_of()
    window.fields.checks["match"].click()
    table.settle(window)
    assert isinstance(window.laid, PrintedPlate)
    captions = [" ".join(lines) for lines in window.laid.plate.captions]
    wanted = (
        "",
        "",
        "stretch matched to B, band by band",
        "same stretch as B",
        "stretch not matched: too little ground",
    )
    for caption, said in zip(captions, wanted, strict=True):
        assert said in caption
    assert not [caption for caption in captions[:2] if "matched" in caption]
    one, two = (window.laid.plate.maps[at].scene.drawings[name].style for at, name in ((1, "old"), (3, "old")))
    assert one.stretches == two.stretches
    other = window.laid.plate.maps[2].scene.drawings["new"].style
    assert other.stretches[0].low == pytest.approx(one.stretches[0].low + 120, abs=3)
    told = by_the_command_line(studio, document, replace(window.spec, dpi=96))
    assert told.plate.captions == window.laid.plate.captions
