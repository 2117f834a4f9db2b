"""The thread that feeds one reader process and answers for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import GeoloupeError, GivenUp, Quarantined, ReaderCrashed, ReaderTimeout, TooLarge, error_from_noun
from layers.phrase import Phrase
from layers.pool.arriving import Arriving
from layers.pool.known_probes import KnownProbes
from layers.pool.pool_grants import PoolGrants
from layers.pool.protocol import Answer, Profile, Request, deadline_s, name_in
from layers.pool.reader_process import (
    ConfiningStalled,
    OutOfReach,
    ReaderDied,
    ReaderKilled,
    ReaderNotReady,
    ReaderNotStarted,
    ReaderProcess,
)
from layers.pool.remote_files import RemoteFiles
from layers.readers.confinement.grants import NOTHING, Grants, needs_of
from layers.requests.question import Question

if TYPE_CHECKING:
    from layers.readers.confinement.holds import Holds

log = logging.getLogger("geoloupe.readers")

MAX_STRIKES = 3


class Dismissal(Question, frozen=True):
    """A request that no reader gets: its supervisor ends the process."""

    op: ClassVar[str] = "dismiss"


class _Delivery(Struct, eq=False):
    """An answer on its way to its request."""

    request: Request
    result: Answer | GeoloupeError
    is_done: bool = False


class Dispatcher(Protocol):
    """Hands out requests, and keeps the state of all readers: the pool, as its supervisors see it."""

    grants: PoolGrants
    known_probes: KnownProbes
    remote_files: RemoteFiles

    def next_request(self, supervisor: Supervisor, *, wait: bool = True) -> Request | None:
        """The next request for this supervisor's profile; None when there is none, or nothing to wait for."""

    def finished(self, request: Request) -> None:
        """A request that was handed out has been answered."""

    def is_quarantined(self, key: str) -> bool:
        """True where a path has cost too many readers."""

    def strike(self, key: str, by: int) -> None:
        """Hold a fault against a path (1), or take it back (-1)."""

    @property
    def is_closed(self) -> bool:
        """True once no more requests are handed out."""


class Supervisor(threading.Thread):
    """Feeds one reader process and answers for it."""

    def __init__(self, pool: Dispatcher, profile: Profile) -> None:
        super().__init__(name=f"reader-{profile}", daemon=True)
        self.profile = profile
        """May change while the supervisor is unasked, with the pool's state held."""
        self.has_work = False
        """True from when the pool looks for its next request until it comes for another; under the pool's state."""
        self.seen_calls = self.dry_calls = -1
        self.is_leaving = False
        """True once its reader is of no use: it gets no more requests."""
        self._pool = pool
        self._reader: ReaderProcess | None = None
        self._lock = threading.Lock()
        self._request: Request | None = None
        """Request that the reader is working on."""
        self._arriving: Arriving | None = None
        """Bytes for which the reader waits."""

    @property
    def reader_pid(self) -> int | None:
        reader = self._reader
        return None if reader is None else reader.pid

    @property
    def is_ready(self) -> bool:
        return self._reader is not None and self._reader.is_ready

    @property
    def is_unasked(self) -> bool:
        """True while its process waits for a first request, and so is confined to no files yet."""
        return self.is_ready and self.holds is None and not (self.has_work or self.is_leaving)

    @property
    def holds(self) -> Holds | None:
        """The confinement of the process, once it has been asked something."""
        return None if self._reader is None else self._reader.holds

    def end(self) -> None:
        """Kill the process from another thread, so that a running request returns at once."""
        reader = self._reader
        if reader is not None:
            reader.signal_end()
        self._let_down(closed_error())

    def works_at(self, request: Request) -> bool:
        """True while the process works at `request`."""
        return self._request is request

    def interrupt(self, request: Request) -> None:
        """End the work at `request` if it is that: the process too, unless it only waits for bytes."""
        with self._lock:
            if self.works_at(request) and self._reader is not None and not self._let_down(given_up(request)):
                self._reader.interrupt()

    def _let_down(self, error: GeoloupeError) -> bool:
        """End the reader's wait for bytes: it answers then, and lives. False where it does not wait for any."""
        arriving = self._arriving
        return arriving is not None and arriving.come(error)

    def run(self) -> None:
        reader = self._reader = ReaderProcess(self.profile)
        try:
            self._warm(reader)
            last: _Delivery | None = None
            while (request := self._pool.next_request(self, wait=last is None)) is not None or last is not None:
                if request is None:
                    self._delivered(last)
                    last = None
                    if self.profile in (Profile.LOCAL, Profile.FEATURES):
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
                self._pool.finished(delivery.request)

    def _warm(self, reader: ReaderProcess) -> None:
        """Have a process ready before the next request comes; a failure to start is reported with that request."""
        if self._pool.is_closed or self.is_leaving:
            return
        try:
            reader.start()
        except ReaderDied:
            return

    def _answer(self, request: Request, reader: ReaderProcess, meanwhile: Callable[[], None]) -> Answer | GeoloupeError:
        if isinstance(request.question, Dismissal):
            reader.kill()
            return Answer({})
        if request.is_given_up:
            return given_up(request)  # its files are granted to nobody: they may lie where nothing answers
        key, name = request.strike_key, name_in(request.question)
        needs = needs_of(request.op, request.params)
        self._pool.grants.add(needs)
        deaths: list[ReaderDied] = []
        while True:
            if request.is_given_up:
                return given_up(request)
            if key and self._pool.is_quarantined(key):
                return quarantined(name)
            try:
                reader.start()
                result = self._ask(request, needs, reader, meanwhile)
            except OutOfReach:
                reader.kill()  # what it was granted cannot grow: the next one gets all that the pool knows of by now
                continue
            except ConfiningStalled:
                self._tell_lost(request, Phrase("what it was granted lies where nothing answers"))
                self._pool.grants.keep_only(needs)
                continue
            except TimeoutError:
                self._tell_lost(request, Phrase("no answer before the deadline"))
                self._pool.grants.drop(needs)  # it may lie on a drive that does not answer
                self._pool.strike(key, 1)
                limit = deadline_s(request)
                return ReaderTimeout(
                    "{name} did not answer within {limit} s and was given up: try a smaller part.",
                    name=name,
                    limit=f"{limit:g}",
                )
            except MemoryError:
                return no_memory(name)
            except ReaderNotStarted as error:
                return not_started(name, error)
            except ReaderDied as death:
                if self._pool.is_closed:
                    return closed_error()
                if request.is_given_up:
                    continue
                self._note_death(request, death)
                deaths.append(death)
                if len(deaths) == 2:
                    return lost_twice(name, deaths)
                continue
            if deaths:
                self._pool.strike(key, -sum(map(_is_struck_for, deaths)))
            if result is not None:
                return result

    def _note_death(self, request: Request, death: ReaderDied) -> None:
        """Log the loss of a reader, and hold it against the file if that was in its hands."""
        self._tell_lost(request, Phrase("it ended by itself"))
        if _is_struck_for(death):
            self._pool.strike(request.strike_key, 1)

    def _tell_lost(self, request: Request, why: str) -> None:
        """Log the loss of a reader. The file that it read is not named."""
        log.info("a reader process (%s) was lost while it worked at a request (%s): %s", self.profile, request.op, why)

    def _ask(
        self, request: Request, needs: Grants, reader: ReaderProcess, meanwhile: Callable[[], None]
    ) -> Answer | GeoloupeError | None:
        """Asks the reader; a process's first request also grants what was opened before, as far as it may read that.

        None where the request has to be asked again: the answer that the reader calls unchanged is known no more. One
        that was given up while its process started is not asked.
        """
        known = self._pool.known_probes
        is_alone = self.profile is Profile.REMOTE  # what a host sends is read where no file can be reached
        grants = self._pool.grants.besides(needs) if reader.holds is None and not is_alone else NOTHING
        arriving = Arriving(self._pool.remote_files, request, self._awaits)
        with self._lock:
            if request.is_given_up:  # from here on `interrupt` finds it
                return given_up(request)
            self._request = request
        try:
            question = known.told(request)
            params = request.params if question is request.question else question.params()
            answer = reader.ask(request.op, params, deadline_s(request), meanwhile, grants, arriving.wait_for)
        finally:
            with self._lock:
                self._request = self._arriving = None
        if isinstance(answer, tuple) and arriving.fault is not None:
            return arriving.fault  # as it was, not as it came back through the reader
        result = (
            replace(answer, profile=self.profile).to(question)
            if isinstance(answer, Answer)
            else error_from_noun(*answer)
        )
        return known.heard(request, question, result)

    def _awaits(self, arriving: Arriving) -> GeoloupeError | None:
        """Note that the reader waits for bytes; an error where nobody waits for its answer any more."""
        with self._lock:
            self._arriving, request = arriving, self._request
            if self._pool.is_closed or request is None:
                return closed_error()
            return given_up(request) if request.is_given_up else None


def _is_struck_for(death: ReaderDied) -> bool:
    """True where a file was in the reader's hands, and may have been the reason."""
    return not isinstance(death, ReaderNotReady)


def not_started(name: str, error: ReaderNotStarted) -> ReaderCrashed:
    return ReaderCrashed(
        "{name} was not read: the system lets no reader start ({error}). Close other programs, then try again.",
        name=name,
        error=error,
    )


def lost_twice(name: str, deaths: Sequence[ReaderDied]) -> ReaderCrashed:
    """The error for a request that cost two readers: its file is called damaged only where they crashed at it."""
    if all(isinstance(death, ReaderNotReady) for death in deaths):
        return ReaderCrashed(
            "{name} could not be read just now: its reader did not start, as on a very busy computer. Try again.",
            name=name,
        )
    if any(isinstance(death, ReaderNotReady | ReaderKilled) for death in deaths):
        return ReaderCrashed(
            "{name} could not be read just now: its reader was stopped by another program, or for want of memory. "
            "Try again.",
            name=name,
        )
    return ReaderCrashed("{name} crashed its reader twice: the file is probably damaged.", name=name)


def quarantined(name: str) -> Quarantined:
    return Quarantined(
        "{name} has stopped its reader {count} times and is not read again.", name=name, count=MAX_STRIKES
    )


def no_memory(name: str) -> TooLarge:
    return TooLarge("{name} was not read: there is not enough memory. Close other programs and try again.", name=name)


def given_up(request: Request) -> GivenUp:
    return GivenUp("{name_in}: cancelled.", name_in=name_in(request.question))


def closed_error() -> ReaderCrashed:
    return ReaderCrashed("Geoloupe is closing: the request was not answered.")
