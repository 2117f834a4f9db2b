"""The keyboard goes on after labels, forms, lists, the palette and the scale box, in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.document import Document
from layers.document.marks.mark_shape import Numbered, RangeRing, shape_of_site
from layers.geo.bounds import Bounds
from layers.project.saving.publish import write_case
from tests.support.windows import begin_on_map, keyboard, opened, press, settle, texts
from tests.viewer.app.conftest import Answers
from tests.viewer.tools.conftest import Desk
from viewer.app.desktop.questions import Unsaved
from viewer.app.window import MainWindow
from viewer.commands.shapes.marks import add_mark
from viewer.commands.sites import add_site
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.search.palette import CommandPalette
from viewer.panels.shell.message_bar import MessageBar
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sites.site_list import SiteListPanel
from viewer.tools.leg_entry import LegEntry

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

Key, Nothing = Qt.Key, Qt.KeyboardModifier.NoModifier
Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot) -> Desk:
    """A hand on the map of a new case in the active window, ten kilometres high or so."""
    window.file_menu.new_case()
    settle(window, qtbot)
    window.views.show_bounds(Bounds(9.0, 49.8, 10.0, 50.6), 0.0)
    begin_on_map(window, qtbot)
    return Desk(window.canvas)


def write(text: str) -> None:
    """Letter by letter, each where the keyboard is by then."""
    for letter in text:
        QTest.keyClicks(keyboard(), letter)


def form_of(window: MainWindow) -> SiteFormPanel:
    form = window.findChild(SiteFormPanel)
    assert form is not None
    return form


# -- after the label ----------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_after_the_label_of_a_new_mark_the_keys_are_the_maps(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    write("Pad 1S")
    press(Key.Key_Return)
    qtbot.waitUntil(window.canvas.hasFocus)
    press(Key.Key_J)
    (claim,) = window.session.document.claims.values()
    (site,) = window.session.document.sites.values()
    assert (site.label, site.class_code) == ("Pad 1S", "other")
    assert window.session.document.links.sites_of_claim(claim.uuid)
    assert window.findChild(ClaimFormPanel) is not None


@pytest.mark.bounded
def test_tab_after_the_label_goes_on_and_enter_there_too(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    write("Pad 1S")
    press(Key.Key_Tab)
    fields = form_of(window).fields.fields
    assert fields["class_code"].hasFocus()
    fields["label"].setFocus()
    press(Key.Key_Return)
    qtbot.waitUntil(fields["class_code"].hasFocus)


@pytest.mark.bounded
def test_no_letter_changes_a_closed_choice_which_shows_that_it_has_the_keyboard(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    field = form_of(window).fields.fields["class_code"]
    assert isinstance(field, QComboBox)
    without = field.grab().toImage()
    press(Key.Key_Tab)
    assert field.hasFocus()
    assert field.grab().toImage() != without
    before, steps = field.currentIndex(), window.session.history.stack.count()
    write("rcjp")
    for key in (Key.Key_PageDown, Key.Key_End):
        press(key)
    assert field.currentIndex() == before
    assert window.session.history.stack.count() == steps
    alt = Qt.KeyboardModifier.AltModifier
    for key, modifiers in ((Key.Key_Down, Nothing), (Key.Key_Space, Nothing), (Key.Key_Down, alt)):
        QTest.keyClick(field, key, modifiers)
        assert field.view().isVisible(), key
        field.hidePopup()
        window.activateWindow()
        field.setFocus()
    assert field.currentIndex() == before


# -- the palette --------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_letters_typed_before_the_palette_is_active_go_into_it(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.action_table["palette"].trigger()
    palette = window.findChildren(CommandPalette)[-1]
    palette._catch_letters(window.canvas)  # offscreen a window is active at once
    in_hand = window.toolbox.in_hand
    QTest.keyClicks(window.canvas, "pol")
    line = palette.findChild(QLineEdit)
    assert line is not None
    assert line.text() == "pol"
    assert window.toolbox.in_hand == in_hand
    palette.close()
    press(Key.Key_P)
    assert window.toolbox.in_hand == "tool_point", "later they are the map's"


# -- the start page -----------------------------------------------------------------------------------------------


def test_enter_presses_the_buttons_of_the_start_page(window: MainWindow, qtbot: QtBot) -> None:
    window.show()
    window.activateWindow()
    window.start_page.setFocus()
    qtbot.waitUntil(lambda: keyboard().accessibleName() == "Open the demo case")
    press(Key.Key_Tab)
    assert keyboard().accessibleName() == "New case"
    press(Key.Key_Return)
    settle(window, qtbot)
    assert window.session.is_begun
    assert window.pages.currentWidget() is window.canvas


@pytest.mark.bounded
def test_enter_presses_the_buttons_of_a_form(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    press(Key.Key_Return)
    form_of(window).judge_button.setFocus()
    press(Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert len(window.session.document.claims) == 1


# -- radii are typed ----------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_radii_of_rings_are_typed_without_a_bearing_each_from_the_centre(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    window.action_table["tool_range_ring"].trigger()
    window.canvas.setFocus()
    desk.click(9.5, 50.2)
    for radius in ("5 km", "10 km"):
        write(radius)
        entry = window.canvas.findChild(LegEntry)
        assert entry is not None
        assert entry.isVisible()
        assert not entry.bearing.isVisible()
        assert keyboard().accessibleName() == "Radius"
        press(Key.Key_Return)
        qtbot.waitUntil(window.canvas.hasFocus)
    press(Key.Key_Return)
    (site,) = window.session.document.sites.values()
    shape = shape_of_site(site)
    assert isinstance(shape, RangeRing)
    assert shape.radii_m == pytest.approx((5_000.0, 10_000.0), abs=0.01)


@pytest.mark.bounded
def test_the_entry_does_not_open_under_a_message_line(window: MainWindow, desk: Desk) -> None:
    window.messages.show("test", "Something that is said.", "warning")
    window.action_table["tool_circle"].trigger()
    desk.canvas.setFocus()
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(window.canvas.width() // 2, 2))
    write("5")
    entry = window.canvas.findChild(LegEntry)
    assert entry is not None
    bar = window.findChild(MessageBar)
    assert bar is not None
    assert bar.isVisible()
    below = bar.mapTo(window, bar.rect().bottomLeft()).y()
    assert entry.mapTo(window, entry.rect().topLeft()).y() > below


# -- the filter of another case -----------------------------------------------------------------------------------


@pytest.mark.bounded
def test_no_filter_lies_over_another_case(
    window: MainWindow, desk: Desk, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    answers.unsaved_answer = Unsaved.DISCARD
    document = window.session.document
    for number in range(3):
        window.session.push(add_site(document, Point(9.5, 50.2), actor="me", uuid=f"s{number}", label=f"Pad {number}"))
    write_case(Document({"sites": list(document.sites.values())[:2]}), tmp_path / "other.gpkg")
    sites = window.findChild(SiteListPanel)
    assert sites is not None
    sites.list.filter.setText("hangar")
    window.docks.layer_tree.filter.setText("hangar")
    assert sites.list.count.text() == "0 of 3"
    opened(window, tmp_path / "other.gpkg", qtbot)
    assert len(window.session.document.sites) == 2
    assert sites.list.filter.text() == ""
    assert sites.list.count.text() == "2"
    assert window.docks.layer_tree.filter.text() == ""


# -- the scale box ------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_enter_in_the_scale_box_goes_there_and_back_to_the_map(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    box = next(box for box in window.status.findChildren(QComboBox) if box.accessibleName() == "Scale")
    for typed, wanted in (("1200000", "1:1 200 000"), ("as far as the coast", "1:1 200 000")):
        box.setFocus()
        press(Key.Key_A, Control)
        QTest.keyClicks(box, typed)
        press(Key.Key_Return)
        assert window.canvas.hasFocus()
        settle(window, qtbot)
        assert box.currentText().replace("\u202f", " ").replace("\u00a0", " ") == wanted
    box.setFocus()
    QTest.keyClicks(box, "7")
    window.canvas.setFocus()
    assert box.currentText().endswith("200\u202f000") or box.currentText().endswith("200\u00a0000")


# -- a date to come -----------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_planned_site_with_a_date_to_come_is_valid_from_then(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    site = add_site(
        window.session.document, Point(9.5, 50.2), actor="me", uuid="pad", label="Pad 7", lifecycle="planned"
    )
    window.session.push(site)
    window.selection.set({"pad"})
    settle(window, qtbot)
    form = form_of(window)
    form.dates_part.set_folded(False)
    field = form.fields.fields["lifecycle_as_of"]
    assert isinstance(field, QLineEdit)
    field.setFocus()
    write("2130")
    press(Key.Key_Return)
    pad = window.session.document.sites["pad"]
    assert (pad.lifecycle_as_of, pad.valid_from) == ("", "2130")
    assert pad.doubt == "planned 2130"
    assert "2130 is to come: entered as Valid from" in texts(window)
    assert field.text() == ""
    field.setFocus()
    write("2135")
    press(Key.Key_Return)
    assert window.session.document.sites["pad"].valid_from == "2130"
    assert "2135 is to come" in form.fields.refusal.text()
    press(Key.Key_A, Control)
    write("2024")
    press(Key.Key_Return)
    assert window.session.document.sites["pad"].lifecycle_as_of == "2024"


# -- the list of sites --------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_rows_of_the_sites_have_a_menu_a_lifecycle_and_names_that_tell_them_apart(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    document = window.session.document
    window.session.push(
        add_site(
            document, Point(9.5, 50.2), actor="me", uuid="pad", label="Pad", lifecycle="planned", valid_from="2030"
        )
    )
    window.session.push(add_mark(document, Numbered(3), Point(9.6, 50.2), actor="me", uuid="three"))
    sites = window.findChild(SiteListPanel)
    assert sites is not None
    model, titles = sites.model, [column.title for column in sites.model.columns]
    sites.kinds.setCurrentIndex(sites.kinds.count() - 1)
    names = {model.uuid_at(row): str(model.data(model.index(row, 0))) for row in range(model.rowCount())}
    assert names["three"] == "Marker 3"
    assert model.data(model.index(model.row_of("pad"), titles.index("Lifecycle"))) == "planned 2030"
    sites.list.want_column(titles.index("Lifecycle"), True)
    assert sites.list.view.textElideMode() == Qt.TextElideMode.ElideMiddle
    assert sites.open_menu(QPoint(5, 5)) is None
    window.selection.set({"pad"})
    menu = sites.open_menu(QPoint(5, 5))
    assert menu is not None
    assert [action.text().replace("&", "") for action in menu.actions()] == [
        "Zoom to Selection",
        "Properties",
        "Products that Print This",
        "Comment…",
        "History",
        "Review 1 row…",
        "Delete",
    ]
    menu.actions()[-1].trigger()
    menu.close()
    assert set(window.session.document.sites) == {"three"}


# -- the list of classes ------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_list_of_classes_does_not_fill_the_screen_and_letters_find_in_it(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    press(Key.Key_Tab)
    field = form_of(window).fields.fields["class_code"]
    assert isinstance(field, QComboBox)
    assert field.count() > 15
    press(Key.Key_Down)
    rows = field.view()
    assert rows.isVisible()
    assert rows.viewport().height() <= 15.5 * rows.sizeHintForRow(0)
    QTest.keyClicks(rows, "hang")
    QTest.keyClick(rows, Key.Key_Return)
    assert next(iter(window.session.document.sites.values())).class_code == "hangar"
