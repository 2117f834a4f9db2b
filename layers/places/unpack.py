"""Unpacks the shipped place names once into the cache, and checks them each time they are read from there."""

from __future__ import annotations

import contextlib
import hashlib
import lzma
import os
from pathlib import Path

from layers.errors import NotReadable

_PIECE = 1 << 20


def unpacked(packed: Path, folder: Path) -> Path:
    """The SQLite file in `folder`, made from `packed` where it is not there or damaged.

    Raises NotReadable for a damaged packed file, OSError where the cache cannot be written.
    """
    target = folder / f"places-{_digest(packed)[:16]}.sqlite"
    seal = target.with_suffix(".sha256")
    if target.is_file() and seal.is_file() and seal.read_text("ascii", "replace").strip() == _digest(target):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    _forget_others(folder, target)
    draft = target.with_suffix(f".{os.getpid()}.tmp")
    try:
        with lzma.open(packed) as source, draft.open("wb") as sink:
            while piece := source.read(_PIECE):
                sink.write(piece)
    except (lzma.LZMAError, EOFError) as error:
        draft.unlink(missing_ok=True)
        raise NotReadable(
            "The shipped place names in {name} are damaged: install Geoloupe again.", name=packed.name
        ) from error
    seal.write_text(_digest(draft), "ascii")
    os.replace(draft, target)
    return target


def _forget_others(folder: Path, target: Path) -> None:
    """Delete the names that earlier versions unpacked; a file that another program still holds stays."""
    for stale in (*folder.glob("places-*.sqlite"), *folder.glob("places-*.sha256")):
        if stale.stem != target.stem:
            with contextlib.suppress(OSError):
                stale.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
