"""A case whose layers give texts that are no CRS opens, pans and paints freely: PROJ is asked about none of them."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo import crs as crs_module
from layers.geo.proj import pyproj
from layers.project.saving.publish import write_case
from tests.end_to_end.conftest import Desk
from tests.support.cases.tampered_cases import write_tif
from tests.support.heartbeat import FREE_MS, Heartbeat

NO_CRS = ("garbage", "@file", "2024-05-01", "4326.0", "EPSG:999999", "urn:foo:bar", 'foo["x"]', "+foo=bar", "a" * 150)
MANY = 2 * len(NO_CRS)
"""Each text, and another of its kind."""


def case_of(folder: Path, texts: tuple[str, ...], count: int) -> Path:
    """A case with that many layers, each with a text of its own for a CRS; empty: the file's own."""
    write_tif(folder / "scene.tif")
    layers = [
        Layer(
            uuid=f"layer-{n}",
            kind="raster",
            name=f"Scene {n}",
            order_key=float(n),
            source_json='{"path": "scene.tif"}',
            crs=f"{texts[n % len(texts)]}{n // len(texts) or ''}" if texts else "",
        )
        for n in range(count)
    ]
    write_case(Document({"layers": layers}), folder / "case.gpkg")
    return folder / "case.gpkg"


def asked_of_proj(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, threading.Thread]]:
    """The texts that PROJ is asked about from now on, and by which thread."""
    asked: list[tuple[str, threading.Thread]] = []
    original = pyproj.CRS.from_user_input

    def ask(text: str) -> pyproj.CRS:
        asked.append((text, threading.current_thread()))
        return original(text)

    monkeypatch.setattr(pyproj.CRS, "from_user_input", ask)
    return asked


def walk_about(desk: Desk) -> None:
    """Pan and zoom."""
    desk.keys("H", desk.canvas)
    middle = desk.canvas.rect().center()
    for step in (120, -80):
        desk.wheel(middle, 2)
        desk.drag(middle, middle + type(middle)(step, 60))
    desk.settle()


@pytest.mark.bounded
def test_a_case_of_layers_without_a_known_crs_opens_and_pans_freely(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crs_module._parsed.cache_clear()
    asked = asked_of_proj(monkeypatch)
    with Heartbeat() as heart:
        desk.window.opener.open([str(case_of(tmp_path, NO_CRS, MANY))])
        desk.wait(lambda: len(desk.document.layers) == MANY)
        desk.settle()
        walk_about(desk)
    texts = [text for text, _ in asked if not re.fullmatch(r"EPSG:\d+", text)]
    assert texts == [], "no text that is none was asked about; a number costs milliseconds"
    assert len(asked) == len({text for text, _ in asked}), "each once"
    of_layers = {layer.crs for layer in desk.document.layers.values()}
    assert not [text for text, thread in asked if text in of_layers and thread is threading.current_thread()]
    assert all("names no CRS" in sentence for sentence in desk.window.scene.stack.problems().values())
    assert len(desk.window.scene.stack.problems()) == MANY
    assert heart.longest_ms < FREE_MS
    asked.clear()
    desk.canvas.repaint()
    assert asked == [], "a paint parses nothing"
