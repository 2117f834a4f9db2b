"""Turns an error of the system while saving into one sentence that says what to do."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from layers.errors import CaseInUse, DiskFull, GeoloupeError, NotAllowed, SaveFailed
from layers.phrase import Phrase

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def save_error(error: OSError | sqlite3.Error | UnicodeError, target: Path) -> GeoloupeError:
    """The error, with its sentence, for a cause that stopped a save to `target`; the old file is as it was."""
    name = shown(target)
    if isinstance(error, OSError):
        if error.errno in _FULL:
            return disk_full(target)
        if error.errno in _FORBIDDEN:
            return not_allowed(target)
        if error.errno == errno.ENOENT:
            return SaveFailed(
                "“{name}” was not saved: its folder is gone. Use Save As to choose another place.", name=name
            )
        if error.errno == errno.ENAMETOOLONG:
            return SaveFailed(
                "“{name}” was not saved: the name is too long. Use Save As with a shorter one.", name=name
            )
        reason = error.strerror or str(error)
        return SaveFailed(
            "“{name}” was not saved ({reason}). The old file is as it was; use Save As or try again.",
            name=name,
            reason=reason,
        )
    if isinstance(error, UnicodeError):
        return SaveFailed(
            "“{name}” was not saved: a name or a text in it is no text. Use Save As in another folder.", name=name
        )
    text = str(error)
    if tells_full(error):
        return disk_full(target)
    if "locked" in text or "busy" in text:
        return in_use(target)
    if "readonly" in text or "unable to open" in text:
        return not_allowed(target)
    return SaveFailed(
        "“{name}” was not saved ({text}). The old file is as it was; use Save As or try again.", name=name, text=text
    )


def journal_error(error: OSError | sqlite3.Error | UnicodeError | MemoryError) -> SaveFailed:
    """The error, with its sentence, for an edit that the working copy could not take."""
    if isinstance(error, MemoryError):
        return SaveFailed(
            "Your last edits are not on the disk yet: there is not enough memory. Close other programs; they are "
            "written with the next edit or save."
        )
    if (isinstance(error, OSError) and error.errno in _FULL) or tells_full(error):
        return DiskFull(
            "Your last edits are not on the disk yet: the disk of your home folder is full. Free some space; "
            "they are written with the next edit or save."
        )
    return SaveFailed(
        "Your last edits are not on the disk ({error}). Save the case, or save it under another name.", error=error
    )


def tells_full(error: Exception) -> bool:
    """True where SQLite found no room: it calls that an error of the disk where its shared memory found none."""
    return "full" in str(error) or getattr(error, "sqlite_errorname", "") == "SQLITE_IOERR_SHMSIZE"


def is_disk_full(error: OSError) -> bool:
    return error.errno in _FULL


def disk_full(target: Path, needed_bytes: int = 0) -> DiskFull:
    room = Phrase(" {needed_bytes} MB are needed.", needed_bytes=f"{needed_bytes / 1e6:,.0f}") if needed_bytes else ""
    return DiskFull(
        "“{target}” was not saved: the disk is full.{room} Free some space or use Save As on another disk; "
        "the old file is as it was.",
        target=shown(target),
        room=room,
    )


def not_allowed(target: Path) -> NotAllowed:
    return NotAllowed(
        "“{target}” was not saved: writing there is not allowed. Use Save As to choose another folder.",
        target=shown(target),
    )


def in_use(target: Path) -> CaseInUse:
    return CaseInUse(
        "“{target}” is in use by another program. Close it there and save again, or use Save As.", target=shown(target)
    )


def shown(path: Path) -> str:
    """A path's name as text that can be shown and logged, whatever its bytes are."""
    return path.name.encode("utf-8", "replace").decode("utf-8")
