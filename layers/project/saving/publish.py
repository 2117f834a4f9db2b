"""Saving: writes a complete new file beside the target, checks it, makes it durable, then replaces the target."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import GeoloupeError, NotAFile, SaveFailed
from layers.phrase import Phrase
from layers.project.opening.case_paths import make_paths_relative
from layers.project.opening.case_reader import CaseReader
from layers.project.saving.backups import keep_backup
from layers.project.saving.blobs import SessionBlobs, fill_blobs, has_blobs, keep_deleted
from layers.project.saving.carry import carry_over
from layers.project.saving.derive import derive
from layers.project.saving.kept_bytes import ShareDone, no_progress
from layers.project.saving.target_guard import guarded_target
from layers.project.saving.working_copy import WorkingCopy, fill_case, last_history
from layers.project.storage.blob_pages import Runs, as_text, blob_runs
from layers.project.storage.fingerprint import Fingerprint, fingerprint
from layers.project.storage.fsops import DISK, FileSystem, scratch_folder, sweep, temporary_beside
from layers.project.storage.integrity import Seal, empty_slot, seal
from layers.project.storage.row_writer import RowStamp, RowWriter
from layers.project.storage.save_errors import disk_full, not_allowed, save_error, shown
from layers.project.storage.schema import BLOB_PAGES_KEY, ROWS_INTEGRITY_KEY
from layers.project.storage.tables import SITE_SPECS, SPECS

SPARE_BYTES = 20_000_000
MANY_BYTES = 1 << 24
"""Fewest bytes of pictures and kept files for which the rest has a hash of its own: fewer are hashed at once."""
_LEAST_SHARE = 0.01
"""Least share of a save's bytes that is worth telling."""
REPLACE_TRIES = 5
REPLACE_PAUSE_S = 0.1


def publish(
    work: WorkingCopy,
    target: Path,
    fs: FileSystem = DISK,
    *,
    overwrite: bool = False,
    notice: Callable[[str], None] = lambda sentence: None,
    goes_on: bool = True,
    progress: ShareDone = no_progress,
) -> Fingerprint:
    """Save a working copy as `target` and remember it as the target; not where it `goes_on` no more, but is closed.

    Edits that the working copy could not take (a full disk) are written all the same. `notice` hears what is saved
    without something, `progress` how far the writing, hashing and copying of many bytes is.

    Raises SaveFailed, DiskFull, NotAllowed, NotAFile, CaseInUse, or CaseChangedOnDisk where the target is not the file
    that was opened (`overwrite` saves all the same). In each case the old file is untouched.
    """
    unwritten = _drained(work)
    target = Path(os.path.abspath(target))
    is_own = work.target == target
    if is_own:
        _refuse_damaged(work)
    expected = work.own_marks if is_own and not overwrite else None
    saved_seq, last_change = 0, ""
    tell = _bytes_told(work, progress)

    def fill(new: Path) -> None:
        nonlocal saved_seq, last_change
        with closing(sqlite3.connect(work.path, isolation_level=None)) as connection:
            saved_seq, last_change = last_history(connection)
            connection.execute("VACUUM INTO ?", (os.fspath(new),))
        _add_unwritten(new, unwritten)

    def carry(new: sqlite3.Connection) -> None:
        try:
            carry_from(new, work.base, work.blobs, carries=work.carries, tell=tell)
        except (GeoloupeError, sqlite3.DatabaseError) as error:
            if is_own:
                raise _not_carried(target, error) from error
            notice(_left_out(target, error))

    making = _Making(
        fill,
        carry,
        _needed_bytes(work),
        expected,
        always_backup=expected is None or work.was_edited,
        old_folder=None if work.target is None else work.target.parent,
        tell=tell,
    )
    saved = _put(target, making, fs, work.placing if is_own else _nothing)
    _confirm(target, fs)
    if goes_on:
        work.published(target, saved, saved_seq, last_change, tell)
    return saved


def _untold(size: int) -> None:
    """Report nothing: nobody watches."""


def _bytes_told(work: WorkingCopy, progress: ShareDone) -> Callable[[int], None]:
    """A function that takes the bytes of each piece, and tells the share of all that are written, hashed and copied."""
    base = work.base
    of = 3 * ((base.stat().st_size if base is not None else work.path.stat().st_size) + work.blobs.size())
    done, share = 0, 0.0

    def tell(size: int) -> None:
        nonlocal done, share
        done += size
        if done / of > share + _LEAST_SHARE:
            share = min(done / of, 1.0)
            progress(share)

    return tell


def _add_unwritten(new: Path, unwritten: Sequence[tuple[Edit, RowStamp]]) -> None:
    """Write edits into a new file that the working copy could not take."""
    if not unwritten:
        return
    with closing(_unsafe_connection(new)) as connection:
        writer = RowWriter(connection)
        connection.execute("BEGIN")
        for edit, stamp in unwritten:
            writer.write_edit(edit, stamp)
        connection.execute("COMMIT")


def _drained(work: WorkingCopy) -> Sequence[tuple[Edit, RowStamp]]:
    """Return the edits that the working copy could not take. Raises SaveFailed where it broke off without any."""
    try:
        work.drain()
    except SaveFailed:
        if not work.unwritten:
            raise
        return work.unwritten
    return ()


def _refuse_damaged(work: WorkingCopy) -> None:
    """Raise SaveFailed where bytes in the file of a working copy are damaged, once that is known."""
    if work.base is not None and work.is_damaged:
        raise SaveFailed(
            "“{target}” was not saved: its pictures or kept files are damaged, and stay as they are. Use Save As.",
            target=shown(work.target or work.path),
        )


def _needed_bytes(work: WorkingCopy) -> int:
    """Room for the new file with all that is carried over, while the old one stands."""
    return work.path.stat().st_size * 2 + SPARE_BYTES + (work.base.stat().st_size if work.base else 0)


def write_case(
    document: Document,
    target: Path,
    fs: FileSystem = DISK,
    *,
    project_uuid: str = "",
    base: Path | None = None,
    blobs: Mapping[tuple[str, str] | tuple[str, str, str], bytes] | None = None,
    with_history: bool = True,
) -> None:
    """Write a document as a new case in one go; what stands there is replaced. Raises as `publish`.

    Its history begins now, or is empty. `base` is a case whose foreign content and bytes come along, `blobs` has bytes
    of chips and kept files by (table, uuid), and small pictures by (table, uuid, "thumbnail").
    """

    def fill(new: Path) -> None:
        with closing(_unsafe_connection(new)) as connection:
            fill_case(connection, document, project_uuid or str(uuid4()), with_history=with_history)
            connection.execute("COMMIT")

    def carry(new: sqlite3.Connection) -> None:
        with scratch_folder() as folder:
            own = SessionBlobs(folder / "blobs", DISK)
            for (table, uuid, *column), data in (blobs or {}).items():
                own.put(table, uuid, data, *column)
            carry_from(new, base, own, carries=base is not None)

    target = Path(os.path.abspath(target))
    _put(target, _Making(fill, carry, SPARE_BYTES, None, always_backup=True), fs, _nothing)
    _confirm(target, fs)


class _Making(Struct, frozen=True):
    """The way to make a new file: `fill` makes it, `carry` adds content that is neither a row of ours nor derived."""

    fill: Callable[[Path], None]
    carry: Callable[[sqlite3.Connection], None]
    needed_bytes: int
    expected: Sequence[Fingerprint] | None
    """Fingerprints that the replaced file may have; None: any."""
    always_backup: bool
    old_folder: Path | None = None
    """Folder to which the relative paths of layers refer as `fill` writes them; None: the target's folder."""
    tell: Callable[[int], None] = _untold
    """Takes the bytes of each piece that is hashed."""


def carry_from(
    new: sqlite3.Connection,
    base: Path | None,
    blobs: SessionBlobs,
    *,
    carries: bool,
    tell: Callable[[int], None] = _untold,
) -> None:
    """Add the bytes of rows and the content of other programs, the latter where `base` `carries` any."""
    if base is None or not (carries or has_blobs(new)):
        fill_blobs(new, blobs, None, tell)
        return
    with CaseReader.open(base, is_judged=False) as case:
        fill_blobs(new, blobs, case, tell)
        keep_deleted(new, blobs, case)
        if carries:
            carry_over(new, case)


def _not_carried(target: Path, error: Exception) -> SaveFailed:
    return SaveFailed(
        "“{target}” was not saved: what other programs have put into it could not be read again ({error}). "
        "Use Save As to save without it; this file keeps it.",
        target=shown(target),
        error=error,
    )


def _left_out(target: Path, error: Exception) -> Phrase:
    return Phrase(
        "“{target}” is saved without what other programs have put into the case: {error}",
        target=shown(target),
        error=error,
    )


def _nothing(mark: Fingerprint) -> None:
    """Do nothing with the mark of the file that is about to replace the target."""


def _put(target: Path, making: _Making, fs: FileSystem, placing: Callable[[Fingerprint], None]) -> Fingerprint:
    """Build beside the target, guard the target, replace it. Returns the new file's mark, which `placing` hears of
    before.
    """
    try:
        place = Path(os.path.realpath(target))  # a link stays, the file behind it is replaced
        _check_place(place, making.needed_bytes, fs)
        sweep(place.parent, fs)
        with temporary_beside(place, fs) as new:
            making.fill(new)
            sealed = _finish(new, place, making, fs)
            mark = replace(fingerprint(new), integrity=sealed.text, at=sealed.at)
            placing(mark)
            with guarded_target(place, making.expected, fs):
                if place.exists():
                    keep_backup(place, fs, always=making.always_backup)
                _replace(new, place, fs)
        return mark
    except (OSError, sqlite3.Error, UnicodeError) as error:
        raise save_error(error, target) from error


def _confirm(target: Path, fs: FileSystem) -> None:
    """Make the replacement itself durable."""
    try:
        fs.fsync_folder(Path(os.path.realpath(target)).parent)
    except OSError as error:
        raise SaveFailed(
            "“{target}” is saved, but its disk did not confirm it ({strerror}). Save a copy elsewhere.",
            target=shown(target),
            strerror=error.strerror or error,
        ) from error


def _check_place(place: Path, needed: int, fs: FileSystem) -> None:
    if place.is_dir():
        raise NotAFile("“{place}” is a folder. Save under another name.", place=shown(place))
    if place.exists():
        if not place.is_file():
            raise NotAFile("“{place}” is a pipe or a device, no file. Save under another name.", place=shown(place))
        if not os.access(place, os.W_OK):
            raise not_allowed(place)
    if not place.parent.is_dir():
        raise SaveFailed(
            "“{place}” was not saved: its folder does not exist. Use Save As to choose another.", place=shown(place)
        )
    if fs.free_bytes(place.parent) < needed:
        raise disk_full(place, needed)


def _finish(new: Path, place: Path, making: _Making, fs: FileSystem) -> Seal:
    """Derive, carry over, check, seal and make durable."""
    slot = empty_slot()
    with closing(_unsafe_connection(new)) as connection:
        connection.execute("BEGIN")
        make_paths_relative(connection, place.parent, making.old_folder)
        derive(connection, place, slot)
        making.carry(connection)
        connection.execute("COMMIT")
        rows_slot, runs = _list_blob_pages(connection, new, fs)
        _check_new(connection, place)
    sealed = seal(new, slot, fs, rows_slot, runs, making.tell)
    fs.fsync_file(new)
    return sealed


def _list_blob_pages(connection: sqlite3.Connection, new: Path, fs: FileSystem) -> tuple[str, Runs]:
    """Write into a case with many bytes which of its pages no row is read from; return the slot for the hash of the
    others, and these pages. A case with few bytes has neither.
    """
    with fs.open(new, "rb") as file:
        runs = blob_runs(connection, file, SPECS)
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    if sum(count for _first, count in runs) * page_bytes < MANY_BYTES:
        return "", ()
    rows_slot = empty_slot()
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT OR REPLACE INTO loupe_meta (key, value) VALUES (?, ?)",
        [(BLOB_PAGES_KEY, as_text(runs)), (ROWS_INTEGRITY_KEY, rows_slot)],
    )
    connection.execute("COMMIT")
    return rows_slot, runs


def _unsafe_connection(new: Path) -> sqlite3.Connection:
    """Open a connection without journal or syncs: a file that does not get finished is thrown away."""
    connection = sqlite3.connect(new, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _check_new(connection: sqlite3.Connection, place: Path) -> None:
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise SaveFailed("“{place}” was not saved: the new file did not pass its check. Try again.", place=shown(place))
    for spec in SITE_SPECS:
        # the validators do not notice a missing row of the spatial index
        (boxes,) = connection.execute(f"SELECT count(*) FROM {spec.rtree}_rowid").fetchone()
        (rows,) = connection.execute(f"SELECT count(*) FROM {spec.name}").fetchone()
        (empty,) = (0,) if rows == boxes else connection.execute(f"SELECT {_EMPTY_COUNT} FROM {spec.name}").fetchone()
        if boxes != rows - empty:
            raise SaveFailed(
                "“{place}” was not saved: its spatial index does not fit. Use Save As, then reopen.", place=shown(place)
            )


# the flags byte of a GeoPackage geometry says whether it is empty
_EMPTY_COUNT = "coalesce(sum(geom IS NULL OR (unicode(substr(CAST(geom AS TEXT), 4, 1)) & 16) != 0), 0)"


def _replace(new: Path, place: Path, fs: FileSystem) -> None:
    """Put the new file in place; try again where a virus scanner or a share holds it for a moment."""
    for _ in range(REPLACE_TRIES - 1):
        try:
            fs.replace(new, place)
            return
        except PermissionError:
            time.sleep(REPLACE_PAUSE_S)
    try:
        fs.replace(new, place)
    except PermissionError as error:
        rescued = place.with_name(
            Phrase(
                "{stem} (unsaved {strftime}){suffix}",
                stem=place.stem,
                strftime=time.strftime("%H%M%S"),
                suffix=place.suffix,
            )
        )
        fs.link(new, rescued)
        raise SaveFailed(
            "“{place}” could not be replaced: another program holds it. Your work is in “{rescued}”.",
            place=shown(place),
            rescued=shown(rescued),
        ) from error
