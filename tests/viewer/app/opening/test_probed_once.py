"""A file that is opened is probed once, however many layers are made of it: its drawings take over what was found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import sample_data
from layers.errors import GeoloupeError
from layers.pool.known_probes import KnownProbes
from layers.pool.protocol import Answer, Request
from layers.requests.probe import Probe
from layers.requests.question import Question
from tests.support.readers.tiny_geopackage import geopackage
from tests.viewer.app.conftest import MakeWindow


@pytest.fixture
def reads_inline() -> bool:
    """Readers are processes: those in the test's own process know no answers of before."""
    return False


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> list[Probe]:
    """The probes for which a reader has opened a file; one that it only finds unchanged is none."""
    probes: list[Probe] = []
    heard = KnownProbes.heard

    def watched(
        known: KnownProbes, request: Request, told: Question, result: Answer | GeoloupeError
    ) -> Answer | GeoloupeError | None:
        if isinstance(told, Probe) and not (isinstance(result, Answer) and result.facts.unchanged):
            probes.append(told)
        return heard(known, request, told, result)

    monkeypatch.setattr(KnownProbes, "heard", watched)
    return probes


def a_raster(folder: Path) -> Path:
    return Path(shutil.copy(sample_data.path("blue_marble.tif"), folder))


def a_vector_file(folder: Path) -> Path:
    return Path(shutil.copy(sample_data.path("coast.geojson"), folder))


def three_tables(folder: Path) -> Path:
    return geopackage(folder / "a.gpkg", "pads", "roads", "yards")


@pytest.mark.bounded
@pytest.mark.parametrize(("make", "layers"), [(a_raster, 1), (a_vector_file, 1), (three_tables, 3)])
def test_a_file_is_probed_once(
    make: Callable[[Path], Path],
    layers: int,
    make_window: MakeWindow,
    probed: list[Probe],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    window = make_window()
    window.layer_adder.asks = False
    path = make(tmp_path)
    window.opener.open([str(path)])
    qtbot.waitUntil(lambda: window.is_idle() and window.context.pool.is_idle(), timeout=100_000)
    drawings = window.scene.drawings.values()
    assert [window.views.layer_info(drawing.layer_uuid) is not None for drawing in drawings] == [True] * layers
    assert [probe.path for probe in probed] == [str(path)]
