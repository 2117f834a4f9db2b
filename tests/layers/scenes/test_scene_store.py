"""Rows of the cache of scenes come back as they were kept, whatever bytes the names of files are of."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.scenes.scene_store import Known, SceneStore


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
