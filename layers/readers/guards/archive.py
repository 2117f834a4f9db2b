"""Checks TAR and ZIP archives in which imagery is sold: their members, by name and size, before GDAL looks inside."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from layers.errors import FileMissing, NotReadable, TooLarge, UnsupportedFormat
from layers.phrase import Phrase

if TYPE_CHECKING:
    from tarfile import TarFile

MOST_MEMBERS = 10_000
MOST_RATIO = 100
"""Greatest ratio of unpacked to packed size: imagery packs to a tenth at best, larger ratios are bombs."""
_RATIO_COUNTS_FROM = 2**20
_ENDINGS = (".tar", ".zip", ".kmz")
_TAR_MARK_AT, _TAR_MARK = 257, b"ustar"
_BRACES = "{}"


class ArchiveMember(NamedTuple):
    """The name and the unpacked size in bytes of a regular file in an archive."""

    name: str
    size: int


def is_archive(path: str) -> bool:
    """True for a TAR or ZIP by its ending and its mark."""
    if not path.lower().endswith(_ENDINGS) or not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        head = file.read(512)
    return _is_zip(head) or _is_tar(head)


def _is_zip(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


def _is_tar(head: bytes) -> bool:
    return head[_TAR_MARK_AT : _TAR_MARK_AT + len(_TAR_MARK)] == _TAR_MARK


def members_of(path: str) -> dict[str, ArchiveMember]:
    """Regular files in an archive by their names; links, absolute names and ".." are left out.

    Raises NotReadable for a damaged archive, TooLarge for too many members or a bomb, UnsupportedFormat for a password.
    """
    state = os.stat(path)
    return _members(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _members(path: str, _modified_ns: int, _size: int) -> dict[str, ArchiveMember]:
    name = os.path.basename(path)
    try:
        members = _of_zip(path, name) if _zip(path) else _of_tar(path, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise NotReadable("{name} is a damaged archive: copy or download it again.", name=name) from error
    return {member.name: member for member in members if _is_sound(member.name)}


def _zip(path: str) -> bool:
    with open(path, "rb") as file:
        return _is_zip(file.read(4))


def _of_zip(path: str, name: str) -> list[ArchiveMember]:
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_MEMBERS:
        raise _too_many(name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnsupportedFormat("{name} is encrypted: unpack it with its password and open what is inside.", name=name)
    for entry in entries:
        if entry.file_size > _RATIO_COUNTS_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise TooLarge(
                "{name} would unpack to over {most_ratio} times its size, as a bomb does: it is not opened.",
                name=name,
                most_ratio=MOST_RATIO,
            )
    return [ArchiveMember(entry.filename, entry.file_size) for entry in entries]


@contextmanager
def _opened_tar(path: str) -> Iterator[TarFile]:
    """A TAR without packing of its own. Raises OSError for a damaged one."""
    import tarfile  # for start-up time: each reader imports this module, and few files are a TAR

    try:
        with tarfile.open(path, "r:") as archive:
            yield archive
    except tarfile.TarError as error:
        raise OSError(f"a damaged TAR: {error}") from error


def _of_tar(path: str, name: str) -> list[ArchiveMember]:
    members: list[ArchiveMember] = []
    with _opened_tar(path) as archive:
        for count, entry in enumerate(archive):
            if count == MOST_MEMBERS:
                raise _too_many(name)
            if entry.isreg() and not entry.issparse():
                members.append(ArchiveMember(entry.name, entry.size))
    end = os.path.getsize(path)
    if any(member.size > end for member in members):
        raise OSError(Phrase("a member ends beyond the archive"))
    return members


def _too_many(name: str) -> TooLarge:
    return TooLarge(
        "{name} holds more than {most_members} files: unpack it and open what you need.",
        name=name,
        most_members=f"{MOST_MEMBERS:,}",
    )


def _is_sound(name: str) -> bool:
    parts = name.removeprefix("./").split("/")
    return not name.startswith("/") and ".." not in parts and "\\" not in name and "\0" not in name


def member_bytes(path: str, member: str, limit: int) -> bytes:
    """All bytes of a member. Raises TooLarge for more than `limit`, FileMissing, NotReadable for a damaged archive."""
    known = _known(path, member)
    name = os.path.basename(member)
    if known.size > limit:
        raise TooLarge(
            "{name} is too large for a metadata file: at most {limit} MB are read.", name=name, limit=limit // 2**20
        )
    return _read(path, member, limit)


def member_head(path: str, member: str, count: int) -> bytes:
    """The first bytes of a member. Raises as `member_bytes`."""
    _known(path, member)
    return _read(path, member, count)


def _read(path: str, member: str, count: int) -> bytes:
    name = os.path.basename(path)
    try:
        if _zip(path):
            with zipfile.ZipFile(path) as archive, archive.open(member) as file:
                return file.read(count)
        with _opened_tar(path) as tar:
            stream = tar.extractfile(member)
            return stream.read(count) if stream is not None else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, RuntimeError) as error:
        raise NotReadable("{name} is a damaged archive: copy or download it again.", name=name) from error


def name_for_gdal(path: str, member: str) -> str:
    """The name by which GDAL opens a member, without unpacking it. Raises FileMissing, UnsupportedFormat."""
    _known(path, member)
    if any(brace in path for brace in _BRACES):
        raise UnsupportedFormat(
            "{path} lies in a folder with {{ or }} in its name: move it elsewhere.", path=os.path.basename(path)
        )
    return f"/vsi{'zip' if _zip(path) else 'tar'}/{{{path}}}/{member.removeprefix('./')}"


def _known(path: str, member: str) -> ArchiveMember:
    entry = members_of(path).get(member)
    if entry is None:
        raise FileMissing(
            "{path} holds no {member}: copy it again.",
            path=os.path.basename(path),
            member=os.path.basename(member)[:100],
        )
    return entry
