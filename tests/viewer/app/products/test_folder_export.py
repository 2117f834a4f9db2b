"""A folder of the case goes out alone, with the marks and the overlays in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from layers.pool.pool import ReaderPool
from layers.product.issuing.data_spec import DataSpec, read_data_spec
from layers.requests.earth_file import ReadEarthFile
from tests.support.homecoming import WAIT_MS, bring
from tests.support.readers.earth_files import AREA, BOX, earth_kmz
from tests.viewer.app.conftest import Answers, settle
from viewer.app.products.data.data_dialog import DataDialog
from viewer.app.window import MainWindow
from viewer.commands.filing.folder_paths import folder_counts

PLACES = f"""
<Folder><name>North</name><Folder><name>Yards</name><Placemark><name>Yard</name>{AREA}</Placemark>
 <GroundOverlay><name>Scan</name><Icon><href>files/a.png</href></Icon>{BOX}</GroundOverlay></Folder>
 <Placemark><name>Gate</name><Point><coordinates>43,36</coordinates></Point></Placemark></Folder>
<Folder><name>Northern</name><Placemark><name>Hut</name><Point><coordinates>44,36</coordinates></Point></Placemark>
 <GroundOverlay><name>Other</name><Icon><href>files/photo.png</href></Icon>{BOX}</GroundOverlay></Folder>
"""


@pytest.mark.bounded
def test_a_folder_goes_out_alone_with_its_marks_and_overlays(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    home = bring(window, answers, earth_kmz(tmp_path, places=PLACES), qtbot)
    QTest.mouseClick(home.bring_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 2, timeout=WAIT_MS)
    settle(window, qtbot)
    window.action_table["export_data"].trigger()
    qtbot.waitUntil(lambda: window.findChild(DataDialog) is not None, timeout=WAIT_MS)
    dialog = window.findChild(DataDialog)
    assert dialog is not None
    parts = [dialog.part.itemText(at) for at in range(dialog.part.count())]
    assert parts[-4:-1] == ["Folder “North” (2 marks)", "Folder “North / Yards” (1 mark)", "Folder “Northern” (1 mark)"]
    dialog.part.setCurrentIndex(dialog.part.findText("Folder “North” (2 marks)"))
    assert dialog.format.currentData() == ".kmz"
    out = answers.path = tmp_path / "north.kmz"
    QTest.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(out.exists, timeout=WAIT_MS)
    settle(window, qtbot)
    file = ReaderPool(inline=True).ask(ReadEarthFile(str(out))).facts
    marks = {(*file.path_of(place.folder), place.name) for place in file.places if place.own and place.own.is_mark}
    assert marks == {("North", "Gate"), ("North", "Yards", "Yard")}
    assert [overlay.name for overlay in file.overlays] == ["Scan"]
    assert not file.views


def test_a_folder_is_kept_with_the_data_that_are_made_again() -> None:
    spec = DataSpec(".kmz", sites=("a",), folder="North / Yards")
    assert read_data_spec(spec.to_json()) == spec
    assert "folder" not in DataSpec(".kmz").to_json()
    assert folder_counts(Document()) == {}
