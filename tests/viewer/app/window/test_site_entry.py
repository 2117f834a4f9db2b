"""The form of a site and the lists beside it: places, undo while typing, units and reasons, in the real window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QTextCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shapely import LineString, Point

from layers.document.site import Site
from layers.geo.coordinates import Datum, Notation
from layers.geo.measure import distance_m
from tests.support.choices import choose_by_keys
from tests.support.windows import begin_on_map, make_panels, opened, press, search_for, settle
from tests.viewer.app.conftest import Answers
from tests.viewer.conftest import shown
from viewer.app.desktop.questions import Unsaved
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site, delete_sites, update_site
from viewer.commands.sources import update_source
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sites.site_list import SiteListPanel
from viewer.panels.sources.source_register import RELIABILITY, SourceRegisterPanel
from viewer.panels.widgets.fields import REST_MS
from viewer.panels.widgets.form_page import laid_out
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.refusal import Refusal
from viewer.panels.widgets.row_table import CHIP_ROLE

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

Key, Nothing = Qt.Key, Qt.KeyboardModifier.NoModifier
Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PAD = (128.3551, 51.8758)
PLANNED = "position from a sketch; as given: the eastern edge of the clearing beside the second road"


@pytest.fixture
def form(window: MainWindow, qtbot: QtBot) -> SiteFormPanel:
    """Of a pad that is known to 7 km, selected in the active window."""
    window.file_menu.new_case()
    pad = add_site(
        window.session.document,
        Point(PAD),
        actor="me",
        uuid="pad",
        label="Pad 1S",
        position_error_m=7000.0,
        position_basis=PLANNED,
    )
    window.session.push(pad)
    window.selection.set({"pad"})
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    found = window.findChild(SiteFormPanel)
    assert found is not None
    return found


def pad_of(window: MainWindow) -> Site:
    return window.session.document.sites["pad"]


def enter(field: QWidget, text: str, *, anew: bool = True) -> None:
    """Type into a field, in place of what is there or behind it, and Enter."""
    field.setFocus()
    press(Key.Key_A, Control) if anew else press(Key.Key_End)
    QTest.keyClicks(field, text)
    press(Key.Key_Return)


def value_of(box: QWidget) -> object:
    if isinstance(box, QComboBox):
        return box.currentIndex()
    assert isinstance(box, QAbstractSpinBox | QSlider)
    return box.value() if isinstance(box, QSlider) else box.text()


def turn_wheel(widget: QWidget) -> None:
    at = QPointF(widget.rect().center())
    for way in (-120, 120, 120):
        wheel = QWheelEvent(
            at,
            QPointF(widget.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, way),
            Qt.MouseButton.NoButton,
            Nothing,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, wheel)


# -- a place that is committed unchanged --------------------------------------------------------------------------


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("notation", list(Notation))
def test_a_place_that_is_entered_as_it_was_shown_stays(
    window: MainWindow, form: SiteFormPanel, notation: Notation
) -> None:
    window.panel_context.set_notation(notation)
    shown, before = form.place.line.text(), pad_of(window)
    for anew, text in ((False, " "), (True, shown.replace(" ", "  ")), (True, shown.replace("° N", " N"))):
        enter(form.place.line, text if text.isascii() else " ", anew=anew and text.isascii())
        assert pad_of(window) == before
        assert form.place.line.text() == shown
    assert window.session.history.undo_text() == "Add site “Pad 1S”"


@pytest.mark.bounded
def test_other_fields_keep_what_they_show_with_fewer_digits(window: MainWindow, form: SiteFormPanel) -> None:
    exact = 7000.123456789123
    window.session.push(update_site(window.session.document, "pad", actor="me", position_error_m=exact))
    enter(form.fields.fields["position_error_m"], " ", anew=False)
    assert pad_of(window).position_error_m == exact


@pytest.mark.bounded
def test_a_basis_that_is_cut_off_stands_beneath_in_whole(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    whole = form.basis_whole
    assert whole.isVisible()
    assert whole.text() == PLANNED
    window.session.push(update_site(window.session.document, "pad", actor="me", position_basis="a guess"))
    assert whole.isHidden()


# -- the wheel, and the datum -------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_wheel_changes_nothing_that_has_not_the_keyboard(
    window: MainWindow, form: SiteFormPanel, answers: Answers, qtbot: QtBot
) -> None:
    answers.unsaved_answer = Unsaved.DISCARD
    window.file_menu.open_demo()
    settle(window, qtbot)
    make_panels(window)
    boxes: list[Any] = [
        box for kind in (QComboBox, QAbstractSpinBox, QSlider) for box in window.findChildren(kind) if box.isEnabled()
    ]
    assert len(boxes) > 20
    for box in boxes:
        box.clearFocus()
        before = (
            box.currentIndex() if isinstance(box, QComboBox) else box.text() if hasattr(box, "text") else box.value()
        )
        turn_wheel(box)
        after = (
            box.currentIndex() if isinstance(box, QComboBox) else box.text() if hasattr(box, "text") else box.value()
        )
        assert after == before, box.accessibleName()
        assert box.focusPolicy() != Qt.FocusPolicy.WheelFocus, box.accessibleName()


@pytest.mark.bounded
def test_after_a_place_is_entered_the_datum_is_that_of_the_text(window: MainWindow, form: SiteFormPanel) -> None:
    rows = form.place
    rows.datum.setFocus()
    choose_by_keys(rows.datum, "Pul")
    assert rows.datum.currentData() == Datum.PULKOVO
    enter(rows.line, "51.869, 128.357")
    assert "Pulkovo" in pad_of(window).position_basis
    assert rows.datum.currentData() == Datum.WGS84
    assert "Pulkovo" in rows.note.text()
    enter(rows.line, " ", anew=False)
    assert "Pulkovo" in pad_of(window).position_basis


@pytest.mark.bounded
def test_a_place_read_again_on_another_datum_ends_on_wgs84_and_so_does_undo(
    window: MainWindow, form: SiteFormPanel
) -> None:
    rows = form.place
    enter(rows.line, "51.869, 128.357")
    rows.datum.setFocus()
    choose_by_keys(rows.datum, "Pul")
    assert "Pulkovo" in pad_of(window).position_basis
    rows.line.setFocus()
    assert rows.datum.currentData() == Datum.WGS84
    rows.datum.setFocus()
    choose_by_keys(rows.datum, "Pul")
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    assert rows.datum.currentData() == Datum.WGS84


@pytest.mark.bounded
def test_an_error_that_was_judged_stays_and_it_is_said(window: MainWindow, form: SiteFormPanel) -> None:
    enter(form.place.line, "51.86912, 128.35712")
    assert distance_m(*pad_of(window).geometry.coords[0], 128.35712, 51.86912) < 1
    assert pad_of(window).position_error_m == 7000.0
    assert "The error stays 7 km, as it was judged." in form.place.note.text()
    enter(form.place.line, "51, 128")
    assert pad_of(window).position_error_m == 79000.0, "two digits tell no more"
    assert "The error is 79 km now; it was 7 km." in form.place.note.text()
    enter(form.place.line, "51.869, 128.357")
    assert pad_of(window).position_error_m == 79.0, "nobody has judged the one before"


# -- undo in a text field -----------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_undo_in_a_field_without_typing_is_the_cases(window: MainWindow, form: SiteFormPanel) -> None:
    fields = form.fields.fields
    for column in ("label", "notes", "position_basis"):
        field = fields[column]
        fields["operator_country"].setFocus()
        enter(fields["operator_country"], "RU")
        field.setFocus()
        press(Key.Key_Z, Control)
        assert pad_of(window).operator_country == "", column
        press(Key.Key_Z, Control | Shift)
        assert pad_of(window).operator_country == "RU", column
        press(Key.Key_Z, Control)
        press(Key.Key_Y, Control)
        assert pad_of(window).operator_country == "RU", column
        press(Key.Key_Z, Control)


@pytest.mark.bounded
def test_undo_takes_typing_back_first(window: MainWindow, form: SiteFormPanel) -> None:
    for column in ("label", "notes"):
        field = form.fields.fields[column]
        field.setFocus()
        press(Key.Key_End)
        QTest.keyClicks(field, "x")
        press(Key.Key_Z, Control)
        text = field.text() if column == "label" else field.toPlainText()
        assert text == ("Pad 1S" if column == "label" else "")
        press(Key.Key_Y, Control)
        press(Key.Key_Z, Control)
        assert "pad" in window.session.document.sites
    notes = form.fields.fields["notes"]
    QTest.keyClicks(notes, "two towers")
    press(Key.Key_Return, Control)
    notes.setFocus()
    press(Key.Key_Z, Control)
    assert pad_of(window).notes == ""


@pytest.mark.bounded
def test_a_text_that_is_being_typed_is_in_the_case_whenever_typing_rests(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot
) -> None:
    """A program that ends meanwhile, however it does, loses no more than the last word; undo takes back all of it."""
    notes = form.fields.fields["notes"]
    steps = window.session.history.undo_text()
    notes.setFocus()
    QTest.keyClicks(notes, "Seen from ")
    qtbot.waitUntil(lambda: pad_of(window).notes == "Seen from")
    assert notes.hasFocus()
    assert notes.toPlainText() == "Seen from ", "the space that was typed last stays"
    QTest.keyClicks(notes, "the road")
    qtbot.waitUntil(lambda: pad_of(window).notes == "Seen from the road")
    press(Key.Key_Z, Control)
    assert notes.toPlainText() == "", "while the keyboard is there its typing is undone"
    qtbot.waitUntil(lambda: pad_of(window).notes == "")
    press(Key.Key_Y, Control)
    QTest.keyClicks(notes, ".")
    form.fields.fields["label"].setFocus()
    assert pad_of(window).notes == "Seen from the road."
    window.session.history.undo()
    assert pad_of(window).notes == ""
    assert window.session.history.undo_text() == steps


@pytest.mark.bounded
def test_a_line_is_in_the_case_when_typing_rests_and_esc_gives_back_what_stood_there(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot
) -> None:
    label = form.fields.fields["label"]
    label.setFocus()
    press(Key.Key_End)
    QTest.keyClicks(label, " north")
    qtbot.waitUntil(lambda: pad_of(window).label == "Pad 1S north")
    assert label.text() == "Pad 1S north"
    assert label.hasFocus()
    QTest.keyClicks(label, " of")
    press(Key.Key_Escape)
    assert (pad_of(window).label, label.text()) == ("Pad 1S", "Pad 1S")
    assert window.canvas.hasFocus()
    steps = window.session.history.undo_text()
    label.setFocus()
    QTest.keyClicks(label, "x")
    qtbot.waitUntil(lambda: pad_of(window).label != "Pad 1S")
    press(Key.Key_Z, Control)
    qtbot.waitUntil(lambda: pad_of(window).label == "Pad 1S")
    assert label.text() == "Pad 1S"
    assert window.session.history.undo_text() == steps, "nothing more is left to undo"
    window.session.undo()
    assert label.text() == "Pad 1S north of", "undo brings again what Esc has taken back"


@pytest.mark.bounded
def test_half_a_date_is_not_taken_while_it_is_typed(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    date = form.fields.fields["valid_from"]
    form.dates_part.set_folded(False)
    date.setFocus()
    QTest.keyClicks(date, "2016")
    QTest.qWait(2 * REST_MS)
    assert pad_of(window).valid_from == ""
    press(Key.Key_Return)
    assert pad_of(window).valid_from == "2016"


@pytest.mark.bounded
def test_what_is_typed_at_another_time_is_a_step_of_its_own(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot
) -> None:
    notes, label = form.fields.fields["notes"], form.fields.fields["label"]
    for word in ("One", " two"):
        notes.setFocus()
        notes.moveCursor(QTextCursor.MoveOperation.End)
        QTest.keyClicks(notes, word)
        qtbot.waitUntil(lambda word=word: pad_of(window).notes.endswith(word.strip()))
        label.setFocus()
    window.session.history.undo()
    assert pad_of(window).notes == "One"


@pytest.mark.bounded
def test_undo_after_a_source_is_cited_takes_the_citing_back(window: MainWindow, form: SiteFormPanel) -> None:
    window.canvas.setFocus()
    press(Key.Key_R)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, "Sketch of the pads")
    press(Key.Key_Return)
    words = QApplication.focusWidget()
    assert words is not None
    assert words.accessibleName() == "Exact words"
    press(Key.Key_Z, Control)
    assert not window.session.document.sources
    assert window.session.document.claims


# -- whose record it is, and the way back -------------------------------------------------------------------------


def details(window: MainWindow) -> QDockWidget:
    return window.docks["panel_details"]


def second_pad(window: MainWindow) -> None:
    push, document = window.session.push, window.session.document
    push(add_site(document, Point(128.4, 51.9), actor="me", uuid="pad2", label="Pad 2"))


@pytest.mark.bounded
def test_the_title_bar_names_what_is_shown(window: MainWindow, form: SiteFormPanel) -> None:
    second_pad(window)
    assert details(window).windowTitle() == "Site: Pad 1S"
    enter(form.fields.fields["label"], "Pad <b>1S</b> of the northern complex near the river")
    assert details(window).windowTitle().startswith("Site: Pad ")
    assert "…" in details(window).windowTitle()
    assert len(details(window).windowTitle()) < 48
    window.selection.set({"pad", "pad2"})
    assert details(window).windowTitle() == "Site: 2 selected"
    window.selection.set(())
    assert details(window).windowTitle() == "Details"
    window.selection.set({"pad2"})
    window.canvas.setFocus()
    press(Key.Key_J)
    QTest.keyClicks(QApplication.focusWidget(), "It was built in 2020")
    press(Key.Key_Return, Control)
    assert details(window).windowTitle().startswith("Claim: It")
    assert details(window).windowTitle().endswith(("… 2020", "…"))


@pytest.mark.bounded
def test_another_record_begins_at_the_top(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    second_pad(window)
    bar = form.page.findChild(QScrollArea).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(bar.maximum())
    enter(form.fields.fields["operator_country"], "RU")
    assert bar.value() > 0, "the same record stays where it is"
    bar.setValue(bar.maximum())
    window.selection.set({"pad2"})
    assert bar.value() == 0


@pytest.mark.bounded
def test_a_claim_leads_to_its_site_and_back(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    window.canvas.setFocus()
    press(Key.Key_J)
    QTest.keyClicks(QApplication.focusWidget(), "It was built in 2020")
    press(Key.Key_Return, Control)
    links = [link for link in details(window).findChildren(LinkButton) if link.isVisible()]
    assert [link.text() for link in links] == ["Pad 1S · Other"]
    window.selection.set(())
    window.docks.show_panel("claim_form")
    QTest.mouseClick(links[0], Qt.MouseButton.LeftButton)
    assert window.selection.uuids == {"pad"}
    assert details(window).windowTitle() == "Site: Pad 1S"
    assert form.isVisible()
    button = window.docks.trail.button
    assert button.isVisible()
    assert button.accessibleName() == "Back to Claim: It was built in 2020"
    press(Key.Key_Backspace, Qt.KeyboardModifier.AltModifier)
    assert details(window).windowTitle().startswith("Claim: It")
    assert details(window).windowTitle().endswith(("… 2020", "…"))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert details(window).windowTitle() == "Site: Pad 1S"


@pytest.mark.bounded
def test_what_is_gone_is_no_step_back(window: MainWindow, form: SiteFormPanel) -> None:
    second_pad(window)
    window.selection.set({"pad2"})
    assert window.action_table["details_back"].isEnabled()
    window.session.push(delete_sites(window.session.document, ("pad",), actor="me"))
    assert not window.action_table["details_back"].isEnabled()
    assert window.docks.trail.button.isHidden()
    window.action_table["undo"].trigger()
    window.action_table["details_back"].trigger()
    assert window.selection.uuids == {"pad"}
    window.file_menu.new_case()
    assert not window.action_table["details_back"].isEnabled()


# -- units, and refusals ------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_number_takes_units(window: MainWindow, form: SiteFormPanel) -> None:
    field = form.fields.fields["position_error_m"]
    for typed, metres in (("5 km", 5000.0), ("400 ft", 121.92), ("2 nmi", 3704.0), ("1,5km", 1500.0), ("250 m", 250.0)):
        enter(field, typed)
        assert pad_of(window).position_error_m == pytest.approx(metres), typed
        assert field.text() == f"{metres:.10g}"
        assert form.fields.refusal.isHidden()


@pytest.mark.bounded
def test_a_refusal_stands_at_its_field_keeps_the_typing_and_moves_nothing(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot
) -> None:
    field, country = form.fields.fields["position_error_m"], form.fields.fields["location_country"]
    field.setFocus()
    settle(window, qtbot)
    form.page.show_from(form.position_part)  # in sight as a whole: it would be scrolled to with the first letter
    qtbot.wait(20)
    before = country.mapTo(form, QPoint())
    for typed in ("5 parsecs", "-3", "nan"):
        enter(field, typed)
        qtbot.wait(20)
        refusal = form.fields.refusal
        assert typed in refusal.text()
        assert "nan" not in refusal.text() or typed == "nan"
        assert refusal.isVisible()
        host = refusal.parentWidget()
        assert host is not None
        at = QRect(field.mapTo(host, QPoint()), field.size())
        assert refusal.geometry().right() < form.mapTo(host, QPoint()).x(), "beside the form, over the map"
        assert abs(refusal.geometry().center().y() - at.center().y()) < 3
        assert refusal.visibleRegion().boundingRect().height() == refusal.height(), "in sight as a whole"
        assert field.text() == typed
        assert field.hasFocus()
        assert field.accessibleDescription() == refusal.text()
        assert country.mapTo(form, QPoint()) == before
        assert pad_of(window).position_error_m == 7000.0
    enter(country, "RU")
    assert pad_of(window).location_country == "RU"
    assert field.text() == "nan", "another entry takes nothing away"
    enter(field, "7000 m")
    assert form.fields.refusal.isHidden()
    assert field.text() == "7000"
    enter(field, "5 parsecs")
    press(Key.Key_Escape)
    window.selection.set(())
    assert form.fields.refusal.isHidden()


def said_at(window: MainWindow) -> list[str]:
    """The refusals that stand at fields."""
    return [one.text() for one in window.findChildren(Refusal) if one.isVisible()]


def test_a_place_that_is_none_is_refused_at_its_line(window: MainWindow, form: SiteFormPanel) -> None:
    enter(form.place.line, "somewhere else")
    assert form.place.line.text() == "somewhere else"
    assert said_at(window) == [form.place.refusal]
    enter(form.place.line, "51.869, 128.357")
    assert said_at(window) == []


# -- the list of sites --------------------------------------------------------------------------------------------


def site_list(window: MainWindow) -> SiteListPanel:
    found = window.findChild(SiteListPanel)
    assert found is not None
    return found


def listed(window: MainWindow) -> list[str]:
    model = site_list(window).model
    return [model.data(model.index(row, 0)) for row in range(model.rowCount())]


@pytest.mark.bounded
def test_a_new_mark_that_the_filter_hides_is_told_of(window: MainWindow, form: SiteFormPanel) -> None:
    rows = site_list(window).list
    QTest.keyClicks(rows.filter, "pad 1s")
    window.canvas.setFocus()
    press(Key.Key_P)
    press(Key.Key_Return)
    assert rows.count.text() == "1 of 2"
    assert rows.hidden_note.isVisible()
    assert rows.hidden_note.findChild(QLabel).text() == "1 selected, hidden by the filter"
    QTest.mouseClick(rows.show_button, Qt.MouseButton.LeftButton)
    assert rows.hidden_note.isHidden()
    assert rows.count.text() == "2"
    assert listed(window) == ["Pad 1S", "(no label)"]
    assert rows.view.selectionModel().selectedRows()[0].row() == 1


@pytest.mark.bounded
def test_going_to_a_site_scrolls_the_list_to_it(
    window: MainWindow, form: SiteFormPanel, answers: Answers, qtbot: QtBot
) -> None:
    answers.unsaved_answer = Unsaved.DISCARD
    window.file_menu.open_demo()
    settle(window, qtbot)
    view, model = site_list(window).list.view, site_list(window).model
    last = model.uuid_at(model.rowCount() - 1)
    label = window.session.document.sites[last].label

    def is_in_sight() -> bool:
        return view.viewport().rect().contains(view.visualRect(model.index(model.row_of(last), 0)).center())

    for _ in range(2):
        view.scrollToTop()
        assert not is_in_sight()
        _palette, line = search_for(window, label, qtbot)
        QTest.keyClick(line, Key.Key_Return)
        settle(window, qtbot)
        assert window.selection.uuids == {last}
        assert is_in_sight()


@pytest.mark.bounded
def test_a_new_mark_stands_last_and_stays_there(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    push, document = window.session.push, window.session.document
    line = LineString([(128.0, 51.8), (128.2, 51.8)])
    push(add_site(document, line, actor="me", now="2999-01-01T00:00:00Z", label="Spur"))
    push(add_site(document, Point(128.1, 51.9), actor="me", now="2999-01-02T00:00:00Z", label="Mast"))
    assert listed(window) == ["Pad 1S", "Spur", "Mast"]
    window.session.save_as(tmp_path / "case.gpkg")
    settle(window, qtbot)
    window.file_menu.close_case()
    opened(window, tmp_path / "case.gpkg", qtbot)
    assert listed(window) == ["Pad 1S", "Spur", "Mast"]


@pytest.mark.bounded
def test_the_filter_lists_names_before_notes(window: MainWindow, form: SiteFormPanel) -> None:
    push, document = window.session.push, window.session.document
    window.session.push(update_site(document, "pad", actor="me", label="Mast", notes="beside the pad"))
    for label in ("Old launch pad", "Store", "Pad 1S"):
        push(add_site(window.session.document, Point(128.1, 51.9), actor="me", label=label))
    rows = site_list(window).list
    QTest.keyClicks(rows.filter, "pad")
    assert listed(window) == ["Pad 1S", "Old launch pad", "Mast"]
    last = rows.model.uuid_at(1)
    push(update_site(window.session.document, last, actor="me", label="Padlock"))
    assert listed(window) == ["Padlock", "Pad 1S", "Mast"]


# -- pickers, examples, cards, reasons ----------------------------------------------------------------------------


def report_of_pad(window: MainWindow, source: str) -> None:
    """A claim about the pad with a source and exact words, by keys."""
    window.canvas.setFocus()
    press(Key.Key_R)
    QTest.keyClicks(QApplication.focusWidget(), source)
    press(Key.Key_Return)
    QTest.keyClicks(QApplication.focusWidget(), "We have built it")
    press(Key.Key_Return, Control)
    QApplication.processEvents()  # the keyboard goes on once the entry has been taken
    QTest.keyClicks(QApplication.focusWidget(), "Liu Pengyu")
    press(Key.Key_Return)
    window.canvas.setFocus()


@pytest.mark.bounded
def test_the_list_of_sources_is_as_wide_as_its_texts(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    window.canvas.setFocus()
    press(Key.Key_R)
    picker = QApplication.focusWidget()
    assert isinstance(picker, Picker)
    link = "https://www.example.org/a/rather/long/address/of/an/article/on/pads.html"
    QTest.keyClicks(picker, link)
    popup = picker.completer().popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    text = picker.completer().completionModel().index(0, 0).data()
    assert link in text
    qtbot.waitUntil(lambda: popup.fontMetrics().horizontalAdvance(text) < popup.viewport().width())
    edge = window.mapToGlobal(QPoint(window.width(), 0)).x()
    assert popup.mapToGlobal(QPoint(popup.width(), 0)).x() <= edge
    popup.hide()


@pytest.mark.bounded
def test_no_example_looks_like_a_value(window: MainWindow, form: SiteFormPanel) -> None:
    make_panels(window)
    shown = [line.placeholderText() for line in window.findChildren(QLineEdit)]
    assert "e.g. 2024-04-12" in shown
    assert not [text for text in shown if text[:1].isdigit()]


@pytest.mark.bounded
def test_a_claim_says_its_speaker_and_its_source(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    report_of_pad(window, "Sketch of the pads")
    window.selection.set({"pad"})
    (card,) = laid_out(form.cards.rows)
    texts = [label.text() for label in card.findChildren(QLabel)]
    assert "Source: Sketch of the pads" in texts
    assert "Liu Pengyu" in texts
    window.docks.show_panel("claim_list")
    claims = window.docks.claims.panel
    assert isinstance(claims, ClaimListPanel)
    assert claims.model.data(claims.model.index(0, 0), CHIP_ROLE) == "Reported · Liu Pengyu"
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    (card,) = laid_out(form.cards.rows)
    assert "No source" in [label.text() for label in card.findChildren(QLabel)]


@pytest.mark.bounded
def test_reliability_takes_room_once_it_is_judged(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    report_of_pad(window, "Sketch of the pads")
    register = shown(qtbot, SourceRegisterPanel(window.panel_context), 1600, 400)
    assert register.model.columns[RELIABILITY].title == "Reliability"
    assert register.list.view.isColumnHidden(RELIABILITY)
    (source,) = window.session.document.sources
    window.session.push(update_source(window.session.document, source, actor="me", reliability="B"))
    assert not register.list.view.isColumnHidden(RELIABILITY)


@pytest.mark.bounded
def test_a_grey_button_says_why(window: MainWindow, form: SiteFormPanel) -> None:
    assert form.image_part.chips.isHidden(), "no empty box for chips that are not there"
    button = form.image_part.cite_button
    assert not button.isEnabled()
    assert "There is no image to cite" in button.toolTip()
    assert button.accessibleDescription() == "There is no image to cite: choose above on which one this was drawn."


@pytest.mark.bounded
def test_a_line_has_no_fill_and_a_named_site_is_offered_its_role(window: MainWindow, form: SiteFormPanel) -> None:
    push = window.session.push
    push(add_site(window.session.document, LineString([(128, 51), (129, 52)]), actor="me", uuid="spur", label="Spur"))
    form.style_part.set_folded(False)
    assert form.fields.fields["fill_color"].isVisible()
    window.selection.set({"spur"})
    form.style_part.set_folded(False)
    assert form.fields.fields["stroke_color"].isVisible()
    assert not form.fields.fields["fill_color"].isVisible()
    assert not form.fields.labels["fill_color"].isVisible()
    window.selection.set({"pad"})
    form.style_part.set_folded(False)
    assert form.fields.fields["fill_color"].isVisible()
    assert form.role_offer.isHidden()
    report_of_pad(window, "Sketch of the pads")
    window.selection.set({"pad"})
    window.docks.show_panel("site_form")
    assert form.role_offer.isVisible()
    QTest.mouseClick(form.role_offer, Qt.MouseButton.LeftButton)
    assert pad_of(window).role == "named in a claim"
    assert form.role_offer.isHidden()
    window.action_table["undo"].trigger()
    assert form.role_offer.isVisible()
