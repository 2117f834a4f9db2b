"""The pool of reader processes: one supervisor thread each, a queue, a source to pull from, and strikes."""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from layers.errors import GeoloupeError, Quarantined, ReaderCrashed, ReaderTimeout, error_from_noun
from layers.pool.protocol import Answer, Profile, Request, deadline_s
from layers.pool.reader_process import ReaderDied, ReaderProcess
from layers.pool.worker import sentence_for
from layers.readers.environment import enter

CHILD_ENVIRONMENT = {
    # A child imports numpy with the main module, before `enter`: its BLAS threads would spin on both cores
    # (measured: 20 to 100 times slower tiles).
    "OPENBLAS_NUM_THREADS": "1",
    # glibc would give each freed tile back to the system and fault its pages in again (a fifth of a tile's time).
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20),
}
"""What must stand in the environment when a child starts: later is too late."""
MAX_STRIKES = 3
OTHERS_AFTER_S = 1.0
CLOSE_TIMEOUT_S = 1.0

Source = Callable[[], Request | None]


class ReaderPool:
    """Answers requests in disposable processes. Thread-safe.

    `start` spawns in the background and returns at once; requests may be submitted before. With ``inline=True`` the
    ops run in the calling thread instead (tests and scripts).
    """

    def __init__(self, workers: int = 2, inline: bool = False) -> None:
        self._workers = workers
        self._inline = inline
        self._state = threading.Condition()
        self._queues: dict[Profile, deque[Request]] = {profile: deque() for profile in Profile}
        self._supervisors: list[_Supervisor] = []
        self._source: Source | None = None
        self._calls = 0
        """How often `wake` was called: a supervisor that has seen the last call without work is idle."""
        self._strikes: dict[str, int] = {}
        self._running = 0
        self._draining = False
        self._closed = False
        self._later: threading.Timer | None = None

    def start(self) -> None:
        """Spawn the first reader; returns at once.

        The others follow a second later: at the program's start the window needs the other core.
        """
        if self._inline:
            enter(Profile.LOCAL, own_process=False)
            return
        atexit.register(self.close)  # a script that forgets to close leaves no process and no block either
        for name, value in CHILD_ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        self._add_supervisor(Profile.LOCAL)
        self._later = threading.Timer(OTHERS_AFTER_S, self._start_others)
        self._later.daemon = True
        self._later.start()

    def submit(self, request: Request) -> None:
        """Queue a request, before all pulled work."""
        if self._inline:
            request.done(self._run_inline(request))
            return
        with self._state:
            closed = self._closed
            if not closed:
                self._queues[request.profile].append(request)
                self._state.notify_all()
        if closed:
            request.done(_closed_error())
        elif request.profile is not Profile.LOCAL:
            self._ensure_supervisor(request.profile)

    def pull_from(self, source: Source) -> None:
        """Let free workers ask `source` for the best request; it is called on supervisor threads."""
        self._source = source
        self.wake()

    def wake(self) -> None:
        """The source has new work."""
        with self._state:
            self._calls += 1
            self._state.notify_all()
        if self._inline:
            self._drain_inline()

    def is_idle(self) -> bool:
        """True when nothing is queued or running and the source has nothing to give."""
        with self._state:
            if self._inline:
                return not self._draining
            # One reader that found nothing since the last call is enough: others may still be starting.
            pulled_dry = self._source is None or any(
                s.seen_calls == self._calls for s in self._supervisors if s.profile is Profile.LOCAL
            )
            return pulled_dry and self._running == 0 and not any(self._queues.values())

    def forgive(self, path: str) -> None:
        """End the quarantine of a path."""
        with self._state:
            self._strikes.pop(path, None)

    def ask(self, op: str, params: dict[str, Any], timeout_s: float = 60.0, profile: Profile = Profile.LOCAL) -> Answer:
        """Ask and wait: for scripts and the command line, never for the window's thread. Raises GeoloupeError.

        A probe that is answered by the name of another profile (a VRT has been judged) is asked again there.
        """
        arrived = threading.Event()
        found: list[Answer | GeoloupeError] = []

        def done(result: Answer | GeoloupeError) -> None:
            found.append(result)
            arrived.set()

        self.submit(Request(op, params, done, strike_key=str(params.get("path", "")), profile=profile))
        if not arrived.wait(timeout_s):
            raise ReaderTimeout(f"No answer within {timeout_s:g} s: {_name(params)} may be on a slow or dead drive.")
        if isinstance(found[0], GeoloupeError):
            raise found[0]
        if profile is Profile.LOCAL and found[0].header.get("profile") == Profile.VRT and not self._inline:
            return self.ask(op, params, timeout_s, Profile.VRT)
        return found[0]

    def ready_readers(self) -> int:
        """How many readers have loaded their libraries and can answer at once."""
        return sum(supervisor.is_ready for supervisor in self._supervisors)

    def pids(self) -> list[int]:
        """Process ids of the readers that run."""
        return [pid for s in self._supervisors if (pid := s.reader_pid) is not None]

    def close(self) -> None:
        """Kill the readers; what is still queued is answered with ReaderCrashed. Calling it twice does no harm."""
        with self._state:
            self._closed = True
            waiting = [request for queue in self._queues.values() for request in queue]
            for queue in self._queues.values():
                queue.clear()
            self._state.notify_all()
            supervisors = list(self._supervisors)
            later, self._later = self._later, None
        if later is not None:
            later.cancel()
        for supervisor in supervisors:
            supervisor.end()
        for request in waiting:
            request.done(_closed_error())
        for supervisor in supervisors:
            supervisor.join(CLOSE_TIMEOUT_S)
        atexit.unregister(self.close)

    # --- for the supervisors

    def next_request(self, supervisor: _Supervisor, *, wait: bool = True) -> Request | None:
        """The next request for this supervisor's profile, waiting for one; None when the pool is closed.

        Without `wait` None also where there is nothing to do now.
        """
        queue, pulls = self._queues[supervisor.profile], supervisor.profile is Profile.LOCAL
        while True:
            with self._state:
                while not (self._closed or queue or (pulls and self._source and supervisor.seen_calls != self._calls)):
                    if not wait:
                        return None
                    self._state.wait()
                if self._closed:
                    return None
                self._running += 1
                if queue:
                    return queue.popleft()
                calls, source = self._calls, self._source
            pulled = source() if source is not None else None
            if pulled is not None and pulled.profile is supervisor.profile:
                return pulled
            with self._state:
                self._running -= 1
                if pulled is None:
                    supervisor.seen_calls = calls
            if pulled is not None:
                self.submit(pulled)

    def finished(self) -> None:
        """A request that `next_request` gave has been answered."""
        with self._state:
            self._running -= 1

    def is_quarantined(self, key: str) -> bool:
        with self._state:
            return self._strikes.get(key, 0) >= MAX_STRIKES

    def strike(self, key: str, by: int) -> None:
        """Hold a fault against a path (1), or take it back (-1)."""
        if key:
            with self._state:
                self._strikes[key] = max(0, self._strikes.get(key, 0) + by)

    @property
    def is_closed(self) -> bool:
        return self._closed

    def _start_others(self) -> None:
        with self._state:
            later, self._later = self._later, None
        if later is not None and not self._closed:
            later.cancel()
            for _ in range(self._workers - 1):
                self._add_supervisor(Profile.LOCAL)

    def _ensure_supervisor(self, profile: Profile) -> None:
        if not any(s.profile is profile for s in self._supervisors):
            self._add_supervisor(profile)

    def _add_supervisor(self, profile: Profile) -> None:
        supervisor = _Supervisor(self, profile)
        with self._state:
            self._supervisors.append(supervisor)
        supervisor.start()

    # --- inline

    def _run_inline(self, request: Request) -> Answer | GeoloupeError:
        from layers.readers.ops import run  # loads GDAL: only where reading inline is asked for

        try:
            header, arrays = run(request.op, request.params)
        except Exception as failure:  # noqa: BLE001 - the same door as in a reader process
            return sentence_for(failure, str(request.params.get("path", "")))
        return Answer(header, tuple(arrays))

    def _drain_inline(self) -> None:
        if self._draining or self._source is None:
            return
        self._draining = True
        try:
            while (request := self._source()) is not None:
                request.done(self._run_inline(request))
        finally:
            self._draining = False


@dataclass(eq=False, slots=True)
class _Delivery:
    """An answer on its way to who asked."""

    request: Request
    result: Answer | GeoloupeError
    is_done: bool = False


class _Supervisor(threading.Thread):
    """Feeds one reader process and answers for it."""

    def __init__(self, pool: ReaderPool, profile: Profile) -> None:
        super().__init__(name=f"reader-{profile}", daemon=True)
        self.profile = profile
        self.seen_calls = -1
        self._pool = pool
        self._reader: ReaderProcess | None = None

    @property
    def reader_pid(self) -> int | None:
        reader = self._reader
        return None if reader is None else reader.pid

    @property
    def is_ready(self) -> bool:
        return self._reader is not None and self._reader.is_ready

    def end(self) -> None:
        """Kill the process from another thread, so that a running request returns at once."""
        reader = self._reader
        if reader is not None:
            reader.signal_end()

    def run(self) -> None:
        reader = self._reader = ReaderProcess(self.profile)
        try:
            self._warm(reader)
            last: _Delivery | None = None
            while (request := self._pool.next_request(self, wait=last is None)) is not None or last is not None:
                if request is None:
                    self._delivered(last)
                    last = None
                    self._warm(reader)
                    continue
                # What is done with an answer (colouring a tile) goes on while the reader works at the next.
                before, last = last, None
                result = self._answer(request, reader, lambda before=before: self._delivered(before))  # type: ignore[misc]
                self._delivered(before)
                last = _Delivery(request, result)
        finally:
            reader.close()

    def _delivered(self, delivery: _Delivery | None) -> None:
        """Hand an answer over, once; its request is finished then."""
        if delivery is not None and not delivery.is_done:
            delivery.is_done = True
            try:
                delivery.request.done(delivery.result)
            finally:
                self._pool.finished()

    def _warm(self, reader: ReaderProcess) -> None:
        """Have a process ready before the next request comes; a failure to start is told with that request."""
        if self._pool.is_closed:
            return
        try:
            reader.start()
        except ReaderDied:
            return

    def _answer(self, request: Request, reader: ReaderProcess, meanwhile: Callable[[], None]) -> Answer | GeoloupeError:
        key, name = request.strike_key, _name(request.params)
        crashes = 0
        while True:
            if key and self._pool.is_quarantined(key):
                return Quarantined(f"{name} has stopped its reader {MAX_STRIKES} times and is not read again.")
            try:
                reader.start()
                result = reader.ask(request.op, request.params, deadline_s(request), meanwhile)
            except TimeoutError:
                self._pool.strike(key, 1)
                limit = deadline_s(request)
                return ReaderTimeout(f"{name} did not answer within {limit:g} s and was given up: try a smaller part.")
            except ReaderDied:
                if self._pool.is_closed:
                    return _closed_error()
                self._pool.strike(key, 1)
                crashes += 1
                if crashes == 2:
                    return ReaderCrashed(f"{name} crashed its reader twice: the file is probably damaged.")
                continue
            if crashes:
                self._pool.strike(key, -1)
            return result if isinstance(result, Answer) else error_from_noun(*result)


def _name(params: dict[str, Any]) -> str:
    return os.path.basename(str(params.get("path", ""))) or "The request"


def _closed_error() -> ReaderCrashed:
    return ReaderCrashed("Geoloupe is closing: the request was not answered.")
