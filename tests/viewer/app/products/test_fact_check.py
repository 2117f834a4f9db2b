"""The fact-check sheet from the window: written beside a product, ticked, dropped on the case, undone in one step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.rows import ClaimSite, ClaimSource
from layers.document.site import Site
from layers.document.source import Source
from layers.product.factcheck.coming_home import comments_of
from layers.product.factcheck.ticked_file import read_sheet
from tests.support.product_windows import ready
from tests.support.windows import take_up, texts
from tests.viewer.app.conftest import Answers
from viewer.app.products.factcheck.ticks_dialog import WIDEST_PX, TicksDialog
from viewer.app.window import MainWindow
from viewer.commands.claims import update_claim
from viewer.commands.reviewing.comments import resolve_comment
from viewer.panels.shell.message_bar import MessageBar

WAIT_MS = 40_000
WORDS = "Aurora Ltd. delivered 12 pumps in 2019"
ROWS: dict[str, list[Any]] = {
    "sites": [
        Site(
            uuid="s-1",
            geometry=Point(10, 50),
            label="Yard",
            class_code="port",
            created_by="A. Author",
            position_source_uuid="q-1",
        ),
        Site(uuid="s-2", geometry=Point(10.1, 50), label="Quay", class_code="port", created_by="A. Author"),
    ],
    "claims": [Claim(uuid="c-1", statement=WORDS, source_wording=WORDS, created_by="A. Author")],
    "sources": [Source(uuid="q-1", title="Report", url="https://example.org/a")],
    "claim_sites": [ClaimSite(uuid="l-1", claim_uuid="c-1", site_uuid="s-1")],
    "claim_sources": [ClaimSource(uuid="l-2", claim_uuid="c-1", source_uuid="q-1", quote=WORDS)],
}


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, left, none))


def home_come(window: MainWindow, qtbot: QtBot, path: Path) -> TicksDialog:
    """Drop a sheet on the window, and wait for the question that it leads to."""
    drop(window, path)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(TicksDialog)), timeout=WAIT_MS)
    return next(one for one in window.findChildren(TicksDialog) if one.isVisible())


def tick(path: Path, *but: str, checker: str = "B. Second", remarks: Mapping[str, str] = MappingProxyType({})) -> None:
    """Tick all facts of a sheet but those of these words, with remarks by the words that they are on, as a browser
    saves it.
    """
    sheet = read_sheet(path)
    marks = {fact.key: {"ticked": fact.words not in but, "remark": remarks.get(fact.words, "")} for fact in sheet.facts}
    data = json.dumps({"checker": checker, "at": "2026-05-02T00:00:00Z", "facts": marks})
    path.write_text(path.read_text("utf-8").replace('id="ticks">{}<', f'id="ticks">{data}<'), "utf-8")


def lines(dialog: TicksDialog, column: int = 0) -> list[str]:
    """All lines of a column of the list, heads and what stands below them."""
    words = []
    for at in range(dialog.list.topLevelItemCount()):
        head = dialog.list.topLevelItem(at)
        assert head is not None
        words += [head.text(column), *(head.child(row).text(column) for row in range(head.childCount()))]  # type: ignore[union-attr]
    return words


def written(window: MainWindow, qtbot: QtBot, answers: Answers, path: Path, action: str = "fact_check") -> None:
    answers.path = path
    window.action_table[action].trigger()
    qtbot.waitUntil(lambda: path.exists() and window.product_windows.is_idle, timeout=WAIT_MS)


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_ticks_come_home_and_go_again_in_one_step(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    take_up(window, qtbot, **ROWS)
    document, path = window.session.document, tmp_path / "check.html"
    written(window, qtbot, answers, path)
    assert "Written: " in texts(window)
    tick(path, remarks={"12 pumps": "the source has 13"})
    dialog = home_come(window, qtbot, path)
    assert dialog.checker_line.text() == "B. Second"
    assert dialog.review_button.text() == "&Review 1 row, keep 1 remark"
    assert lines(dialog)[-2:] == ["Reviewed by this sheet (1)", "Yard"]
    assert any(line.startswith("Has an open remark") for line in lines(dialog, 2))
    whole = min(dialog.list.sizeHintForColumn(2), WIDEST_PX)
    qtbot.waitUntil(lambda: dialog.list.columnWidth(2) >= whole, timeout=WAIT_MS)
    assert dict(zip(lines(dialog), lines(dialog, 2), strict=True))["Quay"] == (
        "Ticked without a source: a remark must say where it was found"
    )
    QTest.mouseClick(dialog.review_button, Qt.MouseButton.LeftButton)
    rows = (document.claims["c-1"], document.sites["s-1"])
    assert [(row.status, row.reviewed_by) for row in rows] == [("draft", ""), ("reviewed", "B. Second")]
    assert document.sites["s-2"].status == "draft"
    assert "1 row reviewed, 1 remark kept in the name of B. Second" in texts(window)
    (remark,) = comments_of(document)
    assert remark.target_uuid == "c-1"
    assert window.panel_context.do(resolve_comment, remark.uuid)
    dialog = home_come(window, qtbot, path)
    assert dialog.review_button.text() == "&Review 1 row", "who objected has been answered"
    QTest.mouseClick(dialog.review_button, Qt.MouseButton.LeftButton)
    assert document.claims["c-1"].reviewed_by == "B. Second"
    for _ in range(2):
        window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    rows = (document.claims["c-1"], document.sites["s-1"])
    assert [(row.status, row.reviewed_by) for row in rows] == [("draft", "")] * 2
    assert comments_of(document) == []


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_the_button_beside_a_product_writes_its_sheet_and_the_second_asks_only_for_what_changed(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    take_up(window, qtbot, **ROWS)
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    QTest.keyClicks(shown.fields.lines["title"], "Pumps")
    qtbot.waitUntil(lambda: shown.spec.title == "Pumps", timeout=WAIT_MS)
    answers.path = first = tmp_path / "first.html"
    QTest.mouseClick(shown.buttons.fact_check, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: first.exists() and window.product_windows.is_idle, timeout=WAIT_MS)
    bar = shown.preview.findChild(MessageBar)
    assert bar is not None
    said = [label.text() for label in bar.findChildren(QLabel) if label.isVisible()]
    assert any(words.startswith("Written: ") for words in said), "it is said in the window where it was asked for"
    assert [button.text() for button in bar.findChildren(QPushButton) if button.isVisible()] == ["Open"]
    sheet = read_sheet(first)
    assert {"Pumps", WORDS, "12 pumps", "2019", "Aurora Ltd."} <= {fact.words for fact in sheet.facts}
    tick(first)
    assert window.panel_context.do(update_claim, "c-1", source_wording=WORDS.replace("12", "13"))
    answers.opened = [str(first)]
    second = tmp_path / "second.html"
    written(window, qtbot, answers, second, "changed_facts")
    asked = {fact.words for fact in read_sheet(second).facts if not fact.is_carried}
    assert "13 pumps" in asked
    assert not asked & {"2019", "Aurora Ltd.", "Pumps"}
    dialog = home_come(window, qtbot, first)
    assert any(line.startswith("Left as they are") for line in lines(dialog))
    assert WORDS in lines(dialog)
    assert "c-1" not in dialog.home.claims
    dialog.reject()


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_a_ticked_sheet_comes_home_by_the_menu(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    take_up(window, qtbot, **ROWS)
    path = tmp_path / "check.html"
    written(window, qtbot, answers, path)
    tick(path)
    answers.opened = [str(path)]
    window.action_table["bring_ticks_home"].trigger()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(TicksDialog)), timeout=WAIT_MS)
    (dialog,) = window.findChildren(TicksDialog)
    assert dialog.review_button.text() == "&Review 2 rows"
    dialog.reject()


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_what_writes_a_pdf_is_loaded_once_a_product_is_looked_at(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first import held the window up for 60 to 250 ms in the middle of an export."""
    loaded: list[str] = []
    monkeypatch.setattr("viewer.export.formats.writers.load_writers", lambda: loaded.append("pypdf"))
    take_up(window, qtbot, **ROWS)
    window.action_table["export_product"].trigger()
    qtbot.waitUntil(lambda: loaded == ["pypdf"], timeout=120_000)


@pytest.mark.parametrize("text", ["", '<script type="application/json" id="sheet">{"kind": 3}</script>'])
def test_a_hostile_sheet_is_refused_in_one_sentence(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "sheet.html"
    path.write_text(f'<meta name="generator" content="geoloupe fact-check sheet">{text}', "utf-8")
    before = len(window.session.document.layers)
    drop(window, path)
    qtbot.waitUntil(lambda: "is no fact-check sheet of Geoloupe" in texts(window), timeout=WAIT_MS)
    assert len(window.session.document.layers) == before
    assert not window.findChildren(TicksDialog)
