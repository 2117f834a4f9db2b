"""An index of the pictures that servers of maps have drawn: which stored picture shows which place at which scale.

Such a picture is stored under its address, which names the view it was drawn for: another view never finds it. The
index tells offline what was seen of a place, also in earlier sessions. It holds no address and no name of a host or a
layer, only digests of them without a key, and lies beside the store of the pictures, outside of any case.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from layers.geo.bounds import Bounds

MOST_VIEWS = 256
"""Most pictures of one service that are told of; the oldest go."""
MOST_SERVICES = 200
_ENDING = ".views"
_SLACK = 2
"""A file is written anew once it has so many times the rows that are told of."""


class DrawnView(Struct, frozen=True, array_like=True):
    """A stored picture: the key of its record, the bounds it shows in the CRS of its service, and units a pixel."""

    key: str
    bounds: tuple[float, float, float, float]
    resolution: float

    def meets(self, bounds: Bounds) -> bool:
        """True where it shows some of a place."""
        left, bottom, right, top = self.bounds
        return left < bounds.right and bounds.left < right and bottom < bounds.top and bounds.bottom < top


class DrawnViews:
    """The index in one folder, for all windows. `note` and `views_of` use files: they are not for the window's thread.

    A service goes by a digest of its address without a key: see `service_name`.
    """

    def __init__(self, folder: Path, most_views: int = MOST_VIEWS, most_services: int = MOST_SERVICES) -> None:
        self._folder, self._most_views, self._most_services = folder, most_views, most_services
        self._lock = threading.Lock()

    def note(self, service: str, view: DrawnView) -> None:
        """Note a picture that was stored; a disk that is full costs the row only."""
        path = self._file(service)
        with self._lock, suppress(OSError):
            is_new = not path.exists()
            if is_new:
                self._folder.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(msgspec.json.encode(view) + b"\n")
                size = file.tell()
            if is_new:
                self._drop_oldest()
            elif size > _SLACK * self._most_views * len(msgspec.json.encode(view)):
                self._write(path, self._read(path))

    def views_of(self, service: str) -> list[DrawnView]:
        """The pictures of a service, those that were seen last at the end."""
        with self._lock:
            return self._read(self._file(service))

    def _file(self, service: str) -> Path:
        return self._folder / f"{service}{_ENDING}"

    def _read(self, path: Path) -> list[DrawnView]:
        try:
            lines = path.read_bytes().splitlines()
        except OSError:
            return []
        views: dict[str, DrawnView] = {}
        for line in lines:
            with suppress(msgspec.MsgspecError):  # a row that was cut off
                view = msgspec.json.decode(line, type=DrawnView)
                views.pop(view.key, None)
                views[view.key] = view
        return list(views.values())[-self._most_views :]

    def _write(self, path: Path, views: list[DrawnView]) -> None:
        handle, part = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(b"".join(msgspec.json.encode(view) + b"\n" for view in views))
            os.replace(part, path)
        except OSError:
            with suppress(OSError):
                os.unlink(part)
            raise

    def _drop_oldest(self) -> None:
        files = sorted(self._folder.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime)
        for path in files[: -self._most_services]:
            path.unlink(missing_ok=True)


def service_name(address: str) -> str:
    """The name of a service in the index, by an address of it that holds no key."""
    return hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=16).hexdigest()
