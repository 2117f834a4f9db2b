"""Settings survive a run, and a damaged file costs nothing but the choices."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from platformdirs.macos import MacOS
from platformdirs.windows import Windows

from tests.support.deaths.kills import KILLED, deaths
from viewer.support import settings as settings_module
from viewer.support.settings import DEFAULTS, RECENT_LIMIT, Settings, cache_folder, config_folder, data_folder


def test_folders_are_those_of_the_test(own_home: Path) -> None:
    assert {data_folder().parent, config_folder().parent, cache_folder().parent} == {own_home}


@pytest.fixture
def no_home_of_our_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The user's home, where nothing says that the program's things are elsewhere."""
    for name in ("GEOLOUPE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def folders() -> list[Path]:
    return [data_folder(), config_folder(), cache_folder()]


def test_places_on_linux_stay_where_they_are(no_home_of_our_own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions of an earlier version would be lost from sight elsewhere."""
    home = no_home_of_our_own
    places = [".local/share/geoloupe", ".config/geoloupe", ".cache/geoloupe"]
    assert folders() == [home / place for place in places]
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "not/absolute")
    assert folders() == [home / place for place in places]
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name))
    assert folders() == [home / f"XDG_{kind}_HOME" / "geoloupe" for kind in ("DATA", "CONFIG", "CACHE")]


def test_places_on_macos_stay_where_they_are(no_home_of_our_own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("viewer.support.settings.PlatformDirs", MacOS)
    library = no_home_of_our_own / "Library"
    places = [library / kind / "geoloupe" for kind in ("Application Support", "Preferences", "Caches")]
    assert folders() == places
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(no_home_of_our_own / name))
    assert folders() == places


def test_places_on_windows_stay_where_they_are(no_home_of_our_own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folders of Windows are asked for of Windows, so that a stand-in answers here."""
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("viewer.support.settings.PlatformDirs", Windows)
    local, roaming = no_home_of_our_own / "Local", no_home_of_our_own / "Roaming"
    monkeypatch.setenv("LOCALAPPDATA", str(local))
    monkeypatch.setenv("APPDATA", str(roaming))
    answers = {"CSIDL_LOCAL_APPDATA": str(local), "CSIDL_APPDATA": str(roaming)}
    monkeypatch.setattr("platformdirs.windows.get_win_folder", answers.__getitem__)
    assert folders() == [local / "geoloupe/data", roaming / "geoloupe/config", local / "geoloupe/cache"]


def test_a_choice_outlives_the_run() -> None:
    Settings.of_user().set("theme", "light")
    assert Settings.of_user().get("theme") == "light"


@pytest.mark.parametrize("text", ["{not json", '["a list"]', "\x00\x01", '{"theme": 7, "recent": "no list"}'])
def test_f91_a_damaged_file_gives_defaults(text: str) -> None:
    path = config_folder() / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    settings = Settings.of_user()
    assert {key: settings.get(key) for key in DEFAULTS} == dict(DEFAULTS)
    settings.set("theme", "light")
    assert Settings.of_user().get("theme") == "light"


def test_f91_a_damaged_file_is_set_aside_and_said() -> None:
    path = config_folder() / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\xfe{")
    assert "settings.json" in Settings.of_user().problem
    assert not path.exists()
    assert (path.parent / "settings.damaged.json").exists()


def test_f91_settings_that_cannot_be_written_are_said(own_home: Path) -> None:
    (own_home / "config").write_text("a file where the folder should be")
    settings = Settings.of_user()
    settings.set("theme", "light")
    assert settings.get("theme") == "light"
    assert "cannot be kept" in settings.problem


def test_unknown_keys_and_wrong_kinds_are_our_errors() -> None:
    settings = Settings(None)
    with pytest.raises(KeyError):
        settings.get("colour")
    with pytest.raises(TypeError):
        settings.set("recent", "a.gpkg")


def test_recent_cases_are_few_and_the_newest_first() -> None:
    settings = Settings(None)
    for number in range(RECENT_LIMIT + 3):
        settings.add_recent(Path(f"/cases/{number}.gpkg"))
    settings.add_recent(Path("/cases/5.gpkg"))
    recent = settings.recent()
    assert recent[:2] == [Path("/cases/5.gpkg"), Path(f"/cases/{RECENT_LIMIT + 2}.gpkg")]
    assert len(recent) == RECENT_LIMIT == len(set(recent))
    settings.forget_recent(Path("/cases/5.gpkg"))
    assert Path("/cases/5.gpkg") not in settings.recent()


def test_f17_a_recent_case_of_odd_bytes_is_remembered() -> None:
    path = Path(os.fsdecode(b"/cases/b\xff.gpkg"))
    Settings.of_user().add_recent(path)
    assert Settings.of_user().recent() == [path]


def test_f91_settings_that_are_nested_without_end_give_defaults() -> None:
    path = config_folder() / "settings.json"
    path.parent.mkdir(parents=True)
    path.write_text("[" * 200_000)
    settings = Settings.of_user()
    assert settings.get("theme") == DEFAULTS["theme"]
    assert "settings.json" in settings.problem


@pytest.mark.bounded
@pytest.mark.parametrize("is_first", [True, False])
def test_f04_a_choice_killed_at_any_call_is_the_old_one_or_the_new(own_home: Path, is_first: bool) -> None:
    path, old = config_folder() / "settings.json", "dark" if is_first else "light"
    codes: list[int] = []

    def reset() -> None:
        path.unlink(missing_ok=True)
        if not is_first:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"theme": "light"}))

    reset()
    for code in deaths(own_home, "setting", "notation", "UTM"):
        codes.append(code)
        found = Settings.of_user()
        assert found.problem == ""
        assert found.get("theme") == old
        assert found.get("notation") in (DEFAULTS["notation"], "UTM")
        if code == KILLED:
            reset()
    assert codes.count(KILLED) >= 5
    assert Settings.of_user().get("notation") == "UTM"
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"], "what the killed ones left is gone"


def test_two_programs_at_once_keep_what_the_other_chose(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    first, second = Settings(path), Settings(path)
    first.add_recent(Path("/cases/a.gpkg"))
    second.set("theme", "light")
    second.add_recent(Path("/cases/b.gpkg"))
    first.set("offline", True)
    found = Settings(path)
    assert (found.get("theme"), found.get("offline")) == ("light", True)
    assert found.recent() == [Path("/cases/b.gpkg"), Path("/cases/a.gpkg")]
    assert first.get("theme") == "light", "what is written is known"


def test_what_could_not_be_written_is_kept_beside_what_others_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    first, second = Settings(path), Settings(path)
    with monkeypatch.context() as full:
        full.setattr(settings_module, "replace_text", no_room)
        first.set("theme", "light")
    second.set("offline", True)
    first.set("notation", "DMS")
    assert json.loads(path.read_text()) == {"offline": True, "theme": "light", "notation": "DMS"}


def no_room(path: Path, text: str) -> None:
    raise OSError(28, "No space left on device")
