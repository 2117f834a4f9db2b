"""Grants: the files that a reader process may read and write, as requests name them, and the places these lead to.

Only the standard library at the top: the window process imports this module.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from itertools import islice
from typing import Any, NamedTuple

from msgspec import Struct

from layers.errors import GeoloupeError
from layers.requests.addresses import is_address

MOST_BESIDE = 4096
"""Most files that are looked at in a folder that is not granted whole."""
_SHARED = ("/", "/tmp", "/var/tmp", "/dev/shm")
_GUARDED = ("/boot", "/dev", "/etc", "/proc", "/run", "/sys")
_NOT_GUARDED = ("/dev/shm", "/run/media")
_LEVELS_IN_SAFE = 5


class Grants(Struct, frozen=True):
    """Paths as requests name them, not yet looked at.

    `opened` are files and deliveries to be opened: each is read with the files that belong to it, mostly all of its
    folder. `read` are files, and folders with all beneath them; `write` the same, also to be written.
    """

    opened: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()

    def __or__(self, other: Grants) -> Grants:
        return Grants(self.opened | other.opened, self.read | other.read, self.write | other.write)

    def __bool__(self) -> bool:
        return bool(self.opened or self.read or self.write)


NOTHING = Grants()


def needs_of(op: str, params: dict[str, Any]) -> Grants:
    """Grants that an op of imagery, of features or of a case needs, by the names of its parameters."""
    opened = {str(params["path"])} if params.get("path") else set()
    bands = params.get("bands")  # a number of them where pixels are written
    for band in bands if isinstance(bands, list) else ():
        if isinstance(band, dict):
            opened |= {str(path) for path in band.get("paths") or ()}
    opened = {path for path in opened if not is_address(path)}
    read = {os.path.dirname(str(params[name])) for name in ("overview_path", "fids_file") if params.get(name)}
    for name in ("moving", "fixed"):  # two tiles in one question
        if isinstance(params.get(name), dict):
            tile = needs_of("tile", params[name])
            opened, read = opened | tile.opened, read | tile.read
    write = set()
    if op == "overviews":
        write.add(str(params["folder"]))
    elif op in ("export_rows", "write_strip", "write_pixels", "encode_picture", "write_workbook"):
        write.add(os.path.dirname(str(params["out"])))
    elif op == "open":
        write |= {str(params["scratch"]), os.path.dirname(str(params["copy"]))} - {""}
    return Grants(frozenset(opened), frozenset(read - write), frozenset(write))


class GrantExtent(Enum):
    """Extent to which a place is granted."""

    FILE = auto()
    FOLDER = auto()
    """A folder with all beneath it."""
    WRITTEN = auto()
    """A file, or a folder with all beneath it, to be written too."""
    LISTED = auto()
    """A folder whose names may be listed, and those of its folders."""


class GrantedPlace(NamedTuple):
    """A real path to be granted. One that is not `needed` accompanies another, and may be missing."""

    path: str
    extent: GrantExtent
    needed: bool = True


def places_of(grants: Grants) -> Iterator[GrantedPlace]:
    """Places to which the grants lead, links followed; a path that is not there leads nowhere.

    Looks at the files' system, and for VRTs and deliveries into their descriptions: in a process that may be killed.
    """
    for path in grants.write:
        yield from _existing(path, GrantExtent.WRITTEN)
    for path in grants.read:
        yield from _existing(path, GrantExtent.FOLDER)
    for path in grants.opened:
        yield from places_of_opened(path)


def places_of_opened(path: str) -> Iterator[GrantedPlace]:
    """A file with its folder, which holds its sidecars; for a link also the folder that it leads to; for a delivery its
    root.

    Home and other folders that hold all kinds of things are not granted whole: of them the files that lie right in
    them and are not hidden, of the system's and of hidden ones in the home those whose names begin as the file's does.
    """
    if not path or "\0" in path:
        return
    absolute = os.path.abspath(path)
    real = os.path.realpath(absolute)
    if os.path.isdir(real):
        yield from _delivery(real)
    elif os.path.isfile(real):
        here = os.path.join(os.path.realpath(os.path.dirname(absolute)), os.path.basename(absolute))
        for file in dict.fromkeys((here, real)):
            yield from _with_its_folder(file)
        yield GrantedPlace(real, GrantExtent.FILE)
        yield from _root_of_delivery(here)
        if here.lower().endswith(".vrt") and _is_shared(os.path.dirname(real)):
            yield from _sources(real)


def _existing(path: str, extent: GrantExtent) -> Iterator[GrantedPlace]:
    real = os.path.realpath(path)
    if path and os.path.exists(real):
        yield GrantedPlace(
            real, GrantExtent.FILE if extent is GrantExtent.FOLDER and not os.path.isdir(real) else extent
        )


def _with_its_folder(file: str) -> Iterator[GrantedPlace]:
    folder, name = os.path.split(file)
    if _is_guarded(folder):
        stem = os.path.splitext(name)[0].lower()
        yield from (
            GrantedPlace(path, GrantExtent.FILE, False) for path in _files_in(folder) if _named(path).startswith(stem)
        )
    elif _is_shared(folder):
        yield from (
            GrantedPlace(path, GrantExtent.FILE, False)
            for path in _files_in(folder)
            if not _named(path).startswith(".")
        )
    else:
        yield GrantedPlace(folder, GrantExtent.FOLDER)


def _delivery(folder: str) -> Iterator[GrantedPlace]:
    """A folder that was asked for; of one that is not granted whole, the deliveries in it."""
    if not (_is_guarded(folder) or _is_shared(folder)):
        yield GrantedPlace(folder, GrantExtent.FOLDER)
        return
    from layers.readers.deliveries.scene_files import deliveries_at  # rarely needed; the window never

    yield GrantedPlace(folder, GrantExtent.LISTED, False)
    for delivery in deliveries_at(folder):
        yield from _with_its_folder(delivery.metadata)


def _root_of_delivery(file: str) -> Iterator[GrantedPlace]:
    """The root of a delivery, of a file deep in it that leads to all of it: a granule's metadata, or an image of it."""
    parts = file.split(os.sep)
    if parts[-2:-1] == ["measurement"]:
        root = os.sep.join(parts[:-2])
    elif "GRANULE" in parts[-_LEVELS_IN_SAFE:]:
        root = os.sep.join(parts[: len(parts) - 1 - parts[::-1].index("GRANULE")])
    else:
        return
    from layers.readers.deliveries.scene_files import deliveries_at  # rarely needed; the window never

    if root and not _is_shared(root) and any(delivery.folder == root for delivery in deliveries_at(root)):
        yield GrantedPlace(root, GrantExtent.FOLDER)


def _sources(vrt: str) -> Iterator[GrantedPlace]:
    """Sources of a VRT, for when its folder, which holds them all, is not granted whole."""
    from layers.readers.guards.vrt_judge import judge_vrt  # rarely needed; the window never

    try:
        sources = judge_vrt(vrt)
    except GeoloupeError:
        return  # who opens it says why not
    for source in sources:
        yield from _with_its_folder(source)


def _files_in(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (e.path for e in islice(entries, MOST_BESIDE) if e.is_file(follow_symlinks=False))
    except OSError:
        return  # who may not list it opens the file alone


def _named(path: str) -> str:
    return os.path.basename(path).lower()


def _is_shared(folder: str) -> bool:
    """True for the root, the home and the folders above it, and the system's folders for temporary files."""
    home = os.path.realpath(os.path.expanduser("~"))
    shared = {os.path.realpath(path) for path in (*_SHARED, os.environ.get("TMPDIR") or "/tmp")}
    return folder in shared or os.path.commonpath((folder, home)) == folder


def _is_guarded(folder: str) -> bool:
    """True for the system's own folders, and those in the home whose names begin with a dot."""
    home = os.path.realpath(os.path.expanduser("~"))
    if _is_beneath(folder, home) and home != os.sep:
        return os.path.relpath(folder, home).startswith(".") and folder != home
    is_of_system = any(_is_beneath(folder, path) for path in _GUARDED)
    return is_of_system and not any(_is_beneath(folder, path) for path in _NOT_GUARDED)


def _is_beneath(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


class ReachableFiles:
    """Files that this process can open, tested by opening them: a folder's name may meanwhile be that of another
    folder.
    """

    def __init__(self, places: Iterable[GrantedPlace] = ()) -> None:
        """Keep the granted `places`."""
        self._written = {_identity(place.path) for place in places if place.extent is GrantExtent.WRITTEN}
        self._known: dict[str, _Identity] = {}
        """Identities of paths that could be opened, at that time."""

    def covers(self, needs: Grants) -> bool:
        """True where everything needed that exists can be opened, or fails for another reason than a missing grant."""
        return all(self._covers_opened(path) for path in needs.opened) and all(
            self._covers(place) for place in places_of(Grants(read=needs.read, write=needs.write))
        )

    def _covers_opened(self, path: str) -> bool:
        identity = _identity(path)
        if identity is None or self._known.get(path) == identity:
            return True  # or it is not there: opening it says so
        if not all(self._covers(place) for place in places_of_opened(path) if place.needed):
            return False
        self._known[path] = identity
        return True

    def _covers(self, place: GrantedPlace) -> bool:
        if place.extent is GrantExtent.WRITTEN:
            return self._may_write(place.path)
        if not os.access(place.path, os.R_OK):  # which knows of owners and modes, and nothing of walls
            return True
        try:
            os.close(os.open(place.path, os.O_RDONLY))
        except OSError as error:
            return error.errno not in (errno.EACCES, errno.EPERM)
        return True

    def _may_write(self, path: str) -> bool:
        while _identity(path) not in self._written:
            if path == os.path.dirname(path):
                return False
            path = os.path.dirname(path)
        return True


_Identity = tuple[int, int]
"""Device and inode number of a file: two paths with the same identity are the same file."""


def _identity(path: str) -> _Identity | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
