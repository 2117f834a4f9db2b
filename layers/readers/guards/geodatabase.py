"""Recognises file geodatabases of ArcGIS, folders of tables, and checks them before OGR opens what is in them."""

from __future__ import annotations

import os
from itertools import islice

from layers.errors import NotAllowed, NotReadable, TooLarge

_CATALOGUE = "a00000001.gdbtable"
_MARKS = (b"\x03\0\0\0", b"\x04\0\0\0")
"""First bytes of a table, of ArcGIS 9 and 10, and of those with row numbers of 64 bits."""
_PARTS = (".gdbtable", ".gdbtablx", ".gdbindexes")
MOST_FILES = 20_000


def geodatabase_of(path: str) -> str:
    """The folder of the geodatabase that `path` is, or that a table of it lies in; "" where it is none."""
    if "\0" in path:
        return ""
    folder = os.path.abspath(path)
    if folder.lower().endswith(_PARTS) or os.path.basename(folder).lower() == "gdb":
        folder = os.path.dirname(folder)
    is_one = folder.lower().endswith(".gdb") and os.path.isfile(os.path.join(folder, _CATALOGUE))
    return folder if is_one else ""


def judge_geodatabase(folder: str) -> None:
    """Raises NotAllowed where a part of it is a link, TooLarge for too many, NotReadable for a broken catalogue."""
    name = os.path.basename(folder)
    with os.scandir(folder) as entries:
        for count, entry in enumerate(islice(entries, MOST_FILES + 1)):
            if count == MOST_FILES:
                raise TooLarge(
                    "{name} holds over {most_files} files: copy the layers that you need into another.",
                    name=name,
                    most_files=f"{MOST_FILES:,}",
                )
            if entry.is_symlink():
                raise NotAllowed(
                    "{name} is not opened because {name_2} in it is a link: copy the whole geodatabase with its files.",
                    name=name,
                    name_2=entry.name[:80],
                )
    with open(os.path.join(folder, _CATALOGUE), "rb") as file:
        if not file.read(4).startswith(_MARKS):
            raise NotReadable("{name} is a damaged geodatabase, its list of tables is none: copy it again.", name=name)
