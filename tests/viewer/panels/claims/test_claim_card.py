"""The claim card: judgements linked with reports, evidence with its relation, steps, and cautions as one types."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from shapely.geometry import LineString

from layers.document.chip import Chip
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import Product, ProductRow
from layers.document.site import Site
from layers.product.judging.judged import judgements_of, reports_of
from layers.product.judging.reissue import issued_judgements
from layers.product.judging.steps import Step, read_steps
from layers.product.numbering import numbers_json
from tests.support.choices import popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk, unnamed
from viewer.commands.claims import report_claim, unlink_claim_source, update_claim
from viewer.commands.filing.evidence import unlink_evidence
from viewer.panels.claims.chip_linking import link_newest_chip
from viewer.panels.claims.claim_cards import ClaimCard, lines_of
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.claims.claim_verbs import judge
from viewer.panels.sites.chip_strip import ChipStrip
from viewer.panels.sources.source_register import SourceRegisterPanel
from viewer.panels.widgets.field_set import lead_to_column
from viewer.panels.widgets.row_drag import ROWS_TYPE, rows_data
from viewer.panels.widgets.row_table import CHIP_ROLE

NOTHING = Qt.KeyboardModifier.NoModifier
Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def form(qtbot, desk: Desk) -> ClaimFormPanel:
    rows = [
        ("images", Image(uuid="i", image_key="k", layer_title="S2A", acquired_at="2024-04-12")),
        ("observations", Observation(uuid="o", site_uuid="firm", image_uuid="i", presence="present", words="a gate")),
        ("chips", Chip(uuid="old", content_type="image/png", site_uuid="firm", created_at="2024-05-01T00:00:00Z")),
        ("chips", Chip(uuid="new", content_type="image/png", site_uuid="firm", created_at="2024-05-02T00:00:00Z")),
        (
            "sites",
            Site(uuid="m", geometry=LineString([(0, 0), (0, 1)]), label="Fence length", mark_kind="measurement"),
        ),
    ]
    desk.context.push(Edit("rows", tuple(Change(table, None, row) for table, row in rows)))
    panel = shown(qtbot, ClaimFormPanel(desk.context), 330, 1500)
    desk.context.show_claim("c1")
    return panel


def test_the_check_of_a_product_leads_to_the_fields_of_links(form: ClaimFormPanel) -> None:
    """A judgement at no mark led to its statement, where the name of a site was typed into the words."""
    for column, picker in (("sites", form.places.picker), ("sources", form.sources.picker)):
        lead_to_column(form, column)
        assert QApplication.focusWidget() is picker
        assert picker.isVisible()


def texts(widget) -> str:
    return " | ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def test_judging_an_open_report_links_both_ways(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    assert form.own_part.isVisible()
    assert not form.reports_part.isVisible()
    qtbot.mouseClick(form.own_judgements.judge_button, Qt.MouseButton.LeftButton)
    own = desk.context.claim_uuid
    assert own != "c1"
    assert [judged.claim.uuid for judged in judgements_of(desk.document, "c1")] == [own]
    assert [site.uuid for site in desk.document.links.sites_of_claim(own)] == ["firm"]
    assert form.reports_part.isVisible()
    (row,) = form.reports.rows
    assert "are providing" in row.words.text()
    row.part.setFocus()
    QTest.keyClicks(row.part, "that it provides optics")
    QTest.keyClick(row.part, Key.Key_Return)
    (judged,) = judgements_of(desk.document, "c1")
    assert judged.link.note == "that it provides optics"
    desk.context.do(update_claim, own, statement="It provided optics", likelihood_term="likely", confidence="moderate")
    qtbot.mouseClick(row.words, Qt.MouseButton.LeftButton)
    assert desk.context.claim_uuid == "c1"
    assert [link.text() for link in form.own_judgements.rows] == [
        "Judged by us: likely (55–80 %). Confidence: moderate."
    ]
    assert "Of the part: that it provides optics" in texts(form.own_judgements)


def test_the_card_of_a_site_says_who_judged_what(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    judge(desk.context)
    own = desk.context.claim_uuid
    desk.context.do(update_claim, own, likelihood_term="likely", confidence="moderate")
    form.evidence.link("o")
    document = desk.document
    report = shown(qtbot, ClaimCard(document.claims["c1"], (), lines_of(document, document.claims["c1"])), 260, 300)
    assert "Judged by us: likely (55–80 %). Confidence: moderate." in texts(report)
    card = shown(qtbot, ClaimCard(document.claims[own], (), lines_of(document, document.claims[own])), 260, 300)
    assert "Judges: “are providing”" in texts(card)
    assert "Evidence: 1 supports" in texts(card)


def test_judging_elsewhere_is_no_judgement_of_the_open_report(form: ClaimFormPanel, desk: Desk) -> None:
    desk.select("pad")
    desk.context.show_claim("c1")
    judge(desk.context)
    assert judgements_of(desk.document, "c1") == []
    assert [site.uuid for site in desk.document.links.sites_of_claim(desk.context.claim_uuid)] == ["pad"]


@popup
def test_evidence_is_picked_related_by_one_key_and_removed(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    form.evidence_part.set_folded(False)
    picker = form.evidence.picker
    picker.setFocus()
    QTest.keyClicks(picker, "gate")
    QTest.keyClick(picker, Key.Key_Return)
    (row,) = form.evidence.rows
    assert "present · S2A, 12 April 2024 · a gate" in row.words.text()
    assert unnamed(form) == []
    assert row.relation.hasFocus(), "what was picked may speak against the claim"
    assert form.evidence.asked.isVisible()
    for key, relation in ((Key.Key_Minus, "against"), (Key.Key_0, "context"), (Key.Key_Plus, "supports")):
        QTest.keyClick(row.relation, key)
        (link,) = desk.document.links.claim_to_evidence("c1")
        assert link.bearing == relation
        assert form.evidence.rows == [row]
        assert row.relation.hasFocus()
    QTest.keyClick(row.relation, Key.Key_Space)
    (menu,) = row.relation.findChildren(QMenu)
    assert desk.document.links.claim_to_evidence("c1")[0].bearing == "supports", "a look at the choices changes nothing"
    choices = {action.text(): action for action in menu.actions()}
    assert list(choices) == ["Supports", "Against", "Context", "Not stated"]
    assert [text for text, action in choices.items() if action.isChecked()] == ["Supports"]
    choices["Against"].trigger()
    menu.close()
    assert desk.document.links.claim_to_evidence("c1")[0].bearing == "against"
    assert desk.history.undo_text() == "Change relation of evidence"
    desk.history.undo()
    assert desk.document.links.claim_to_evidence("c1")[0].bearing == "supports"
    assert row.relation.text() == "Supports ▾"
    QTest.mouseClick(row.remove_button, Qt.MouseButton.LeftButton)
    assert desk.document.links.claim_to_evidence("c1") == []
    assert form.evidence.rows == []
    desk.history.undo()
    assert len(form.evidence.rows) == 1


def test_the_newest_chip_and_a_measurement_support(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    form.evidence_part.set_folded(False)
    qtbot.mouseClick(form.evidence.chip_button, Qt.MouseButton.LeftButton)
    form.evidence.link("m")
    links = desk.document.links.claim_to_evidence("c1")
    assert [(link.evidence_table, link.evidence_uuid) for link in links] == [("chips", "new"), ("site_line", "m")]
    assert not form.evidence.chip_button.isVisible()
    assert "Fence length" in form.evidence.rows[1].words.text()
    qtbot.mouseClick(form.evidence.rows[1].words, Qt.MouseButton.LeftButton)
    assert desk.context.selection.uuids == {"m"}


def test_a_claim_of_no_site_is_offered_the_newest_chip_of_the_case(form: ClaimFormPanel, desk: Desk) -> None:
    """It had to be linked with a site that it is not about, for the sake of its chip."""
    chip = Chip(uuid="case", content_type="image/png", created_at="2024-05-03T00:00:00Z")
    desk.context.push(Edit("x", (Change("chips", None, chip),)))
    assert desk.context.do(report_claim, uuid="free", statement="Nothing was shipped")
    desk.context.show_claim("free")
    link_newest_chip(desk.context, "free")
    assert [link.evidence_uuid for link in desk.document.links.claim_to_evidence("free")] == ["case"]
    link_newest_chip(desk.context, "c1")
    assert [link.evidence_uuid for link in desk.document.links.claim_to_evidence("c1")] == ["new"]


def test_a_source_has_a_relation_and_sources_their_origins(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    (citation,) = form.sources.citations
    citation.relation.setFocus()
    QTest.keyClick(citation.relation, Key.Key_Minus)
    (link,) = desk.document.links.claim_to_sources("c1")
    assert link.bearing == "against"
    assert not form.sources.origins.isVisible()
    form.sources.picker.picked.emit("s2")
    assert form.sources.origins.text() == "2 sources, 2 origins"


def test_steps_are_added_edited_and_ordered_by_keys(form: ClaimFormPanel, desk: Desk) -> None:
    form.steps_part.set_folded(False)
    form.steps.add_button.setFocus()
    QTest.keyClick(form.steps.add_button, Key.Key_Space)
    for place, (what, result) in enumerate((("gate", "seen"), ("road", "wide"))):
        if place:
            form.steps.add()
        lines = form.steps.cards[place].lines
        assert lines["what"].hasFocus()
        for part, text in (("what", what), ("result", result)):
            lines[part].setFocus()
            QTest.keyClicks(lines[part], text)
            QTest.keyClick(lines[part], Key.Key_Return)
    stored = read_steps(desk.document.claims["c1"].steps_json)
    assert stored == (Step("gate", result="seen"), Step("road", result="wide"))
    QTest.keyClick(form.steps.cards[1].lines["result"], Key.Key_Up, Control)
    stored = read_steps(desk.document.claims["c1"].steps_json)
    assert [step.what for step in stored] == ["road", "gate"]
    assert form.steps.cards[0].lines["result"].hasFocus()
    desk.history.undo()
    assert form.steps.cards[0].lines["what"].text() == "gate"
    QTest.mouseClick(form.steps.cards[0].delete_button, Qt.MouseButton.LeftButton)
    assert read_steps(desk.document.claims["c1"].steps_json) == (Step("road", result="wide"),)


@pytest.fixture
def long_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed words are not stored of themselves, however long a busy machine takes."""
    monkeypatch.setattr("viewer.panels.widgets.fields.REST_MS", 3_600_000)


def test_cautions_follow_the_words_as_they_are_typed(qtbot, long_rest: None, form: ClaimFormPanel, desk: Desk) -> None:
    judge(desk.context)
    reason = form.fields.fields["confidence_reason"]
    assert not form.cautions.isVisible()
    reason.setFocus()
    QTest.keyClicks(reason, "It is very likely so")
    qtbot.waitUntil(lambda: form.cautions.isVisible())
    assert form.cautions.sentences[0].startswith("“very likely” says how likely it is")
    assert desk.document.claims[desk.context.claim_uuid].confidence_reason == ""
    reason.selectAll()
    QTest.keyClicks(reason, "Two clear images")
    qtbot.waitUntil(lambda: not form.cautions.isVisible())


def test_alternatives_stand_folded_until_they_are_filled_in(form: ClaimFormPanel, desk: Desk) -> None:
    assert not form.structured_part.isVisible()
    judge(desk.context)
    assert form.structured_part.isVisible()
    assert form.structured_part.is_folded
    form.structured_part.set_folded(False)
    for name in ("alternatives", "assumptions", "indicators"):
        field = form.fields.fields[name]
        field.setFocus()
        QTest.keyClicks(field, f"some {name}")
    form.flush()
    claim = desk.document.claims[desk.context.claim_uuid]
    assert (claim.alternatives, claim.assumptions) == ("some alternatives", "some assumptions")
    assert claim.indicators == "some indicators"


def test_a_judgement_that_an_issued_product_printed_asks_what_changed(form: ClaimFormPanel, desk: Desk) -> None:
    judge(desk.context)
    own = desk.context.claim_uuid
    desk.context.do(update_claim, own, statement="It did", likelihood_term="likely", confidence="low")
    assert not form.change_note.isVisible()
    numbers = numbers_json({}, {}, issued_judgements([desk.document.claims[own]]))
    product = Product(uuid="p", name="P", issued_at="2024-05-01T00:00:00Z", numbers_json=numbers)
    printed = ProductRow(uuid="pr", product_uuid="p", table_name="claims", row_uuid=own)
    changes = (Change("products", None, product), Change("product_rows", None, printed))
    desk.context.push(Edit("issue", changes))
    assert form.change_note.isVisible()
    assert form.cautions.sentences == []
    desk.context.do(update_claim, own, likelihood_term="very likely")
    assert form.change_note.changes.text() == (
        "Likelihood: was likely (55–80 %) in version 1, now very likely (80–95 %)."
    )
    assert "say why, or the next version cannot be issued" in form.cautions.sentences[0]
    note = form.change_note.note
    note.setFocus()
    QTest.keyClicks(note, "because of a third image")
    form.flush()
    assert desk.document.claims[own].change_note == "because of a third image"
    assert form.cautions.sentences == []


def drop(form: ClaimFormPanel, data: QMimeData) -> None:
    move, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    for make in (QDragEnterEvent, QDropEvent):
        event = make(QPointF(20, 20), move, data, button, NOTHING)
        QApplication.sendEvent(form, event)


def test_a_drop_asks_for_the_relation_and_one_key_answers(form: ClaimFormPanel, desk: Desk) -> None:
    form.evidence_part.set_folded(True)
    drop(form, rows_data([("observations", "o")]))
    (row,) = form.evidence.rows
    assert not form.evidence_part.is_folded
    assert form.evidence.asked.isVisible()
    assert "+ supports, − against, 0 context" in form.evidence.asked.text()
    assert row.relation.hasFocus()
    QTest.keyClick(row.relation, Key.Key_Minus)
    (link,) = desk.document.links.claim_to_evidence("c1")
    assert link.bearing == "against"
    assert not form.evidence.asked.isVisible()
    drop(form, rows_data([("chips", "old"), ("chips", "new")]))
    assert form.evidence.rows[-1].relation.hasFocus()
    form.sources.picker.setFocus()
    assert not form.evidence.asked.isVisible(), "it goes with the keyboard"


def test_chips_sources_measurements_and_reports_are_dropped_on_a_claim(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    strip = shown(qtbot, ChipStrip(desk.context), 330, 200)
    strip.show_chips(list(desk.document.chips.values()))
    sources = shown(qtbot, SourceRegisterPanel(desk.context), 330, 200)
    judge(desk.context)
    own = desk.context.claim_uuid
    links = desk.document.links
    (report,) = reports_of(desk.document, own)
    desk.context.do(unlink_evidence, own, report.claim.uuid)
    assert strip.dragEnabled()
    drop(form, strip.mimeData([strip.item(0)]))
    drop(form, rows_data([("sites", "m"), ("claims", "c1"), ("sites", "nowhere")]))
    model = sources.list.model
    assert sources.list.view.dragEnabled()
    drop(form, model.mimeData([model.index(1, 0), model.index(1, 1)]))
    tables = [(link.evidence_table, link.evidence_uuid) for link in links.claim_to_evidence(own)]
    assert tables == [("chips", "new"), ("site_line", "m"), ("claims", "c1")]
    assert [link.source_uuid for link in links.claim_to_sources(own)] == [model.uuid_at(1)]
    assert "no evidence" in desk.said[-1]
    odd = QMimeData()
    odd.setData(ROWS_TYPE, b'[["chips"], 3, ["chips", 4]]')
    drop(form, odd)
    assert len(links.claim_to_evidence(own)) == 3


def test_observations_stand_by_date_with_what_was_looked_for(form: ClaimFormPanel, desk: Desk) -> None:
    """A river's years were listed as they came, "present · 2000, 2000", and nobody knew of what."""
    for year, presence in (("2010", "absent"), ("2000", "present")):
        image = Image(uuid=year, image_key=year, layer_title=year, acquired_at=f"{year}-01-01/{year}-12-31")
        seen = Observation(uuid=f"o{year}", site_uuid="firm", image_uuid=year, presence=presence, target="main channel")
        desk.context.push(Edit("row", (Change("images", None, image), Change("observations", None, seen))))
        form.evidence.link(seen.uuid)
    texts = [row.words.text() for row in form.evidence.rows if row.row_uuid.startswith("o2")]
    assert [text.rpartition("main channel: ")[2] for text in texts] == ["present · 2000", "absent · 2010"]


def test_a_judgement_of_ones_own_is_not_called_unsourced(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    for uuid in [link.source_uuid for link in desk.document.links.claim_to_sources("c1")]:
        desk.context.do(unlink_claim_source, "c1", uuid)

    def said() -> str:
        return " ".join(label.text() for label in form.sources.findChildren(QLabel))

    assert "Unsourced" in said()
    desk.context.do(update_claim, "c1", state="assessed", voice="analyst")
    qtbot.waitUntil(lambda: "Unsourced" not in said())
    assert "No source is cited." in said()


LAYOUTS = 20
"""More turns of the event loop than layouts lie in each other."""


def heights(*widgets: QWidget) -> list[int]:
    """The places of widgets from the top of their window, once all is laid out: each layout asks the one around it."""
    for _ in range(LAYOUTS):
        QApplication.processEvents()
    return [widget.mapTo(widget.window(), QPoint()).y() for widget in widgets]


def test_the_offer_of_a_reports_words_leaves_its_room_when_it_goes(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    """The likelihood moved up by 95 px while the analyst was on the way to it."""
    judge(desk.context)
    statement, likelihood = form.fields.fields["statement"], form.judgement.likelihood
    qtbot.waitUntil(lambda: any(link.isVisible() for link in form.words_of_report.links))
    statement.setFocus()
    before = heights(likelihood)
    QTest.keyClicks(statement, "It provides optics")
    form.flush()
    assert desk.document.claims[desk.context.claim_uuid].statement == "It provides optics"
    assert not any(link.isVisible() for link in form.words_of_report.links)
    assert heights(likelihood) == before
    desk.context.do(update_claim, desk.context.claim_uuid, confidence="low")
    assert heights(likelihood) == before, "nor does it move with the next edit"
    own = desk.context.claim_uuid
    desk.context.show_claim("c1")
    desk.context.show_claim(own)
    assert form.words_of_report.isHidden(), "shown anew, it leaves no gap"


def test_what_lies_under_the_pointer_stays_as_a_caution_comes_above_it(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    form.resize(330, 420)
    statement, picker = form.fields.fields["statement"], form.places.picker
    statement.setFocus()
    form.page.show_from(form.statement_part)
    qtbot.waitUntil(lambda: not form.page.is_holding)
    QTest.keyClicks(statement, "Fine")
    (before,) = heights(picker)
    assert 0 < before < form.height()
    QCursor.setPos(picker.mapToGlobal(QPoint(5, 5)))
    desk.context.do(update_claim, "c1", statement="Likely, and we say so with high confidence.")
    statement.show_other("Likely, and we say so with high confidence.")
    qtbot.waitUntil(form.cautions.isVisible)
    assert heights(picker) == [before]
    assert heights(statement)[0] < before


def test_a_report_says_at_its_top_that_it_is_judged_and_leads_there(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    assert form.judged_above.isHidden()
    panel = shown(qtbot, ClaimListPanel(desk.context), 260, 400)
    judge(desk.context)
    own = desk.context.claim_uuid
    (about,) = form.judged_above.rows
    assert about.text().startswith("About the report: ")
    index = panel.model.index(panel.model.row_of("c1"), 0)
    assert index.data(CHIP_ROLE) == "Judged by us"
    assert "Judged by us: not yet." in index.data(Qt.ItemDataRole.ToolTipRole)
    desk.context.do(update_claim, own, confidence="moderate")
    assert "Judged by us. Confidence: moderate." in " ".join(index.data(Qt.ItemDataRole.ToolTipRole).split())
    desk.context.do(update_claim, own, likelihood_term="likely")
    qtbot.mouseClick(about, Qt.MouseButton.LeftButton)
    assert desk.context.claim_uuid == "c1"
    (judged,) = form.judged_above.rows
    assert judged.text() == "Judged by us: likely (55–80 %). Confidence: moderate."
    assert heights(judged) < heights(form.sources)
    assert index.data(CHIP_ROLE) == "Judged by us: likely (55–80 %)"
    assert "Judged by us: likely (55–80 %). Confidence: moderate." in " ".join(
        index.data(Qt.ItemDataRole.ToolTipRole).split()
    )
    qtbot.mouseClick(judged, Qt.MouseButton.LeftButton)
    assert desk.context.claim_uuid == own


def test_a_judgement_without_a_source_names_those_of_its_report(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    """“No source is cited.” was read as if nothing stood behind it."""
    (link,) = desk.document.links.claim_to_sources("c1")
    judge(desk.context)
    qtbot.waitUntil(lambda: "the report that it is about does: " in texts(form.sources))
    assert desk.document.sources[link.source_uuid].title in texts(form.sources)
    desk.context.do(unlink_claim_source, "c1", link.source_uuid)
    qtbot.waitUntil(lambda: "neither does the report that it is about" in texts(form.sources))
