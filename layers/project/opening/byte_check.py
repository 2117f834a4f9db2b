"""Compares the bytes of a case with those that were saved, and copies them, while its rows are read."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from layers.project.storage.file_copy import copy_bytes
from layers.project.storage.integrity import Integrity, StoredHashes, examine, examine_rows
from layers.project.storage.sqlite_file import open_regular


class ByteCheck:
    """Reads a file in a thread of its own, from when it is made until it ends or is closed.

    A large case has most of its bytes in pictures and kept files, which nothing else reads when it is opened.
    """

    def __init__(self, path: Path, stored: StoredHashes, copy: Path | None = None, *, rows_first: bool = False) -> None:
        """`stored` are the hashes that stand in the file, `copy` is a new file for the same bytes; None for none.

        `rows_first`: once the pages of the rows are known to be whole, `result` says so, and the others are read when
        `go_on` is called. Where that cannot be told, and without `rows_first`, `result` waits for all bytes.
        """
        self._path, self._stored, self._copy, self._rows_first = path, stored, copy, rows_first
        self._is_over = False
        self._is_judged, self._goes_on = threading.Event(), threading.Event()
        self._answer: tuple[Integrity, int] | None = None
        self._of_all: Integrity | None = None
        self._failure: OSError | None = None
        self._done_bytes = 0
        self._thread = threading.Thread(target=self._run, name="byte check", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # the system lets no more threads run
            self._goes_on.set()
            self._run()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        self._goes_on.set()
        self._join()

    @property
    def known(self) -> Integrity | None:
        """State of the file by its bytes; None as long as it is not known."""
        return self._answer[0] if self._answer is not None else None

    @property
    def of_all(self) -> Integrity | None:
        """State of the file by all its bytes; None as long as they are not read."""
        return self._of_all

    @property
    def done_bytes(self) -> int:
        """The bytes that were hashed or copied since all of them are being read."""
        return self._done_bytes

    def result(self) -> tuple[Integrity, int]:
        """(what the bytes say, the byte at which the integrity text stands or -1), once that is known: before the copy
        is made. Raises OSError.
        """
        self._is_judged.wait()
        if self._answer is None and self._failure is not None:
            raise self._failure
        assert self._answer is not None, "not asked after the end"
        return self._answer

    def go_on(self) -> None:
        """Read the rest of the bytes, and make the copy."""
        self._goes_on.set()

    def is_done(self) -> bool:
        """True once all is read, and the copy is whole. Raises OSError where that ended before."""
        if self._failure is not None:
            raise self._failure
        return not self._thread.is_alive()

    def wait_copied(self) -> None:
        """Wait until the copy is whole. Raises OSError where it is not made."""
        self.go_on()
        self._join()
        if self._failure is not None:
            raise self._failure

    def _join(self) -> None:
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            with open_regular(self._path) as file:
                self._answer = examine_rows(file, self._stored) if self._rows_first else None
                if self._answer is not None:
                    self._is_judged.set()
                    self._goes_on.wait()
                answer = examine(file, self._stored.whole, lambda: self._is_over, self._count)
                self._of_all = answer[0]
                self._answer = self._answer or answer
                self._is_judged.set()
                if self._copy is not None:
                    copy_bytes(file, self._copy, lambda: self._is_over, self._count)
        except OSError as error:
            self._failure = error
        finally:
            self._is_judged.set()

    def _count(self, size: int) -> None:
        self._done_bytes += size
