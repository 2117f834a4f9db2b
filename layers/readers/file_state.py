"""State of a file and of what is beside it: another state means that a probe may find something else."""

from __future__ import annotations

import os
import stat

APPENDED = (".aux.xml", ".ovr", ".msk", ".xml")
REPLACED = (
    *(".wld", ".tfw", ".tifw", ".jgw", ".pgw", ".wpw", ".prj", ".hdr", ".rpb", ".imd", ".json", ".stac.json"),
    *(".shp", ".dbf", ".shx", ".cpg", ".qpj", ".kml"),
)


def file_state(path: str) -> list[int] | None:
    """Numbers that differ where a regular file, its folder's list or a file beside it with its name has changed.

    None for anything but a regular file: a delivery's folder says nothing about files deeper in it.
    """
    try:
        own, folder = os.stat(path), os.stat(os.path.dirname(os.path.abspath(path)))
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(own.st_mode):
        return None
    numbers = [own.st_ino, own.st_size, own.st_mtime_ns, own.st_ctime_ns, folder.st_ino, folder.st_mtime_ns]
    stem = os.path.splitext(path)[0]
    for beside in (*(path + ending for ending in APPENDED), *(stem + ending for ending in REPLACED)):
        try:
            status = os.stat(beside)
        except OSError:
            continue
        numbers += [status.st_size, status.st_mtime_ns]
    return numbers
