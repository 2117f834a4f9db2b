"""A product's window comes to rest for any page and any words: it shows the page, or says why there is none."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace

from layers.product.spec import ProductSpec
from tests.viewer.app.products.conftest import SEEN, Table
from viewer.app.products.product_pages import ProductPages
from viewer.app.products.product_window import ProductWindow
from viewer.export.headless import Studio
from viewer.export.plates.map_scenes import product_scenes

SPEC = ProductSpec(title="A shore", author="Li", bounds=SEEN, page="A4 landscape", dpi=96)
NO_ROOM = "has no room for the map"


def shown(table: Table, studio: Studio, **changed: str) -> ProductWindow:
    """The window of a product that is laid out as the program does it, once it has come to rest."""
    scenes = partial(product_scenes, context=studio.context, base_folder=None)
    table.pages = ProductPages(table.document, studio.context.jobs, scenes)  # type: ignore[assignment]
    return table.open(replace(SPEC, **changed))


@pytest.mark.parametrize("page", ["1x1", "0.5x0.5", "64x64", "20000x20", "20x20000"])
def test_a_page_without_room_is_said_and_waited_for_no_longer(table: Table, studio: Studio, page: str) -> None:
    window = shown(table, studio, page=page)
    assert NO_ROOM in window.preview.note.text()
    assert window.laid is None


@pytest.mark.parametrize("field", ["title", "subtitle", "bottom_line", "dateline"])
def test_words_of_thousands_of_lines_are_said_and_waited_for_no_longer(
    table: Table, studio: Studio, field: str
) -> None:
    window = shown(table, studio, **{field: "\n".join(f"line {number}" for number in range(2000))})
    assert NO_ROOM in window.preview.note.text()
    window.fields.changed.emit(SPEC, "")
    table.settle(window)
    assert window.laid is not None, "with fewer words there is a page again"
    assert window.preview.note.isHidden()


def test_a_page_that_is_too_large_for_memory_is_said_and_waited_for_no_longer(
    table: Table, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.export.plates.printed.QImage.isNull", lambda _image: True)
    window = shown(table, studio)
    assert "not enough memory" in window.preview.note.text()
