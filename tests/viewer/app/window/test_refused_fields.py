"""Entries that a form refuses: judged when they are whole, kept until they are mended, named as they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.claim import Claim
from layers.document.edit import Change, Edit
from layers.document.source import Source
from tests.support.choices import choose_by_keys, popup
from tests.support.windows import covered, new_case, press, settle, texts
from viewer.app.window import MainWindow
from viewer.commands.claims import add_claim
from viewer.commands.layers import add_layer
from viewer.commands.responses import add_response
from viewer.commands.sites import add_site
from viewer.commands.sources import add_source
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.response_form import ResponseForm
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sources.source_form import SourceForm
from viewer.panels.widgets.fields import REFUSED, LineField
from viewer.panels.widgets.refusal import refusals_in

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard")

Key = Qt.Key


@pytest.fixture
def form(window: MainWindow, qtbot: QtBot) -> ClaimFormPanel:
    """Of a judgement begun with J: nothing is said in it yet."""
    new_case(window, qtbot)
    window.action_table["judge"].trigger()
    found = window.findChild(ClaimFormPanel)
    assert found is not None
    qtbot.waitUntil(found.fields.fields["statement"].hasFocus)
    return found


@pytest.fixture
def mark(window: MainWindow, qtbot: QtBot) -> SiteFormPanel:
    """The form of a site that is selected, its dates unfolded."""
    window.resize(1366, 768)
    window.file_menu.new_case()
    document = window.session.document
    window.session.push(add_site(document, Point(128.3, 51.9), actor="me", uuid="pad", label="Pad"))
    settle(window, qtbot)
    window.activateWindow()
    window.selection.set(("pad",))
    window.panel_context.panel_wanted.emit("site_form")
    found = window.findChild(SiteFormPanel)
    assert found is not None
    found.dates_part.set_folded(False)
    qtbot.waitUntil(found.fields.fields["observed_at"].isVisible)
    return found


def claim_of(window: MainWindow, form: ClaimFormPanel) -> Claim:
    return window.session.document.claims[form.uuid]


def band_of(window: MainWindow, form: ClaimFormPanel) -> tuple[str, int | None, int | None]:
    claim = claim_of(window, form)
    return claim.likelihood_term, claim.likelihood_low, claim.likelihood_high


def type_here(text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def enter(field: QWidget, text: str) -> None:
    field.setFocus()
    press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_here(text)
    press(Key.Key_Tab)


def type_range(form: ClaimFormPanel, low: str, high: str) -> None:
    form.judgement.low.setFocus()
    press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_here(low)
    press(Key.Key_Tab)
    assert form.judgement.high.hasFocus()
    type_here(high)
    press(Key.Key_Tab)


@pytest.mark.bounded
def test_a_range_is_typed_without_a_term_and_takes_the_one_around_it(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot
) -> None:
    type_here("They will fly")
    for _ in range(2):
        press(Key.Key_Tab)
    assert form.judgement.low.hasFocus()
    type_here("60")
    press(Key.Key_Tab)
    qtbot.wait(20)
    assert not form.fields.refusal.is_said, "the range is not whole yet"
    assert form.judgement.low.text() == "60"
    type_here("75")
    press(Key.Key_Tab)
    assert not form.fields.refusal.is_said
    assert band_of(window, form) == ("likely", 60, 75)
    assert (form.judgement.low.text(), form.judgement.high.text()) == ("60", "75")
    window.action_table["undo"].trigger()
    assert band_of(window, form) == ("", None, None), "one step"
    assert (form.judgement.low.text(), form.judgement.high.text()) == ("", "")


@pytest.mark.bounded
@popup
def test_a_range_within_no_term_waits_for_the_term(window: MainWindow, form: ClaimFormPanel, qtbot: QtBot) -> None:
    type_range(form, "80", "95")
    assert band_of(window, form) == ("very likely", 80, 95)
    type_range(form, "40", "50")
    assert "choose another term" in form.fields.refusal.text()
    form.fields.fields["confidence_reason"].setFocus()
    type_here("Two scenes")
    form.fields.fields["statement"].setFocus()
    assert claim_of(window, form).confidence_reason == "Two scenes"
    assert (form.judgement.low.text(), form.judgement.high.text()) == ("40", "50"), "kept while others are entered"
    choose_by_keys(form.judgement.likelihood, "rough")
    assert band_of(window, form) == ("roughly even chance", 45, 55), "no term holds both: its band is taken"
    assert "Not kept" in texts(window)
    type_range(form, "46", "80")
    type_range(form, "60", "70")
    assert "choose another term" in form.fields.refusal.text()
    choose_by_keys(form.judgement.likelihood, "likely")
    assert band_of(window, form) == ("likely", 60, 70), "the bounds as they were typed"
    assert not form.fields.refusal.is_said


@pytest.mark.bounded
def test_a_range_over_two_terms_is_refused_and_kept(window: MainWindow, form: ClaimFormPanel) -> None:
    type_range(form, "40", "70")
    assert "within no one term" in form.fields.refusal.text()
    assert (form.judgement.low.text(), form.judgement.high.text()) == ("40", "70")
    assert band_of(window, form) == ("", None, None)
    form.judgement.low.setFocus()
    press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_here("60")
    press(Key.Key_Tab)
    assert band_of(window, form) == ("likely", 60, 70)
    assert not form.fields.refusal.is_said


@pytest.mark.bounded
@pytest.mark.parametrize("way", ["past", "back", "claim"])
def test_half_a_range_is_said_once_the_keyboard_has_left_it(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot, way: str
) -> None:
    form.judgement.low.setFocus()
    type_here("60")
    press(Key.Key_Tab)
    assert not form.fields.refusal.is_said
    if way == "past":
        press(Key.Key_Tab)
        assert "give both, or neither" in form.fields.refusal.text()
        assert form.judgement.low.text() == "60"
    elif way == "back":
        press(Key.Key_Backtab)
        press(Key.Key_Backtab)
        assert "give both, or neither" in form.fields.refusal.text()
    else:
        uuid = form.uuid
        window.session.push(add_claim(window.session.document, actor="me", uuid="other", statement="Sold"))
        window.panel_context.show_claim("other")
        assert "Not kept: From, %: “60”" in texts(window)
        window.panel_context.show_claim(uuid)
        assert form.judgement.low.text() == ""


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("part", ["low", "high"])
def test_a_bound_that_no_likelihood_has_is_said_before_the_other_is_missed(form: ClaimFormPanel, part: str) -> None:
    field = getattr(form.judgement, part)
    field.setFocus()
    type_here("150")
    form.judgement.likelihood.setFocus()
    assert "a number from 1 to 99, not 150" in form.fields.refusal.text()
    assert "neither" not in form.fields.refusal.text()
    assert field.text() == "150"


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("date", ["31 April 2016", "yesterday", "2016-04-31", "2017/2016"])
def test_a_claim_is_dated_by_a_date(window: MainWindow, form: ClaimFormPanel, date: str) -> None:
    field = form.fields.fields["made_at"]
    form.words_part.set_folded(False)
    enter(field, date)
    assert f"“{date}”" in form.fields.refusal.text()
    assert field.property(REFUSED)
    assert claim_of(window, form).made_at == ""
    enter(field, "2016-04")
    assert not form.fields.refusal.is_said
    assert claim_of(window, form).made_at == "2016-04"


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("column", "wrong", "right"),
    [
        ("accessed_at", "tomorrow", "2024-04-20"),
        ("published_at", "last week", "n.d."),
        ("acquired_at", "noon", "2024-04-20T09:30Z"),
        ("url", "not a link", "https://example.org/a b"),
        ("archive_url", "nowhere", "example.org/page"),
    ],
)
def test_a_source_takes_dates_and_addresses_as_such(
    window: MainWindow, form: ClaimFormPanel, column: str, wrong: str, right: str
) -> None:
    odd = {"title": "Old", "accessed_at": "in spring", "url": "shelf 3, box 2"}
    source = Source(uuid="s1", **odd)
    window.session.push(Edit("Add", (Change("sources", None, source),)))
    window.panel_context.show_row("sources", "s1", raise_form=True)
    sources = window.findChild(SourceForm)
    assert sources is not None
    field = sources.fields.fields[column]
    enter(field, wrong)
    assert f"“{wrong}”" in sources.fields.refusal.text()
    enter(field, right)
    assert not sources.fields.refusal.is_said
    kept = window.session.document.sources["s1"]
    assert getattr(kept, column) == right
    others = [name for name in odd if name != column]
    assert all(getattr(kept, name) == odd[name] for name in others), "what stood there stays, whatever it is"
    assert sources.fields.fields[others[-1]].text() == odd[others[-1]] or others[-1] == "title"


@pytest.mark.bounded
def test_a_site_does_not_end_before_it_begins(window: MainWindow, mark: SiteFormPanel) -> None:
    fields = mark.fields.fields
    enter(fields["valid_from"], "2020")
    enter(fields["valid_to"], "2010")
    assert "would end before it begins" in mark.fields.refusal.text()
    assert fields["valid_to"].property(REFUSED)
    site = window.session.document.sites["pad"]
    assert (site.valid_from, site.valid_to) == ("2020", "")
    enter(fields["valid_to"], "2020")
    assert window.session.document.sites["pad"].valid_to == "2020"
    enter(fields["valid_from"], "2021-05")
    assert "would end before it begins" in mark.fields.refusal.text()
    assert window.session.document.sites["pad"].valid_from == "2020"


@pytest.mark.bounded
def test_each_entry_that_was_not_kept_is_named_with_its_own_reason(
    window: MainWindow, mark: SiteFormPanel, qtbot: QtBot
) -> None:
    fields = mark.fields.fields
    for column, text in (("lifecycle_as_of", "soon"), ("observed_at", "2016-04-31"), ("valid_from", "2020")):
        fields[column].setFocus()
        type_here(text)
        press(Key.Key_Tab)
    assert window.session.document.sites["pad"].valid_from == "2020"
    assert (fields["lifecycle_as_of"].text(), fields["observed_at"].text()) == ("soon", "2016-04-31")
    assert "Not kept" not in texts(window)
    fields["observed_at"].setFocus()
    press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_here("2016-04-30")
    press(Key.Key_Tab)
    assert "“soon”" in mark.fields.refusal.text(), "what is refused still is said"
    window.selection.clear()
    assert "Not kept: As of: “soon” is no" in texts(window)
    assert "2016-04-3" not in texts(window)


def field_of(window: MainWindow, table: str, column: str) -> tuple[LineField, Callable[[], str]]:
    """The field of a date in its form, and what the case says there."""
    document, context = window.session.document, window.panel_context
    uuid = next(iter(document.table(table)))
    if table == "layers":
        context.show_layer(uuid, raise_form=True)
    elif table == "claims":
        context.show_claim(uuid, raise_form=True)
    elif table != "sites":
        context.show_row(table, uuid, raise_form=True)
    kinds = {
        "sites": SiteFormPanel,
        "claims": ClaimFormPanel,
        "sources": SourceForm,
        "responses": ResponseForm,
        "layers": LayerPropertiesPanel,
    }
    form = window.findChild(kinds[table])
    assert form is not None
    if isinstance(form, ClaimFormPanel):
        form.words_part.set_folded(False)
    return form.fields.fields[column], lambda: getattr(document.table(table)[uuid], column)


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("sites", "valid_to"),
        ("sites", "lifecycle_as_of"),
        ("claims", "made_at"),
        ("sources", "accessed_at"),
        ("responses", "made_at"),
        ("layers", "acquired_at"),
    ],
)
def test_a_date_is_typed_in_english_words_and_stands_there_as_the_case_keeps_it(
    window: MainWindow, mark: SiteFormPanel, qtbot: QtBot, table: str, column: str
) -> None:
    document, push = window.session.document, window.session.push
    push(add_layer(document, "raster", "A", {"path": "/a.tif"}, actor="me"))
    push(add_claim(document, actor="me", voice="speaker", statement="Sold"))
    push(add_source(document, actor="me", title="Press"))
    push(add_response(document, actor="me", speaker="AP", words="Untrue"))
    field, kept = field_of(window, table, column)
    qtbot.waitUntil(field.isVisible)
    for typed, iso in (("28 April 2016", "2016-04-28"), ("Apr 2016", "2016-04"), ("2016", "2016")):
        enter(field, typed)
        assert (kept(), field.text()) == (iso, iso)
        assert not field.property(REFUSED)
    for typed, why in (("31 April 2016", "April has 30 days"), ("04/05/2016", "write 2016-05-04 or 2016-04-05")):
        enter(field, typed)
        assert kept() == "2016"
        assert (field.text(), bool(field.property(REFUSED))) == (typed, True)
        qtbot.wait(20)
        (said,) = refusals_in(window)
        assert f"“{typed}”" in said.text()
        assert why in said.text()
        assert covered(said) == []


@pytest.mark.bounded
def test_what_was_refused_is_said_in_the_window_that_its_panel_has_gone_to(
    window: MainWindow, mark: SiteFormPanel, qtbot: QtBot
) -> None:
    enter(mark.fields.fields["valid_to"], "yesterday")
    (said,) = refusals_in(mark)
    assert said.window() is window
    dock = mark.parentWidget()
    while not isinstance(dock, QDockWidget):
        assert dock is not None
        dock = dock.parentWidget()
    dock.setFloating(True)
    qtbot.waitUntil(lambda: said.window() is dock)
    assert said.isVisibleTo(dock)
