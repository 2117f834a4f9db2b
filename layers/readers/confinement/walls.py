"""The walls around a reader process: it reads only its libraries and the files of its requests, writes nowhere else
than it must, has no network, and touches no other process.

They stand on Linux, as far as its kernel has them; elsewhere, and inline, there are none. A process may open all files
until its first request comes; from then on it may open only those granted with that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from layers.phrase import Phrase
from layers.readers.confinement.call_filter import allow_calls, refuse_calls
from layers.readers.confinement.grants import GrantExtent, Grants, ReachableFiles, places_of
from layers.readers.confinement.holds import Holds
from layers.readers.confinement.landlock import (
    ABI_OF_TCP,
    ABI_OF_TRUNCATE,
    READ,
    WRITE,
    Access,
    Ruleset,
    landlock_abi,
)
from layers.readers.confinement.network import give_up_privileges, leave_network
from layers.readers.environment import WRITERS, Profile

_ACCESS = {
    GrantExtent.FILE: Access.READ_FILE,
    GrantExtent.FOLDER: READ,
    GrantExtent.WRITTEN: WRITE,
    GrantExtent.LISTED: Access.READ_DIR,
}
_PREFIXES_OF_SYSTEM = ("/", "/usr", "/usr/local")
"""Prefixes of an interpreter that belongs to the system: only its own folders are granted, not the whole prefix."""
_SYSTEM = (
    "/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64",
    "/nix/store", "/gnu/store", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
    "/etc/timezone", "/etc/locale.alias", "/usr/share/locale", "/usr/share/zoneinfo", "/usr/share/gdal",
    "/usr/share/proj", "/usr/local/share/gdal", "/usr/local/share/proj", "/sys/devices/system/cpu", "/proc/cpuinfo",
    "/proc/meminfo", "/proc/stat", "/proc/self", "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip
"""Libraries and files of the system that they read; none of them is a person's."""
_DATA_VARIABLES = ("GDAL_DATA", "PROJ_DATA", "PROJ_LIB", "TZDIR")


class Walls:
    """Walls around this process, built in the order of the methods."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._is_offline = self._has_few_calls = self._had_threads = False
        self._abi = 0
        self._ruleset: Ruleset | None = None
        self._reach: ReachableFiles | None = None
        self._lacks: list[str] = []
        self.is_closed = False

    def take_network(self) -> None:
        """Cut the network off. Call it before any library is loaded, while there is only one thread."""
        if sys.platform != "linux":
            return
        give_up_privileges()
        is_away = leave_network()
        does_filter = refuse_calls(sockets=True, attributes=self._profile not in WRITERS)
        self._is_offline = is_away or does_filter

    def prepare(self) -> None:
        """Prepare the grants of the libraries, which may be read for ever. Call it once they are loaded."""
        self._abi = landlock_abi()
        if sys.platform != "linux" or not self._abi:
            self._lacks.append(
                Phrase("This system has no Landlock: a reader may read and write all that the user may.")
            )
            return
        try:
            self._ruleset = Ruleset(self._abi, keeps_network=False)
            for path in dict.fromkeys(_libraries()):
                self._ruleset.allow(path, READ)
            self._ruleset.allow(os.devnull, Access.READ_FILE | Access.WRITE_FILE | Access.TRUNCATE)
        except OSError as error:
            self._give_way(error)

    def limit_calls(self) -> None:
        """Limit the calls to the kernel. Call it once the libraries are loaded and before any file is read, in the only
        thread.
        """
        if sys.platform != "linux":
            return
        self._had_threads = len(os.listdir("/proc/self/task")) > 1
        self._has_few_calls = allow_calls(sockets=False, writes=self._profile in WRITERS)
        if not self._has_few_calls:
            self._lacks.append(
                Phrase("The system calls of a reader could not be limited: it may signal what the user may.")
            )

    def close(self, grants: Grants) -> Holds:
        """Hold this process to `grants` and the libraries."""
        self.is_closed = True
        if self._ruleset is not None:
            places = list(places_of(grants))
            try:
                for place in dict.fromkeys(places):
                    self._ruleset.allow(place.path, _ACCESS[place.extent])
                self._ruleset.restrict()
            except OSError as error:
                self._give_way(error)
            else:
                self._reach = ReachableFiles(places)
        return self._what_holds()

    def cover(self, needs: Grants) -> bool:
        """True where all that is needed was granted, or where there are no walls."""
        return self._reach is None or self._reach.covers(needs)

    def _give_way(self, error: OSError) -> None:
        """Give up a wall that fails, and go on reading: an error of the kernel is no fault of a file."""
        self._ruleset = None
        self._lacks.append(
            Phrase(
                "Landlock could not be used ({strerror}): a reader may read all that the user may.",
                strerror=error.strerror,
            )
        )

    def _what_holds(self) -> Holds:
        has_files, lacks = self._reach is not None, list(self._lacks)
        if has_files and self._abi < ABI_OF_TRUNCATE:
            lacks.append(Phrase("The kernel's Landlock is old: a reader might empty files that the user may write."))
        if has_files and self._had_threads:
            lacks.append(
                Phrase("A library had started threads before Landlock held: these may read all that the user may.")
            )
        if not self._is_offline:
            lacks.append(Phrase("The network could not be taken from the reader."))
        tcp = self._is_offline or (has_files and self._abi >= ABI_OF_TCP)
        return Holds(has_files, self._is_offline, tcp, self._has_few_calls, tuple(lacks))


def _libraries() -> Iterator[str]:
    """Folders of Python, of our own code, of the libraries and of their data, from which libraries may load parts
    later.
    """
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        if os.path.realpath(prefix) not in _PREFIXES_OF_SYSTEM:
            yield prefix
    yield os.path.dirname(os.__file__)
    for path in sys.path:
        if os.path.basename(path) in ("site-packages", "dist-packages", "lib-dynload") or path.endswith(".zip"):
            yield path
    yield from _loaded_packages()
    yield from _SYSTEM
    for name in _DATA_VARIABLES:
        yield from filter(None, os.environ.get(name, "").split(os.pathsep))
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    yield os.path.join(data, "proj")  # grids that the user has had PROJ fetch


def _loaded_packages() -> Iterator[str]:
    """Our own packages, and libraries wherever they are installed: each may load more of itself."""
    for name in {name.partition(".")[0] for name in sys.modules}:
        file = getattr(sys.modules.get(name), "__file__", None)
        if file and os.path.basename(file).startswith("__init__."):
            yield os.path.dirname(os.path.abspath(file))
