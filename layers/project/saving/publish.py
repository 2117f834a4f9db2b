"""Saving: a complete new file beside the target, checked, made durable, and only then put in its place."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from layers.document.document import Document
from layers.errors import NotAFile, SaveFailed
from layers.project.opening.case_paths import make_paths_relative
from layers.project.saving.backups import keep_backup
from layers.project.saving.derive import derive
from layers.project.saving.target_guard import guarded_target
from layers.project.saving.working_copy import WorkingCopy, fill_case
from layers.project.storage.fingerprint import Fingerprint, fingerprint
from layers.project.storage.fsops import DISK, FileSystem, sweep, temporary_beside
from layers.project.storage.integrity import empty_slot, seal
from layers.project.storage.save_errors import disk_full, not_allowed, save_error, shown
from layers.project.storage.tables import SITE_SPECS

__all__ = ["Fingerprint", "fingerprint", "publish", "write_case"]

SPARE_BYTES = 20_000_000
REPLACE_TRIES = 5
REPLACE_PAUSE_S = 0.1


def publish(work: WorkingCopy, target: Path, fs: FileSystem = DISK, *, overwrite: bool = False) -> Fingerprint:
    """Save a working copy as `target` and remember it as the target.

    Raises SaveFailed, DiskFull, NotAllowed, NotAFile, CaseInUse, or CaseChangedOnDisk where the target is not the file
    that was opened (`overwrite` saves all the same). In each case the old file is untouched.
    """
    work.drain()
    target = Path(os.path.abspath(target))
    expected = work.fingerprint if work.target == target and not overwrite else None
    saved_seq = 0

    def fill(new: Path) -> None:
        nonlocal saved_seq
        with closing(sqlite3.connect(work.path, isolation_level=None)) as connection:
            (saved_seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM loupe_history").fetchone()
            connection.execute("VACUUM INTO ?", (os.fspath(new),))

    needed = work.path.stat().st_size * 2 + SPARE_BYTES
    old_folder = work.target.parent if work.target is not None else None
    saved = _put(target, fill, needed, expected, fs, old_folder)
    try:
        work.published(target, saved, saved_seq)
    finally:
        _confirm(target, fs)
    return saved


def write_case(document: Document, target: Path, fs: FileSystem = DISK, *, project_uuid: str = "") -> None:
    """Write a document as a new case in one go, without history; what stands there is replaced. Raises as `publish`."""

    def fill(new: Path) -> None:
        with closing(_unsafe_connection(new)) as connection:
            fill_case(connection, document, project_uuid or str(uuid4()))
            connection.execute("COMMIT")

    target = Path(os.path.abspath(target))
    _put(target, fill, SPARE_BYTES, None, fs)
    _confirm(target, fs)


def _put(
    target: Path,
    fill: Callable[[Path], None],
    needed: int,
    expected: Fingerprint | None,
    fs: FileSystem,
    old_folder: Path | None = None,
) -> Fingerprint:
    """Build with `fill` beside the target, guard the target, replace it.

    Relative paths of layers, as `fill` writes them, count from `old_folder`; None: from that of the target.
    """
    try:
        place = Path(os.path.realpath(target))  # a link stays, the file behind it is replaced
        _check_place(place, needed, fs)
        sweep(place.parent, fs)
        with temporary_beside(place, fs) as new:
            fill(new)
            _finish(new, place, fs, old_folder)
            with guarded_target(place, expected, fs) as release:
                if place.exists():
                    keep_backup(place, fs)
                release()
                _replace(new, place, fs)
        return fingerprint(place)
    except (OSError, sqlite3.Error, UnicodeError) as error:
        raise save_error(error, target) from error


def _confirm(target: Path, fs: FileSystem) -> None:
    """Make the replacement itself durable."""
    try:
        fs.fsync_folder(Path(os.path.realpath(target)).parent)
    except OSError as error:
        raise SaveFailed(
            f"“{shown(target)}” is saved, but its disk did not confirm it ({error.strerror or error}). "
            "Save a copy elsewhere."
        ) from error


def _check_place(place: Path, needed: int, fs: FileSystem) -> None:
    if place.is_dir():
        raise NotAFile(f"“{shown(place)}” is a folder. Save under another name.")
    if place.exists():
        if not place.is_file():
            raise NotAFile(f"“{shown(place)}” is a pipe or a device, no file. Save under another name.")
        if not os.access(place, os.W_OK):
            raise not_allowed(place)
    if not place.parent.is_dir():
        raise SaveFailed(f"“{shown(place)}” was not saved: its folder does not exist. Use Save As to choose another.")
    if fs.free_bytes(place.parent) < needed:
        raise disk_full(place, needed)


def _finish(new: Path, place: Path, fs: FileSystem, old_folder: Path | None) -> None:
    """Derive, check, seal and make durable."""
    slot = empty_slot()
    with closing(_unsafe_connection(new)) as connection:
        make_paths_relative(connection, place.parent, old_folder)
        derive(connection, place, slot)
        _check_new(connection, place)
    seal(new, slot, fs)
    fs.fsync_file(new)


def _unsafe_connection(new: Path) -> sqlite3.Connection:
    """Without journal or syncs: a file that does not get finished is thrown away."""
    connection = sqlite3.connect(new, isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def _check_new(connection: sqlite3.Connection, place: Path) -> None:
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise SaveFailed(f"“{shown(place)}” was not saved: the new file did not pass its check. Try again.")
    for spec in SITE_SPECS:
        # the validators do not notice a missing row of the spatial index
        (boxes,) = connection.execute(f"SELECT count(*) FROM {spec.rtree}_rowid").fetchone()
        (rows,) = connection.execute(f"SELECT count(*) FROM {spec.name}").fetchone()
        (empty,) = (0,) if rows == boxes else connection.execute(f"SELECT {_EMPTY_COUNT} FROM {spec.name}").fetchone()
        if boxes != rows - empty:
            raise SaveFailed(
                f"“{shown(place)}” was not saved: its spatial index does not fit. Use Save As, then reopen."
            )


# the flags byte of a GeoPackage geometry says whether it is empty
_EMPTY_COUNT = "coalesce(sum(geom IS NULL OR (unicode(substr(CAST(geom AS TEXT), 4, 1)) & 16) != 0), 0)"


def _replace(new: Path, place: Path, fs: FileSystem) -> None:
    """Put the new file in place; what a virus scanner or a share holds for a moment is tried again."""
    for _ in range(REPLACE_TRIES - 1):
        try:
            fs.replace(new, place)
            return
        except PermissionError:
            time.sleep(REPLACE_PAUSE_S)
    try:
        fs.replace(new, place)
    except PermissionError as error:
        rescued = place.with_name(f"{place.stem} (unsaved {time.strftime('%H%M%S')}){place.suffix}")
        fs.link(new, rescued)
        raise SaveFailed(
            f"“{shown(place)}” could not be replaced: another program holds it. Your work is in “{shown(rescued)}”."
        ) from error
