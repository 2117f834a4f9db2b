"""The places where the program keeps its own things, and the few choices that outlive a run. No Qt: scripts ask too."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from viewer.support.kept_files import replace_text

APP_NAME = "geoloupe"
HOME_VARIABLE = "GEOLOUPE_HOME"
RECENT_LIMIT = 10


def data_folder() -> Path:
    """Working copies and logs: what must not be lost."""
    return _folder("data", "XDG_DATA_HOME", ".local/share", "LOCALAPPDATA", "Library/Application Support")


def config_folder() -> Path:
    """The settings file."""
    return _folder("config", "XDG_CONFIG_HOME", ".config", "APPDATA", "Library/Preferences")


def cache_folder() -> Path:
    """The folder of what can be fetched or computed again."""
    return _folder("cache", "XDG_CACHE_HOME", ".cache", "LOCALAPPDATA", "Library/Caches")


def overviews_folder() -> Path:
    """The folder of overviews that readers have built for rasters with too few."""
    return cache_folder() / "overviews"


def sessions_folder() -> Path:
    """The working copies of open and crashed sessions."""
    return data_folder() / "sessions"


def _folder(kind: str, xdg: str, unix: str, windows: str, mac: str) -> Path:
    """The folder itself is made by who first writes there."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home) / kind
    if sys.platform == "win32":
        return Path(os.environ.get(windows) or Path.home()) / APP_NAME / kind
    if sys.platform == "darwin":
        return Path.home() / mac / APP_NAME
    chosen = os.environ.get(xdg, "")
    return (Path(chosen) if os.path.isabs(chosen) else Path.home() / unix) / APP_NAME


DEFAULTS: Mapping[str, Any] = {
    "theme": "dark",
    "notation": "DD",
    "recent": [],
    "recent_crs": [],
    "window_geometry": "",
    "window_state": "",
    "allowed_hosts": [],
    "trusted_cases": [],
    "offline": False,
    "author": "",
    "cjk_font_said": False,
}


class Settings:
    """Known keys with defaults, in one JSON file. A damaged file is set aside, and `problem` says so.

    `path` None keeps everything in memory: for pictures and tests.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._values: dict[str, Any] = {}
        self.problem = ""
        if path is not None:
            self._read(path)

    @classmethod
    def of_user(cls) -> Settings:
        return cls(config_folder() / "settings.json")

    def get(self, key: str) -> Any:
        """The stored value where it is of the default's type, else the default. Raises KeyError for an unknown key."""
        default = DEFAULTS[key]
        value = self._values.get(key, default)
        return value if type(value) is type(default) else default

    def set(self, key: str, value: Any) -> None:
        """Keep a value and write the file; a file that cannot be written costs the memory of the choice only."""
        if type(value) is not type(DEFAULTS[key]):
            raise TypeError(f"The setting {key} holds a {type(DEFAULTS[key]).__name__}.")
        if self.get(key) == value:
            return
        self._values[key] = value
        if self._path is not None:
            self._write(self._path)

    def recent(self) -> list[Path]:
        """Cases opened or saved lately, the newest first."""
        return [Path(text) for text in self.get("recent") if isinstance(text, str)]

    def add_recent(self, path: Path) -> None:
        kept = [str(path), *(str(other) for other in self.recent() if other != path)]
        self.set("recent", kept[:RECENT_LIMIT])

    def forget_recent(self, path: Path) -> None:
        self.set("recent", [str(other) for other in self.recent() if other != path])

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

    def _set_aside(self, path: Path) -> None:
        try:
            os.replace(path, path.with_suffix(".damaged.json"))
        except OSError as error:
            self.problem += f" It could not be set aside either: {error}."

    def _write(self, path: Path) -> None:
        try:
            replace_text(path, json.dumps(self._values, indent=1))
        except OSError as error:
            self.problem = f"The settings cannot be kept in {path.parent}: {error}."
