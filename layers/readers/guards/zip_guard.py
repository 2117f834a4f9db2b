"""Checks a ZIP archive before anything is unpacked: its directory says how large the members become."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from layers.errors import NotReadable, TooLarge, UnsupportedFormat
from layers.text.counted import counted, grouped

MAX_BYTES = 200 * 2**20
MAX_RATIO = 100
_RATIO_COUNTS_FROM = 2**20
MAX_MEMBERS = 10_000


@contextmanager
def opened(path: str) -> Iterator[zipfile.ZipFile]:
    """The archive, where it is one that may be read. Raises NotReadable, TooLarge, UnsupportedFormat."""
    with _guarded(path, os.path.basename(path)) as archive:
        yield archive


@contextmanager
def opened_inside(archive: zipfile.ZipFile, wanted: str, name: str) -> Iterator[zipfile.ZipFile]:
    """An archive inside an archive, called `name` in sentences. Raises what `opened` does."""
    with _guarded(member(archive, wanted), name) as inner:
        yield inner


@contextmanager
def _guarded(file: str | BinaryIO, name: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            _check(archive.infolist(), name)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise NotReadable("{name} is a damaged archive ({error}): fetch it again.", name=name, error=error) from error


def member(archive: zipfile.ZipFile, wanted: str) -> BinaryIO:
    """One member, unpacked: never more than the limit, whatever the directory says."""
    with archive.open(wanted) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(
            "{filename} would unpack to over {max_bytes} MB.",
            filename=os.path.basename(str(archive.filename)),
            max_bytes=MAX_BYTES // 2**20,
        )
    return io.BytesIO(data)


def _check(members: Iterable[zipfile.ZipInfo], name: str) -> None:
    members = list(members)
    if len(members) > MAX_MEMBERS:
        raise TooLarge(
            "{name} holds {files}, more than {max_members}: it is not opened.",
            name=name,
            files=counted(len(members), "file"),
            max_members=grouped(MAX_MEMBERS),
        )
    if any(entry.flag_bits & 1 for entry in members):
        raise UnsupportedFormat("{name} is encrypted: unpack it with its password and open what is inside.", name=name)
    whole = sum(entry.file_size for entry in members)
    packed = sum(entry.compress_size for entry in members)
    if whole > MAX_BYTES:
        raise TooLarge(
            "{name} would unpack to {whole} MB, more than {max_bytes} MB.",
            name=name,
            whole=grouped(whole // 2**20),
            max_bytes=MAX_BYTES // 2**20,
        )
    if whole > _RATIO_COUNTS_FROM and whole > MAX_RATIO * max(packed, 1):
        raise TooLarge(
            "{name} would unpack to over {max_ratio} times its size, as a bomb does: it is not opened.",
            name=name,
            max_ratio=MAX_RATIO,
        )
