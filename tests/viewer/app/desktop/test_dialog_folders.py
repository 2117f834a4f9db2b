"""Folders in which dialogs for files begin: each kind of dialog has that of its last use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog

from viewer.app.desktop.questions import Questions
from viewer.app.window import MainWindow
from viewer.support.settings import Settings


def test_each_kind_of_dialog_begins_where_it_was_used_last(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun_in = list[str]()
    chosen = list[str]()

    def ask_many(_parent: Any, _title: str, folder: str, *_kinds: str) -> tuple[list[str], str]:
        begun_in.append(folder)
        return list(chosen), ""

    def ask_one(*args: Any) -> tuple[str, str]:
        return next(iter(ask_many(*args)[0]), ""), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", ask_many)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask_one)
    scenes, tables = tmp_path / "scenes", tmp_path / "tables"
    for folder in (scenes, tables):
        folder.mkdir()
    window.ask = Questions(window)  # the program's own: only the dialogs of the system are answered here
    cases = window.cases
    chosen[:] = [str(scenes / "a.tif"), str(scenes / "b.tif")]
    assert cases.ask_files() == chosen
    chosen[:] = [str(tables / "sites.csv")]
    assert cases.ask_site_file() == tables / "sites.csv"
    chosen.clear()
    begun_in.clear()
    assert (cases.ask_files(), cases.ask_site_file()) == ([], None)
    assert begun_in == [str(scenes), str(tables)]
    assert cases.ask_files() == []
    assert begun_in[-1] == str(scenes), "a dialog that was given up changes nothing"
    assert Settings.of_user().dialog_folder("files") == scenes, "also after a restart"
    scenes.rmdir()
    cases.ask_files()
    assert begun_in[-1] not in (str(scenes), str(tables)), "the folder is gone: beside the case"
