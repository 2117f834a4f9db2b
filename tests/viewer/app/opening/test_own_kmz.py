"""A KMZ that Geoloupe wrote comes home as the same sites, and folders of any file can be left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from tests.support.homecoming import WAIT_MS, bring, own_case, own_file
from tests.support.readers.earth_files import earth_kmz
from tests.viewer.app.conftest import Answers, settle
from viewer.app.window import MainWindow

KEPT = ("label", "class_code", "role", "mark_kind", "folder", "aliases", "position_error_m", "position_basis", "notes")


def rows_of(document: Document) -> list[tuple[Any, ...]]:
    return sorted(
        (*(getattr(site, name) for name in KEPT), site.geometry.normalize().wkt) for site in document.sites.values()
    )


def test_a_kmz_of_ours_comes_home_as_the_same_sites(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    case = own_case()
    dialog = bring(window, answers, own_file(case, tmp_path), qtbot)
    assert dialog.as_written.isVisible()
    assert dialog.sites.text() == "4 placemarks as sites, in their folders"
    assert not dialog.class_code.isEnabled()
    assert "Points with names of areas, and circles around pins: they belong to the sites (4)" in (
        dialog.account.toPlainText()
    )
    dialog.as_written.setChecked(False)
    assert dialog.sites.text() == "8 placemarks as sites, in their folders"
    dialog.as_written.setChecked(True)
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    document = window.session.document
    qtbot.waitUntil(lambda: len(document.sites) == 4, timeout=WAIT_MS)
    settle(window, qtbot)
    assert rows_of(document) == rows_of(case)
    dialog = bring(window, answers, tmp_path / "own.kmz", qtbot)
    assert dialog.nothing_new.isVisible(), "they are in this case already"


def test_a_folder_that_is_unticked_stays_in_the_file(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = bring(window, answers, earth_kmz(tmp_path), qtbot)
    assert not dialog.as_written.isVisible()
    top = dialog.tree.topLevelItem(0)
    assert top is not None
    (inner,) = [item for row in range(top.childCount()) if (item := top.child(row)).text(0) == "Sites A/B"]
    inner.setCheckState(0, Qt.CheckState.Unchecked)
    assert inner.child(0).checkState(0) is Qt.CheckState.Unchecked
    assert dialog.sites.text() == "5 placemarks as sites, in their folders"
    assert "Folders that are unticked (2): My Places / Sites A/B" in dialog.account.toPlainText()
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    document = window.session.document
    qtbot.waitUntil(lambda: len(document.sites) == 5, timeout=WAIT_MS)
    settle(window, qtbot)
    assert not any("Sites A/B" in site.folder for site in document.sites.values())
