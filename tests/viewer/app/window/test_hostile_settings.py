"""Settings that hold anything: each value costs itself at most; what another version keeps there survives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.project.opening.intake import read_case
from tests.support.cases.spoiled_json import DEEP, hostile
from viewer.app.case.trust import CaseKey, Trust, TrustStore
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.support.settings import DEFAULTS, Settings, config_folder

STANDING = {
    "state": "AAAA",
    "folds": {"left": {"ids": ["panel_sites"], "fronts": ["panel_sites"], "width_px": 300}},
    "opened": ["right"],
}
SOUND: dict[str, Any] = {
    "theme": "light",
    "notation": "MGRS",
    "recent": ["/cases/a.gpkg"],
    "recent_crs": ["EPSG:32632"],
    "window_geometry": "AAAA",
    "panels": {"layout": "writing", "alone": False, "kept": {"writing small": STANDING}},
    "allowed_hosts": ["tiles.example"],
    "trusted_cases": [{"path": "/cases/a.gpkg", "uuid": "u", "folders": ["/data"], "hosts": ["127.0.0.1:80"]}],
    "scene_folders": ["/scenes"],
    "dialog_folders": {"files": "/scenes"},
    "axis_orders": {"https://maps.example/wms EPSG:4326": "east first"},
    "offline": True,
    "author": "Olga",
    "organisation": "The Desk",
    "name_asked": True,
    "new_on_world": False,
    "cjk_font_said": True,
    "last_archive": {"address": "https://example.org/stac", "title": "An archive"},
}
WINDOWS = 15
KNOWN = CaseKey("/cases/a.gpkg", "u")


def write(values: Any) -> None:
    path = config_folder() / "settings.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values))


@pytest.mark.bounded
def test_each_value_is_of_its_kind_and_costs_itself() -> None:
    for values in hostile(SOUND, 300):
        write(values)
        settings = Settings.of_user()
        assert not settings.problem
        sound = values if isinstance(values, dict) else {}
        for key, default in DEFAULTS.items():
            value = settings.get(key)
            assert type(value) is type(default)
            if repr(sound.get(key)) == repr(SOUND[key]):
                assert value == SOUND[key], "a neighbour of a spoiled value"
        settings.recent()
        store = TrustStore(settings)
        assert store.find(KNOWN) in (Trust(), Trust(("/data",), ("127.0.0.1:80",)), *told(sound))
        store.keep(KNOWN, Trust(("/other",)))
        assert TrustStore(Settings.of_user()).find(KNOWN) == Trust(("/other",))


def told(values: dict[str, Any]) -> list[Trust]:
    """What a spoiled entry says all the same."""
    try:
        (entry,) = values["trusted_cases"]
        return [Trust(tuple(entry["folders"]), tuple(entry["hosts"]))]
    except (KeyError, TypeError, ValueError, AttributeError):
        return []


@pytest.mark.bounded
def test_a_window_stands_with_any_of_them(make_window: Callable[[], MainWindow], qtbot: QtBot) -> None:
    """Each window takes up as many values as there are keys."""
    spoilt = {key: hostile({key: SOUND[key]}, 100) for key in SOUND}
    for at in range(WINDOWS):
        values = [spoilt[key][(at * 7 + 2) % len(spoilt[key])] for key in SOUND]
        write({name: one for value in values if isinstance(value, dict) for name, one in value.items()})
        window = make_window()
        qtbot.waitUntil(window.is_idle)
        window.file_menu.new_case()
        edit = add_site(window.session.document, Point(10, 50), actor=window.session.actor)
        window.session.push(edit)
        assert len(window.session.document.sites) == 1, "the analyst can work"
        qtbot.waitUntil(window.is_idle)
        window.place.keep()
        assert Settings.of_user().get("panels")["layout"] in ("looking", "marking", "comparing", "writing")


def test_what_another_version_keeps_survives(make_window: Callable[[], MainWindow], qtbot: QtBot) -> None:
    later = {"path": "/cases/b.gpkg", "uuid": "v", "folders": ["/data"], "hosts": [], "until": "2031"}
    stranger = {"path": 5, "kind": "of a later version"}
    standing = {"state": "AAAA", "folds": [], "opened": {"screen": 2}}
    values = {
        **SOUND,
        "voice": {"is_on": True, "deep": DEEP},
        "trusted_cases": [*SOUND["trusted_cases"], later, stranger],
        "panels": {**SOUND["panels"], "screens": [1, 2], "kept": {"writing huge": standing}},
    }
    write(values)
    window = make_window()
    qtbot.waitUntil(window.is_idle)
    window.place.keep()
    TrustStore(window.settings).keep(KNOWN, Trust(("/other",)))
    kept = json.loads((config_folder() / "settings.json").read_text())
    assert kept["voice"] == values["voice"]
    assert kept["trusted_cases"][1:] == [later, stranger]
    assert kept["panels"]["screens"] == [1, 2]
    assert kept["panels"]["kept"]["writing huge"] == standing


@pytest.mark.bounded
def test_a_name_of_half_characters_keeps_no_edit_from_the_disk(
    make_window: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    write({"author": "Ol\ud800ga"})
    window = make_window()
    window.file_menu.new_case()
    window.session.push(add_site(window.session.document, Point(10, 50), actor=window.session.actor))
    window.session.save_as(tmp_path / "case.gpkg")
    qtbot.waitUntil(window.is_idle)
    assert len(read_case(tmp_path / "case.gpkg").document.sites) == 1
