"""Lists the files of a folder that can be opened, judged by their names."""

from __future__ import annotations

import os
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

from msgspec import Struct

from layers.errors import FileMissing
from viewer.app.desktop.dialog_filters import DELIVERIES, known_ending

DEEPEST = 4
MOST_FILES, MOST_LOOKED_AT = 1000, 50_000
_OFTEN_OTHERS = (".gpkg", ".txt", ".json", ".xlsx", ".dat", ".img", ".tab", ".png", ".jpg", ".jpeg")
"""Endings that are often no layers: of cases, notes, tables and photographs."""


class OfferedFile(Struct, frozen=True):
    """A file that can be opened. `name` is its path below the folder; `is_likely`: its ending suggests a layer."""

    path: Path
    name: str
    size: int
    is_likely: bool


class FolderFiles(Struct, frozen=True):
    """Files of a folder, ordered by name. `is_cut`: there are more than are listed."""

    files: tuple[OfferedFile, ...]
    is_cut: bool = False


def files_of_folder(folder: Path, check: Callable[[], None]) -> FolderFiles:
    """List the files of a folder and its subfolders, without following links. `check` raises to stop the search.

    Raises FileMissing where the folder itself cannot be listed.
    """
    files: list[OfferedFile] = []
    looked_at = 0

    def refused(error: OSError) -> None:
        if error.filename is not None and Path(error.filename) == folder:
            raise FileMissing(
                "The folder {folder} cannot be listed ({strerror}): choose files in it.",
                folder=folder,
                strerror=error.strerror,
            ) from error

    for where, folders, names in os.walk(folder, onerror=refused):
        check()
        depth = len(Path(where).relative_to(folder).parts)
        folders[:] = (
            sorted(subfolder for subfolder in folders if not subfolder.startswith(".")) if depth < DEEPEST else []
        )
        for name in sorted(names):
            looked_at += 1
            if looked_at > MOST_LOOKED_AT or len(files) >= MOST_FILES:
                return FolderFiles(tuple(files), is_cut=True)
            if not name.startswith(".") and (known_ending(name) or _describes_delivery(name)):
                files.append(_offered(folder, Path(where) / name))
    return FolderFiles(tuple(files))


def _describes_delivery(name: str) -> bool:
    return any(fnmatch(name.lower(), pattern.lower()) for pattern in DELIVERIES)


def _offered(folder: Path, path: Path) -> OfferedFile:
    is_likely = _describes_delivery(path.name) or known_ending(path.name) not in _OFTEN_OTHERS
    try:
        size = path.stat().st_size
    except OSError:
        size = 0  # it will be said why when it is opened
    return OfferedFile(path, str(path.relative_to(folder)), size, is_likely)
