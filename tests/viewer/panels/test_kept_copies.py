"""Files are attached to a source, verified, saved elsewhere, and their custody is written down, by the real widgets."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from layers.document.source import SourceFile
from layers.product.custody.time_proof import proofs_of
from layers.project.saving.blobs import SessionBlobs
from layers.project.saving.kept_bytes import KeptBytes
from layers.project.storage.fsops import DISK
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.filing.custody import copies_of
from viewer.panels.custody.custody_dialog import CustodyDialog
from viewer.panels.sources.source_form import SourceForm
from viewer.support.messages import MessageAction

PDF = b"%PDF-1.4 a report" * 100
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def blobs(desk: Desk, tmp_path: Path) -> SessionBlobs:
    blobs = SessionBlobs(tmp_path / "blobs", DISK)
    desk.context.case = replace(
        desk.context.case, named=lambda: "Anna Lind", kept_bytes=lambda: KeptBytes(blobs, lambda: None)
    )
    return blobs


@pytest.fixture
def form(qtbot, desk: Desk, blobs: SessionBlobs) -> SourceForm:
    form = shown(qtbot, SourceForm(desk.context), 340, 900)
    desk.context.show_row("sources", "s1")
    return form


def attached(form: SourceForm, desk: Desk, path: Path) -> SourceFile:
    path.write_bytes(PDF)
    form.take([str(path)])
    return copies_of(desk.document, "s1")[-1]


def events(desk: Desk) -> list[str]:
    return [getattr(row, "event", "") for row in desk.document.table("custody").values()]


def test_files_are_chosen_and_kept_with_their_hash_collector_and_time(
    qtbot, form: SourceForm, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, proof, tool = tmp_path / "report.pdf", tmp_path / "report.pdf.ots", tmp_path / "tool.exe"
    report.write_bytes(PDF)
    proof.write_bytes(b"\0OpenTimestamps\0\0Proof\0\xbf and more")
    tool.write_bytes(b"MZ")
    paths = [str(proof), str(tool), str(report)]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (paths, ""))
    qtbot.mouseClick(form.copies.attach_button, LEFT)
    (copy,) = copies_of(desk.document, "s1")
    assert copy.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (copy.name, copy.content_type, copy.copy_kind) == ("report.pdf", "application/pdf", "evidentiary")
    assert (copy.collected_by, copy.method, copy.tool) == ("Anna Lind", "attached as a file", "Geoloupe")
    assert copy.collected_at.endswith("Z")
    assert [kept.name for kept in proofs_of(copy)] == ["report.pdf.ots"]
    assert events(desk) == ["kept"]
    assert any("tool.exe is not kept" in sentence for sentence in desk.said)
    assert "Anna Lind" in form.copies.cards[0].facts.text()
    form.take([str(report)])
    assert len(copies_of(desk.document, "s1")) == 1, "the same bytes are kept once"


def test_a_changed_byte_is_found_by_verify_and_logged(
    qtbot, form: SourceForm, desk: Desk, blobs: SessionBlobs, tmp_path: Path
) -> None:
    copy = attached(form, desk, tmp_path / "report.pdf")
    qtbot.mouseClick(form.copies.cards[0].verify_button, LEFT)
    assert "Verified:" in form.copies.cards[0].facts.text()
    blobs.put("source_files", copy.uuid, PDF.replace(b"report", b"repert", 1))
    qtbot.mouseClick(form.copies.cards[0].verify_button, LEFT)
    assert "CHANGED" in form.copies.cards[0].facts.text()
    assert events(desk) == ["kept", "verified", "verified"]
    assert any("hash differs" in sentence for sentence in desk.said)


def test_a_working_copy_is_written_elsewhere_and_the_kept_one_stays(
    qtbot, form: SourceForm, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached(form, desk, tmp_path / "report.pdf")
    target = tmp_path / "work.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    qtbot.mouseClick(form.copies.cards[0].save_button, LEFT)
    assert target.read_bytes() == PDF
    assert not target.stat().st_mode & 0o111, "it is no program"


def test_a_hand_over_is_recorded_and_the_report_is_a_file(
    qtbot, form: SourceForm, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached(form, desk, tmp_path / "report.pdf")
    qtbot.mouseClick(form.copies.cards[0].custody_button, LEFT)
    dialog = form.window().findChild(CustodyDialog)
    assert isinstance(dialog, CustodyDialog)
    qtbot.mouseClick(dialog.record_button, LEFT)
    assert "to whom" in dialog.refusal.text()
    qtbot.keyClicks(dialog.note, "to Ben Okoye, by hand")
    qtbot.mouseClick(dialog.record_button, LEFT)
    qtbot.mouseClick(dialog.verify_button, LEFT)
    told = [dialog.events.item(row, 1).text() for row in range(dialog.events.rowCount())]
    assert told == ["kept in the case", "handed over", "verified"]
    target = tmp_path / "custody.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    qtbot.mouseClick(dialog.save_button, LEFT)
    text = target.read_text("utf-8")
    assert text.index("kept in the case") < text.index("handed over") < text.index("verified, by")
    desk.history.undo()
    assert events(desk) == ["kept", "handed over", "verified"], "custody is only added to"


def test_a_pipe_is_never_read_and_a_link_dropped_becomes_the_url(form: SourceForm, desk: Desk, tmp_path: Path) -> None:
    form.take(["https://example.org/report", str(tmp_path), str(tmp_path / "missing.pdf")])
    assert desk.document.sources["s1"].url == "https://example.org/report"
    assert not copies_of(desk.document, "s1")
    assert len(desk.said) == 1


def test_a_kept_pdf_is_opened_once_that_is_agreed_to_and_a_web_page_is_saved(
    qtbot, form: SourceForm, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, MessageAction]] = []
    notices, opened = list[str](), list[bytes]()
    offer, tell = (lambda sentence, level, action: asked.append((sentence, action))), notices.append
    desk.context.messages = replace(desk.context.messages, offer=offer, tell=tell)
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: not opened.append(Path(url.toLocalFile()).read_bytes())
    )
    attached(form, desk, tmp_path / "report.pdf")
    assert notices == ["1 file kept in the case: report.pdf"]
    qtbot.mouseClick(form.copies.cards[0].title, LEFT)
    ((sentence, action),) = asked
    assert "report.pdf is from elsewhere" in sentence
    assert not opened
    action.run()
    assert opened == [PDF]
    page, target = tmp_path / "page.html", tmp_path / "saved.html"
    page.write_text("<html>words</html>")
    form.take([str(page)])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    assert not form.copies.cards[1].open_button.isVisible()
    qtbot.mouseClick(form.copies.cards[1].title, LEFT)
    assert target.read_text() == "<html>words</html>"
    assert (len(asked), len(opened)) == (1, 1)
