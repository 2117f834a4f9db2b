"""Documents of a catalogue that is a folder on this computer: whole regular files of bounded size, none outside it."""

from __future__ import annotations

import os
import stat

from msgspec import Struct

from layers.errors import FileMissing, NotAllowed, NotReadable, TooLarge

MOST_BYTES = 32 << 20
"""Largest document, as for those of servers."""
_BEGINNINGS = ("catalog.json", "collection.json")


class FolderDocument(Struct, frozen=True):
    """A document with its own path, against which its relative addresses count."""

    body: bytes
    path: str


def first_document(path: str) -> FolderDocument:
    """The document that a catalogue begins with: that of a folder, or the file itself. Blocks.

    Raises as `read_document`, and FileMissing for a folder that is no catalogue.
    """
    if not os.path.isdir(path):
        return read_document(path, os.path.dirname(path))
    for name in _BEGINNINGS:
        beginning = os.path.join(path, name)
        if os.path.lexists(beginning):
            return read_document(beginning, path)
    raise FileMissing(
        "“{name}” has no catalog.json or collection.json in it: choose the folder that a STAC catalogue begins in.",
        name=os.path.basename(os.path.normpath(path)),
    )


def read_document(path: str, folder: str) -> FolderDocument:
    """Read a document of the catalogue in a folder. Blocks.

    Raises FileMissing, NotAllowed for one that leads out of the folder, TooLarge and NotReadable.
    """
    name, real = os.path.basename(path), os.path.realpath(path)
    if not real.startswith(os.path.join(os.path.realpath(folder), "")):
        raise NotAllowed("{name} leads out of the folder of its catalogue.", name=name)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(real, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise NotReadable("{name} is no file.", name=name)
            if status.st_size > MOST_BYTES:
                raise TooLarge("{name} is larger than {mb} MB.", name=name, mb=MOST_BYTES >> 20)
            return FolderDocument(file.read(MOST_BYTES), path.replace("\\", "/"))
    except FileNotFoundError as error:
        raise FileMissing("{name} is not there.", name=name) from error
    except OSError as error:
        raise NotReadable("{name} cannot be read: {why}.", name=name, why=error.strerror or error) from error
