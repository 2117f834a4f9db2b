"""Sites saved as GeoJSON or CSV from the window: made by a job, from the case as it was when that was asked for."""

from __future__ import annotations

import csv
import json
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import sample_data
from layers.document.document import Document
from tests.viewer.app.conftest import Answers, settle
from viewer.app.actions import map_export as export_verbs
from viewer.app.window import MainWindow


@pytest.mark.parametrize("suffix", [".geojson", ".csv"])
def test_all_sites_are_written_without_the_window_s_thread(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path, monkeypatch, suffix: str
) -> None:
    window.file_menu.open_words([str(sample_data.path("demo.gpkg"))])
    settle(window, qtbot)
    threads, can_begin, plain = [], threading.Event(), export_verbs.sites_text

    def slow(document: Document, kind: str):
        threads.append(threading.current_thread())
        can_begin.wait(10)
        yield from plain(document, kind)

    monkeypatch.setattr(export_verbs, "sites_text", slow)
    answers.path = tmp_path / f"sites{suffix}"
    sites = list(window.session.document.sites)
    window.action_table["export_sites"].trigger()
    window.selection.set(sites[:1])
    window.action_table["delete"].trigger()
    assert len(window.session.document.sites) == len(sites) - 1
    can_begin.set()
    qtbot.waitUntil(lambda: window.messages.line("export") is not None, timeout=10_000)
    line = window.messages.line("export")
    assert "Written" in line.text
    opened: list[str] = []
    monkeypatch.setattr(export_verbs.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    assert line.action is not None
    line.action.run()
    assert opened == [str(answers.path)]
    assert window.map_export._suggestion(".png").parent == tmp_path, "where the last one was written"
    assert threads
    assert threading.main_thread() not in threads
    text = answers.path.read_text("utf-8-sig")
    if suffix == ".geojson":
        assert [feature["id"] for feature in json.loads(text)["features"]] == sites
    else:
        assert [row["uuid"] for row in csv.DictReader(text.splitlines())] == sites
