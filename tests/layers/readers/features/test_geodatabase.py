"""File geodatabases: all their tables with places, opened by the folder or by a file inside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from layers.errors import GeoloupeError, NotAllowed, NotReadable, TooLarge
from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.pool.routing import foretells_features
from layers.requests.probe import Probe
from tests.support.readers.raw import raw
from tests.support.readers.tiny_geodatabase import geodatabase

POOL = ReaderPool(inline=True)


def layers(path: Path) -> list[dict]:
    return POOL.ask(Probe(str(path))).header["layers"]


def refusal(path: Path) -> GeoloupeError:
    with pytest.raises(GeoloupeError) as caught:
        POOL.ask(Probe(str(path)))
    return caught.value


@pytest.mark.parametrize("inside", ["", "gdb", "a00000009.gdbtable"])
def test_a_geodatabase_is_opened_by_its_folder_or_a_file_in_it(tmp_path: Path, inside: str) -> None:
    folder = geodatabase(tmp_path / "bases.gdb")
    pads, roads = layers(folder / inside if inside else folder)
    assert (pads["name"], pads["geometry"], pads["features"], pads["driver"]) == ("pads", "Point", 5, "OpenFileGDB")
    assert pads["bounds_lonlat"] == pytest.approx([43, 36, 43.4, 36.2], abs=1e-6)
    assert roads["crs"] == "EPSG:32638"
    assert [name for name, _ in pads["fields"]] == ["name", "n"]
    assert "Tables of bases.gdb without places are left out: notes." in pads["problems"]


def test_its_rows_are_numbered_as_arcgis_numbers_them(tmp_path: Path) -> None:
    folder = geodatabase(tmp_path / "bases.gdb")
    question = {"path": str(folder), "layer": "pads", "crs": "EPSG:4326", "limit": 2}
    answer = POOL.ask(raw("features", question))
    found = table_from_answer(answer)
    assert found.fid.tolist() == [1, 2]
    assert (found.xy * found.step)[:2].tolist() == pytest.approx(np.array([[43, 36], [43.1, 36.05]]), abs=1e-6)
    rows = POOL.ask(raw("attributes", {"path": str(folder), "layer": "pads", "start_fid": 3, "limit": 5})).header
    assert "Vandenberg" not in str(rows) or "e" in str(rows)


def test_a_link_in_it_is_not_followed(tmp_path: Path) -> None:
    folder = geodatabase(tmp_path / "bases.gdb")
    table = folder / "a00000009.gdbtable"
    table.rename(tmp_path / "far")
    table.symlink_to(tmp_path / "far")
    error = refusal(folder)
    assert isinstance(error, NotAllowed)
    assert "a00000009.gdbtable in it is a link" in error.sentence


def test_a_broken_one_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = geodatabase(tmp_path / "bases.gdb")
    catalogue = folder / "a00000001.gdbtable"
    whole = catalogue.read_bytes()
    catalogue.write_bytes(b"<html>" + whole)
    assert isinstance(refusal(folder), NotReadable)
    catalogue.write_bytes(whole[:100])
    assert isinstance(refusal(folder), NotReadable)
    monkeypatch.setattr("layers.readers.guards.geodatabase.MOST_FILES", 3)
    assert isinstance(refusal(folder), TooLarge)


def test_a_folder_that_only_has_the_name_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.gdb").mkdir()
    assert "without a delivery of imagery" in refusal(tmp_path / "a.gdb").sentence


def test_readers_of_features_are_asked_first(tmp_path: Path) -> None:
    assert all(map(foretells_features, ("x/a.gdb", "x/a.gdb/", "x/a.gdb/a00000009.gdbtable", "a.gml")))
