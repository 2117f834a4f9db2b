"""W25: keys that servers put into the addresses that they offer, in the dialog of imagery."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.viewer.panels.conftest import Desk
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.imagery.entry_lists import KeptImagery


def test_w25_a_key_in_a_saved_document_stands_in_no_case_and_no_list(
    dialog: AddImageryDialog, desk: Desk, kept: KeptImagery, tmp_path: Path
) -> None:
    keyed = {
        "tilejson": "3.0.0",
        "name": "Keyed",
        "tiles": ["https://t.example.org/{z}/{x}/{y}?token=0123456789abcdef"],
    }
    (tmp_path / "tiles.json").write_text(json.dumps(keyed), "utf-8")
    dialog.panel.import_file(tmp_path / "tiles.json")
    dialog.panel.keep()
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    stored = [layer.source_json for layer in desk.document.layers.values()]
    texts = [*stored, repr(kept.own.read()), repr(kept.recent.read())]
    assert "t.example.org" in stored[-1] + repr(kept.recent.read())
    assert not [text for text in texts if "0123456789" in text]
