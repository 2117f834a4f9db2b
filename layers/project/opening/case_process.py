"""The window's handle of the separate process that reads a case. It imports nothing heavy: it may be started first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from layers.errors import CaseDamaged, GeoloupeError, ReaderTimeout, error_from_noun
from layers.pool.protocol import Answer, Profile
from layers.pool.reader_process import ReaderDied, ReaderProcess
from layers.pool.worker import RunRequest, sentence_for
from layers.project.storage.save_errors import shown


def load_case_ops(profile: Profile) -> RunRequest:
    """Make the function that runs ops in the case process."""
    from layers.project.opening.case_ops import CaseOps  # opens what others made: only in that process

    return CaseOps().run


class Asks(Protocol):
    """Answers ops: a process, or in tests and scripts the same ops in this one."""

    def ask(self, op: str, params: dict[str, Any], timeout_s: float, meanwhile: Callable[[], None]) -> Answer:
        """Run an op. Raises GeoloupeError."""

    def close(self) -> None: ...


class CaseProcess:
    """A disposable process. It may be started ahead, and reads one case.

    Scripts of others need `imports_main` to be False: see `ReaderProcess`.
    """

    def __init__(self, *, imports_main: bool = True) -> None:
        self._process = ReaderProcess(Profile.CASE, load_case_ops, imports_main=imports_main)
        self._name = "The case"
        self._is_started, self._is_over = threading.Event(), threading.Event()
        self._closing, self._is_closed = threading.Lock(), False
        # a process that is tied to us ends with the thread that started it
        self._thread = threading.Thread(target=self._live, name="case reader", daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:  # so many processes, or so little memory
            self._process.close()
            raise ReaderTimeout(
                "No case can be read now: the system lets no more threads run. Close other programs, then try again."
            ) from error

    def _live(self) -> None:
        try:
            self._process.start()
        except (ReaderDied, MemoryError):
            self._is_over.set()
        finally:  # who asks waits for it, whatever came
            self._is_started.set()
        self._is_over.wait()

    def ask(self, op: str, params: dict[str, Any], timeout_s: float, meanwhile: Callable[[], None]) -> Answer:
        self._is_started.wait()
        if "path" in params:
            self._name = f"“{shown(Path(params['path']))}”"
        if self._is_over.is_set():
            raise ReaderTimeout(
                "{name} was not read, and is as it was: the process that reads cases did not start: there may not "
                "be enough memory. Close other programs, then try again.",
                name=self._name,
            )
        try:
            answer = self._process.ask(op, params, timeout_s, meanwhile)
        except TimeoutError as error:
            raise ReaderTimeout(
                "{name} was given up: it was not read within {timeout_s} s. It is damaged, or on a slow drive.",
                name=self._name,
                timeout_s=f"{timeout_s:g}",
            ) from error
        except ReaderDied as error:
            raise CaseDamaged(
                "{name} has ended the process that read it: it is damaged. Open a backup.", name=self._name
            ) from error
        if isinstance(answer, Answer):
            return answer
        raise error_from_noun(*answer)

    def interrupt(self) -> None:
        """End it from another thread."""
        self._process.signal_end()

    def close(self) -> None:
        """End it; calling it twice does no harm."""
        self._is_started.wait()
        with self._closing:
            if not self._is_closed:
                self._is_closed = True
                self._process.close()
                self._is_over.set()


@contextmanager
def ended_by_refusal(asks: Asks | None) -> Iterator[None]:
    """End a process that was handed over, where its file is refused before the first question."""
    try:
        yield
    except BaseException:
        if asks is not None:
            asks.close()
        raise


class CaseInline:
    """Runs the same ops in this process: for tests and scripts."""

    def __init__(self) -> None:
        self._run = load_case_ops(Profile.CASE)

    def ask(self, op: str, params: dict[str, Any], timeout_s: float, meanwhile: Callable[[], None]) -> Answer:
        meanwhile()
        try:
            header, arrays = self._run(op, params)
        except GeoloupeError:
            raise
        except Exception as failure:
            raise sentence_for(failure, str(params.get("path", ""))) from failure
        return Answer(header, arrays)

    def close(self) -> None:
        self._run("close", {})
