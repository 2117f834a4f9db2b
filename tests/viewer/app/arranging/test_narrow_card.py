"""A claim's card in a window of 1366 by 768 pixels at a scale of 1.5: nothing covers, cuts or squeezes another."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.qtbot import QtBot

from layers.document.claim import Claim
from layers.document.rows import ClaimSource
from layers.document.source import Source
from tests.support.windows import settle, take_up
from viewer.app.window import MainWindow
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.widgets import row_delegate

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
