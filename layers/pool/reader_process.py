"""The window's side of one reader process: spawn, ask, kill. Used by one supervisor thread only.

The way from a question to this process stands at the head of `pool.py`.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from types import ModuleType
from typing import Any

from layers.decoding import encoded
from layers.disk.scratch import scratch_prefix
from layers.errors import GeoloupeError, NotAllowed
from layers.phrase import Phrase
from layers.pool import worker
from layers.pool.bare_spawn import BareProcess
from layers.pool.protocol import (
    ANSWER_BYTES,
    MAX_HEADER_BYTES,
    START_TIMEOUT_S,
    WRITERS,
    Answer,
    BadReply,
    Profile,
    is_out_of_reach,
    part_messages,
    read_holds,
    read_reply,
    wanted_ranges,
)
from layers.pool.starved_time import starved_s
from layers.readers.bare_environment import starting_variables
from layers.readers.confinement.grants import NOTHING, Grants
from layers.readers.confinement.holds import Holds
from layers.requests.addresses import ServedRanges, WantedRanges, name_of

importlib.import_module("multiprocessing.popen_spawn_win32" if os.name == "nt" else "layers.pool.bare_launch")
"""Otherwise the first process imports it, in a thread: PySide6 goes through sys.modules when it is imported, and ends
the program if they change meanwhile."""

CONFINING_TIMEOUT_S = 3.0
"""Time for a new process to look at all that it is granted: on drives that answer, it takes milliseconds."""
END_TIMEOUT_S = 5.0
"""Seconds after which a killed process that is still there is left to the system."""
MOST_STARVED = 4
"""Most time without a core for which a deadline is put off, as a multiple of it: a person waits for the answer."""
LEAST_GRANTED_S = 0.05
"""Time without a core that is too short to put a deadline off once more."""

type HandOver = Callable[[WantedRanges], ServedRanges | GeoloupeError]
"""Waits for the bytes that a reader asks for, and returns them, or why there are none."""


def no_bytes(wanted: WantedRanges) -> GeoloupeError:
    """Hand over nothing: for readers that are asked about files of this computer alone."""
    return NotAllowed("{name} lies on a host, and is not asked for.", name=name_of(wanted.address))


class ReaderDied(Exception):
    """The process is gone, or sent something that is not an answer."""


class ReaderNotStarted(ReaderDied):
    """The system lets no process start now: no file is to blame."""


class ReaderNotReady(ReaderDied):
    """A process was started, and ended or hung before it was asked anything: no file is to blame."""


class ReaderKilled(ReaderDied):
    """Somebody else ended the process at its work, such as a system that is short of memory."""


class OutOfReach(Exception):
    """The process lives, but was not granted the request's files: another process may be."""


class ConfiningStalled(Exception):
    """The process is gone: one of its other grants lies where nothing answers, such as on a dead drive."""


class ReaderProcess:
    """One spawned reader with its own block of shared memory, which outlives the process and is reused by the next.

    Each process is free until its first request, and from then on held to what that one needs and to its grants, as far
    as the system can do that: `holds` says how far. `grants` are given to every process; who knows more of them when
    he asks gives those with the request. One that writes has a folder of its own for what its libraries put aside.
    Without `imports_main` the process does not import the caller's main module again, as spawned ones do.
    """

    def __init__(
        self,
        profile: Profile,
        load: worker._Load = worker.load_readers,
        grants: Grants = NOTHING,
        *,
        imports_main: bool = True,
    ) -> None:
        self._profile, self._load = profile, load
        self._imports_main = imports_main
        self._grants = grants
        self._scratch = ""
        self._block: SharedMemory | None = None
        self._context = multiprocessing.get_context("spawn")
        self._process: Any = None
        self._pid: int | None = None
        self._connection: Any = None
        self._number = 0
        self._ending = False
        self.is_ready = False
        """True while a process runs and has loaded its libraries."""
        self.holds: Holds | None = None
        """Walls of the running process; None until the first request has come to it."""

    @property
    def pid(self) -> int | None:
        """The process id while a process runs."""
        return self._pid

    def start(self) -> None:
        """Spawn, unless one runs, and wait until it is ready; raises ReaderNotReady, or ReaderNotStarted."""
        if self._process is not None:
            return
        try:
            block = self._make_room()
            ours, theirs = self._context.Pipe()
        except (OSError, MemoryError) as error:
            raise ReaderNotStarted(str(error) or Phrase("there is not enough memory")) from error
        arguments = (theirs, block.name, str(self._profile), os.getpid(), self._load, self._scratch)
        variables = starting_variables(os.environ)
        process = BareProcess(variables, target=worker.main, args=arguments, name="geoloupe-reader", daemon=True)
        self._connection = ours
        try:
            with nullcontext() if self._imports_main else _main_module_hidden():
                process.start()
        except (OSError, MemoryError) as error:
            ours.close()
            theirs.close()
            raise ReaderNotStarted(str(error) or Phrase("there is not enough memory")) from error
        self._process, self._pid = process, process.pid
        theirs.close()
        try:
            if self._ending or self._hear(START_TIMEOUT_S) != b"ready":
                raise EOFError
        except (EOFError, OSError, MemoryError) as error:
            self.kill()
            raise ReaderNotReady(Phrase("the reader process did not start")) from error
        self.is_ready = True

    def _make_room(self) -> SharedMemory:
        """The folder and the shared memory that its processes use, one after the other. Raises OSError."""
        if self._profile in WRITERS and not self._scratch:
            self._scratch = tempfile.mkdtemp(prefix=scratch_prefix())
            self._grants |= Grants(write=frozenset((self._scratch,)))
        if self._block is None:
            _start_quiet_tracker()
            self._block = _new_block()
        return self._block

    def ask(
        self,
        op: str,
        params: dict[str, Any],
        timeout_s: float,
        meanwhile: Callable[[], None] = lambda: None,
        grants: Grants = NOTHING,
        hand_over: HandOver = no_bytes,
    ) -> Answer | tuple[str, Phrase]:
        """One request and its answer, or the (noun, sentence) the reader gives. The process is gone after a raise.

        `meanwhile` is called while the reader works. `grants` are what else the process may read and write, besides
        what the request itself names. `hand_over` waits for bytes that the reader asks for, and may take its time: the
        reader's deadline counts its own work alone. Raises TimeoutError at the deadline, and ReaderDied when the
        process ends or babbles, ReaderKilled where somebody else ended it; OutOfReach, which leaves it, and
        ConfiningStalled as they say; MemoryError where the answer finds no room.
        """
        self._number += 1
        assert self._block is not None
        assert self._block.buf is not None
        is_first = self.holds is None
        granted = grants | self._grants if is_first else grants
        message = json.dumps({"number": self._number, "op": op, "params": params, "grants": encoded(granted)}).encode()
        try:
            self._connection.send_bytes(message)
            meanwhile()
            if is_first:
                self._hear_what_holds(timeout_s, bool(grants))
            reply = self._hear_reply(timeout_s, hand_over)
            if is_first or not is_out_of_reach(reply, self._number):
                return read_reply(reply, self._number, self._block.buf)
        except (TimeoutError, ConfiningStalled, MemoryError):
            self.kill()
            raise
        except (EOFError, OSError, BadReply) as error:
            has_ended = isinstance(error, EOFError | ConnectionError)  # one whose message is too long lives
            is_killed = has_ended and self._was_killed()
            self.kill()
            raise (ReaderKilled if is_killed else ReaderDied)(str(error)) from error
        raise OutOfReach

    def _was_killed(self) -> bool:
        """True where the process, which has closed its pipe, was ended from outside; a fault of its own is another
        signal.
        """
        process = self._process
        if process is None or not hasattr(signal, "SIGKILL"):  # we have ended it ourselves, or no code would tell
            return False
        return _exit_code(process) == -signal.SIGKILL

    def _hear_what_holds(self, timeout_s: float, has_more: bool) -> None:
        """Receive the process's walls. It looks at all its grants first: with `has_more` also those that this request
        does not need.
        """
        try:
            answer = self._hear(min(timeout_s, CONFINING_TIMEOUT_S) if has_more else timeout_s)
        except TimeoutError as error:
            if has_more:
                raise ConfiningStalled from error
            raise
        self.holds = read_holds(answer, self._number)

    def _hear_reply(self, timeout_s: float, hand_over: HandOver) -> bytes:
        """Receive the answer, and before it hand over all bytes that the reader asks for."""
        left_s = timeout_s
        while True:
            began, starved = time.monotonic(), starved_s(self._pid)
            reply = self._hear(max(0.0, left_s), starved)
            wanted = wanted_ranges(reply, self._number)
            if wanted is None:
                return reply
            left_s -= time.monotonic() - began - max(0.0, starved_s(self._pid) - starved)
            for message in part_messages(hand_over(wanted)):
                self._connection.send_bytes(message)

    def _hear(self, timeout_s: float, starved_before_s: float | None = None) -> bytes:
        """Receive a message. On a crowded machine it may come later, by the time in which the reader had no core.

        `starved_before_s`: what `starved_s` told just now, where that is known.
        """
        before = starved_s(self._pid) if starved_before_s is None else starved_before_s
        granted_s, wait_s = 0.0, timeout_s
        while not self._connection.poll(wait_s):
            starved = min(starved_s(self._pid) - before, MOST_STARVED * timeout_s)
            wait_s, granted_s = starved - granted_s, starved
            if wait_s < LEAST_GRANTED_S:
                raise TimeoutError
        return bytes(self._connection.recv_bytes(MAX_HEADER_BYTES))

    def signal_end(self) -> None:
        """Kill from another thread, for good; the supervisor sees the closed pipe and cleans up."""
        self._ending = True
        self.interrupt()

    def interrupt(self) -> None:
        """Kill from another thread; the supervisor finds the reader dead and starts another when it needs one."""
        process = self._process
        with suppress(ValueError):  # its supervisor has just closed it
            if process is not None and process.is_alive():
                process.kill()

    def kill(self) -> None:
        """End the process, leave no zombie; the block stays."""
        process, self._process, self._pid = self._process, None, None
        self.is_ready, self.holds = False, None
        if process is not None:
            _step_back(process.pid)
            process.kill()
            process.join(END_TIMEOUT_S)
            _close(process)
            self._connection.close()

    def close(self) -> None:
        """End the process and give the block back."""
        self.kill()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)
        if self._block is not None:
            self._block.close()
            self._block.unlink()


_STARTING, _HIDING = threading.Lock(), threading.Lock()


def _start_quiet_tracker() -> None:
    """Start the process that gives the blocks back where this one is killed, unless it runs: without its warning.

    It would print on the user's terminal that blocks were leaked, when it has just freed them.
    """
    if os.name == "nt":
        return  # there a block goes with its last process
    with _STARTING:
        sys.warnoptions.append("ignore")  # it is given those of this process when it starts
        try:
            resource_tracker.ensure_running()
        finally:
            sys.warnoptions.remove("ignore")


def _new_block() -> SharedMemory:
    """Shared memory for answers; raises OSError where the system has none.

    `SharedMemory` tells the tracker of a block once it has room, and takes back where it finds none what the tracker
    never heard: that prints a traceback on the user's terminal. So the tracker hears of the name first.
    """
    if os.name == "nt":
        return SharedMemory(create=True, size=ANSWER_BYTES)
    name = f"geoloupe_{secrets.token_hex(8)}"  # with its slash 26 letters: macOS allows 31
    resource_tracker.register(f"/{name}", "shared_memory")
    return SharedMemory(name, create=True, size=ANSWER_BYTES)


@contextmanager
def _main_module_hidden() -> Iterator[None]:
    """Spawns processes without the caller's main module: a script that has no main guard would run a second time in
    each, up to the line that starts one, and fail there. For milliseconds no other thread finds the module either.
    """
    with _HIDING:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _exit_code(process: Any) -> int | None:
    """The code with which a process that is about to end has ended; None where that stays unknown.

    Any thread that starts a process or asks one whether it lives may take the end of all of them off the system
    (`multiprocessing` looks after all its children at each start). For a moment then the end is known to nobody:
    the system has no such child any more, and the other thread has yet to write its code down.
    """
    until = time.monotonic() + END_TIMEOUT_S
    while process.exitcode is None and time.monotonic() < until:
        time.sleep(0.001)
    code: int | None = process.exitcode
    return code


def _close(process: Any) -> None:
    """Give back what `process` held, once somebody has noted its end."""
    _exit_code(process)
    with suppress(ValueError):  # its end was taken by who will never write it down: the collector closes it
        process.close()


def _step_back(pid: int | None) -> None:
    """Lower the process's priority: freeing its memory takes the system ten milliseconds, which others need."""
    if pid is not None and hasattr(os, "setpriority"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, 19)
