"""Marks and chips on the tiles of a service and on the demo's imagery, with real readers and a real fetcher."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from rasterio.io import MemoryFile

from layers.decoding import encoded
from layers.document.document import Document
from layers.geo.crs import MERCATOR_HALF_M
from layers.project.opening.validation_report import validate
from layers.project.saving.publish import write_case
from layers.services.tile_service import TileService
from tests.end_to_end.conftest import Desk, MakeDesk
from tests.support.deaths.kills import ROOT
from tests.support.qgis.peers import SYSTEM_PYTHON, clean, need, system_python_has
from tests.support.tile_server import TileServer, serving
from viewer.commands.found_layers import FoundLayer, edit_for

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(120)]


@pytest.fixture
def server(qapp: object) -> Iterator[TileServer]:
    with serving() as server:
        yield server


def case_of_tiles(server: TileServer, path: Path, **terms: object) -> Path:
    service = TileService("Near tiles", server.template(), max_level=8, attribution="Us", licence="CC BY", **terms)
    document = Document()
    document.apply(edit_for(document, [FoundLayer("tiles", service.title, encoded(service))], "me"))
    write_case(document, path)
    return path


def mark_in_the_middle(desk: Desk) -> None:
    """P, Enter at the crosshair, a label, and with Enter back to the map."""
    desk.canvas.setFocus()
    desk.keys("P", desk.canvas)
    desk.keys("Return", desk.canvas)
    QTest.keyClicks(desk.window.focusWidget(), "Here")
    desk.keys("Return")
    desk.settle()


def chip_bytes(desk: Desk, kind: str) -> bytes:
    (chip,) = (chip for chip in desk.document.chips.values() if chip.kind == kind)
    return desk.window.session.blob_reader()("chips", [chip.uuid], "data")[chip.uuid]


def test_a_mark_on_tiles_knows_the_service_and_keeps_its_own_pixels(
    make_desk: MakeDesk, server: TileServer, own_home: Path, tmp_path: Path
) -> None:
    case = case_of_tiles(server, tmp_path / "case.gpkg")
    desk = make_desk()
    desk.open_file(case)
    desk.window.permissions.allow(server.host)
    desk.settle()
    desk.window.canvas.viewport.centre_on(1e6, 6e6, 1200.0)
    desk.window.canvas.motion.come_to_rest()
    desk.settle()
    mark_in_the_middle(desk)
    (site,), (image,) = desk.document.sites.values(), desk.document.images.values()
    assert (site.label, site.image_uuid) == ("Here", image.uuid)
    assert image.service.startswith("Near tiles (")
    assert (image.date_kind, image.acquired_at, image.credit, image.licence) == ("composite", "", "Us", "CC BY")
    assert site.pixel_m == pytest.approx(830.0, abs=0.2)  # level 7, at 47.35 N, on the ellipsoid
    desk.keys("C", desk.canvas)
    desk.settle()
    (pixels,) = (chip for chip in desk.document.chips.values() if chip.kind == "pixels")
    picture = QImage.fromData(chip_bytes(desk, "pixels"))
    assert (picture.width(), picture.height()) == (pixels.width, pixels.height) == (256, 256)
    assert (pixels.content_type, pixels.srs_id, pixels.date_kind) == ("image/png", 3857, "composite")
    step, _, left, _, _, top = json.loads(pixels.transform_json)
    for x, y in ((0, 0), (100, 130), (255, 255)):
        column, row = round((left + MERCATOR_HALF_M) / step) + x, round((MERCATOR_HALF_M - top) / step) + y
        tile = QImage.fromData(server.tile(7, column // 256, row // 256, "png"))
        assert picture.pixel(x, y) == tile.pixel(column % 256, row % 256)


def test_a_service_whose_terms_forbid_it_gives_no_chip(
    make_desk: MakeDesk, server: TileServer, own_home: Path, tmp_path: Path
) -> None:
    case = case_of_tiles(server, tmp_path / "case.gpkg", may_export=False)
    desk = make_desk()
    desk.open_file(case)
    desk.window.permissions.allow(server.host)
    desk.settle()
    desk.menu("Evidence", "Take a Chip")
    desk.settle()
    assert not desk.document.chips
    assert any("terms of Near tiles do not allow" in line for line in desk.said())


def test_the_demo_is_saved_with_chips_that_others_accept(make_desk: MakeDesk, own_home: Path, tmp_path: Path) -> None:
    desk = make_desk()
    desk.open_demo()
    before = len(desk.document.sites)
    mark_in_the_middle(desk)
    assert len(desk.document.sites) == before + 1
    assert any(site.label == "Here" and site.image_uuid for site in desk.document.sites.values())
    desk.keys("C", desk.canvas)
    desk.settle()
    assert len(desk.document.chips) == 2, desk.said()
    with MemoryFile(chip_bytes(desk, "pixels")) as memory, memory.open() as chip:
        assert chip.read().any()
    path = tmp_path / "saved.gpkg"
    desk.window.session.save_as(path)
    desk.settle()
    assert [finding.code for finding in validate(path)] == []
    info = subprocess.run(
        [sys.executable, "-m", "viewer", "info", "--json", str(path)], cwd=ROOT, capture_output=True, text=True
    )
    assert info.returncode == 0
    assert '"chips": 2' in info.stdout
    need(system_python_has("osgeo_utils.samples.validate_gpkg"), "python3-gdal")
    check = [SYSTEM_PYTHON, "-m", "osgeo_utils.samples.validate_gpkg", "-k", "--extra", "--warning-as-error", str(path)]
    done = subprocess.run(check, capture_output=True, text=True, env=clean())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
