"""Lines on earlier values of a claim, while the history that tells them is still being copied."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from layers.project.saving.later_history import HistoryUnderWay, RecordedHistory
from tests.support.cases.history_case import HistoryCase
from tests.viewer.panels.conftest import small_case
from viewer.canvas.selection import Selection
from viewer.commands.claims import update_claim
from viewer.panels.access import CaseAccess
from viewer.panels.claims.earlier_lines import EarlierLines
from viewer.panels.context import PanelContext


def test_earlier_values_are_said_to_follow_until_the_history_is_there(qtbot: QtBot, tmp_path: Path) -> None:
    written, document = HistoryCase(tmp_path / "work.gpkg"), small_case()
    written.baseline(document)
    for day, confidence in (("02", "low"), ("03", "moderate")):
        edit = update_claim(document, "c2", actor="Olga", confidence=confidence)
        written.write(edit, by="Olga", at=f"2026-11-{day}T08:00:00Z")
        document.apply(edit)
    coming = [HistoryUnderWay(100, 40)]
    past = RecordedHistory(written.path, lambda: coming[-1] if coming else None)
    context = PanelContext(document, CaseAccess(lambda edit: None, history=lambda: past), Selection())
    form = QWidget()
    qtbot.addWidget(form)
    lines = EarlierLines(context, form)
    lines.note.setParent(form)
    lines.lines["confidence"].setParent(form)
    form.show()
    lines.show_claim("c2")
    qtbot.waitUntil(lines.note.isVisible, timeout=10_000)
    assert lines.note.text() == "Earlier values of this claim follow: 40% of the case's history is here."
    assert lines.lines["confidence"].isHidden()
    coming.clear()
    qtbot.waitUntil(lines.lines["confidence"].isVisible, timeout=10_000)
    assert lines.lines["confidence"].words.text().startswith("Was: low. Changed on 3 November 2026 (UTC)")
    assert lines.note.isHidden()
    written.close()
