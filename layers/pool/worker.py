"""The reader's side: a loop that answers one request at a time.

A spawned child imports this module first. It imports neither numpy nor GDAL at its top, because the environment and
the ties to the window must be set before they are loaded.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import shared_memory
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from layers.decoding import decoded, encoded
from layers.errors import GeoloupeError, NotReadable, TooLarge
from layers.phrase import Phrase
from layers.readers.confinement.grants import Grants, needs_of
from layers.readers.environment import Profile, enter, limit_process, tie_to_parent
from layers.readers.window_bytes import LINE
from layers.requests.addresses import ServedRanges, WantedRanges, name_of

if TYPE_CHECKING:
    from layers.readers.confinement.walls import Walls

SWITCH_INTERVAL_S = 0.0005
"""Seconds after which a thread gives way: of a case, one reads the bytes while another makes rows."""

RunRequest = Callable[[str, dict[str, Any]], tuple[dict[str, Any], tuple[Any, ...]]]
_Load = Callable[[Profile], RunRequest]
"""Loads the libraries of a profile, and returns the function that runs its ops.

It is sent to the child by its name: a function of a module that imports nothing heavy.
"""


def main(
    connection: Connection, block_name: str, profile_name: str, parent_pid: int, load: _Load, scratch: str = ""
) -> None:
    """Run as a reader until the window closes the pipe. `scratch` is a folder for one that writes."""
    from layers.readers.confinement.walls import Walls  # the window, which imports this module, needs none

    profile = Profile(profile_name)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    tie_to_parent(parent_pid)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    silence()
    walls = Walls(profile)
    walls.take_network()  # before the libraries, which may start threads
    enter(profile, own_process=True, scratch=scratch)
    # pyogrio would load these for nothing: 90 MB and a quarter of a second.
    for name in ("geopandas", "pandas", "pyarrow"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]

    run = load(profile)  # after the environment is set
    limit_process(profile)
    walls.prepare()
    block = _attach(block_name)
    assert block.buf is not None
    line = _Line(connection)
    LINE.ask = line.ask
    walls.limit_calls()
    try:
        connection.send_bytes(b"ready")
        while True:
            request = json.loads(connection.recv_bytes())
            line.number = request["number"]
            connection.send_bytes(_confined(walls, request, connection) or _reply(run, request, block.buf))
    except (EOFError, ConnectionError):
        return
    finally:
        LINE.cut()
        block.close()


def _confined(walls: Walls, request: dict[str, Any], connection: Connection) -> bytes | None:
    """Hold this process to the needs of the first request and the grants that came with it, and report its walls.

    For a later request None where it needs nothing else; else the answer that another process has to read this.
    """
    granted = decoded(request["grants"], Grants, Phrase("The grants of a request are none."))
    needs = needs_of(request["op"], request["params"])
    if not walls.is_closed:
        holds = walls.close(needs | granted)
        connection.send_bytes(json.dumps({"number": request["number"], "holds": encoded(holds)}).encode())
    elif not walls.cover(needs | granted):
        return json.dumps({"number": request["number"], "out_of_reach": True}).encode()
    return None


class _Line:
    """The way to the window while a request is answered: it is asked for bytes of files at addresses."""

    def __init__(self, connection: Connection) -> None:
        self.number = 0
        """Number of the request that is answered."""
        self._connection = connection

    def ask(self, wanted: WantedRanges) -> ServedRanges:
        """Ask for bytes, and wait. Raises the GeoloupeError for which there are none."""
        from layers.pool.protocol import read_part, wants_message  # numpy: after the environment is set

        self._connection.send_bytes(wants_message(self.number, wanted))
        part, count = read_part(self._connection.recv_bytes())
        return replace(part, data=self._connection.recv_bytes()) if count else part


def load_readers(profile: Profile) -> RunRequest:
    """The ops of imagery and features."""
    from layers.readers.door.ops import run  # GDAL: only in a reader
    from layers.readers.door.warm_up import warm_up

    warm_up(profile)
    return run


def sentence_for(error: Exception, path: str) -> GeoloupeError:
    """Turns whatever an op raises into one of our errors with a sentence, before it is sent."""
    if isinstance(error, GeoloupeError):
        return error
    name = name_of(path) or Phrase("The file")
    if isinstance(error, MemoryError):
        way = Phrase("use a smaller file, or build overviews of an image")
        return TooLarge("{name} needs more memory than a reader may have: {way}.", name=name, way=way)
    from layers.readers.library_words import without_innards  # for start-up time: most files have no fault

    cause = without_innards(str(error.__cause__ or error)) or type(error).__name__
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return NotReadable(
            "{name} cannot be read: the disk for a copy of it is full. Free some space and try again.", name=name
        )
    return NotReadable("{name} cannot be read, it may be damaged: {cause}", name=name, cause=cause)


def _reply(run: RunRequest, request: dict[str, Any], block: memoryview) -> bytes:
    from layers.pool.protocol import message_of, place_arrays  # numpy: after the environment is set

    number, params = request["number"], request["params"]
    try:
        header, arrays = run(request["op"], params)
        reply = {"number": number, "header": header, "arrays": place_arrays(arrays, block)}
        return message_of(reply)
    except Exception as failure:  # noqa: BLE001 - the reader's one door: whatever a library raises goes to the window
        error = sentence_for(failure, str(params.get("path", "")))
        return message_of({"number": number, "error": error.noun, "sentence": error.sentence})


def silence() -> None:
    """Silence codecs, which complain about damaged files on stderr; real faults come back as errors.

    Nothing that a library prints gets into a command's stdout either.
    """
    sink = os.open(os.devnull, os.O_WRONLY)
    for output in (1, 2):
        os.dup2(sink, output)
    os.close(sink)


def _attach(name: str) -> shared_memory.SharedMemory:
    if sys.version_info >= (3, 13):
        return shared_memory.SharedMemory(name, track=False)
    return shared_memory.SharedMemory(name)  # 3.12 registers it again with the window's tracker, which is a set
