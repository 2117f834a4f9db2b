"""The work on an offline pack, against a server that keeps a log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.services.packs import pack_database
from layers.services.packs.mbtiles_pack import pack_state
from layers.services.packs.pack_plan import PackPlan, plan_pack
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer
from viewer.network import pack_download
from viewer.network.fetcher import Fetcher
from viewer.network.pack_download import PackDownload, PackPhase
from viewer.panels.packs.pack_dialog import progress_words
from viewer.support.jobs import Jobs

AREA = Bounds(10.0, 50.0, 16.0, 54.0)
type Begin = Callable[..., PackDownload]


@pytest.fixture
def begin(server: TileServer, fetcher: Fetcher, tmp_path: Path) -> Iterator[Begin]:
    """`begin("ok")`: the work on a pack of the server's path of that name, begun."""
    jobs, made = Jobs(), list[PackDownload]()

    def make(fault: str = "ok", most: int = 8, name: str = "sky.mbtiles") -> PackDownload:
        made.append(PackDownload(fetcher, jobs, planned(server, fault, most), tmp_path / name))
        made[-1].start()
        return made[-1]

    yield make
    for download in made:
        download.close()
    assert jobs.shutdown()


def planned(server: TileServer, fault: str = "ok", most: int = 8) -> PackPlan:
    service = TileService("Sky", server.template(fault), max_level=18)
    return plan_pack(service, [AREA], (4, most))


def tiles_in(path: Path) -> int:
    database = sqlite3.connect(path)
    ((count,),) = database.execute("SELECT COUNT(*) FROM tiles").fetchall()
    database.close()
    return int(count)


def ended(qtbot: QtBot, download: PackDownload) -> None:
    qtbot.waitUntil(lambda: not download.is_working, timeout=20_000)


def test_a_pack_is_fetched_whole_and_each_tile_once(qtbot, server: TileServer, begin: Begin) -> None:
    download = begin()
    ended(qtbot, download)
    assert download.phase is PackPhase.DONE
    assert download.there == download.total == len(server.log) == len(set(server.log)) == tiles_in(download.path)
    assert download.fraction == 1.0
    assert pack_state(download.path, download.plan.service).is_whole
    for _, z, x, y in ((None, *path.split("/")[2:]) for path in server.log[:3]):
        row = 2 ** int(z) - 1 - int(y.partition(".")[0])
        database = sqlite3.connect(download.path)
        ((body,),) = database.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (int(z), int(x), row),
        ).fetchall()
        database.close()
        assert body == server.tile(int(z), int(x), int(y.partition(".")[0]), "png"), "byte for byte"


@pytest.mark.bounded
def test_a_pause_keeps_what_has_come_and_going_on_asks_for_the_rest(qtbot, server: TileServer, begin: Begin) -> None:
    download = begin()
    qtbot.waitUntil(lambda: len(server.log) > 8, timeout=20_000)
    download.pause()
    assert download.phase is PackPhase.PAUSED
    qtbot.waitUntil(lambda: download.path.exists() and not download.path.with_name("sky.mbtiles-journal").exists())
    qtbot.wait(200)
    asked = len(server.log)
    qtbot.wait(200)
    assert len(server.log) == asked, "nothing is asked for while it is paused"
    download.start()
    ended(qtbot, download)
    assert download.phase is PackPhase.DONE
    assert tiles_in(download.path) == download.total
    again = len(server.log) - download.total
    assert 0 <= again <= pack_download.MOST_CONNECTIONS, "only what was under way is asked for twice"


def test_a_pack_takes_what_was_looked_at_and_pushes_none_of_it_out(
    qtbot, server: TileServer, fetcher: Fetcher, begin: Begin
) -> None:
    store = fetcher.tiles
    assert store is not None
    seen = server.template("ok").format(z=4, x=8, y=5)
    fetcher.fetch(seen, lambda image, error: None)
    qtbot.waitUntil(lambda: fetcher.is_idle())
    assert server.log == ["/ok/4/8/5.png"]
    download = begin(most=7)
    ended(qtbot, download)
    assert download.phase is PackPhase.DONE
    assert tiles_in(download.path) == download.total == len(server.log), "one of them was stored"
    assert [store.is_known(server.url + path) for path in server.log] == [True] + (len(server.log) - 1) * [False]


def test_a_pack_holds_to_the_terms_of_its_service(
    qtbot, server: TileServer, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = TileService("Sky", server.template("ok"), max_level=18, max_connections=2, min_cache_days=30.0)
    jobs, addresses = Jobs(), list[str]()
    monkeypatch.setattr(fetcher, "fetch_packed", lambda url, done: addresses.append(url))
    download = PackDownload(fetcher, jobs, plan_pack(service, [AREA], (4, 8)), tmp_path / "sky.mbtiles")
    assert fetcher.tiles is not None
    assert fetcher.tiles.days_of(server.host) == 30.0
    download.start()
    qtbot.waitUntil(lambda: len(addresses) == 2)
    qtbot.wait(60)
    assert len(addresses) == 2
    download.close()
    assert jobs.shutdown()


def test_going_on_at_once_after_a_pause_waits_for_what_is_written(qtbot, begin: Begin) -> None:
    download = begin()
    download.pause()
    download.start()
    download.pause()
    download.start()
    ended(qtbot, download)
    qtbot.waitUntil(lambda: download.phase is PackPhase.DONE, timeout=20_000)
    assert tiles_in(download.path) == download.total


def test_tiles_that_the_server_lacks_are_noted_and_never_asked_for_again(
    qtbot, server: TileServer, begin: Begin
) -> None:
    server.last_level = 6
    download = begin("shallow", most=7)
    looks: list[tuple[int, int]] = []
    download.changed.connect(lambda: looks.append((download.lacking, download.there)))
    ended(qtbot, download)
    assert all(lacking <= there for lacking, there in looks), looks
    assert download.phase is PackPhase.DONE
    lacking = sum(path.split("/")[2] == "7" for path in server.log)
    assert download.lacking == lacking > 0
    kept = download.total - lacking
    assert tiles_in(download.path) == kept
    assert f"holds {kept} of {download.total:,} tiles".replace(",", " ") in progress_words(download)
    server.log.clear()
    again = begin("shallow", most=7)
    ended(qtbot, again)
    assert again.phase is PackPhase.DONE
    assert again.lacking == lacking
    assert server.log == []


def test_what_is_no_picture_is_never_kept(qtbot, server: TileServer, begin: Begin) -> None:
    for fault in ("html", "gif", "half"):
        download = begin(fault, most=5, name=f"{fault}.mbtiles")
        qtbot.waitUntil(lambda: bool(download.sentence), timeout=20_000)  # noqa: B023
        assert download.phase in (PackPhase.PAUSED, PackPhase.WAITING)
        assert tiles_in(download.path) == 0


@pytest.mark.bounded
def test_a_busy_server_is_waited_for_and_given_up_after_a_while(qtbot, server: TileServer, begin: Begin) -> None:
    """The fetcher honours Retry-After: nothing is asked for until then."""
    server.retry_after = "1"
    download = begin("busy", most=5)
    qtbot.waitUntil(lambda: download.phase is PackPhase.WAITING, timeout=20_000)
    assert "busy" in download.sentence
    qtbot.wait(200)
    asked = len(server.log)
    assert asked <= pack_download.MOST_CONNECTIONS
    qtbot.wait(500)
    assert len(server.log) == asked
    ended(qtbot, download)
    assert "busy" in download.sentence
    assert asked < len(server.log) <= (pack_download.MOST_WAITS + 1) * pack_download.MOST_CONNECTIONS


def test_offline_nothing_is_sent_and_it_goes_on_when_the_network_is_back(
    qtbot, server: TileServer, fetcher: Fetcher, begin: Begin
) -> None:
    fetcher.set_offline(True)
    download = begin()
    qtbot.waitUntil(lambda: download.phase is PackPhase.WAITING, timeout=20_000)
    qtbot.wait(200)
    assert server.log == []
    fetcher.set_offline(False)
    ended(qtbot, download)
    assert download.phase is PackPhase.DONE


def test_a_host_that_is_not_allowed_is_not_asked(qtbot, server: TileServer, fetcher: Fetcher, begin: Begin) -> None:
    fetcher.consent.withdraw(server.host)
    download = begin()
    ended(qtbot, download)
    assert "until you allow it" in download.sentence
    assert server.log == []


def test_a_few_failures_are_told_and_asked_for_by_going_on(
    qtbot, server: TileServer, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "tile", lambda z, x, y, ext: b"<html>" if z == 4 else whole(z, x, y, ext))
    whole = TileServer.tile.__get__(server)
    download = begin(most=6)
    ended(qtbot, download)
    assert download.failed == 1
    assert "1 of" in download.sentence
    monkeypatch.setattr(server, "tile", whole)
    download.start()
    ended(qtbot, download)
    assert download.phase is PackPhase.DONE


def test_a_full_disk_pauses_with_a_sentence_and_going_on_ends_well(
    qtbot, server: TileServer, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_database, "MOST_PAGES", 12)
    download = begin()
    ended(qtbot, download)
    assert download.phase is PackPhase.PAUSED
    assert download.sentence.startswith("The disk is full: sky.mbtiles keeps")
    monkeypatch.undo()
    download.start()
    ended(qtbot, download)
    assert download.phase is PackPhase.DONE
    assert tiles_in(download.path) == download.total


def test_a_file_of_somebody_else_is_left_alone(qtbot, server: TileServer, begin: Begin, tmp_path: Path) -> None:
    (tmp_path / "sky.mbtiles").write_bytes(b"mine" * 1000)
    download = begin()
    ended(qtbot, download)
    assert download.phase is PackPhase.PAUSED
    assert "sky.mbtiles" in download.sentence
    assert (tmp_path / "sky.mbtiles").read_bytes() == b"mine" * 1000
    assert server.log == []
