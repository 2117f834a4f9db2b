"""Data of one place, and small ones: opened, shown and drawn, whatever their numbers are rounded to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.project.saving.publish import write_case
from tests.support.pictures import drawn
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.canvas.conftest import site
from tests.viewer.cli.conftest import Cli
from viewer.cli.terminal.command import DONE

SHAPES = {
    "point": shapely.Point(2.2945, 48.85825),
    "meridian": shapely.LineString([(2.2945, 48.85825), (2.2945, 48.9)]),
    "points of one longitude": shapely.MultiPoint([(2.2945, 48.85825), (2.2945, 48.9)]),
}


@pytest.mark.bounded
@pytest.mark.parametrize("name", SHAPES)
def test_a_file_and_a_case_of_one_longitude_are_drawn(cli: Cli, tmp_path: Path, name: str) -> None:
    file, case, out = tmp_path / "tower.geojson", tmp_path / "tower.gpkg", tmp_path / "x.png"
    file.write_text(shapely.to_geojson(SHAPES[name]))
    facts = cli("info", file, "--json").json
    assert facts["bounds_lonlat"] == pytest.approx(list(SHAPES[name].bounds))
    write_case(Document({"sites": [site("tower", SHAPES[name])]}), case)
    for source in (file, case):
        outcome = cli("render", source, "--out", out, "--size", "200x150")
        assert (outcome.code, outcome.err) == (DONE, ""), source
        assert drawn(out).any(), source
    assert cli("export", case, "--out", out, "--size", "400x300").code == DONE


def test_a_small_scene_fills_the_picture(cli: Cli, tmp_path: Path) -> None:
    values = np.full((1, 380, 380), 200, np.uint8)
    scene = write_raster(tmp_path / "roof.tif", values, "EPSG:32631", Bounds(448000, 5411000, 448057, 5411057))
    assert cli("render", scene, "--out", tmp_path / "x.png", "--size", "400x400").code == DONE
    assert drawn(tmp_path / "x.png").mean() > 0.7
