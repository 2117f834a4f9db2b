"""Compares the bytes of a case with those that were saved, and copies them, while its rows are read."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from layers.project.storage.file_copy import copy_bytes
from layers.project.storage.integrity import Integrity, examine
from layers.project.storage.sqlite_file import open_regular


class ByteCheck:
    """Reads a file in a thread of its own, from when it is made until it ends or is closed.

    `stored` is the integrity text that stands in the file, `copy` a new file for the same bytes; None for none. A large
    case has most of its bytes in pictures and kept files, which nothing else reads when it is opened.
    """

    def __init__(self, path: Path, stored: str, copy: Path | None = None) -> None:
        self._path, self._stored, self._copy = path, stored, copy
        self._is_over = False
        self._is_judged = threading.Event()
        self._answer: tuple[Integrity, int] | None = None
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="byte check", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # the system lets no more threads run
            self._run()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        self._wait()

    @property
    def known(self) -> Integrity | None:
        """State of the file by its bytes; None as long as it is not known."""
        return self._answer[0] if self._answer is not None else None

    def result(self) -> tuple[Integrity, int]:
        """(what the bytes say, the byte at which the integrity text stands or -1), once that is known: before the copy
        is made. Raises OSError.
        """
        self._is_judged.wait()
        if self._answer is None and self._failure is not None:
            raise self._failure
        assert self._answer is not None, "not asked after the end"
        return self._answer

    def wait_copied(self) -> None:
        """Wait until the copy is whole. Raises OSError where it is not made."""
        self._wait()
        if self._failure is not None:
            raise self._failure

    def _wait(self) -> None:
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            with open_regular(self._path) as file:
                self._answer = examine(file, self._stored, lambda: self._is_over)
                self._is_judged.set()
                if self._copy is not None:
                    copy_bytes(file, self._copy, lambda: self._is_over)
        except OSError as error:
            self._failure = error
        finally:
            self._is_judged.set()
