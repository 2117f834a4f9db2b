"""Writes files whole or not at all, for cases, products and exports. Tests put a failing system in its place."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from layers.disk.scratch import scratch_prefix, this_host
from layers.errors import ExportFailed, SaveFailed
from layers.project.storage.file_copy import copy_bytes
from layers.project.storage.processes import Owner
from layers.project.storage.save_errors import save_error, shown
from layers.text.counted import counted

_UNFINISHED = re.compile(r"(?:\..*\.tmp|geoloupe)-(\d+)-([0-9a-f]{8})[0-9a-z_]{8}(?:-journal|-wal|-shm)?")
_BLOCK = 4 * 2**20
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EISDIR}


class FileSystem:
    """Plain calls of the operating system, one method each; all raise OSError."""

    def create(self, path: Path, mode: int | None = None) -> None:
        """Make a new empty file; FileExistsError where something stands there."""
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
        os.close(handle)
        if mode is not None:
            try:
                os.chmod(path, mode)
            except OSError:
                path.unlink(missing_ok=True)  # whoever asked for it never hears of it
                raise

    def open(self, path: Path, mode: str) -> BinaryIO:
        return path.open(mode)  # type: ignore[return-value]

    def write(self, file: BinaryIO, data: bytes) -> int:
        return file.write(data)

    def write_all(self, file: BinaryIO, data: bytes) -> None:
        """Write every byte, or raise OSError: a short write is an error, never a success."""
        written = self.write(file, data)
        if written != len(data):
            raise OSError(f"only {written} of {counted(len(data), 'byte')} were written")

    def fsync_file(self, path: Path) -> None:
        with path.open("rb+") as file:
            os.fsync(file.fileno())

    def fsync_folder(self, folder: Path) -> None:
        """Make renames in `folder` durable; nothing to do where folders cannot be opened (Windows)."""
        if os.name == "nt":
            return
        handle = -1
        try:
            handle = os.open(folder, os.O_RDONLY)
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _NO_FOLDER_SYNC:  # network drives cannot do it, and need not
                raise
        finally:
            if handle >= 0:
                os.close(handle)

    def replace(self, old: Path, new: Path) -> None:
        os.replace(old, new)

    def link(self, old: Path, new: Path) -> None:
        """A hard link, or a copy where the file system has none."""
        try:
            os.link(old, new)
        except (NotImplementedError, PermissionError):
            self.copy(old, new)
        except OSError as error:
            if isinstance(error, FileNotFoundError | FileExistsError):
                raise
            self.copy(old, new)

    def copy(self, old: Path, new: Path, tell: Callable[[int], None] = lambda size: None) -> None:
        """Copy a file with its times and permissions; `tell` takes the bytes of each piece."""
        with old.open("rb") as file:
            copy_bytes(file, new, tell=tell)
        shutil.copystat(old, new)

    def unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def mkdir(self, folder: Path, mode: int = 0o777) -> None:
        folder.mkdir(mode, parents=True, exist_ok=True)

    def chmod(self, path: Path, mode: int) -> None:
        os.chmod(path, mode)

    def listdir(self, folder: Path) -> Iterator[Path]:
        return folder.iterdir()

    def stat(self, path: Path) -> os.stat_result:
        return path.stat()

    def free_bytes(self, folder: Path) -> int:
        return shutil.disk_usage(folder).free


DISK = FileSystem()
"""The file system that is used unless a test gives another."""


@contextmanager
def temporary_beside(place: Path, fs: FileSystem) -> Iterator[Path]:
    """A new empty file in the folder of `place`, with its permissions; gone at the end unless moved."""
    new = place.with_name(f".{shown(place)[:40]}.tmp-{os.getpid()}-{this_host()}{secrets.token_hex(4)}")
    fs.create(new, fs.stat(place).st_mode & 0o777 if place.exists() else None)
    try:
        yield new
    finally:
        if new.exists():
            with suppress(OSError):  # what stopped the writing is what to tell; `sweep` meets the file again
                fs.unlink(new)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for temporary files, which only its owner may read; `sweep` deletes those of killed runs."""
    folder = Path(tempfile.mkdtemp(prefix=scratch_prefix()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(folder: Path, fs: FileSystem) -> None:
    """Delete the files that ended processes of this host left behind."""
    for path in list(fs.listdir(folder)):
        match = _UNFINISHED.fullmatch(path.name)
        if match and match[2] == this_host() and not Owner(int(match[1]), "", socket.gethostname()).is_alive:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                fs.unlink(path)


def move_whole(made: Path, target: Path, fs: FileSystem = DISK) -> None:
    """Put a product that was made elsewhere under its name, durably; the old file stands until the new one is whole.

    Raises ExportFailed, NotAllowed or DiskFull; then nothing new stands under the name.
    """

    def write(new: Path) -> None:
        with fs.open(made, "rb") as source, fs.open(new, "wb") as file:
            while block := source.read(_BLOCK):
                fs.write_all(file, block)

    _replace_whole(target, write, fs)


def write_whole(target: Path, data: bytes | Iterable[str], fs: FileSystem = DISK) -> None:
    """Write a product beside its target, make it durable, and move it there. Texts are written as they come, in UTF-8.

    Raises ExportFailed, NotAllowed or DiskFull; then nothing new stands under the name.
    """

    def write(new: Path) -> None:
        with fs.open(new, "wb") as file:
            if isinstance(data, bytes):
                fs.write_all(file, data)
                return
            block = bytearray()
            for text in data:
                block += text.encode()
                if len(block) >= _BLOCK:
                    fs.write_all(file, bytes(block))
                    block.clear()
            fs.write_all(file, bytes(block))

    _replace_whole(target, write, fs)


def _replace_whole(target: Path, write: Callable[[Path], None], fs: FileSystem) -> None:
    place = Path(os.path.realpath(target))
    if place.is_dir():
        raise ExportFailed("“{place}” is a folder. Choose the name of a file.", place=shown(place))
    try:
        with temporary_beside(place, fs) as new:
            write(new)
            fs.fsync_file(new)
            fs.replace(new, place)
        fs.fsync_folder(place.parent)
    except OSError as error:
        reason = save_error(error, target)
        raise (ExportFailed(reason.sentence) if type(reason) is SaveFailed else reason) from error
