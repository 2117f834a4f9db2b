"""Letters in lists of dialogs and in choices find entries; on the map, in panels and with Ctrl, they are shortcuts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDockWidget,
    QHeaderView,
    QLabel,
    QListWidget,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.comparison import spec_of
from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from tests.support.choices import popup
from tests.support.windows import begin_on_map, new_case, press, settle
from viewer.app.window import MainWindow
from viewer.commands.claims import add_claim, judge_claim, link_claim_site
from viewer.commands.comparisons import add_comparison
from viewer.commands.layers import add_layer
from viewer.commands.products import save_product
from viewer.commands.responses import add_response
from viewer.commands.sites import add_site
from viewer.commands.sources import add_source
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.layers.acquisition_panel import AcquisitionPanel
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sites.site_list import SiteListPanel
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel
from viewer.panels.widgets.form_page import FormPage
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.still_boxes import ComboBox


@popup
def test_a_letter_in_a_choice_or_a_list_takes_no_tool(window: MainWindow, qtbot: QtBot) -> None:
    choice, rows = ComboBox(window), QListWidget(window)
    for widget in (choice, rows):
        widget.addItems(["Alpha", "Line", "Point"])
        widget.show()
    window.activateWindow()
    window.file_menu.new_case()
    settle(window, qtbot)
    line = window.action_table["tool_line"]
    found = {choice: ("Alpha", choice.currentText), rows: ("Line", lambda: rows.currentItem().text())}
    for widget, (wanted, chosen) in found.items():
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        QTest.keyClick(widget, Qt.Key.Key_L)
        assert chosen() == wanted, "a choice takes nothing that is not confirmed"
        choice.hidePopup()
        window.activateWindow()
        assert not line.isChecked()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    QTest.keyClick(window.canvas, Qt.Key.Key_L)
    assert line.isChecked()


@pytest.fixture
def case(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """One row at least in each list of a panel."""
    new_case(window, qtbot)
    document, push = window.session.document, window.session.push
    push(add_layer(document, "vector", "Map of the coast", {"shipped": "coast.geojson"}, actor="me", uuid="a"))
    push(add_layer(document, "vector", "Other coast", {"shipped": "coast.geojson"}, actor="me", uuid="b"))
    for name in ("Apron", "Main pad"):
        push(add_site(document, Point(128.3, 51.9), actor="me", uuid=name, label=name))
        push(add_claim(document, actor="me", statement=name))
        push(add_source(document, actor="me", title=name))
        push(add_response(document, actor="me", speaker=name, words=name))
        push(add_site(document, Point(128.3, 51.9), actor="me", mark_kind="measurement", label=name))
        push(add_comparison(document, spec_of(("a",), ("b",)), actor="me", name=name))
        push(save_product(document, ProductSpec(bounds=Bounds(10, 50, 11, 51), title=name), actor="me"))
        window.bookmarks.add()
    settle(window, qtbot)
    return window


PANELS = ("measurements", "layers", "sites", "claims", "sources", "responses", "bookmarks", "comparisons", "products")


@pytest.mark.bounded
def test_letters_in_the_list_of_a_panel_are_the_tools(case: MainWindow, qtbot: QtBot) -> None:
    for panel in PANELS:
        case.action_table["tool_select"].trigger()
        case.docks.show_panel(f"panel_{panel}")
        dock = case.findChild(QDockWidget, f"panel_{panel}")
        assert dock is not None
        lists = [one for one in dock.findChildren(QAbstractItemView) if not isinstance(one, QHeaderView)]
        (view,) = [one for one in lists if one.isVisible()]
        first = view.visualRect(view.model().index(0, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first)
        qtbot.waitUntil(view.hasFocus)
        press(Qt.Key.Key_M)
        assert case.action_table["tool_measure"].isChecked(), panel
        row = view.currentIndex().row()
        view.setFocus()
        press(Qt.Key.Key_M)
        press(Qt.Key.Key_Y)  # of no tool
        assert view.currentIndex().row() == row, f"in {panel} something is chosen by a letter"


def click(part: QWidget, x: int, y: int) -> None:
    QTest.mouseClick(part, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, y))


def takes_tools(window: MainWindow) -> bool:
    """True where M and P take their tools, wherever the keyboard is."""
    taken = []
    before = QApplication.focusWidget()
    for key, tool in ((Qt.Key.Key_M, "tool_measure"), (Qt.Key.Key_P, "tool_point")):
        if before is not None:
            before.setFocus()
        press(key)
        taken.append(window.action_table[tool].isChecked())
    return all(taken)


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("form", ["site", "layer", "acquisition"])
def test_letters_after_a_click_where_nothing_is_typed_are_the_tools(case: MainWindow, qtbot: QtBot, form: str) -> None:
    context, document = case.panel_context, case.session.document
    case.session.push(add_layer(document, "raster", "Earth", {"shipped": "blue_marble.tif"}, actor="me", uuid="earth"))
    if form == "site":
        case.selection.set({"Apron"})
        context.panel_wanted.emit("site_form")
    else:
        context.show_layer("earth", raise_form=True)
    if form == "acquisition":
        case.docks.show_panel("panel_acquisition")
    settle(case, qtbot)
    begin_on_map(case, qtbot)
    kind = {"site": SiteFormPanel, "acquisition": AcquisitionPanel}.get(form)
    panel = case.docks["panel_details"] if kind is None else case.findChild(kind)
    assert panel is not None
    page = next(one for one in (panel, *panel.findChildren(FormPage)) if isinstance(one, FormPage) and one.isVisible())
    labels = [one for one in page.findChildren(QLabel) if not one.visibleRegion().isEmpty()]
    assert labels
    for label in labels:
        case.action_table["tool_select"].trigger()
        case.canvas.setFocus()
        click(label, 2, label.height() // 2)
        assert takes_tools(case), label.text()
    inside = labels[0].parentWidget()
    assert inside is not None
    case.action_table["tool_select"].trigger()
    click(inside, 1, 1)
    assert QApplication.focusWidget() is not case.canvas
    assert takes_tools(case), "blank ground"


def click_tab(window: MainWindow, title: str) -> None:
    bars = window.findChildren(QTabBar)
    bar, at = next((bar, at) for bar in bars for at in range(bar.count()) if bar.tabText(at) == title)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, bar.tabRect(at).center())


@pytest.mark.bounded
@pytest.mark.sampled(1)
@pytest.mark.parametrize("column", ["label", "notes", "status"])
def test_no_letter_goes_into_a_field_that_another_tab_hides(case: MainWindow, qtbot: QtBot, column: str) -> None:
    case.selection.set({"Apron"})
    settle(case, qtbot)
    begin_on_map(case, qtbot)
    form = case.findChild(SiteFormPanel)
    assert form is not None
    before = case.session.document.sites["Apron"]
    form.fields.fields[column].setFocus()
    click_tab(case, "Acquisition")
    assert takes_tools(case)
    case.panel_context.flush()
    assert case.session.document.sites["Apron"] is before


@pytest.mark.bounded
def test_no_letter_goes_into_the_filter_of_a_list_behind_another(case: MainWindow, qtbot: QtBot) -> None:
    begin_on_map(case, qtbot)
    case.docks.show_panel("panel_sites")
    sites = case.findChild(SiteListPanel)
    assert sites is not None
    sites.list.filter.setFocus()
    QTest.keyClicks(sites.list.filter, "pad")
    click_tab(case, "Claims")
    assert takes_tools(case)
    assert sites.list.filter.text() == "pad"


@pytest.mark.bounded
def test_after_a_link_to_another_form_letters_are_the_tools(case: MainWindow, qtbot: QtBot) -> None:
    document = case.session.document
    (claim,) = [one for one in document.claims.values() if one.statement == "Apron"]
    case.session.push(link_claim_site(document, claim.uuid, "Apron", actor="me"))
    case.selection.set({"Apron"})
    settle(case, qtbot)
    begin_on_map(case, qtbot)
    form = case.findChild(SiteFormPanel)
    assert form is not None
    form.fields.fields["label"].setFocus()
    case.panel_context.show_claim(claim.uuid, raise_form=True)
    settle(case, qtbot)
    (link,) = [one for one in case.docks["panel_details"].findChildren(LinkButton) if one.text().startswith("Apron")]
    words = case.findChild(ClaimFormPanel)
    assert words is not None
    words.fields.fields["statement"].setFocus()
    click(link, 3, link.height() // 2)
    settle(case, qtbot)
    assert case.selection.uuids == {"Apron"}
    before = case.session.document.sites["Apron"]
    assert takes_tools(case)
    case.panel_context.flush()
    assert case.session.document.sites["Apron"] is before


@pytest.mark.bounded
@pytest.mark.qt_log_ignore("grabbing the keyboard")
def test_letters_in_a_choice_of_the_time_strip_are_the_tools_until_it_is_opened(case: MainWindow, qtbot: QtBot) -> None:
    press(Qt.Key.Key_F9)
    settle(case, qtbot)
    panel = case.findChild(TimeStripPanel)
    assert panel is not None
    for choice in (panel.place, panel.frame):
        choice.setFocus()
        assert takes_tools(case)
    before, last = panel.place.currentText(), panel.place.count() - 1
    wanted = panel.place.itemText(last)
    case.action_table["tool_select"].trigger()
    panel.place.showPopup()
    QTest.keyClicks(panel.place.view(), wanted)
    assert panel.place.view().currentIndex().row() == last, "an open list is searched by letters"
    QTest.keyClick(panel.place.view(), Qt.Key.Key_Return)
    assert panel.place.currentText() == wanted != before
    assert case.action_table["tool_select"].isChecked()


@pytest.mark.bounded
@popup
@pytest.mark.parametrize("column", ["likelihood_term", "confidence"])
def test_letters_in_a_closed_choice_open_it_and_find_an_entry(case: MainWindow, qtbot: QtBot, column: str) -> None:
    """Row 9 of the second walk: they were swallowed."""
    case.session.push(judge_claim(case.session.document, actor="me", uuid="judged", statement="It is built."))
    case.panel_context.show_claim("judged", raise_form=True)
    settle(case, qtbot)
    form = case.findChild(ClaimFormPanel)
    assert form is not None
    field = form.fields.fields[column]
    assert isinstance(field, ComboBox)
    begin_on_map(case, qtbot)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    wanted = field.itemText(field.count() - 1)
    before, tool = field.currentIndex(), case.toolbox.in_hand
    QTest.keyClick(field, wanted[0].lower())
    qtbot.waitUntil(field.view().isVisible)
    for letter in wanted[1:4].lower():
        QTest.keyClick(field.view(), letter)
    assert field.view().currentIndex().data() == wanted
    assert field.currentIndex() == before, "nothing is chosen yet"
    QTest.keyClick(field.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: field.currentText() == wanted)
    assert case.toolbox.in_hand == tool
