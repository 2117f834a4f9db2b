"""Entries that a form refuses are never lost without a word: not by saving, nor by another row, nor by leaving."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from shapely import LineString, Point

from layers.geo.bounds import Bounds
from tests.support.analyst import Analyst
from tests.support.windows import new_case, press, settle, texts
from tests.viewer.app.conftest import Answers
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.widgets.fields import REFUSED, LineField, NumberField
from viewer.panels.widgets.refusal import refusals_in

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard")

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier
COLUMNS = ("observed_at", "position_error_m", "place", "detail")


@pytest.fixture
def me(window: MainWindow, qtbot: QtBot) -> Analyst:
    """At a case with two pads and a line, all in sight, the first pad selected by a click."""
    new_case(window, qtbot)
    document, push = window.session.document, window.session.push
    for lon, name in ((128.3, "Pad"), (128.4, "Depot")):
        push(add_site(document, Point(lon, 51.9), actor="me", uuid=name, label=name, class_code="launch_pad"))
    push(add_site(document, LineString([(128.3, 51.85), (128.4, 51.85)]), actor="me", uuid="spur", label="Spur"))
    window.views.show_bounds(Bounds(128.2, 51.8, 128.5, 52.0), 0.0)
    settle(window, qtbot)
    analyst = Analyst(window, lambda done: qtbot.waitUntil(done, timeout=10_000))
    choose(analyst, "Pad")
    return analyst


def choose(me: Analyst, name: str) -> SiteFormPanel:
    """Click a site on the map; its form, all unfolded."""
    lon = {"Pad": 128.3, "Depot": 128.4}[name]
    me.click(me.at(lon, 51.9))
    me.wait(lambda: me.window.selection.uuids == {name})
    me.settle()
    form = me.panel(SiteFormPanel)
    for part in (form.dates_part, form.details_part, form.shape_part):
        part.set_folded(False)
    return form


def field_of(form: SiteFormPanel, column: str) -> LineField:
    if column == "place":
        return form.place.line
    if column == "detail":
        return next(one for one in form.details_part.fields.fields.values() if isinstance(one, NumberField))
    field = form.fields.fields[column]
    assert isinstance(field, LineField)
    return field


def type_nonsense(field: LineField) -> None:
    field.setFocus()
    press(Key.Key_A, Control)
    QTest.keyClicks(field, "soon enough")


def curled(said: str) -> str:
    """With the quotation marks of forms, whoever has written it."""
    return said.replace('"soon enough"', "“soon enough”")


def save(me: Analyst, path: Path) -> None:
    answers = me.window.ask
    assert isinstance(answers, Answers)
    answers.path = path
    press(Key.Key_S, Control)
    me.settle()


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("column", COLUMNS)
def test_saving_says_what_is_not_taken_and_the_keyboard_stays_there(me: Analyst, tmp_path: Path, column: str) -> None:
    field = field_of(me.panel(SiteFormPanel), column)
    type_nonsense(field)
    save(me, tmp_path / "case.gpkg")
    said = f"Saved as case.gpkg. Not taken: {field.accessibleName()}: “soon enough” is no "
    assert said in curled(texts(me.window))
    assert (tmp_path / "case.gpkg").exists()
    assert field.hasFocus()
    assert field.text() == "soon enough"
    press(Key.Key_Escape)
    assert not refusals_in(me.window), "it is taken back"
    me.type_into(me.panel(SiteFormPanel).fields.fields["label"], "Pad 1S")
    save(me, tmp_path / "case.gpkg")
    assert texts(me.window) == "Saved: case.gpkg"


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("saves", [False, True])
@pytest.mark.parametrize("column", COLUMNS)
def test_another_site_says_what_is_not_kept_and_leads_back_to_what_was_typed(
    me: Analyst, tmp_path: Path, column: str, saves: bool
) -> None:
    form = me.panel(SiteFormPanel)
    type_nonsense(field_of(form, column))
    if saves:
        save(me, tmp_path / "case.gpkg")
    choose(me, "Depot")
    name = field_of(form, column).accessibleName()
    assert f"Not kept: {name}: “soon enough” is no " in curled(texts(me.window))
    assert field_of(form, column).text() != "soon enough"
    (back,) = [one for one in me.window.findChildren(QPushButton) if one.text() == "Go Back" and one.isVisible()]
    me.press(back)
    me.settle()
    field = field_of(form, column)
    assert me.window.selection.uuids == {"Pad"}
    assert (field.text(), bool(field.property(REFUSED)), field.hasFocus()) == ("soon enough", True, True)
    assert len(refusals_in(form)) == 1


@pytest.mark.bounded
def test_a_claim_leads_back_to_a_date_that_it_did_not_take(me: Analyst) -> None:
    me.canvas.setFocus()
    me.window.action_table["judge"].trigger()
    form = me.panel(ClaimFormPanel)
    form.words_part.set_folded(False)
    first, date = form.uuid, form.fields.fields["made_at"]
    type_nonsense(date)
    me.canvas.setFocus()
    me.window.action_table["judge"].trigger()
    assert form.uuid != first
    (back,) = [one for one in me.window.findChildren(QPushButton) if one.text() == "Go Back" and one.isVisible()]
    me.press(back)
    assert form.uuid == first
    assert (date.text(), bool(date.property(REFUSED))) == ("soon enough", True)


@pytest.mark.bounded
def test_leaving_the_case_says_first_what_is_not_taken(me: Analyst, tmp_path: Path) -> None:
    save(me, tmp_path / "case.gpkg")
    document = me.window.session.document
    field = field_of(me.panel(SiteFormPanel), "observed_at")
    type_nonsense(field)
    press(Key.Key_N, Control)
    me.settle()
    assert me.window.session.document is document
    assert "Not taken yet: Observed: “soon enough”" in texts(me.window)
    assert QApplication.focusWidget() is field
    press(Key.Key_N, Control)
    me.settle()
    assert me.window.session.document is not document, "asked for again it is given up"


@pytest.mark.bounded
def test_saving_a_case_without_changes_takes_what_is_typed_or_says_why_not(me: Analyst, tmp_path: Path) -> None:
    save(me, tmp_path / "case.gpkg")
    field = field_of(me.panel(SiteFormPanel), "observed_at")
    type_nonsense(field)
    save(me, tmp_path / "case.gpkg")
    assert "Nothing to save in case.gpkg. Not taken: Observed: “soon enough”" in texts(me.window)
    assert field.hasFocus()
    me.write(field, "28 April 2016")
    save(me, tmp_path / "case.gpkg")
    assert me.window.session.document.sites["Pad"].observed_at == "2016-04-28"
    assert texts(me.window) == "Saved: case.gpkg"
    assert not me.window.session.is_dirty
