"""The window's own picture, from the command line: it says what `render` says, and chooses the map as `render` does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import shapely
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.layer import Layer
from layers.project.saving.publish import write_case
from tests.support.pictures import pixels
from tests.support.readers.tiny_hdf5 import FILES
from tests.viewer.canvas.conftest import site

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.bounded


def said_by(tmp_path: Path, *arguments: object) -> list[str]:
    """What a call says on standard error; it succeeds."""
    environment = os.environ | {"GEOLOUPE_HOME": str(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "viewer", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


def said_by_both(tmp_path: Path, *files: object, bounds: str = "") -> tuple[list[str], list[str]]:
    """What `render` says, and what is said beside the window's picture."""
    more = ["--bounds", bounds] if bounds else []
    rendered = said_by(tmp_path, "render", *files, "--out", tmp_path / "r.png", "--size", "300x200", *more)
    return rendered, said_by(tmp_path, *files, "--screenshot", tmp_path / "w.png", "--size", "900x600", *more)


def map_part(path: Path) -> QImage:
    return QImage(str(path)).copy(340, 150, 250, 250)


def test_remarks_are_those_of_render_with_its_limit_and_names(tmp_path: Path) -> None:
    """25 tables without places, all called alike, and a site that is no place on the Earth."""
    table = tmp_path / "rows.geojson"
    row = {"type": "Feature", "properties": {"a": 1}, "geometry": None}
    table.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    layers = [
        Layer(uuid=f"u{at}", kind="vector", name=f"Table {at}", source_json=json.dumps({"path": str(table)}))
        for at in range(25)
    ]
    sites = [site("here", shapely.Point(10, 50)), site("far", shapely.Point(10, 500))]
    write_case(Document({"sites": sites, "layers": layers}), tmp_path / "case.gpkg")
    rendered, shown = said_by_both(tmp_path, tmp_path / "case.gpkg")
    assert shown == rendered
    assert len(shown) == 22
    assert "5 more layers" in shown[20]
    assert all(f"“Table {at}”" in shown[at] for at in range(20))
    assert "cannot be drawn" in shown[21]


def test_that_a_file_holds_more_pictures_is_said(tmp_path: Path) -> None:
    file = tmp_path / "a.he5"
    file.write_bytes(FILES["eos5"])
    rendered, shown = said_by_both(tmp_path, file)
    assert shown == rendered
    (sentence,) = shown
    assert "a.he5 holds" in sentence
    assert "open it in the window to choose" in sentence


@pytest.mark.sampled(2)
@pytest.mark.parametrize("how", ["file", "case", "bounds", "all round"])
def test_a_polar_map_is_chosen_as_by_render(tmp_path: Path, how: str) -> None:
    shape = shapely.box(-180, 87, 180, 88) if how == "all round" else shapely.box(10, 87, 40, 88)
    file = tmp_path / "ice.geojson"
    file.write_text(shapely.to_geojson(shape))
    case = tmp_path / "case.gpkg"
    layer = Layer(uuid="ice", kind="vector", name="ice", source_json=json.dumps({"path": str(file)}))
    write_case(Document({"layers": [layer]}), case)
    rendered, shown = said_by_both(
        tmp_path, case if how in ("case", "all round") else file, bounds="5,86.5,45,88.5" if how == "bounds" else ""
    )
    assert shown == rendered
    (sentence,) = shown
    assert "EPSG:3995" in sentence
    assert pixels(map_part(tmp_path / "w.png")).std() > 3
