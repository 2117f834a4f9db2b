"""A case is added to the open one in the real window: its layers and evidence come, and mine stays open."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.project.saving.publish import publish
from layers.project.saving.working_copy import WorkingCopy
from tests.support.cases.case_contents import validate
from tests.support.cases.rich import rich_document
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.filing.added_case import EVIDENCE, CaseChoice, add_case
from viewer.panels.homecoming.add_case_dialog import AddCaseDialog

WAIT_MS = 60_000
MINE = Site(uuid="mine", geometry=Point(10, 50), label="Mine")


def test_what_comes_of_a_case_fits_into_this_one_and_comes_once() -> None:
    other, layer = rich_document(), Layer(uuid="l-mine", kind="raster", name="mine", order_key=7.0)
    image = next(iter(other.images.values()))
    known: Image = replace(image, uuid="known", layer_uuid="")
    document = Document({"sites": [MINE], "layers": [layer], "images": [known]})
    every = CaseChoice(frozenset(other.layers))
    document.apply(add_case(document, other, "other.gpkg", every, actor="Li").edit)
    for table in EVIDENCE:
        assert other.table(table).keys() - {image.uuid} <= document.table(table).keys(), table
    assert image.uuid not in document.images, "it is here under another uuid"
    assert {seen.image_uuid for seen in document.observations.values()} <= document.images.keys()
    assert document.layers_in_order()[0] is layer, "those that come lie above"
    site = next(uuid for uuid in other.sites)
    assert (document.sites[site].created_by, document.sites["mine"]) == (other.sites[site].created_by, MINE)
    told = [row for row in document.table("custody").values() if getattr(row, "event", "") == "merged"]
    assert len(told) >= len(other.chips)
    with pytest.raises(InvalidValue, match="in this case already"):
        add_case(document, other, "other.gpkg", every, actor="Li")


def test_layers_come_alone_and_sites_without_their_layers() -> None:
    other = rich_document()
    alone = add_case(Document(), other, "other.gpkg", CaseChoice(frozenset(other.layers), sites=False), actor="Li")
    assert {change.table for change in alone.edit.changes} == {"layers"}
    marked = Site(uuid="on a layer", geometry=Point(1, 2), layer_uuid=next(iter(other.layers)))
    other.apply(Edit("Mark", (Change("sites", None, marked),)))
    document = Document()
    document.apply(add_case(document, other, "other.gpkg", CaseChoice(frozenset()), actor="Li").edit)
    assert not document.layers
    assert {site.layer_uuid for site in document.sites.values()} == {""}


DATA = b"\x89PNG as it was taken"
HOST = "tiles.example.org"


def other_case(path: Path) -> Path:
    """A case with a site, a chip and a layer of a host."""
    site = Site(uuid="theirs", geometry=Point(20, 40), label="Theirs", created_by="Anna", rev=2)
    chip = Chip(uuid="chip", content_type="image/png", site_uuid="theirs", sha256=hashlib.sha256(DATA).hexdigest())
    source = {"template": f"https://{HOST}/{{z}}/{{x}}/{{y}}.png", "max_level": 9}
    layer = Layer(uuid="tiles", kind="tiles", name="Tiles", source_json=json.dumps(source))
    document = Document({"sites": [site], "chips": [chip], "layers": [layer]})
    work = WorkingCopy.create(path.parent / "elsewhere", document)
    work.blobs.put("chips", "chip", DATA)
    publish(work, path, goes_on=False)
    work.close(keep=False)
    return path


@pytest.mark.bounded
def test_a_dropped_case_is_added_and_mine_stays(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path, mine = other_case(tmp_path / "other.gpkg"), tmp_path / "mine.gpkg"
    window.file_menu.new_case()
    settle(window, qtbot)
    window.session.push(Edit("Mark", (Change("sites", None, MINE),)))
    window.session.save_as(mine)
    settle(window, qtbot)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window.opener.open_dropped(data)
    qtbot.waitUntil(lambda: window.findChild(AddCaseDialog) is not None, timeout=WAIT_MS)
    dialog = window.findChild(AddCaseDialog)
    assert dialog is not None
    assert dialog.sites.text() == "1 site or other mark, with 1 chip"
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    document = window.session.document
    qtbot.waitUntil(lambda: len(document.sites) == 2, timeout=WAIT_MS)
    settle(window, qtbot)
    assert window.session.target == mine
    assert HOST not in window.permissions.consent.hosts, "nobody is contacted unasked"
    assert any(HOST in line.text for line in window.messages.lines()), "it is asked, as on opening"
    assert window.session.blob_reader()("chips", ["chip"], "data") == {"chip": DATA}
    assert document.sites["theirs"].created_by == "Anna"
    window.session.save()
    settle(window, qtbot)
    assert validate(mine) == []
    window.session.undo()
    assert list(document.sites) == ["mine"]
    assert not document.layers
