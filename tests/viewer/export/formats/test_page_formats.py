"""One list of endings: what is offered can be written, and what can be written is offered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from layers.product.page_formats import OFFERED_ENDINGS, PRINTED_ENDINGS
from viewer.app.desktop.questions import Questions
from viewer.export.formats.writers import FORMATS


def test_each_ending_has_a_writer() -> None:
    assert set(FORMATS) == set(PRINTED_ENDINGS)


def test_the_save_dialog_offers_each_format(qtbot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    window, offered = QWidget(), []
    qtbot.addWidget(window)

    def ask(_parent: QWidget, _title: str, _path: str, kinds: str, *_: object) -> tuple[str, str]:
        offered.extend(re.findall(r"\*(\.\w+)", kinds))
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    assert Questions(window).product_to_write(tmp_path / "a.svg") is None
    assert offered[0] == ".svg"
    assert sorted(offered) == sorted(OFFERED_ENDINGS)
