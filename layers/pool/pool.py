"""The pool of reader processes: a queue of questions for each profile, and files given up after they stopped readers.

From a question to the file: `ReaderPool` queues it for the profile that `routing` names (imagery, features, VRTs,
writers), `ReaderSet` has supervisors for that profile, a `Supervisor` (a thread) starts a `ReaderProcess` and
asks it, and in the process (`geoloupe-reader`) `worker.main` hands the question to `readers.door.ops`.
"""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from layers.errors import GeoloupeError, InvalidValue, ReaderTimeout
from layers.pool.known_probes import KnownProbes
from layers.pool.pool_grants import PoolGrants
from layers.pool.protocol import Answer, Profile, Request, message_of, name_in, no_answer, parsed
from layers.pool.reader_set import ReaderSet
from layers.pool.remote_files import RemoteFiles
from layers.pool.routing import ELSEWHERE, profile_for
from layers.pool.supervisor import MAX_STRIKES, Dismissal, Supervisor, closed_error, given_up
from layers.pool.worker import sentence_for
from layers.readers.confinement.grants import NOTHING, Grants, needs_of
from layers.readers.confinement.holds import Holds
from layers.readers.environment import enter
from layers.requests.probe import Probe
from layers.requests.question import Question
from layers.requests.scenes import DescribeScene

CLOSE_TIMEOUT_S = 1.0

RequestSource = Callable[[], Request | None]
Done = Callable[[Answer | GeoloupeError], None]


class ReaderPool:
    """Answers requests in disposable processes. Thread-safe.

    `start` spawns in the background and returns at once; requests may be submitted before. With ``inline=True`` the
    ops run in the calling thread instead (tests and scripts).

    A process reads only what it and those before it were asked for, and `grants`.
    """

    def __init__(self, workers: int = 2, inline: bool = False, grants: Grants = NOTHING) -> None:
        self.known_probes = KnownProbes()
        self.grants = PoolGrants(grants)
        self.remote_files = RemoteFiles()
        self._inline = inline
        self._one_at_a_time = threading.Lock()
        """Held by inline ops: open files are used by one thread at a time, as in a reader."""
        self._state = threading.Condition()
        self._queues: dict[Profile, deque[Request]] = {profile: deque() for profile in Profile}
        self._readers = ReaderSet(self._state, workers, lambda profile: Supervisor(self, profile))
        self._sources: dict[Profile, RequestSource] = {}
        self._calls = 0
        """Number of calls of `wake`: a supervisor that has seen the last call without work is idle."""
        self._strikes: dict[str, int] = {}
        self._running = 0
        self._draining = False
        self._closed = False
        self._held = 0
        """Number of callers that still hold requests back (`together`)."""

    def start(self, first: Profile = Profile.LOCAL) -> None:
        """Spawn the first reader; returns at once.

        The others follow later: at the program's start the window needs the other core.
        """
        if self._inline:
            enter(Profile.LOCAL, own_process=False)
            return
        atexit.register(self.close)  # a script that forgets to close leaves no process and no block either
        self._readers.start(first)

    def submit(self, request: Request) -> None:
        """Queue a request, before all pulled work."""
        if self._inline:
            request.done(self._run_inline(request))
            return
        if isinstance(request.question, Probe) and request.question.canvas_crs is None:
            self.remote_files.forget(request.question.path)  # what a user opens is looked at anew
        request.profile = profile_for(request)
        if isinstance(request.question, Probe | DescribeScene) and request.profile in ELSEWHERE:
            request.done = partial(self._probed, request, request.done)
        self._queue(request)

    def probe(self, question: Probe, done: Done) -> None:
        """Ask for the contents of a file.

        A known answer is given at once, on this thread; another follows on a supervisor's thread where the file has
        changed.
        """
        known = self.known_probes.answer_to(question)
        if known is None:
            self.submit(Request(question, done, strike_key=question.path))
            return

        def verified(result: Answer | GeoloupeError) -> None:
            if result is not known:
                done(result)

        done(known)
        self.submit(Request(question, verified, strike_key=question.path, is_background=True))

    def expect(self) -> None:
        """Prepare for a file that is not known yet: the readers of the program's start are started again."""
        if not self._inline:
            self._readers.expect()

    def keep_all(self, seconds: float) -> None:
        """Keep all readers running while several layers are opened, until it is known which are needed."""
        self._readers.keep_all(seconds)

    def foretell(self, paths: Iterable[str]) -> None:
        """Announce files that will be read one after the other: a process that starts to read may read all of them."""
        self.grants.add(Grants(opened=frozenset(paths)))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Hold back requests until all submitted meanwhile are known.

        A process that is granted all files at once is not replaced for each of their folders.
        """
        with self._state:
            self._held += 1
        try:
            yield
        finally:
            with self._state:
                self._held -= 1
                self._state.notify_all()

    def pull_from(self, source: RequestSource, profile: Profile = Profile.LOCAL) -> None:
        """Let free workers of a profile ask `source` for the best request; it is called on supervisor threads."""
        self._sources[profile] = source
        self._called()

    def wake(self, profile: Profile = Profile.LOCAL) -> None:
        """The source of a profile has new work."""
        self._called()
        if not self._inline:
            self._readers.ask(profile)

    def _called(self) -> None:
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
            pulled_dry = all(map(self._is_dry, self._sources))
            waiting = any(not request.is_background for queue in self._queues.values() for request in queue)
            return pulled_dry and self._running == 0 and not waiting

    def _is_dry(self, profile: Profile) -> bool:
        """True where a reader of a profile has found nothing since the last call; others may still be starting."""
        pullers = self._readers.of(profile)
        return not pullers or any(supervisor.dry_calls == self._calls for supervisor in pullers)

    def is_read(self, request: Request) -> bool:
        """True while a reader works at the request."""
        return any(supervisor.works_at(request) for supervisor in self._readers.supervisors)

    def give_up(self, request: Request) -> None:
        """Cancel a request: its reader is ended at once, and it is answered with GivenUp."""
        with self._state:
            request.is_given_up = True
            queue = self._queues[request.profile]
            waited = request in queue
            if waited:
                queue.remove(request)
        if waited:
            request.done(given_up(request))
        for supervisor in self._readers.supervisors:
            supervisor.interrupt(request)

    def dismiss(self, profile: Profile) -> None:
        """Let the process of a profile go once what is queued is done; the next request starts another."""
        if not self._inline and self._readers.of(profile):
            self.submit(Request(Dismissal(""), lambda _: None, profile=profile, is_background=True))

    def forgive(self, path: str) -> None:
        """End the quarantine of a path, or of an address, of which all is fetched anew."""
        with self._state:
            self._strikes.pop(path, None)
        self.remote_files.forget(path)

    def ask(self, question: Question, timeout_s: float = 60.0, profile: Profile = Profile.LOCAL) -> Answer:
        """Ask and wait: for scripts and the command line, never for the window's thread. Raises GeoloupeError."""
        arrived = threading.Event()
        results: list[Answer | GeoloupeError] = []

        def done(result: Answer | GeoloupeError) -> None:
            results.append(result)
            arrived.set()

        self.submit(Request(question, done, strike_key=question.path, profile=profile))
        if not arrived.wait(timeout_s):
            raise ReaderTimeout(
                "No answer within {timeout_s} s: {name_in} may be on a slow or dead drive.",
                timeout_s=f"{timeout_s:g}",
                name_in=name_in(question),
            )
        if isinstance(results[0], GeoloupeError):
            raise results[0]
        return results[0]

    def ready_readers(self, profile: Profile = Profile.LOCAL) -> int:
        """Number of readers of a profile that have loaded their libraries and can answer at once."""
        return sum(supervisor.is_ready for supervisor in self._readers.of(profile))

    def pids(self, profile: Profile | None = None) -> list[int]:
        """Process ids of the readers that run, or of those of a profile."""
        mine = self._readers.supervisors if profile is None else self._readers.of(profile)
        return [pid for s in mine if (pid := s.reader_pid) is not None]

    def holds(self, profile: Profile = Profile.LOCAL) -> list[Holds]:
        """The confinement of each reader of a profile that has been asked anything."""
        return [holds for s in self._readers.of(profile) if (holds := s.holds) is not None]

    def close(self) -> None:
        """Kill the readers; requests still queued are answered with ReaderCrashed. Calling it twice does no harm."""
        with self._state:
            self._closed = True
            waiting = [request for queue in self._queues.values() for request in queue]
            for queue in self._queues.values():
                queue.clear()
            self._state.notify_all()
        supervisors = self._readers.close()
        for supervisor in supervisors:
            supervisor.end()
        for request in waiting:
            request.done(closed_error())
        for supervisor in supervisors:
            supervisor.join(CLOSE_TIMEOUT_S)
        atexit.unregister(self.close)

    # --- for the supervisors

    def next_request(self, supervisor: Supervisor, *, wait: bool = True) -> Request | None:
        """The next request for this supervisor's profile, waiting for one; None when the pool is closed.

        Without `wait` None also where there is nothing to do now.
        """
        while True:
            with self._state:
                supervisor.has_work = False
                while not self._closed and (self._held or not self._has_work_for(supervisor)):
                    if not wait or supervisor.is_leaving:
                        return None
                    self._state.wait()
                if self._closed or supervisor.is_leaving:
                    return None
                supervisor.has_work = True
                queue = self._queues[supervisor.profile]
                if queue:
                    self._running += not queue[0].is_background
                    return queue.popleft()
                self._running += 1
                calls, source = self._calls, self._sources.get(supervisor.profile)
            pulled = source() if source is not None else None
            is_dry = pulled is None or pulled.is_background
            with self._state:
                if is_dry:
                    self._running -= 1
                    supervisor.dry_calls = calls
                if pulled is None:
                    supervisor.seen_calls = calls
                elif pulled.profile is supervisor.profile:
                    return pulled
                elif not is_dry:
                    self._running -= 1
            if pulled is not None:
                self.submit(pulled)

    def _has_work_for(self, supervisor: Supervisor) -> bool:
        """True where something is queued for its profile, or may be pulled."""
        is_called = supervisor.profile in self._sources and supervisor.seen_calls != self._calls
        return bool(self._queues[supervisor.profile]) or is_called

    def finished(self, request: Request) -> None:
        """A request that `next_request` gave has been answered."""
        with self._state:
            self._running -= not request.is_background

    def strikes_of(self, key: str) -> int:
        """Number of faults held against a path: so often it stopped its reader."""
        with self._state:
            return self._strikes.get(key, 0)

    def is_quarantined(self, key: str) -> bool:
        return self.strikes_of(key) >= MAX_STRIKES

    def strike(self, key: str, by: int) -> None:
        """Hold a fault against a path (1), or take it back (-1)."""
        if key:
            with self._state:
                self._strikes[key] = max(0, self._strikes.get(key, 0) + by)

    @property
    def is_closed(self) -> bool:
        return self._closed

    def _queue(self, request: Request) -> None:
        self.grants.add(needs_of(request.op, request.params))
        with self._state:
            closed = self._closed
            if not closed:
                self._queues[request.profile].append(request)
                self._state.notify_all()
        if closed:
            request.done(closed_error())
        else:
            self._readers.ask(request.profile)

    def _probed(self, request: Request, done: Done, result: Answer | GeoloupeError) -> None:
        """Handle the answer to a probe: where a reader names the profile that can answer, that profile is asked."""
        profile = result.facts.profile if isinstance(result, Answer) else ""
        if not profile:
            done(result)
        elif profile == ELSEWHERE.get(request.profile):
            request.profile = ELSEWHERE[request.profile]
            self._queue(request)
        else:
            done(InvalidValue(no_answer(request.question)))

    # --- inline

    def _run_inline(self, request: Request) -> Answer | GeoloupeError:
        from layers.readers.door.ops import run  # loads GDAL: only where reading inline is asked for

        try:
            with self._one_at_a_time:
                header, arrays = run(request.op, request.params)
            crossed = parsed(message_of(header))  # as it crosses a pipe
        except Exception as failure:  # noqa: BLE001 - the same door as in a reader process
            return sentence_for(failure, request.question.path)
        return Answer(crossed, tuple(arrays)).to(request.question)

    def _drain_inline(self) -> None:
        if self._draining:
            return
        self._draining = True
        try:
            for source in self._sources.values():
                while (request := source()) is not None:
                    request.done(self._run_inline(request))
        finally:
            self._draining = False
