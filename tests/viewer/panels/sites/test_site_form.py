"""The site form, driven as an analyst drives it."""

from __future__ import annotations

import json
from collections import Counter
from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel
from shapely.geometry import Point

from layers.document.alias import Alias
from layers.document.claim import Claim
from layers.geo.coordinates.notation import Notation
from tests.support.cases.judgements import ASSESSED_LIKELY
from tests.support.choices import choose_by_keys, popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.imagery.searches import record_search
from viewer.commands.sites import add_site, update_site
from viewer.panels.measurements.measurement_part import MeasurementPart
from viewer.panels.shadows.shadow_part import ShadowPart
from viewer.panels.sites.shape_rows import ShapePart
from viewer.panels.sites.site_bulk_form import SiteBulkForm
from viewer.panels.sites.site_form import SiteFormPanel, with_alias
from viewer.panels.widgets.field_set import lead_to_column
from viewer.panels.widgets.fields import ChoiceField, LineField, TextField
from viewer.panels.widgets.form_page import laid_out


@pytest.fixture
def form(qtbot, desk: Desk) -> SiteFormPanel:
    panel = shown(qtbot, SiteFormPanel(desk.context), 330, 900)
    desk.select("pad")
    return panel


def _type(qtbot, field, text: str, key=Qt.Key.Key_Return) -> None:
    """Latin text by keys, any other as an input method sends it."""
    field.setFocus()
    field.selectAll()
    if text.isascii():
        qtbot.keyClicks(field, text)
    else:
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(field, event)
    qtbot.keyClick(field, key)


def test_nothing_selected_says_what_to_do(form: SiteFormPanel, desk: Desk) -> None:
    desk.select()
    assert form.page.currentWidget() is form.page.hint
    assert "Select a site" in form.page.hint.text()


def test_kept_searches_about_a_site_are_linked_the_newest_first(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    assert form.searched.isHidden()
    for day in range(1, 6):
        about = {"about": ["pad"]} if day % 2 else {"sites": ["pad"]}  # of a search, and of a look for what is new
        fields = {"kind": "catalogue", "query_json": json.dumps(about), "words": f"Example: {day} scenes."}
        desk.context.do(record_search, uuid=f"q{day}", result="found", at=f"2026-12-0{day}T08:00:00Z", **fields)
    desk.context.do(record_search, kind="catalogue", query_json='{"about": ["other"]}', result="none listed")
    links = [link for link in form.searched.archive_links if link.isVisible()]
    assert [link.text() for link in links] == [
        *(f"2026-12-0{day} 08:00 UTC · Example: {day} scenes." for day in (5, 4, 3)),
        "2 older searches",
    ]
    assert not form.searched.search_button.isVisible()
    for link, uuid in ((links[1], "q4"), (links[3], "q2")):
        qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
        assert (desk.wanted[-1], desk.context.shown_row("searches")) == ("search_list", uuid)


def test_a_name_in_one_language_leaves_the_others_with_their_origin() -> None:
    named = (Alias("zh", "东方", is_ours=True), Alias("ru", "Восточный", source_uuid="s"))
    assert with_alias(named, "en", "East") == (*named, ("en", "East"))
    assert with_alias(named, "zh", "东") == (("zh", "东"), named[1]), "of new words no origin is stated"


def test_what_of_a_name_is_ours_is_stated_beside_its_names(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    """The check of a product leads there: it blocks where that is not said."""
    lead_to_column(form, "identity_note")
    field = form.fields.fields["identity_note"]
    assert not form.names_part.is_folded
    qtbot.keyClicks(field, "S1 writes this name.")
    form.fields.flush()
    assert desk.document.sites["pad"].identity_note == "S1 writes this name."


def test_a_field_is_one_undo_step(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    _type(qtbot, form.fields.fields["label"], "Cosmodrome")
    _type(qtbot, form.fields.fields["alias_zh"], "东方航天发射场")
    site = desk.document.sites["pad"]
    assert site.label == "Cosmodrome"
    assert site.aliases == (("zh", "东方航天发射场"), ("ru", "Восточный"))
    assert desk.history.undo_text() == "Change aliases of site “Cosmodrome”"
    desk.history.undo()
    desk.history.undo()
    assert desk.document.sites["pad"].label == "Vostochny"
    assert form.fields.fields["label"].text() == "Vostochny"
    assert not desk.history.stack.canUndo()


def test_the_form_of_several_sites_is_made_when_several_are_selected(form: SiteFormPanel, desk: Desk) -> None:
    """Or in a turn of its own, while the window stands: all fields at once would hold it up."""
    desk.select("firm")
    assert form.findChild(SiteBulkForm) is None
    desk.select("firm", "rail")
    made = form.findChild(SiteBulkForm)
    assert made is not None
    assert made.isVisible()
    assert "2" in made.count.text()


def test_another_site_is_shown_once_in_each_field(
    qtbot, form: SiteFormPanel, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is the form for many sites touched, nor that of shapes: from point to point there is nothing in them."""
    taken: Counter[object] = Counter()
    of_many = set(form.bulk.fields.fields.values())
    for kind, name in product((LineField, ChoiceField, TextField), ("show_value", "show_other")):
        show = getattr(kind, name)
        monkeypatch.setattr(kind, name, lambda field, value, show=show: (taken.update([field]), show(field, value))[1])
    desk.select("firm")
    fields = form.fields.fields
    assert fields["label"].text() == "Hikvision"
    own = {fields[column] for column in ("label", "class_code", "notes", "lifecycle_as_of")}
    assert {taken[field] for field in own} == {1}
    assert {field for field, times in taken.items() if times > 1} <= {form.image_part.layer}  # offers other images, too
    assert not taken.keys() & of_many
    assert not any(form.findChild(part) for part in (ShapePart, MeasurementPart, ShadowPart)), "made once needed"
    desk.select("rail")
    assert form.findChild(MeasurementPart) is None
    assert form.shape_part.fields.fields["leg_m"] in taken
    assert form.shape_part.isVisible()


def test_a_field_offers_the_same_choices_without_a_new_list(qtbot) -> None:
    field = ChoiceField([("a", "First"), ("b", "Second")])
    qtbot.addWidget(field)
    field.show_value("b")
    removed: list[object] = []
    field.model().rowsRemoved.connect(lambda *_: removed.append(1))
    field.set_choices([("a", "First"), ("b", "Second")])
    assert not removed
    assert field.currentText() == "Second"
    field.show_value("strange")
    field.set_choices([("a", "First"), ("b", "Second")])
    assert [field.itemText(at) for at in range(field.count())] == ["First", "Second", "strange"]
    field.set_choices([("b", "Other"), ("strange", "Known")])
    assert [field.itemText(at) for at in range(field.count())] == ["Other", "Known"]
    assert field.currentText() == "Known"


def test_the_first_edit_needs_no_more_room(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    """In a form that fills its panel all fields would become lower."""
    desk.context.push(add_site(desk.document, Point(128, 51), uuid="new", actor="Olga", label="Pad"))
    desk.select("new")
    assert form.stamps.text().count("\n") == 0
    _type(qtbot, form.fields.fields["label"], "Cosmodrome")
    assert form.stamps.text().count("\n") == 1
    assert form.stamps.heightForWidth(1000) <= form.stamps.minimumHeight()


def test_leaving_a_field_unchanged_is_no_step(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    _type(qtbot, form.fields.fields["label"], "Vostochny")
    form.fields.fields["notes"].setFocus()
    assert not desk.history.stack.canUndo()


def test_escape_takes_typing_back(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    field = form.fields.fields["label"]
    field.setFocus()
    qtbot.keyClicks(field, "xyz")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "Vostochny"
    form.fields.flush()
    assert desk.document.sites["pad"].label == "Vostochny"
    assert desk.history.undo_text() == "Take back typing in Label"
    desk.history.undo()
    assert desk.document.sites["pad"].label == "xyzVostochny"


@popup
def test_a_choice_is_made_by_mouse_and_keys(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    field = form.fields.fields["class_code"]
    choose_by_keys(field, "Port")
    assert desk.document.sites["pad"].class_code == "port"
    choose_by_keys(form.fields.fields["status"], "Reviewed")
    assert desk.document.sites["pad"].status == "reviewed"
    assert desk.document.sites["pad"].reviewed_by == "Olga"


@pytest.mark.parametrize("text", ["-5", "many"])
def test_a_bad_number_stays_at_its_field_to_be_mended(qtbot, form: SiteFormPanel, desk: Desk, text: str) -> None:
    field = form.fields.fields["position_error_m"]
    _type(qtbot, field, text)
    assert form.fields.refusal.isVisible()
    assert text in form.fields.refusal.text()
    assert field.text() == text
    assert desk.document.sites["pad"].position_error_m == 3000
    _type(qtbot, field, "250")
    assert not form.fields.refusal.isVisible()
    assert desk.document.sites["pad"].position_error_m == 250


def test_an_empty_error_is_not_judged(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    field = form.fields.fields["position_error_m"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert desk.document.sites["pad"].position_error_m is None


def test_the_basis_may_be_a_suggestion_or_free(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    line = form.fields.fields["position_basis"].lineEdit()
    _type(qtbot, line, "centre of the pad")
    assert desk.document.sites["pad"].position_basis == "centre of the pad"


def test_typing_goes_to_the_site_it_was_typed_for(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    field = form.fields.fields["label"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "Renamed")
    desk.select("firm")
    assert desk.document.sites["pad"].label == "Renamed"
    assert desk.document.sites["firm"].label == "Hikvision"
    assert field.text() == "Hikvision"


def test_saving_commits_what_is_typed(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    notes = form.fields.fields["notes"]
    notes.setFocus()
    qtbot.keyClicks(notes, "two pads")
    desk.context.flush()
    assert desk.document.sites["pad"].notes == "two pads"


def test_another_edit_does_not_take_typing_away(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    field = form.fields.fields["label"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "half wri")
    desk.context.push(update_site(desk.document, "pad", actor="other", notes="meanwhile"))
    assert field.text() == "half wri"
    assert form.fields.fields["notes"].toPlainText() == "meanwhile"


def test_a_place_shows_as_many_digits_as_its_error_allows(form: SiteFormPanel, desk: Desk) -> None:
    desk.context.set_notation(Notation.DD)
    loose = form.place.line.text()
    assert "area wherever that is larger than a pin" in form.place.note.text()
    desk.context.push(update_site(desk.document, "pad", actor="Olga", position_error_m=1.0))
    assert len(form.place.line.text()) > len(loose)
    assert form.place.note.isHidden()
    desk.context.set_notation(Notation.MGRS)
    assert form.place.line.text().startswith("52U")
    desk.select("rail")
    assert "on the line" in form.place.note.text()


def test_claims_are_cards(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    desk.select("firm")
    (card,) = laid_out(form.cards.rows)
    assert "Optics were sold" in card.accessibleName()
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert desk.context.claim_uuid == "c1"
    assert desk.wanted == ["claim_form"]
    qtbot.mouseClick(card.unlink_button, Qt.MouseButton.LeftButton)
    assert desk.document.links.claims_of_site("firm") == []
    assert "c1" in desk.document.claims
    desk.history.undo()
    assert len(desk.document.links.claims_of_site("firm")) == 1


def test_a_card_never_puts_likelihood_and_confidence_in_one_sentence(qtbot) -> None:
    from viewer.panels.claims.claim_cards import ClaimCard

    claim = Claim(
        uuid="c",
        statement="x",
        **ASSESSED_LIKELY,
    )
    card = ClaimCard(claim)
    qtbot.addWidget(card)
    lines = [label.text() for label in card.findChildren(QLabel)]
    assert "Likelihood: likely (55–80 %)" in lines
    assert "Confidence: low" in lines


def test_reporting_and_judging_link_the_claim_and_open_it(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    qtbot.mouseClick(form.report_button, Qt.MouseButton.LeftButton)
    (claim,) = desk.document.links.claims_of_site("pad")
    assert (claim.voice, claim.state, claim.uuid) == ("speaker", "reported", desk.context.claim_uuid)
    desk.history.undo()
    qtbot.mouseClick(form.judge_button, Qt.MouseButton.LeftButton)
    (claim,) = desk.document.links.claims_of_site("pad")
    assert (claim.voice, claim.state, claim.uuid) == ("analyst", "assessed", desk.context.claim_uuid)
    assert desk.wanted == ["claim_form", "claim_form"]
    desk.history.undo()
    assert desk.document.links.claims_of_site("pad") == []
    assert desk.context.claim_uuid == ""


@pytest.mark.bounded
@pytest.mark.qt_log_ignore("grabbing the keyboard")
def test_an_existing_claim_is_linked_by_typing_part_of_it(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    picker = form.claim_picker
    picker.setFocus()
    picker.refresh()
    qtbot.keyClicks(picker, "imag")
    popup = picker.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert [claim.uuid for claim in desk.document.links.claims_of_site("pad")] == ["c2"]
    qtbot.waitUntil(lambda: picker.text() == "")


def test_a_form_made_while_several_are_selected_says_what_they_have(qtbot, desk: Desk) -> None:
    """As when sites are made of features and no site was selected before."""
    desk.select("pad", "firm")
    panel = SiteFormPanel(desk.context)
    qtbot.addWidget(panel)
    panel.show()
    assert "2 sites" in panel.bulk.count.text()
    assert panel.bulk.fields.fields["status"].currentText() == "Draft"


@popup
def test_several_sites_are_changed_together(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    desk.select("pad", "firm")
    assert form.bulk.isVisible()
    assert "2 sites" in form.bulk.count.text()
    field = form.bulk.fields.fields["role"]
    assert field.currentIndex() == -1
    choose_by_keys(field, "Other")
    assert {desk.document.sites[uuid].role for uuid in ("pad", "firm")} == {"other"}
    desk.history.undo()
    assert desk.document.sites["pad"].role == "setting"
    qtbot.mouseClick(form.bulk.delete_button, Qt.MouseButton.LeftButton)
    assert set(desk.document.sites) == {"rail"}
    assert form.page.currentWidget() is form.page.hint
    desk.history.undo()
    assert set(desk.document.sites) == {"pad", "firm", "rail"}


@pytest.mark.bounded
def test_a_colour_is_typed_or_chosen(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    qtbot.mouseClick(form.style_part.header, Qt.MouseButton.LeftButton)
    field = form.fields.fields["stroke_color"]
    _type(qtbot, field.line, "#ff0000")
    assert desk.document.sites["pad"].stroke_color == "#ff0000"
    _type(qtbot, field.line, "red")
    qtbot.waitUntil(form.fields.refusal.isVisible)
    field.swatch.menu().actions()[0].trigger()
    assert desk.document.sites["pad"].stroke_color == ""


def test_markup_in_the_case_is_shown_as_text(form: SiteFormPanel, desk: Desk) -> None:
    for label in form.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText, label.text()


def test_aliases_keep_other_languages() -> None:
    assert with_alias((("ru", "а"), ("fr", "b")), "zh", "东") == (("zh", "东"), ("ru", "а"), ("fr", "b"))
    assert with_alias((("ru", "а"),), "ru", "") == ()
