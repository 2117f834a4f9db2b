"""Replaces a small text file in one step: a program killed while writing leaves the old text or the new one."""

from __future__ import annotations

from pathlib import Path

from layers.project.storage.fsops import DISK, sweep, temporary_beside


def replace_text(path: Path, text: str) -> None:
    """Write `text` beside `path` and move it there; remnants of killed programs are removed. Raises OSError.

    There is no fsync: after a power failure the old text may be back, which costs a setting or two.
    """
    DISK.mkdir(path.parent)
    sweep(path.parent, DISK)
    with temporary_beside(path, DISK) as new:
        with DISK.open(new, "wb") as file:
            DISK.write_all(file, text.encode("utf-8"))
        DISK.replace(new, path)
