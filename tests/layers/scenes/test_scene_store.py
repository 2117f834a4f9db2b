"""Rows of the cache of scenes come back as they were kept, whatever bytes the names of files are of."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from layers.scenes.found_scene import FoundScene, judged, scene_from_json
from layers.scenes.scene_store import Known, SceneStore
from tests.support.cases.spoiled_json import hostile


@pytest.mark.parametrize("name", ["west.tif", "Амур 黑.tif", "caf\udce9.tif", "\udcff\udcfe"])
def test_any_name_is_kept_found_and_forgotten(tmp_path: Path, name: str) -> None:
    folder = str(tmp_path / "scenes")
    path, other = f"{folder}/{name}", str(tmp_path / "elsewhere.tif")
    known = Known((1, 2), None, f"{name} cannot be read.")
    with SceneStore(tmp_path / "cache.sqlite") as store:
        store.keep(path, known, b"picture")
        store.keep(other, known)
        store.commit()
    with SceneStore(tmp_path / "cache.sqlite") as store:
        assert store.known_beneath(folder) == {path: known}
        assert store.picture(path) == b"picture"
        store.forget([path])
        store.commit()
        assert store.known_beneath(folder) == {}
        assert store.picture(path) == b""


@pytest.mark.parametrize("state", ["[1e999]", "[1.5]", '["1"]', "{}", "[" * 99_999, "nonsense"])
def test_a_row_with_an_odd_state_is_as_if_it_were_not_there(tmp_path: Path, state: str) -> None:
    with SceneStore(tmp_path / "cache.sqlite") as store:
        store.keep("/scenes/a.tif", Known((1, 2), None, "It cannot be read."))
        store.commit()
    with closing(sqlite3.connect(tmp_path / "cache.sqlite")) as cache:
        cache.execute("UPDATE scenes SET state = ?", [state])
        cache.commit()
    with SceneStore(tmp_path / "cache.sqlite") as store:
        assert store.known_beneath("/scenes") == {}


@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
def test_hostile_scenes_are_scenes_or_none(count: int) -> None:
    sound = FoundScene("a", "A", "a", "GTiff", "S", "2021-08-20", ring=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), gsd_m=1.0)
    found = [scene_from_json(json.dumps(data)) for data in hostile(json.loads(sound.to_json()), count)]
    assert found[0] == found[1] == judged(sound)
    assert None in found
