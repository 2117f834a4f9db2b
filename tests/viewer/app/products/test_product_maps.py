"""Maps of a product, chosen from the case in its window: bookmarks, images of comparisons, sites; and its number."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from shapely.geometry import Point

from layers.document.bookmark_state import BookmarkState, LayerState
from layers.document.comparison import spec_of
from layers.document.document import Document
from layers.document.rows import Bookmark, Comparison
from layers.geo.bounds import Bounds
from layers.product.spec import ProductMap, ProductSpec, read_spec
from tests.viewer.app.products.conftest import SEEN, Table
from viewer.app.products.product_pages import ProductPages
from viewer.app.products.product_window import ProductWindow
from viewer.commands.products import issue_product, product_rows, products_in_order
from viewer.commands.sites import add_site
from viewer.export.headless import Studio
from viewer.export.plates.maps.map_scenes import product_scenes
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.panels.widgets.tick_dialog import NAME, TickDialog

Left = Qt.MouseButton.LeftButton
VIEW = {"crs": "EPSG:3857", "x": 1_168_000.0, "y": 6_520_000.0, "resolution": 50.0, "rotation_deg": 0.0}


def filled(document: Document) -> Document:
    """Two bookmarks, of which the second knows its layer and style; a comparison; two sites."""
    state = BookmarkState((LayerState("old", style_json='{"invert": true}'), LayerState("new", visible=False)))
    rows: dict[str, Any] = {
        "bookmarks": [
            Bookmark(uuid="b1", name="The yard", order_key=1.0, viewport_json=json.dumps(VIEW)),
            Bookmark(
                uuid="b2", name="The pier", order_key=2.0, viewport_json=json.dumps(VIEW), state_json=state.as_json()
            ),
        ],
        "comparisons": [Comparison(uuid="k", name="Years", spec_json=spec_of(["old"], ["new"], match=True).to_json())],
        "layers": list(document.layers.values()),
    }
    made = Document(rows)
    for uuid, label, x in (("s1", "Hall 4", 10.4), ("s2", "Tank farm", 10.6)):
        made.apply(add_site(made, Point(x, 50.5), actor="Li", uuid=uuid, label=label))
    return made


@pytest.fixture
def full(table: Table, studio: Studio, document: Document) -> Table:
    """The table with such a case, and pages as they are printed."""
    made = Table(filled(document), table.qtbot)
    made.windows = table.windows
    studio.allow(made.document.layers[uuid].source for uuid in made.document.layers)
    scenes = partial(product_scenes, context=studio.context, base_folder=None)
    made.pages = ProductPages(made.document, studio.context.jobs, scenes)  # type: ignore[assignment]
    return made


def layout(window: ProductWindow, name: str) -> None:
    window.fields.layout_box.setCurrentIndex(window.fields.layout_box.findData(name))


def choose(window: ProductWindow, *names: str) -> TickDialog:
    """Tick these in the dialog of maps, and take them."""
    QTest.mouseClick(window.fields.maps.choose_button, Left)
    dialog = window.question
    for at in range(dialog.list.topLevelItemCount()):
        item = dialog.list.topLevelItem(at)
        if item.text(NAME) in names:
            item.setCheckState(NAME, Qt.CheckState.Checked)
    QTest.mouseClick(dialog.take_button, Left)
    return dialog


def plate_of(table: Table, window: ProductWindow) -> PrintedPlate:
    table.settle(window)
    assert isinstance(window.laid, PrintedPlate), window.preview.note.text()
    return window.laid


@pytest.mark.bounded
def test_panels_are_chosen_titled_ordered_and_taken_off(full: Table) -> None:
    window = full.open(ProductSpec(title="Yard", author="Li", bounds=SEEN, page="A3 landscape", dpi=96))
    maps = window.fields.maps
    assert window.fields.maps_section.is_folded
    layout(window, "panels")
    assert not window.fields.maps_section.is_folded
    dialog = choose(window, "The pier", "Years: The new one", "Hall 4")
    rows = [dialog.list.topLevelItem(at).text(NAME) for at in range(dialog.list.topLevelItemCount())]
    frames, images = ["Years: The old one", "Years: The new one"], ["The new one", "The old one"]
    assert rows == ["The yard", "The pier", *frames, *images, "Hall 4", "Tank farm"]
    spec = window.spec
    assert [one.title for one in spec.maps] == ["The pier", "", "Hall 4"]
    assert [one.frame.layers if one.frame else None for one in spec.maps] == [("old",), ("new",), None]
    assert spec.maps[0].frame is not None
    assert spec.maps[0].frame.styles == {"old": {"invert": True}}
    assert [maps.list.item(row).text() for row in range(3)] == ["A: The pier", "B: The new one", "C: Hall 4"]
    maps.choose(1)
    QTest.keyClicks(maps.title_line, "After the flood")
    full.context.selection.set(["s2"])
    maps.marks_box.setCurrentIndex(maps.marks_box.findData("selected"))
    maps.marks_box.activated.emit(maps.marks_box.currentIndex())
    assert (window.spec.maps[1].title, window.spec.maps[1].marks) == ("After the flood", ("s2",))
    assert maps.marks_box.currentText() == "1 mark"
    plate = plate_of(full, window).plate
    assert [strip.split(" · ")[:2] for strip in plate.strips] == [
        ["A", "The pier"],
        ["B", "After the flood"],
        ["C", "Hall 4"],
    ]
    assert [sorted(one.in_frame()) for one in plate.maps][1] == ["s2"]
    QTest.mouseClick(maps.up_button, Left)
    assert [one.title for one in window.spec.maps] == ["After the flood", "The pier", "Hall 4"]
    assert maps.at == 0
    QTest.mouseClick(maps.remove_button, Left)
    assert [one.title for one in window.spec.maps] == ["The pier", "Hall 4"]
    window.undo()
    window.undo()
    window.undo()
    assert window.spec.maps[1].marks is None
    assert window.spec.maps[1].title == "After the flood"
    assert window.keep()
    (row,) = products_in_order(full.document)
    assert read_spec(row.layout_json) == window.spec


@pytest.mark.bounded
def test_insets_come_beside_the_overview_and_no_more_than_there_is_room_for(full: Table) -> None:
    window = full.open(ProductSpec(title="Yard", bounds=SEEN, layout="insets", dpi=96))
    choose(window, "The yard", "Hall 4", "Tank farm")
    assert [one.title for one in window.spec.maps] == ["", "The yard", "Hall 4", "Tank farm"]
    assert window.spec.maps[0] == ProductMap()
    plate = plate_of(full, window).plate
    assert plate.strips[1:] == ["The yard", "Hall 4", "Tank farm"], "the letter of each stands in its picture"
    QTest.mouseClick(window.fields.maps.choose_button, Left)
    for at in range(2):
        window.question.list.topLevelItem(at).setCheckState(NAME, Qt.CheckState.Checked)
    assert not window.question.take_button.isEnabled(), "there is room for one more"
    window.question.list.topLevelItem(0).setCheckState(NAME, Qt.CheckState.Unchecked)
    QTest.mouseClick(window.question.take_button, Left)
    assert len(window.spec.maps) == 5
    window.fields.maps.choose_button.click()
    assert "5 maps at most" in window.said.text()


@pytest.mark.bounded
def test_before_and_after_are_the_frames_of_a_comparison(full: Table) -> None:
    window = full.open(ProductSpec(title="Yard", bounds=SEEN, dpi=96))
    layout(window, "before-after")
    full.settle(window)
    assert "two images" in window.preview.note.text()
    choose(window, "Years: The old one", "Years: The new one")
    assert (window.spec.comparison, window.spec.match, len(window.spec.maps)) == ("k", True, 2)
    assert [strip.partition(" · ")[0] for strip in plate_of(full, window).plate.strips] == ["Before", "After"]


@pytest.mark.bounded
def test_a_single_map_is_another_one(full: Table) -> None:
    window = full.open(ProductSpec(title="Yard", bounds=SEEN, dpi=96))
    choose(window, "Tank farm")
    (one,) = window.spec.maps
    assert (one.title, window.spec.bounds) == ("Tank farm", one.bounds)
    assert one.bounds is not None
    assert one.bounds.left < 10.6 < one.bounds.right
    QTest.mouseClick(window.fields.maps.choose_button, Left)
    cancel = window.question.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel)  # type: ignore[union-attr]
    QTest.mouseClick(cancel, Left)
    assert window.spec.maps == (one,)


@pytest.mark.bounded
def test_a_long_list_is_searched(full: Table) -> None:
    for number in range(20):
        full.document.apply(add_site(full.document, Point(10.5, 50.5), actor="Li", label=f"Shed {number:02}"))
    window = full.open(ProductSpec(title="Yard", bounds=SEEN, layout="insets", dpi=96))
    QTest.mouseClick(window.fields.maps.choose_button, Left)
    dialog = window.question
    assert dialog.find_line.isVisible()
    QTest.keyClicks(dialog.find_line, "shed 1")
    shown = [at for at in range(dialog.list.topLevelItemCount()) if not dialog.list.topLevelItem(at).isHidden()]
    assert len(shown) == 10
    QTest.mouseClick(dialog.none_button, Left)
    dialog.list.topLevelItem(shown[3]).setCheckState(NAME, Qt.CheckState.Checked)
    QTest.mouseClick(dialog.take_button, Left)
    assert window.spec.maps[1].title == "Shed 13"


def test_a_case_without_any_says_so(table: Table) -> None:
    window = table.open(ProductSpec(bounds=SEEN, layout="insets"))
    window.fields.maps.choose_button.click()
    assert "no bookmark, image or site" in window.said.text()
    window.fields.maps.marks_box.setCurrentIndex(window.fields.maps.marks_box.findData("selected"))
    window.fields.maps.marks_box.activated.emit(0)
    assert "No mark is selected" in window.said.text()
    assert window.fields.maps.marks_box.currentText() == "All of the case"


def test_what_was_moved_on_a_map_goes_back_when_the_maps_change(table: Table) -> None:
    bounds = Bounds(1.0, 2.0, 3.0, 4.0)
    maps = (ProductMap(), ProductMap(bounds=bounds))
    moved = {"scale bar:1": (5.0, 5.0), "legend": (1.0, 1.0), "label:s1": (2.0, 2.0)}
    window = table.open(ProductSpec(bounds=SEEN, layout="insets", maps=maps, moved=moved))
    window.fields.maps.choose(1)
    QTest.mouseClick(window.fields.maps.remove_button, Left)
    assert window.spec.moved == {"legend": (1.0, 1.0), "label:s1": (2.0, 2.0)}
    assert not window.fields.maps.remove_button.isEnabled()
    window.undo()
    assert (window.spec.maps, window.spec.moved) == (maps, moved)


@pytest.mark.bounded
def test_the_number_is_typed_or_the_cases_own(full: Table) -> None:
    window = full.open(ProductSpec(title="Yard", author="Li", bounds=SEEN, dpi=96))
    line = window.fields.lines["number"]
    assert (line.text(), line.placeholderText()) == ("", "1")
    assert "Product 1, version 1" in plate_of(full, window).facts().words_of("imprint")
    QTest.keyClicks(line, "IMG-26/4")
    assert "Product IMG-26/4, version 1" in plate_of(full, window).facts().words_of("imprint")
    window.undo()
    assert "Product 1, version 1" in plate_of(full, window).facts().words_of("imprint")
    window.redo()
    assert window.keep()
    (row,) = products_in_order(full.document)
    assert row.number == "IMG-26/4"
    assert "IMG-26/4" in window.windowTitle()
    line.end(False)
    QTest.keyClicks(line, "b")
    assert "Product IMG-26/4b, version 1" in plate_of(full, window).facts().words_of("imprint")
    window.undo()
    other = full.open(ProductSpec(title="Pier", bounds=SEEN, dpi=96))
    QTest.keyClicks(other.fields.lines["number"], "IMG-26/4")
    assert not other.keep()
    assert "Another product has the number IMG-26/4" in other.said.text()
    full.history.push(issue_product(full.document, row.uuid, sha256="", numbers={}, actor="Li"))
    QTest.keyClicks(window.fields.lines["title"], " 2")
    assert line.isReadOnly()
    assert window.keep()
    last = product_rows(full.document)[window.uuid]
    assert (last.number, last.version) == ("IMG-26/4", 2)
    window.close()
