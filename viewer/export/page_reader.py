"""Lets a job wait for the maps of a page, whose scenes are used in the window's thread only."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import QRect

from layers.errors import ExportFailed, GeoloupeError
from viewer.canvas.shown_scene import ShownScene, tiles_come
from viewer.export.held_scenes import Hold
from viewer.export.not_complete import not_complete
from viewer.export.printed import Printed
from viewer.support.jobs import JobContext, Jobs

PATIENCE_S = 120.0
"""Most seconds that a part of the map may take until it is complete."""
LOOK_S = 0.003
"""Time between two checks whether a part of the map is complete."""
CHECK_S = 0.05
"""Time between two checks whether a waiting job was cancelled."""

type Reply[T] = Callable[[T | GeoloupeError], None]
"""Takes an answer, or the error in its place."""


class PageReader:
    """Reads pages for one job. All methods are for its thread, and raise JobCancelled once it is cancelled."""

    def __init__(self, job: JobContext, jobs: Jobs) -> None:
        self._job, self._mailbox = job, jobs.of_window.mailbox
        self._hold: Hold | None = None

    def check(self) -> None:
        """Raise JobCancelled once the job is cancelled."""
        self._job.check()

    def in_window[T](self, call: Callable[[], T]) -> T:
        """The result of a call in the window's thread. Raises what it raises."""

        def begin(answered: Reply[T]) -> None:
            answered(call())

        return self.answer(begin)

    def answer[T](self, begin: Callable[[Reply[T]], None]) -> T:
        """Call `begin` in the window's thread with a function that takes the answer, and wait for the answer.

        Raises the error that was answered.
        """
        future: Future[T] = Future()

        def answered(result: T | GeoloupeError) -> None:
            if isinstance(result, GeoloupeError):
                future.set_exception(result)
            else:
                future.set_result(result)

        self._mailbox.post(_begin, begin, answered)
        return self.result_of(future)

    def result_of[T](self, future: Future[T]) -> T:
        """Wait for a result. Raises the error that is there in its place."""
        while True:
            self.check()
            with contextlib.suppress(TimeoutError):
                return future.result(CHECK_S)

    def wait_for[T](
        self, look: Callable[[], T | None], late: Callable[[], GeoloupeError], come: Callable[[], int] = lambda: 0
    ) -> T:
        """Call `look` in the window's thread until its result is not None.

        Raises `late` after two minutes in which nothing came; `come` counts what has come.
        """
        end, count = time.monotonic() + PATIENCE_S, self.in_window(come)
        while (result := self.in_window(look)) is None:
            if time.monotonic() > end:
                before, count = count, self.in_window(come)
                if count == before:
                    raise self.in_window(late)
                end = time.monotonic() + PATIENCE_S
            time.sleep(LOOK_S)
        return result

    def read(self, printed: Printed, page: int, part: QRect | None = None) -> None:
        """Wait until a part of a page is complete, by default all of it; its maps hold still until the next call."""

        want, is_ready = partial(printed.want, page, part), partial(printed.is_ready, page, part)
        self.hold(printed.scenes, want, is_ready, partial(printed.waits_for, page))

    def hold(
        self,
        scenes: Sequence[ShownScene],
        want: Callable[[], None],
        is_ready: Callable[[], bool],
        late: Callable[[], list[str]],
    ) -> None:
        """Request something of scenes and wait until it is there; they hold still until the next call.

        `late` gives the names of the layers that are waited for. Raises ExportFailed after two minutes in which no tile
        came.
        """

        def begin() -> None:
            self._let_go()
            want()

        def held() -> Hold | None:
            if not is_ready():
                return None
            self._hold = Hold(scenes, _nothing)
            return self._hold

        self.in_window(begin)
        self.wait_for(held, lambda: not_complete(late()), partial(tiles_come, scenes))

    def post(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Make a call in the window's thread, without waiting for it; also where the job is cancelled."""
        self._mailbox.post(call, *arguments)

    def let_go(self) -> None:
        """Let the maps take what has arrived, as nothing is painted now."""
        self.in_window(self._let_go)

    def close(self) -> None:
        """Let the maps go on, also where the job is cancelled."""
        self._mailbox.post(self._let_go)

    def _let_go(self) -> None:
        if self._hold is not None:
            self._hold.release()
            self._hold = None


def _begin[T](begin: Callable[[Reply[T]], None], answered: Reply[T]) -> None:
    """Begin a piece of work, and answer with the error where that fails: else the job would wait for ever."""
    try:
        begin(answered)
    except GeoloupeError as error:
        answered(error)
    except BaseException as error:
        answered(ExportFailed("The product stopped by an error in the program: {error}.", error=repr(error)))
        raise


def _nothing() -> None:
    """Do nothing where somebody needs the maps: they are of this job alone."""
