"""F40: nobody is contacted, and no name looked up, before consent or while working offline, as the system sees it.

The real program runs in a process of its own under strace, with a case and lists that name hosts of every kind.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases.imagery_of_hosts import ITEM, SIGNED_BLOB, case_of_hosts, services, write_own_lists
from tests.support.command_line import one_process
from tests.support.tile_server import serving
from tests.support.traced import can_be_alone, can_trace, contacts, run_traced
from tests.support.wms_documents import document, layer_xml
from viewer.support.settings import Settings

pytestmark = [
    pytest.mark.bounded,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not can_trace(), reason="strace is not installed, or this system lets nobody trace"),
]
HOSTS = ["plain.example.org", "dated.example.org", "maps.example.org", "files.example.org", "typed.example.org"]
LOOKS = ["look", "imagery", "archives", "news", "product"]
PRESSES = ["look", "imagery", "add", "archives=all", "news=all", "ask_again", "product"]

COMMANDS = {
    "reading": [
        ["info", "CASE", "--json"],
        ["info", "WMS", "--json"],
        ["info", "ITEM", "--json"],
        ["info", "SEARCH", "--json"],
        ["scenes", ".", "--json"],
        ["lint", "CASE"],
        ["validate", "CASE"],
    ],
    "drawing": [
        ["render", "CASE", "--out", "x.png", "--size", "256x256"],
        ["export", "CASE", "--out", "x.html", "--size", "900x600"],
    ],
}
"""Commands one after the other in one process: to start it takes longer than most of them."""
ITEM_DOCUMENT = {
    "type": "Feature",
    "stac_version": "1.0.0",
    "id": "a",
    "collection": "c",
    "geometry": None,
    "properties": {"datetime": "2026-03-01T10:00:00Z"},
    "links": [{"rel": "self", "href": ITEM}, {"rel": "next", "href": "https://catalogue.example.org/v1/search?n=2"}],
    "assets": {"visual": {"href": SIGNED_BLOB, "type": "image/tiff; application=geotiff", "roles": ["visual"]}},
}


def watched(case: Path, *steps: str, under: tuple[str, ...] = ()) -> tuple[dict[str, Any], list[str]]:
    """What the analyst saw, and who was contacted."""
    log = case.with_name("calls")
    done = run_traced(
        "-m", "tests.support.watched_window", *steps, case, cwd=case.parent, log=log, under=under, timeout=280
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), contacts(log)


@pytest.fixture
def case(own_home: Path, tmp_path: Path) -> Path:
    write_own_lists()
    return case_of_hosts(tmp_path / "case" / "c.gpkg")


def test_f40_a_case_and_all_dialogs_are_looked_at_and_nobody_is_contacted(case: Path) -> None:
    seen, asked = watched(case, *LOOKS)
    assert asked == []
    waiting = [name for name, badge in seen["badges"].items() if badge == "paused"]
    assert len(waiting) == len(services()) + 3
    assert seen["entries"] > 20
    assert "typed.example.org" in seen["news"]


def test_f40_a_picture_of_the_window_contacts_nobody(case: Path, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    picture = tmp_path / "x.png"
    done = run_traced("-m", "viewer", case, "--screenshot", picture, "--size", "1366x768", cwd=tmp_path, log=log)
    assert done.returncode == 0, done.stderr
    assert picture.stat().st_size
    assert contacts(log) == []


@pytest.mark.parametrize("kind", COMMANDS)
def test_f40_commands_about_files_contact_nobody(case: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "wms.xml").write_text(document(layer_xml()), "utf-8")
    names = {"CASE": str(case), "WMS": "wms.xml", "ITEM": "item.json", "SEARCH": "search.json"}
    (tmp_path / "item.json").write_text(json.dumps(ITEM_DOCUMENT), "utf-8")
    (tmp_path / "search.json").write_text(json.dumps({"type": "FeatureCollection", "features": [ITEM_DOCUMENT]}))
    commands = [[names.get(word, word) for word in words] for words in COMMANDS[kind]]
    done = run_traced(*one_process(commands), cwd=tmp_path, log=tmp_path / "calls")
    assert done.returncode == 0, done.stderr
    assert contacts(tmp_path / "calls") == []


def test_f40_offline_nobody_is_contacted_however_often_a_button_is_pressed(case: Path) -> None:
    settings = Settings.of_user()
    settings.set("offline", True)
    settings.set("allowed_hosts", HOSTS)
    seen, asked = watched(case, *PRESSES)
    assert asked == []
    assert "offline mode" in seen["badges"].values()
    assert seen["added"] >= 2


def test_f40_only_the_host_that_was_allowed_is_contacted_until_work_goes_offline(
    own_home: Path, tmp_path: Path
) -> None:
    write_own_lists()
    with serving() as server, serving() as other:
        case = case_of_hosts(tmp_path / "case" / "c.gpkg", server.host)
        _, asked = watched(case, "look", f"allow={server.host}", *LOOKS)
        assert asked == [server.host]
        assert any("/ok/" in path for path in server.log)
        assert any("BBOX=" in path for path in server.log)
        assert any("/part/" in path for path in server.log)
        count = len(server.log)
        _, asked = watched(case, "offline", "look", "ask_again", "archives=all")
        assert asked == []
        assert (len(server.log), other.log) == (count, [])


@pytest.mark.skipif(not can_be_alone(), reason="this system lets nobody have a network of their own")
def test_a_look_up_and_a_request_would_be_seen(case: Path) -> None:
    """In a network of its own, so that nobody hears of it."""
    Settings.of_user().set("allowed_hosts", HOSTS)
    _, asked = watched(case, "look", "allow=10.9.8.7", under=("unshare", "-n", "--"))
    assert any(place.endswith(":53") for place in asked), asked
