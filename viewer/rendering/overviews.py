"""Builds overviews of rasters that have too few, in the background; they are written into our cache folder only."""

from __future__ import annotations

import os
import shutil
from collections import deque
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QLockFile, QObject, Signal

from layers.errors import DiskFull, GeoloupeError, GivenUp
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Profile, Request
from layers.raster.overviews import SourceState
from layers.requests.imagery import BuildOverviews, OverviewsBuilt
from viewer.support.jobs import Job, JobContext, Jobs
from viewer.support.language.translation import in_language

LIMIT_BYTES = 8 << 30
"""Most bytes of all overviews together: those not used for longest go first."""
SLICE_S = 0.5
"""Seconds for which a reader builds before it turns to other requests."""
DEADLINE_S = 1800.0
"""Deadline in seconds for one slice: the last one of a very large raster takes long. Each can be cancelled."""


class _Build(Struct, eq=False):
    """One build that waits or runs, with all that holds it: its job, its lock and its present request."""

    state: SourceState
    expected_bytes: int
    job: Job | None = None
    lock: QLockFile | None = None
    request: Request | None = None


class Overviews(QObject):
    """Builds one overview at a time, by a reader that writes into the folder only. For the window's thread only."""

    ended = Signal(object, str)
    """Emitted with the SourceState of a build that has ended, and its error; empty without one, also when cancelled."""

    def __init__(
        self, pool: ReaderPool, jobs: Jobs, folder: Path, limit_bytes: int = LIMIT_BYTES, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pool, self._jobs, self._folder, self.limit_bytes = pool, jobs, folder, limit_bytes
        self._builds: deque[_Build] = deque()
        """Builds in their order; the first one is under way."""

    def find(self, state: SourceState) -> str:
        """Path of the overviews of exactly this state; empty without any."""
        path = self._folder / state.overview_name
        try:
            os.utime(path)  # used now: others go before it
        except OSError:
            return ""
        return str(path)

    def is_building(self, state: SourceState) -> bool:
        return any(build.state == state for build in self._builds)

    def build(self, state: SourceState, expected_bytes: int = 0) -> None:
        """Build overviews of a file after those requested before; `ended` is emitted at the end."""
        if self.is_building(state):
            return
        build = _Build(state, expected_bytes)
        name = Path(state.path).name
        build.job = self._jobs.follow(self.tr("Building overviews of {0}").format(name), lambda: self._cancel(build))
        self._builds.append(build)
        if len(self._builds) == 1:
            self._begin(build)

    def forget(self, state: SourceState) -> None:
        """Cancel the build of a file that may not be read any more, and remove what was built of it."""
        for build in [build for build in self._builds if build.state.overview_stem == state.overview_stem]:
            self._cancel(build)
        folder = self._folder
        self._jobs.run(lambda _: _remove_all(folder, state), failed=lambda _: None)

    def sweep(self, state: SourceState) -> None:
        """Remove what was built for other states of a file, in another thread than the window's."""
        folder = self._folder
        self._jobs.run(lambda _: _remove_stale(folder, state), failed=lambda _: None)

    # ----------------------------------------------------------------------------------------------------------

    def _begin(self, build: _Build) -> None:
        folder, limit, state, expected = self._folder, self.limit_bytes, build.state, build.expected_bytes

        def prepare(context: JobContext) -> None:
            _make_folder(folder)
            _remove_stale(folder, state)
            _keep_within(folder, max(0, limit - expected), state)
            if shutil.disk_usage(folder).free < expected:
                raise DiskFull(
                    "The overviews of {name} need about {expected} MB, more than is free where "
                    "they are kept ({folder}): make room there.",
                    name=Path(state.path).name,
                    expected=expected >> 20,
                    folder=folder,
                )

        self._jobs.run(prepare, lambda _: self._lock(build), lambda error: self._end(build, error.sentence))

    def _lock(self, build: _Build) -> None:
        if not self._is_under_way(build):
            return
        build.lock = QLockFile(str(self._folder / f"{build.state.overview_stem}lock"))
        build.lock.setStaleLockTime(0)  # a build takes as long as it takes: only a dead owner's lock is broken
        if build.lock.tryLock(0):
            self._ask(build, 0)
        else:
            name = Path(build.state.path).name
            self._end(build, self.tr("Another window is already building the overviews of {0}.").format(name))

    def _ask(self, build: _Build, row: int) -> None:
        state = build.state
        slice_ = BuildOverviews(state.path, state.part, str(self._folder), row, SLICE_S)

        def done(answer: Answer | GeoloupeError) -> None:  # on a supervisor's thread
            self._jobs.mailbox.post(self._answered, build, answer)

        build.request = Request(
            slice_, done, f"overviews of {state.path}", DEADLINE_S, Profile.WRITER, is_background=True
        )
        self._pool.submit(build.request)

    def _answered(self, build: _Build, answer: Answer | GeoloupeError) -> None:
        if not self._is_under_way(build):
            return
        if isinstance(answer, GeoloupeError):
            self._end(build, "" if isinstance(answer, GivenUp) else answer.sentence)
            return
        built: OverviewsBuilt = answer.facts
        if Path(built.overview_path).name != build.state.overview_name:
            name = Path(build.state.path).name
            self._end(build, self.tr("{0} has changed while its overviews were built: read it again.").format(name))
        elif built.is_done:
            self._end(build, "")
        else:
            assert build.job is not None
            self._jobs.tell(build.job, built.fraction)
            self._ask(build, built.row)

    def _cancel(self, build: _Build) -> None:
        if build in self._builds:
            if build.request is not None:
                self._pool.give_up(build.request)
            self._end(build, "")

    def _is_under_way(self, build: _Build) -> bool:
        return bool(self._builds) and self._builds[0] is build

    def _end(self, build: _Build, sentence: str) -> None:
        if build not in self._builds:
            return
        was_first = self._is_under_way(build)
        self._builds.remove(build)
        if build.lock is not None:
            build.lock.unlock()
        assert build.job is not None
        self._jobs.end(build.job)
        if was_first and self._builds:
            self._begin(self._builds[0])
        elif not self._builds:
            self._pool.dismiss(Profile.WRITER)
            folder, limit, state = self._folder, self.limit_bytes, build.state
            self._jobs.run(lambda _: _keep_within(folder, limit, state), failed=lambda _: None)
        self.ended.emit(build.state, in_language(sentence))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskFull(
            "Overviews cannot be kept in {folder} ({strerror}): let Geoloupe write there.",
            folder=folder,
            strerror=error.strerror or error,
        ) from error


def _remove_all(folder: Path, state: SourceState) -> None:
    """Remove overviews that were built, or begun, for any state of the file."""
    for path in folder.glob(f"{state.overview_stem}*.tif"):
        with suppress(OSError):
            path.unlink()


def _remove_stale(folder: Path, state: SourceState) -> None:
    """Remove overviews that were built, or begun, for other states of the file."""
    own = state.overview_name.removesuffix(".tif")
    for path in folder.glob(f"{state.overview_stem}*.tif"):
        if not path.name.startswith(own):
            with suppress(OSError):
                path.unlink()


def _keep_within(folder: Path, limit: int, state: SourceState) -> None:
    """Remove the overviews not used for longest until all take no more than `limit`; never those of `state`."""
    overviews = []
    for path in folder.glob("*.tif"):
        with suppress(OSError):
            overviews.append((path.stat().st_mtime_ns, path.stat().st_size, path))
    total = sum(size for _, size, _ in overviews)
    for _, size, path in sorted(overviews):
        if total <= limit:
            return
        if not path.name.startswith(state.overview_stem):
            with suppress(OSError):
                path.unlink()
                total -= size
