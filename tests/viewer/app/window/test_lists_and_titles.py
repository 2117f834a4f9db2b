"""The lists, the details' title, the status bar and the palette in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot
from shapely import LineString, Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.marks.mark_shape import as_json
from layers.document.marks.measurement import Measurement
from layers.document.site import Site
from layers.document.vocabulary import MEASURED
from tests.support.windows import search_for, settle
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.search.hits import HitGroup
from viewer.panels.search.palette import PaletteEntry
from viewer.panels.sites.site_list import SiteListPanel

Key = Qt.Key


def add(window: MainWindow, uuid: str, geometry: object, **fields: object) -> Site:
    window.session.push(add_site(window.session.document, geometry, actor="Li", uuid=uuid, **fields))
    return window.session.document.sites[uuid]


def add_length(window: MainWindow, uuid: str, *places: tuple[float, float]) -> Site:
    shape = as_json(Measurement("length"))
    return add(window, uuid, LineString(places), mark_kind="measurement", shape_json=shape)


@pytest.mark.bounded
def test_after_going_somewhere_the_coordinate_is_what_lies_under_the_resting_pointer(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    at = QPoint(120, 140)
    QTest.mouseMove(window.canvas, at)
    before = window.status.coordinate_text()
    assert before
    _palette, line = search_for(window, "51.884, 128.334", qtbot)
    qtbot.keyClick(line, Key.Key_Return)
    settle(window, qtbot)
    after = window.status.coordinate_text()
    assert after != before
    QTest.mouseMove(window.canvas, at + QPoint(1, 0))
    QTest.mouseMove(window.canvas, at)
    assert window.status.coordinate_text() == after


@pytest.mark.bounded
@pytest.mark.parametrize("kind", ["measurement", "annotation", "search area"])
def test_the_title_of_the_details_says_what_kind_of_mark_is_shown(
    window: MainWindow, desk: Desk, qtbot: QtBot, kind: str
) -> None:
    add(window, "pad", Point(9.3, 50.1), label="Pad")
    add(window, "mark", Point(9.4, 50.2), label="Runway", mark_kind=kind)
    window.selection.set({"mark"})
    window.docks.show_panel("site_form")
    details = window.docks["panel_details"]
    assert isinstance(details, QDockWidget)
    assert details.windowTitle().partition(":")[0] == kind.capitalize(), "its name, where that has room"
    window.selection.set({"pad"})
    assert details.windowTitle() == "Site: Pad"
    assert window.docks.trail.button.accessibleName() == f"Back to {kind.capitalize()}: Runway"


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("statist", "Statistics Inside the Selected Area"),
        ("units", "Export Measurements"),
        ("pixel values", "Identify"),
        ("screenshot", "Copy Picture of the Map"),
        ("screenshot", "Paste"),
    ],
)
def test_a_command_with_the_very_words_stands_before_names_that_are_spelled_nearly_so(
    window: MainWindow, desk: Desk, qtbot: QtBot, typed: str, command: str
) -> None:
    palette, _line = search_for(window, typed, qtbot)
    commands = [row.text for row in palette.rows if isinstance(row, PaletteEntry)]
    first = [row for row in palette.rows if not isinstance(row, str)][: commands.index(command) + 1]
    assert all(isinstance(row, PaletteEntry) for row in first), palette.shown_texts()
    if typed == "statist":
        assert palette.shown_texts()[0] == command, "though it cannot be done now"
    palette.close()


@pytest.mark.bounded
def test_the_error_is_whole_in_the_list_of_sites_on_a_small_screen(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    window.resize(1366, 768)
    pick = {"position_basis": MEASURED, "image_uuid": "i"}
    name = "A launch pad with a name that is far longer than the list is wide"
    sites = [
        Site(uuid="a", geometry=Point(9.3, 50.1), label=name, pixel_m=7400.0, **pick),
        Site(uuid="b", geometry=Point(9.4, 50.1), label=name, pixel_m=120.0, **pick),
    ]
    window.session.new_case(Document({"sites": sites, "images": [Image(uuid="i", image_key="i")]}))
    window.docks.show_panel("panel_sites")
    settle(window, qtbot)
    panel = window.findChild(SiteListPanel)
    assert panel is not None
    view = panel.list.view
    assert not view.isColumnHidden(2)
    for row, text in enumerate(("≥ 7.4 km", "≥ 120 m")):
        index = panel.model.index(row, 2)
        assert index.data() == text
        assert view.columnWidth(2) >= view.sizeHintForIndex(index).width()
        assert view.columnViewportPosition(2) + view.columnWidth(2) <= view.viewport().width()
    assert view.columnWidth(0) >= 120


@pytest.mark.bounded
def test_layers_are_found_by_name_and_claims_by_their_words(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    document = Document(
        {
            "layers": [
                Layer(uuid="l", kind="raster", name="Night lights 2012"),
                Layer(uuid="m", kind="raster", name="B"),
            ],
            "claims": [
                Claim(uuid="c", statement="The pad was not yet ready in May"),
                Claim(uuid="d", statement="", source_wording="Noch nicht fertig"),
            ],
        }
    )
    window.session.new_case(document)
    settle(window, qtbot)
    for typed, group, text in (
        ("night lights", HitGroup.LAYERS, "Night lights 2012"),
        ("not yet ready", HitGroup.CLAIMS, "The pad was not yet ready in May"),
        ("nicht fertig", HitGroup.CLAIMS, "Noch nicht fertig"),
    ):
        palette, line = search_for(window, typed, qtbot)
        (hit,) = (hit for hit in palette.shown_hits() if hit.group is group)
        assert hit.text == text
        assert palette.current() == hit
        assert palette.sentence() == "Enter shows it"
        qtbot.keyClick(line, Key.Key_Return)
    assert window.panel_context.layer_uuid == "l"
    assert window.panel_context.claim_uuid == "d"
    assert window.docks["panel_details"].windowTitle().startswith("Claim: No")


def test_measurements_without_a_name_are_told_apart_by_their_places(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    add_length(window, "a", (9.2, 50.0), (9.4, 50.0))
    add_length(window, "b", (9.3, 50.1), (9.5, 50.1))
    window.docks.show_panel("panel_measurements")
    settle(window, qtbot)
    model = window.docks.measurements.panel.model
    assert [model.index(row, 0).data() for row in range(2)] == [
        "Length 1 · 50.0000° N, 9.3000° E",
        "Length 2 · 50.1000° N, 9.4000° E",
    ]
    window.action_table["next_notation"].trigger()
    assert model.index(1, 0).data() == "Length 2 · 50°06.00' N, 9°24.00' E"


@pytest.mark.bounded
def test_the_filter_says_what_is_found_among_other_marks_and_leads_into_the_rows(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    add(window, "pad", Point(9.3, 50.1), label="Bravo")
    add_length(window, "a", (9.2, 50.0), (9.4, 50.0))
    window.docks.show_panel("panel_sites")
    settle(window, qtbot)
    panel = window.findChild(SiteListPanel)
    assert panel is not None
    panel.kinds.setCurrentIndex(panel.kinds.findData("measurement"))
    panel.list.filter.setFocus()
    QTest.keyClicks(panel.list.filter, "bravo")
    assert panel.list.count.text() == "0 of 1"
    assert panel.elsewhere.text() == "1 found among the other marks: show all"
    assert panel.elsewhere.isVisible()
    QTest.mouseClick(panel.elsewhere, Qt.MouseButton.LeftButton)
    assert panel.list.count.text() == "1 of 2"
    assert not panel.elsewhere.isVisible()
    for key in (Key.Key_Down, Key.Key_Return):
        window.selection.clear()
        panel.list.filter.setFocus()
        QTest.keyClick(panel.list.filter, key)
        assert panel.list.view.hasFocus()
        assert window.selection.uuids == {"pad"}
