"""PMTiles on the command line: a service of one layer, in a file as at an address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.support.range_server import RangeServer
from tests.support.readers.pmtiles_files import Form, write_pmtiles
from viewer.cli.terminal.command import BAD_INPUT, DONE

BOUNDS = (0.0, 0.0, 90.0, 66.51326)


def write(path: Path, **form: Any) -> Path:
    """One quarter of the north-east, green in the west and red in the east."""
    values = np.zeros((256, 256, 3), np.uint8)
    values[:, :128, 1] = values[:, 128:, 2] = 250
    body = cv2.imencode(".png", values)[1].tobytes()
    metadata = {"name": "Sky", "attribution": "<b>Sky</b> company"}
    return write_pmtiles(path, {(2, 2, 1): body, (1, 1, 0): body}, Form(bounds=BOUNDS, metadata=metadata, **form))


def test_info_tells_levels_bounds_and_attribution(cli, tmp_path: Path) -> None:
    facts = cli("info", write(tmp_path / "a.pmtiles"), "--json").json
    assert (facts["kind"], facts["service"], facts["driver"]) == ("service", "pmtiles", "PMTiles")
    assert (facts["title"], facts["attribution"], facts["problems"]) == ("Sky", "Sky company", [])
    (layer,) = facts["layers"]
    assert (layer["levels"], layer["formats"], layer["crs"]) == ([1, 2], ["image/png"], ["EPSG:3857"])
    assert layer["bounds_lonlat"] == pytest.approx([0.0, 0.0, 90.0, 66.51326], abs=1e-4)


def test_render_draws_it(cli, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    path = write(tmp_path / "a.pmtiles")
    assert cli("render", path, "--out", out, "--size", "100x100", "--bounds", "10,10,80,60").code == DONE
    picture = QImage(str(out))
    assert picture.pixelColor(10, 50).green() > 200
    assert picture.pixelColor(90, 50).red() > 200


def test_vector_tiles_are_one_sentence(cli, tmp_path: Path) -> None:
    outcome = cli("info", write(tmp_path / "a.pmtiles", tile_type=1))
    assert outcome.code == BAD_INPUT
    assert outcome.err.strip().endswith("a.pmtiles holds vector tiles: only PMTiles with pictures are drawn.")


@pytest.mark.bounded
def test_at_an_address_it_is_that_of_the_file(real, range_server: RangeServer, tmp_path: Path) -> None:
    path, address = write(range_server.folder / "a.pmtiles"), range_server.address("a.pmtiles")
    here, there = real("info", path, "--json").json, real("info", address, "--json").json
    assert there["layers"][0].pop("address") == address
    assert here["layers"][0].pop("address") == str(path)
    assert here == there
    for name, at in (("here.png", path), ("there.png", address)):
        assert real("render", at, "--out", tmp_path / name, "--size", "200x200").code == DONE
    assert (tmp_path / "here.png").read_bytes() == (tmp_path / "there.png").read_bytes()
