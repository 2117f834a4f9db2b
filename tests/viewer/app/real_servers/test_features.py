"""Features of real servers, pygeoapi and MapServer's WFS, equal those of the same file: all, and those of a view."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.project.opening.intake import read_case
from layers.services.features.feature_origin import origin_of
from layers.text.counted import grouped
from tests.support.real_servers.map_servers import GEOJSON, PARKS, mapserver
from tests.support.real_servers.parks import BOX, COUNT, write_parks
from tests.support.real_servers.processes import folder_of_nobody
from tests.support.real_servers.pygeoapi import MOST_A_PAGE, pygeoapi
from tests.support.windows import new_case
from tests.viewer.cli.conftest import Cli
from viewer.app.window import MainWindow
from viewer.panels.imagery.add_imagery import AddImageryDialog

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(900)]
WFS = [(version, formats) for formats in ("gml,geojson", "gml") for version in ("2.0.0", "1.1.0", "1.0.0")]
VIEW = "10.101,50.101,10.149,50.149"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with folder_of_nobody() as folder:
        write_parks(folder / "parks.geojson")
        yield folder


@pytest.fixture(scope="module")
def landing(folder: Path) -> Iterator[str]:
    with pygeoapi(folder / "parks.geojson", BOX, folder) as address:
        yield address


def kept(cli: Cli, address: str, folder: Path, *words: str) -> tuple[gpd.GeoDataFrame, str]:
    """The features of a new case with a layer of a server, and the words that the case has on how many came."""
    done = cli("new", folder / "case.gpkg", address, *words)
    assert (done.code, done.err) == (0, "")
    (layer,) = read_case(folder / "case.gpkg").document.layers.values()
    origin = origin_of(layer.source)
    assert origin is not None
    return gpd.read_file(folder / layer.source["path"]), origin.words


def hold(served: gpd.GeoDataFrame, file: gpd.GeoDataFrame, within: float) -> None:
    """Fail where features differ from those of the file: in number, values, or places by more than `within` degrees."""
    served = served.to_crs(4326).sort_values("number", ignore_index=True)
    assert served["number"].astype(int).tolist() == file["number"].tolist()
    assert served["name"].tolist() == file["name"].tolist()
    assert served["note"].fillna("").tolist() == file["note"].fillna("").tolist()
    assert served.geometry.normalize().geom_equals_exact(file.geometry.normalize(), within).all()


def in_view(file: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    west, south, east, north = map(float, VIEW.split(","))
    return file.cx[west:east, south:north].reset_index(drop=True)


def pictures(cli: Cli, addresses: list[str | Path], folder: Path) -> list[bytes]:
    """What `render` draws of each."""
    drawn = []
    for at, address in enumerate(addresses):
        out = folder / f"{at}.png"
        style = '{"fill_color": "#c81e28", "stroke_color": "#201020"}'
        words = ("--out", out, "--size", "340x280", "--bounds", VIEW, "--style", style)
        done = cli("render", address, *words)
        assert (done.code, done.err) == (0, "")
        drawn.append(out.read_bytes())
    return drawn


def test_o3_all_pages_of_pygeoapi(cli: Cli, landing: str, folder: Path, tmp_path: Path) -> None:
    assert COUNT > 3 * MOST_A_PAGE
    served, words = kept(cli, f"{landing}#parks", tmp_path)
    assert words == f"{grouped(COUNT)} features."
    hold(served, gpd.read_file(folder / "parks.geojson"), 1e-9)


def test_o1_a_view_of_pygeoapi_and_its_picture(cli: Cli, landing: str, folder: Path, tmp_path: Path) -> None:
    served, words = kept(cli, f"{landing}#parks", tmp_path, "--bounds", VIEW)
    file = in_view(gpd.read_file(folder / "parks.geojson"))
    assert words == f"{len(file)} features."
    hold(served, file, 1e-9)
    one, other = pictures(cli, [f"{landing}#parks", folder / "parks.geojson"], tmp_path)
    assert one == other


def test_its_collection_is_added_in_the_window(window: MainWindow, landing: str, folder: Path, qtbot: QtBot) -> None:
    new_case(window, qtbot)
    window.views.show_bounds(Bounds(*map(float, VIEW.split(","))), 0.0)
    window.layer_menu.ask_server(landing)
    (dialog,) = window.findChildren(AddImageryDialog)
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: dialog.panel.current() is not None and dialog.panel.current().entry.title == "Parks", timeout=60_000
    )
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.session.document.layers) and window.is_idle(), timeout=60_000)
    (layer,) = window.session.document.layers.values()
    served = gpd.read_file(layer.source["path"])
    file = gpd.read_file(folder / "parks.geojson")
    assert set(in_view(file)["number"]) <= set(served["number"])
    assert len(served) < COUNT, "of the view only"
    hold(served, file[file["number"].isin(served["number"])].reset_index(drop=True), 1e-9)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("version", "formats"), WFS)
def test_o5_wfs_of_mapserver(cli: Cli, folder: Path, tmp_path: Path, version: str, formats: str) -> None:
    """Metres of Web Mercator with six decimals are within 1e-7 degrees."""
    metadata = f'"wfs_getfeature_formatlist" "{formats}"'
    parks = PARKS.format(path=folder / "parks.geojson", formats=metadata)
    picture = folder / "none.tif"
    with folder_of_nobody() as own, mapserver(picture, "EPSG:3857", (0, 0, 1, 1), own, [parks], [GEOJSON]) as server:
        name = "ms:parks" if version == "2.0.0" else "parks"
        address = f"{server.address}/?service=WFS&version={version}&request=GetCapabilities#{name}"
        file = gpd.read_file(folder / "parks.geojson")
        served, words = kept(cli, address, tmp_path)
        assert words == f"{grouped(COUNT)} features."
        hold(served, file, 1e-7)
        (tmp_path / "case.gpkg").unlink()
        served, _ = kept(cli, address, tmp_path, "--bounds", VIEW)
        hold(served, in_view(file), 1e-7)
        assert json.dumps(server.log).count("BBOX=") >= 1
        assert np.isfinite(served.total_bounds).all()
