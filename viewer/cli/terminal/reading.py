"""Reads files for headless subcommands: cases directly, everything else by readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import FileMissing, NotAFile, UnsupportedFormat

if TYPE_CHECKING:
    from layers.document.document import Document
    from layers.pool.pool import ReaderPool


def open_case(path: str) -> Document:
    """Read a case file. Raises a GeoloupeError where it is none."""
    from layers.project.opening.intake import read_case  # for start-up time

    return read_case(case_file(path)).document


def case_file(path: str) -> Path:
    """Check that a text is the path of a case. Raises FileMissing, NotAFile or UnsupportedFormat."""
    from layers.project.storage.sqlite_file import is_case  # for start-up time

    file = regular_file(path)
    if not is_case(file):
        raise UnsupportedFormat(
            "{path} is not a Geoloupe case: open it in the window, or use “geoloupe info”.", path=path
        )
    return file


def regular_file(path: str) -> Path:
    """Check that a text is the path of a regular file; anything else is not opened. Raises FileMissing or NotAFile."""
    file = existing(path)
    if not file.is_file():
        raise NotAFile("{path} is not a regular file.", path=path)
    return file


def existing(path: str) -> Path:
    """Check that a text is the path of a regular file, or of a folder, which may hold a delivery.

    Raises FileMissing, and NotAFile for a pipe or a device, which is not opened.
    """
    file = Path(path)
    if not file.exists():
        raise FileMissing("There is no file {path}: check the name.", path=path)
    if not (file.is_file() or file.is_dir()):
        raise NotAFile("{path} is not a regular file.", path=path)
    return file


@contextmanager
def one_reader() -> Iterator[ReaderPool]:
    """A pool of one reader process for the length of a command."""
    with readers(1) as pool:
        yield pool


@contextmanager
def reader_of_documents() -> Iterator[ReaderPool]:
    """A pool that starts a process with the first kept copy whose words are to be read, and none before."""
    from layers.pool.pool import ReaderPool  # for start-up time

    with closing(ReaderPool(workers=1)) as pool:
        yield pool


@contextmanager
def readers(workers: int) -> Iterator[ReaderPool]:
    """A pool of `workers` reader processes for the length of a command."""
    from layers.pool.pool import ReaderPool  # for start-up time

    pool = ReaderPool(workers=workers)
    pool.start()
    try:
        yield pool
    finally:
        pool.close()
