"""A claim's card in a window of 1366 by 768 pixels at a scale of 1.5: nothing covers, cuts or squeezes another."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QTabBar
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.claim import Claim
from layers.document.rows import ClaimEvidence, ClaimSource
from layers.document.site import Site
from layers.document.source import Source
from tests.support.cut_texts import is_cut
from tests.support.windows import settle, take_up
from viewer.app.window import MainWindow
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.observations.observation_sheet import ONE_LINE_PX, ObservationSheet
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.widgets import row_delegate

FRAME_PX = 16
LONG = "Two senior officials said that the ground station sends images of the whole front to both sides"


def test_title_relation_and_list_keep_their_words_in_a_narrow_window(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames: list[tuple[QRectF, str]] = []
    paint = row_delegate.paint_chip

    def paint_chip(painter, frame, text, font, palette, *, is_chosen):
        frames.append((QRectF(frame), text))
        paint(painter, frame, text, font, palette, is_chosen=is_chosen)

    monkeypatch.setattr(row_delegate, "paint_chip", paint_chip)
    claims = [Claim(uuid=uuid, statement=f"{LONG} {uuid}", made_by=LONG, voice="speaker") for uuid in ("c1", "c2")]
    cited = [ClaimSource(uuid=f"l{claim.uuid}", claim_uuid=claim.uuid, source_uuid="s") for claim in claims]
    window.resize(910, 490)
    take_up(window, qtbot, claims=claims, sources=[Source(uuid="s", title="A report")], claim_sources=cited)
    window.docks.show_panel("panel_claims")
    for claim in claims:
        window.panel_context.show_claim(claim.uuid, raise_form=True)
        settle(window, qtbot)
    details, trail = window.docks["panel_details"], window.docks.trail
    assert trail.button.isVisible()
    bold = QFont(details.font())
    bold.setBold(True)
    end = 9 + QFontMetrics(bold).horizontalAdvance(details.windowTitle())
    assert end < trail.button.x(), "the title ends before the arrow"
    form = details.findChild(ClaimFormPanel)
    assert form is not None
    (card,) = form.sources.citations
    qtbot.waitUntil(lambda: 0 < card.width() < details.width())
    settle(window, qtbot)
    assert card.relation.width() >= card.relation.fontMetrics().horizontalAdvance(card.relation.text())
    fields = [card.fields.fields[name] for name in ("credibility", "page", "quote")]
    assert all(card.rect().contains(field.geometry()) for field in (card.relation, *fields))
    qtbot.waitUntil(lambda: bool(frames))
    room = window.docks.claims.panel.list.view.viewport().width()
    assert all(frame.left() >= 0 and frame.right() <= room for frame, _ in frames), frames
    assert all(text.endswith("…") for _, text in frames)


def test_titles_of_tabs_are_whole_words_and_long_fields_stand_below_their_labels(
    dressed: None, window: MainWindow, qtbot: QtBot
) -> None:
    """The tabs read “Acq…ion” and “Com…ons”, and the last letter of a coordinate was missing."""
    sites = [
        Site(uuid="s1", geometry=Point(100.3, 40.96), label="Jiuquan Satellite Launch Center", position_error_m=3.0),
        Site(uuid="s2", geometry=Point(100.4, 40.96), label=LONG, mark_kind="measurement"),
    ]
    window.resize(910, 490)
    take_up(window, qtbot, sites=sites, sources=[Source(uuid="s", title=LONG)])
    for site in sites:
        window.selection.set({site.uuid})
        settle(window, qtbot)
        window.docks.show_panel("site_form")
        qtbot.waitUntil(lambda: not squeezed_tabs(window, "Acquisition"), timeout=20_000)
    assert window.docks["panel_details"].windowTitle() == "Measurement", "its name has no room"
    window.selection.set({"s1"})
    settle(window, qtbot)
    details = window.docks["panel_details"]
    assert details.windowTitle().startswith("Site: Jiu")
    form = details.findChild(SiteFormPanel)
    assert form is not None
    for field in (form.fields.fields["label"], form.place.line):
        assert isinstance(field, QLineEdit)
        assert field.fontMetrics().horizontalAdvance(field.text()) < field.width() - 10, field.text()
    window.docks.show_panel("panel_sources")
    window.docks.sources.panel.list.select({"s"})
    window.docks.sources.panel.chosen(frozenset({"s"}))
    qtbot.waitUntil(lambda: not squeezed_tabs(window, "Acquisition"), timeout=20_000)


def squeezed_tabs(window: MainWindow, title: str) -> list[str]:
    """The tabs beside a panel that have less room than their words, or that are reached by arrows only."""
    bars = [bar for bar in window.findChildren(QTabBar) if title in map(bar.tabText, range(bar.count()))]
    return [
        bar.tabText(at)
        for bar in bars
        for at in range(bar.count())
        if bar.usesScrollButtons()
        or bar.tabRect(at).width() < bar.fontMetrics().horizontalAdvance(bar.tabText(at))
        or bar.sizeHint().width() > bar.width()
    ]


def test_the_head_of_the_sheet_keeps_its_labels_in_two_lines(dressed: None, window: MainWindow, qtbot: QtBot) -> None:
    """Two fields stood there without a label, with “e.g. the …” and “no …” in them."""
    window.resize(780, 490)
    take_up(window, qtbot, sites=[Site(uuid="s1", geometry=Point(100.3, 40.96), label="Pad")])
    window.docks.show_panel("panel_observations")
    sheet = window.docks.observations.panel
    assert isinstance(sheet, ObservationSheet)
    qtbot.waitUntil(lambda: sheet.isVisible() and 0 < sheet.width() < ONE_LINE_PX)
    hint = sheet.target.lineEdit()
    assert hint is not None
    qtbot.waitUntil(sheet.more_button.isVisible, timeout=20_000)
    assert not sheet.observer.isVisible(), "the rows have the room"
    QTest.mouseClick(sheet.more_button, Qt.MouseButton.LeftButton)
    shown = {sheet.target_label: "Looked for", sheet.observer_label: "Observer", sheet.blind: "&Hide others"}
    for control, words in shown.items():
        assert control.text() == words
        qtbot.waitUntil(lambda one=control: one.isVisible() and one.width() >= one.sizeHint().width() - 1)
    for line in (hint, sheet.observer):
        qtbot.waitUntil(lambda one=line: one.fontMetrics().horizontalAdvance(one.placeholderText()) < one.width())
    assert sheet.more.y() > sheet.target.y()
    window.resize(1900, 900)
    qtbot.waitUntil(lambda: sheet.width() >= ONE_LINE_PX and sheet.observer.y() == sheet.target.y(), timeout=20_000)
    assert sheet.observer.isVisible()
    assert not sheet.more_button.isVisible()


def test_labels_of_a_judgement_are_whole_and_its_reports_have_room(
    dressed: None, window: MainWindow, qtbot: QtBot
) -> None:
    """“Part judged” and its relation left the card, and the captions of alternatives and assumptions their ends."""
    report = Claim(uuid="r", source_wording=LONG, made_by="Two officials", voice="speaker")
    own = Claim(uuid="j", statement=LONG, voice="analyst", state="assessed", alternatives="It is another station.")
    judged = ClaimEvidence(uuid="e", claim_uuid="j", evidence_table="claims", evidence_uuid="r", bearing="context")
    window.resize(910, 490)
    take_up(window, qtbot, claims=[report, own], claim_evidence=[judged])
    window.panel_context.show_claim("j", raise_form=True)
    settle(window, qtbot)
    form = window.docks["panel_details"].findChild(ClaimFormPanel)
    assert form is not None
    form.structured_part.set_folded(False)
    settle(window, qtbot)

    def cut() -> list[str]:
        shown = [label for label in form.findChildren(QLabel) if label.isVisibleTo(form)]
        return [label.text() for label in shown if is_cut(label)]

    qtbot.waitUntil(lambda: not cut(), timeout=20_000)
    (card,) = form.reports.rows
    qtbot.waitUntil(lambda: card.rect().contains(card.relation.geometry()), timeout=20_000)
    assert card.mapTo(form.page, QPoint(card.width(), 0)).x() < form.page.width()
    assert card.part.width() > card.part.fontMetrics().horizontalAdvance(card.part.placeholderText()) + FRAME_PX
    assert "".join(card.words.lines()).endswith(("sides", "…"))
    qtbot.waitUntil(lambda: card.words.heightForWidth(card.words.width()) <= card.words.height(), timeout=20_000)
