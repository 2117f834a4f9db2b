"""Packs as files: what other programs read in them, going on after a kill, full disks, strangers' files."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from layers.errors import DiskFull, FileMissing, GeoloupeError, NotAFile, NotReadable, SaveFailed, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.readers.tiled.mbtiles import MbtilesReader
from layers.services.matrix import SourceTile
from layers.services.packs import pack_database
from layers.services.packs.mbtiles_pack import MbtilesPack, pack_state
from layers.services.packs.pack_plan import PackPlan, PackTile, plan_pack
from layers.services.packs.pack_search import pack_for, packs_in_folder
from layers.services.packs.pack_source import source_of
from layers.services.packs.packed_tiles import PackedTiles, packed_bodies
from layers.services.tile_service import TileService
from tests.layers.services.packs.conftest import PNG, SERVICE


def metadata(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as database:
        values = dict(database.execute("SELECT name, value FROM metadata"))
    database.close()
    return values


def fill(path: Path, plan: PackPlan) -> list[PackTile]:
    with MbtilesPack(path, plan) as pack:
        tiles = list(pack.missing())
        pack.put((tile, PNG + repr(tile).encode()) for tile in tiles)
        pack.finish()
    return tiles


def test_a_pack_is_what_other_programs_expect_and_names_no_secret(tmp_path: Path, plan: PackPlan) -> None:
    tiles = fill(tmp_path / "sky.mbtiles", plan)
    assert len(tiles) == plan.count()
    values = metadata(tmp_path / "sky.mbtiles")
    assert values["name"] == "Sky"
    assert (values["minzoom"], values["maxzoom"], values["format"]) == ("4", "8", "png")
    assert values["bounds"] == "10.0000000,50.0000000,16.0000000,54.0000000"
    assert (values["attribution"], values["license"], values["date"]) == ("Sky company", "CC0", "2024-04-12")
    assert values["source"] == "https://tiles.example.org/{time}/{z}/{x}/{y}.png?style=a&api_key=…"
    assert b"s3cret" not in (tmp_path / "sky.mbtiles").read_bytes()
    assert not list(tmp_path.glob("sky.mbtiles-*"))
    with sqlite3.connect(tmp_path / "sky.mbtiles") as database:
        (row,) = database.execute("SELECT tile_row, tile_data FROM tiles WHERE zoom_level = 4").fetchall()
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    assert row[0] == 15 - 5, "rows count from the south"


def test_a_pack_fetched_anew_keeps_its_tiles_until_newer_ones_come(tmp_path: Path, plan: PackPlan) -> None:
    path = tmp_path / "sky.mbtiles"
    tiles = fill(path, plan)
    with MbtilesPack(path, plan) as pack:
        assert list(pack.missing()) == []
        pack.ask_again()
        assert (list(pack.missing()), pack.count_there()) == (tiles, 0)
        pack.put([(tiles[0], PNG + b"newer")], [tiles[1]])
        assert list(pack.missing()) == tiles[2:]
    state = pack_state(path, plan.service)
    assert state is not None
    assert not state.is_whole
    assert state.has(plan), "the old tiles are all there"
    with MbtilesPack(path, plan) as later:  # after a pause, or a kill
        assert list(later.missing()) == tiles[2:]
        later.put([(tile, PNG + b"newer") for tile in later.missing()])
        later.finish()
        assert list(later.missing()) == []
    levels = {level.zoom: level.level for level in plan.levels}
    with PackedTiles(path, plan.service) as packed:
        bodies = [packed.tile(SourceTile(levels[each.zoom], each.column, each.row)) for each in tiles[:2]]
    assert bodies == [PNG + b"newer", PNG + repr(tiles[1]).encode()], "what the server lost stays"


def test_a_pack_is_found_by_what_it_has_and_no_byte_of_it_changes(tmp_path: Path, plan: PackPlan) -> None:
    other = plan_pack(plan.service, [Bounds(100.0, 10.0, 101.0, 11.0)], (4, 6))
    fill(tmp_path / "sky.mbtiles", plan)
    fill(tmp_path / "sky.mbtiles", other)
    (tmp_path / "broken.mbtiles").write_bytes(b"no database")
    (tmp_path / "folder.mbtiles").mkdir()
    fill(tmp_path / "later.mbtiles", plan_pack(replace(plan.service, time="2025-01-01"), plan.areas, (4, 5)))
    before = (tmp_path / "sky.mbtiles").read_bytes()
    found = packs_in_folder(tmp_path, plan.service)
    assert [pack.name for pack in found] == ["sky.mbtiles"], "of the same service and date"
    inside = plan_pack(plan.service, [Bounds(11.0, 51.0, 12.0, 52.0)], (5, 7))
    coarser = plan_pack(plan.service, [Bounds(11.0, 51.0, 12.0, 52.0)], (3, 7))
    beyond = plan_pack(plan.service, [Bounds(15.0, 51.0, 17.0, 52.0)], (5, 7))
    for wanted in (plan, other, inside):
        assert pack_for(wanted, "new.mbtiles", found) == found[0]
    for wanted in (coarser, beyond):
        assert pack_for(wanted, "new.mbtiles", found) is None
        assert pack_for(wanted, "sky.mbtiles", found) == found[0], "it grows"
    assert (tmp_path / "sky.mbtiles").read_bytes() == before


@pytest.mark.parametrize(
    ("template", "source"),
    [
        ("https://e.org/{z}/{x}/{y}.png", "https://e.org/{z}/{x}/{y}.png"),
        ("https://e.org/{z}/{x}/{y}?map=a&TOKEN=abc&sig=q", "https://e.org/{z}/{x}/{y}?map=a&TOKEN=…&sig=…"),
        ("https://e.org/{z}/{x}/{y}?layers=keys&t=", "https://e.org/{z}/{x}/{y}?layers=keys&t="),
        (
            "https://e.org/ogc/0123abcd-0123-4567-89ab-0123456789ab/{z}/{x}/{y}",
            "https://e.org/ogc/…/{z}/{x}/{y}",
        ),
        (
            "https://e.org/MODIS_Terra_CorrectedReflectance_TrueColor/default/{time}/{z}/{y}/{x}.jpg",
            "https://e.org/MODIS_Terra_CorrectedReflectance_TrueColor/default/{time}/{z}/{y}/{x}.jpg",
        ),
    ],
)
def test_an_address_is_kept_without_its_secrets(template: str, source: str) -> None:
    assert source_of(TileService("a", template)) == source


def test_what_is_there_or_known_to_be_lacking_is_not_missing(tmp_path: Path, plan: PackPlan) -> None:
    path = tmp_path / "sky.mbtiles"
    with MbtilesPack(path, plan) as pack:
        tiles = list(pack.missing())
        pack.put([(tiles[0], PNG), (tiles[5], PNG)], [tiles[7]])
    assert pack_state(path, SERVICE).is_whole is False
    with MbtilesPack(path, plan) as pack:
        assert pack.count_there() == 3
        assert list(pack.missing()) == [tile for tile in tiles if tile not in (tiles[0], tiles[5], tiles[7])]
        pack.finish()
    state = pack_state(path, SERVICE)
    assert (state.areas, state.zooms, state.is_whole) == (plan.areas, (4, 8), True)


def test_another_area_goes_into_the_same_pack(tmp_path: Path, plan: PackPlan) -> None:
    path = tmp_path / "sky.mbtiles"
    before = fill(path, plan)
    other = plan_pack(SERVICE, [Bounds(12.0, 50.0, 20.0, 54.0)], (2, 6))
    with MbtilesPack(path, other) as pack:
        assert not set(before).intersection(pack.missing())
    values = metadata(path)
    assert values["bounds"] == "10.0000000,50.0000000,20.0000000,54.0000000"
    assert (values["minzoom"], values["maxzoom"]) == ("2", "8")


KILLED = """
import os, signal, sys
from pathlib import Path
from layers.services.packs.mbtiles_pack import MbtilesPack
from tests.layers.services.packs.conftest import PNG, SERVICE
from layers.services.packs.pack_plan import plan_pack
from layers.geo.bounds import Bounds
plan = plan_pack(SERVICE, [Bounds(10.0, 50.0, 16.0, 54.0)], (4, 8))
pack = MbtilesPack(Path(sys.argv[1]), plan)
tiles = list(pack.missing())
for at in range(0, len(tiles), 5):
    pack.put([(tile, PNG + bytes(20_000)) for tile in tiles[at:at + 5]])
    print(at + 5, flush=True)
"""


@pytest.mark.bounded
def test_f_a_kill_at_any_moment_loses_no_batch_that_was_written(tmp_path: Path, plan: PackPlan) -> None:
    for count in (1, 2, 3):
        path = tmp_path / f"{count}.mbtiles"
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
        told = [int(child.stdout.readline()) for _ in range(count)]
        os.kill(child.pid, signal.SIGKILL)
        told += [int(line) for line in child.stdout.read().split()]
        child.wait()
        child.stdout.close()
        with MbtilesPack(path, plan) as pack:
            assert pack.count_there() >= told[-1]
            rest = list(pack.missing())
            assert len(rest) == plan.count() - pack.count_there()
            pack.put((tile, PNG) for tile in rest)
            assert not list(pack.missing())


def test_a_full_disk_is_told_in_a_sentence_and_keeps_what_is_there(
    tmp_path: Path, plan: PackPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sky.mbtiles"
    with MbtilesPack(path, plan) as pack:
        tiles = list(pack.missing())
        pack.put((tile, PNG + bytes(10_000)) for tile in tiles[:5])
    monkeypatch.setattr(pack_database, "MOST_PAGES", 30)
    words = r"^The disk is full: sky\.mbtiles keeps the tiles that it has\."
    with MbtilesPack(path, plan) as pack, pytest.raises(DiskFull, match=words):
        pack.put((tile, PNG + bytes(50_000)) for tile in tiles[5:10])
    monkeypatch.undo()
    with MbtilesPack(path, plan) as pack:
        assert pack.count_there() == 5
        pack.put((tile, PNG) for tile in tiles[5:10])


def test_a_folder_that_is_not_there_is_told_in_a_sentence(tmp_path: Path, plan: PackPlan) -> None:
    with pytest.raises(SaveFailed, match="could not be written"):
        MbtilesPack(tmp_path / "none" / "sky.mbtiles", plan)


def test_a_pack_of_another_service_or_date_is_neither_written_nor_shown(tmp_path: Path, plan: PackPlan) -> None:
    path = tmp_path / "sky.mbtiles"
    fill(path, plan)
    before = path.read_bytes()
    for other in (SERVICE.at("2024-04-13"), replace(SERVICE, template="https://other.org/{time}/{z}/{x}/{y}.png")):
        with pytest.raises(UnsupportedFormat, match="another service or date"):
            MbtilesPack(path, plan_pack(other, plan.areas, (4, 8)))
        with pytest.raises(UnsupportedFormat, match="at another date" if other.time != SERVICE.time else "passed over"):
            PackedTiles(path, other)
        bodies, problems = packed_bodies([path], other, [SourceTile(4, 8, 5)])
        assert not bodies
        assert bool(problems[path]) == (other.time == SERVICE.time), "packs of other dates are no trouble"
    assert path.read_bytes() == before


def test_the_key_may_change_and_the_pack_stays_the_layers_own(tmp_path: Path, plan: PackPlan) -> None:
    path = tmp_path / "sky.mbtiles"
    fill(path, plan)
    renewed = replace(SERVICE, template=SERVICE.template.replace("s3cret", "other"))
    with PackedTiles(path, renewed) as pack:
        assert pack.tile(SourceTile(4, 8, 5)).startswith(PNG)


def foreign(path: Path, *statements: str, source: str = "") -> Path:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        values = {"source": source or source_of(SERVICE), "date": SERVICE.time, "tile_px": "256"}
        database.executemany("INSERT INTO metadata VALUES (?, ?)", values.items())
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


ENDLESS = (
    "CREATE VIEW tiles AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) "
    "SELECT 4 AS zoom_level, 8 AS tile_column, 10 + n % 2 AS tile_row, x'89504e470d0a1a0a' AS tile_data "
    "FROM t WHERE n % 5 = 7"
)


@pytest.mark.bounded
@pytest.mark.parametrize(
    "statement",
    [
        ENDLESS,
        "CREATE TABLE tiles (zoom_level, tile_column, tile_row)",
        "CREATE VIEW tiles AS SELECT * FROM nowhere",
        "CREATE VIEW tiles AS SELECT 4 AS zoom_level, 8 AS tile_column, 10 AS tile_row, "
        "zeroblob(50000000) AS tile_data",
    ],
    ids=["endless", "columns", "loose", "large"],
)
def test_a_hostile_pack_costs_a_sentence(tmp_path: Path, monkeypatch, statement: str) -> None:
    monkeypatch.setattr(pack_database, "DEADLINE_S", 0.3)
    path = foreign(tmp_path / "evil.mbtiles", statement)
    with PackedTiles(path, SERVICE) as pack, pytest.raises(NotReadable, match=r"^The offline pack evil\.mbtiles is"):
        pack.tile(SourceTile(4, 8, 5))
    bodies, problems = packed_bodies([path], SERVICE, [SourceTile(4, 8, 5)])
    assert not bodies
    assert list(problems) == [path]


@pytest.mark.parametrize("body", [b"<html>", b"", b"GIF89a", b"II*\0", 7, "text", None])
def test_a_tile_that_is_no_picture_is_none(tmp_path: Path, body: object) -> None:
    path = foreign(tmp_path / "odd.mbtiles", "CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)")
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO tiles VALUES (4, 8, 10, ?)", (body,))
    database.close()
    with PackedTiles(path, SERVICE) as pack:
        assert pack.tile(SourceTile(4, 8, 5)) == b""
        assert pack.tile(SourceTile(7, 8, 5)) == b""


def test_nothing_is_written_into_a_strangers_file(tmp_path: Path, plan: PackPlan) -> None:
    """A trigger of theirs would run with each tile of ours."""
    own = tmp_path / "own.mbtiles"
    fill(own, plan)
    with sqlite3.connect(own) as database:
        database.execute("CREATE TRIGGER t AFTER INSERT ON tiles BEGIN DELETE FROM tiles; END")
    database.close()
    others = [own, foreign(tmp_path / "a.mbtiles", "CREATE TABLE tiles (zoom_level)"), tmp_path / "text.mbtiles"]
    others[2].write_text("this is no database at all, but it is long enough to be one" * 100)
    for path in others:
        before = path.read_bytes()
        with pytest.raises((UnsupportedFormat, NotReadable)):
            MbtilesPack(path, plan)
        with pytest.raises((UnsupportedFormat, NotReadable)):
            pack_state(path, SERVICE)
        assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in folders there")
def test_a_pipe_or_a_missing_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mbtiles")
    with pytest.raises(NotAFile):
        PackedTiles(tmp_path / "pipe.mbtiles", SERVICE)
    with pytest.raises(FileMissing, match=r"none\.mbtiles is not there"):
        PackedTiles(tmp_path / "none.mbtiles", SERVICE)
    assert pack_state(tmp_path / "none.mbtiles", SERVICE) is None


def test_a_plan_that_makes_no_sense_is_damage(tmp_path: Path, plan: PackPlan) -> None:
    path = tmp_path / "sky.mbtiles"
    fill(path, plan)
    for text in ("", "[]", "{", json.dumps({"areas": [[1, 2]], "zooms": [4, 8]}), json.dumps({"areas": 7, "zooms": 1})):
        with sqlite3.connect(path) as database:
            database.execute("UPDATE metadata SET value = ? WHERE name = 'geoloupe_plan'", (text,))
        database.close()
        with pytest.raises(GeoloupeError):
            pack_state(path, SERVICE)


def test_our_own_reader_of_rasters_opens_a_pack(tmp_path: Path, plan: PackPlan) -> None:
    from tests.support.tile_server import TileServer  # Qt, for real pictures

    server = TileServer()
    try:
        with MbtilesPack(tmp_path / "sky.mbtiles", plan) as pack:
            pack.put((tile, server.tile(tile.zoom, tile.column, tile.row, "png")) for tile in list(pack.missing()))
    finally:
        server.stop()
    reader = MbtilesReader(str(tmp_path / "sky.mbtiles"))
    assert reader.width > 256
    reader.close()
