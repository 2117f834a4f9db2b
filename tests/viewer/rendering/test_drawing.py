"""Notes of a drawing for the map on the screen."""

from __future__ import annotations

from pathlib import Path

from layers.grid.tile_grid import TileGrid, View
from tests.viewer.rendering.conftest import layer_of

VIEW = View(TileGrid("EPSG:3857", 1000.0), 0, 0, 100, 100)


def test_only_a_service_has_a_note_on_the_map_about_its_problem(draw, tmp_path: Path, qtbot) -> None:
    """The lines below the map and the layer tree tell of files."""
    gone = draw(layer_of(tmp_path / "gone.tif"))
    qtbot.waitUntil(lambda: bool(gone.problem))

    assert gone.state_in(VIEW).sentence == ""
    service = draw(layer_of("", "tiles"))
    assert service.problem
    assert service.problem in service.state_in(VIEW).sentence
