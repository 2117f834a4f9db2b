"""Folders of the program's own files, and the settings file. Free of Qt, as scripts use it too."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from platformdirs import PlatformDirs

from layers.disk.patience import within
from viewer.support.kept_files import replace_text

APP_NAME = "geoloupe"
HOME_VARIABLE = "GEOLOUPE_HOME"
RECENT_LIMIT = 10
_FOLDER_S = 0.1
"""Seconds in which the drive of a folder must answer for a dialog to begin there: the window waits for it."""
_ON_MACOS = {"data": "Application Support", "config": "Preferences", "cache": "Caches"}


def data_folder() -> Path:
    """The folder of working copies and logs, which must not be lost."""
    return _folder("data")


def config_folder() -> Path:
    """The folder of the settings file."""
    return _folder("config")


def cache_folder() -> Path:
    """The folder of files that can be fetched or computed again."""
    return _folder("cache")


def overviews_folder() -> Path:
    """The folder of overviews that readers have built for rasters with too few."""
    return cache_folder() / "overviews"


def scenes_file() -> Path:
    """The file of the cache of scenes that readers have described."""
    return cache_folder() / "scenes.sqlite"


def kept_words_folder() -> Path:
    """The folder of words that readers have found in kept copies."""
    return cache_folder() / "kept_words"


def sessions_folder() -> Path:
    """The folder of working copies of open and crashed sessions."""
    return data_folder() / "sessions"


def _folder(kind: Literal["data", "config", "cache"]) -> Path:
    """Path of a folder of the program, which its first writer creates."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / kind
    if sys.platform == "darwin":
        # platformdirs heeds XDG variables here too, and keeps settings elsewhere: sessions would be lost from sight.
        return Path.home() / "Library" / _ON_MACOS[kind] / APP_NAME
    if sys.platform == "win32":
        place = PlatformDirs(APP_NAME, appauthor=False, roaming=kind == "config", opinion=False)
        return (place.user_cache_path if kind == "cache" else place.user_data_path) / kind
    unix = PlatformDirs(APP_NAME)
    return {"data": unix.user_data_path, "config": unix.user_config_path, "cache": unix.user_cache_path}[kind]


DEFAULTS: Mapping[str, Any] = {
    "theme": "dark",
    "notation": "DD",
    "recent": [],
    "recent_crs": [],
    "window_geometry": "",
    "panels": {},
    "allowed_hosts": [],
    "axis_orders": {},
    "trusted_cases": [],
    "scene_folders": [],
    "dialog_folders": {},
    "last_archive": {},
    "offline": False,
    "author": "",
    "organisation": "",
    "name_asked": False,
    "new_on_world": True,
    "cjk_font_said": False,
}


class Settings:
    """Known keys with defaults, in one JSON file. A damaged file is set aside, and `problem` says so.

    Several programs of one analyst share the file: each writes its own changes, and keeps those of others.
    `path` None keeps everything in memory: for pictures and tests.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._values: dict[str, Any] = {}
        self._unwritten: dict[str, Any] = {}
        """Choices that could not be written to the file."""
        self.problem = ""
        if path is not None:
            self._read(path)

    @classmethod
    def of_user(cls) -> Settings:
        return cls(config_folder() / "settings.json")

    def get(self, key: str) -> Any:
        """Return the stored value if it has the default's type, else the default. Raises KeyError for unknown keys."""
        default = DEFAULTS[key]
        value = self._values.get(key, default)
        return value if type(value) is type(default) and not is_half(value) else default

    def set(self, key: str, value: Any) -> None:
        """Keep a value and write the file; where that fails, the choice lasts for this run only."""
        if type(value) is not type(DEFAULTS[key]):
            raise TypeError(f"The setting {key} holds a {type(DEFAULTS[key]).__name__}.")
        if self.get(key) != value:
            self.change(key, lambda _: value)

    def change[T](self, key: str, change: Callable[[T], T]) -> None:
        """Set a value to the result of `change` for the value that is in the file now."""
        if self._path is not None:
            self._values = {**self._in_file(self._path), **self._unwritten}
        value = change(self.get(key))
        if value == self.get(key) and not self._unwritten:
            return
        self._values[key] = self._unwritten[key] = value
        if self._path is not None:
            self._write(self._path)

    def recent(self) -> list[Path]:
        """Cases that were opened or saved lately, the newest first."""
        return [Path(text) for text in only_texts(self.get("recent"))]

    def add_recent(self, path: Path) -> None:
        """Move a case to the front of `recent`."""
        self.change("recent", lambda cases: [str(path), *_without(cases, path)][:RECENT_LIMIT])

    def forget_recent(self, path: Path) -> None:
        """Remove a case from `recent`."""
        self.change("recent", lambda cases: _without(cases, path))

    def dialog_folder(self, kind: str) -> Path | None:
        """The folder in which a kind of dialog was used last; None where there is none that answers."""
        text = self.get("dialog_folders").get(kind)
        if not isinstance(text, str) or not text or is_half(text):
            return None
        folder = Path(text)
        try:
            return folder if within(_FOLDER_S, folder.is_dir) else None
        except OSError:
            return None

    def remember_folder(self, kind: str, folder: Path) -> None:
        """Let a kind of dialog begin in a folder the next time."""
        self.change("dialog_folders", lambda folders: {**folders, kind: str(folder)})

    def _read(self, path: Path) -> None:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as error:
            self.problem = f"The settings in {path.name} could not be read and stand at their defaults: {error}."
            self._set_aside(path)
            return
        if isinstance(values, dict):
            self._values = values

    def _in_file(self, path: Path) -> dict[str, Any]:
        """Read the values from the file; where that fails, return the present ones."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return self._values
        return values if isinstance(values, dict) else self._values

    def _set_aside(self, path: Path) -> None:
        try:
            os.replace(path, path.with_suffix(".damaged.json"))
        except OSError as error:
            self.problem += f" It could not be set aside either: {error}."

    def _write(self, path: Path) -> None:
        try:
            replace_text(path, json.dumps(self._values, indent=1))
            self._unwritten.clear()
        except OSError as error:
            self.problem = f"The settings cannot be kept in {path.parent}: {error}."


def is_half(value: Any) -> bool:
    """True for a text with lone surrogates, as an odd file may hold it: no case could keep it."""
    return isinstance(value, str) and value.encode("utf-8", "ignore").decode("utf-8") != value


def only_texts(values: list[Any]) -> list[str]:
    """Texts of a list that was read from a file, without anything else in it."""
    return [text for text in values if isinstance(text, str)]


def _without(cases: list[Any], path: Path) -> list[str]:
    return [text for text in only_texts(cases) if Path(text) != path]
