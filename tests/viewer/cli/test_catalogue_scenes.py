"""Scenes named by their item on the command line: all bands as one image, at an address and beside the item's file."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.band_files import scene_item
from tests.support.range_server import RangeServer
from viewer.cli.terminal.catalogue_scenes import layers_of_item_file
from viewer.cli.terminal.command import BAD_INPUT


def test_an_item_in_a_file_is_one_layer_of_all_bands_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    path.write_text(json.dumps(scene_item(visual=True)))
    (layer,) = layers_of_item_file(path)
    assert (layer.kind, layer.name, layer.source["path"]) == ("raster", "S2A_33UVR_20240501", str(tmp_path / "TCI.tif"))
    assert [file["path"] for file in layer.source["band_files"]][3:6] == [
        str(tmp_path / name) for name in ("B08.tif", "B12.tif", "TCI.tif")
    ]
    assert layer.facts["acquired_at"] == "2024-05-01T10:00:00Z"
    (tmp_path / "other.json").write_text('{"type": "FeatureCollection", "features": []}')
    assert layers_of_item_file(tmp_path / "other.json") == []


def test_a_host_of_its_files_that_was_not_named_is_not_asked(real, range_server: RangeServer, tmp_path: Path) -> None:
    item = scene_item()
    item["assets"]["B08"]["href"] = "https://other.invalid/B08.tif"
    (range_server.folder / "scene.json").write_text(json.dumps(item))
    outcome = real("render", range_server.address("scene.json"), "--out", tmp_path / "a.png", "--size", "60x60")
    assert outcome.code == BAD_INPUT
    assert "other.invalid is not contacted until you allow it" in outcome.err
