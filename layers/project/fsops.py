"""The only door to files for everything that saves. Tests put a failing one in its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


class FileSystem:
    """Plain calls of the operating system, one method each; all raise OSError."""

    def create(self, path: Path, mode: int | None = None) -> None:
        """Make a new empty file; FileExistsError where something stands there."""
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
        os.close(handle)
        if mode is not None:
            os.chmod(path, mode)

    def open(self, path: Path, mode: str) -> BinaryIO:
        return path.open(mode)  # type: ignore[return-value]

    def write(self, file: BinaryIO, data: bytes) -> int:
        return file.write(data)

    def write_all(self, file: BinaryIO, data: bytes) -> None:
        """Write every byte, or raise OSError: a short write is an error, never a success."""
        written = self.write(file, data)
        if written != len(data):
            raise OSError(f"only {written} of {len(data)} bytes were written")

    def fsync_file(self, path: Path) -> None:
        with path.open("rb+") as file:
            os.fsync(file.fileno())

    def fsync_folder(self, folder: Path) -> None:
        """Make renames in `folder` durable; nothing to do where folders cannot be opened (Windows)."""
        if os.name == "nt":
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
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

    def copy(self, old: Path, new: Path) -> None:
        shutil.copyfile(old, new)
        shutil.copystat(old, new)

    def unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def mkdir(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)

    def listdir(self, folder: Path) -> Iterator[Path]:
        return folder.iterdir()

    def stat(self, path: Path) -> os.stat_result:
        return path.stat()

    def free_bytes(self, folder: Path) -> int:
        return shutil.disk_usage(folder).free


DISK = FileSystem()
"""What is used unless a test says otherwise."""
