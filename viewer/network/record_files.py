"""Records by key in a folder of files that only grow: to store one costs no new file, and the oldest files go first.

Each program writes files of its own and reads those of all. Beside a file of records stands one of their keys, in the
same order, so that no record is read to know which are there. A program that is killed loses the record that it is
writing; of what is damaged nothing is believed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from secrets import token_hex

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.disk.patience import in_a_thread_of_its_own

FILE_BYTES = 8 << 20
SWEPT_TO = 0.9
"""Part of a limit to which a folder above the limit is swept."""
SWEEP_EVERY_BYTES = 32 << 20
SWEEP_EVERY_RECORDS = 5000
LEAST_FREE_BYTES = 256 << 20
"""Free bytes of a disk below which nothing is stored: a nearly full disk is for the analyst's work."""
ROOM_BELIEVED_S = 2.0
FOLDER_BELIEVED_S = 5.0
"""Seconds between two looks at what other programs have stored."""
MOST_RECORD_BYTES = 4 << 20
RECORDS, KEYS = ".tiles", ".keys"
"""Endings of a file of records and of that of their keys."""
_ENTRY = np.dtype([("key", "<u8"), ("offset", "<u4"), ("length", "<u4")])
_PACKED_ENTRY = struct.Struct("<QII")
"""An entry as it is written, one at a time."""
_PLACE = np.dtype([("key", "<u8"), ("offset", "<u4"), ("length", "<u4"), ("file", "<u4")])
_DIGEST = 16


class _Place(Struct, frozen=True):
    """The place of a record: the number of its file, its first byte and its length."""

    file: int
    offset: int
    length: int


class _OwnFile(Struct):
    """The file of records that this program writes, and that of their keys, both open."""

    number: int
    records: int
    keys: int
    nbytes: int = 0
    entries: int = 0


class RecordFiles:
    """The records in a folder, at most so many and of so many bytes in all.

    `get` and `put` read and write files: they are called on threads other than the window's. Keys are 16 bytes, which
    are those of a good hash.
    """

    def __init__(self, folder: Path, most_bytes: int, most_records: int, file_bytes: int = FILE_BYTES) -> None:
        self._folder, self._most, self._file_bytes = folder, (most_bytes, most_records), file_bytes
        self._lock = threading.Lock()
        self._names: list[str] = []
        """Names of the files without their endings, by number."""
        self._numbers: dict[str, int] = {}
        self._keys_read: dict[str, int] = {}
        """Bytes of the files of keys that were read."""
        self._places = np.empty(0, _PLACE)
        """Places by key, of several under one key the newest last."""
        self._new: dict[int, _Place] = {}
        """Places of what was stored since the folder was looked at."""
        self._looked_at = -FOLDER_BELIEVED_S
        self._used: set[int] = set()
        self._own: _OwnFile | None = None
        self._serial = count()
        self._unswept_bytes, self._unswept_records = SWEEP_EVERY_BYTES, 0  # the first has the folder looked at
        self._has_room, self._room_seen_at = True, -ROOM_BELIEVED_S
        self._is_closed = threading.Event()
        self._sweeper: threading.Thread | None = None

    def may_have(self, key: bytes) -> bool:
        """False where no record is stored under a key; asks no disk, and is for any thread."""
        return self._is_due() or self._place(key) is not None

    def is_known(self, key: bytes) -> bool:
        """True where a record was stored under a key, as far as is known; asks no disk, and is for any thread."""
        return self._place(key) is not None

    def get(self, key: bytes) -> bytes | None:
        """The record of a key; None without one, or where it is damaged."""
        was_due, place = self._is_due(), self._place(key)
        if place is None and was_due:
            with self._lock:
                if self._is_due():  # else another thread has looked meanwhile
                    self._look_at_folder()
                    self._looked_at = time.monotonic()
            place = self._place(key)
        return None if place is None else self._read(place, key)

    def put(self, key: bytes, record: bytes) -> None:
        """Store a record under a key, where there is room. Raises OSError, after which it is not stored."""
        if len(record) > MOST_RECORD_BYTES or not self._is_room():
            return
        stored = _digest(key + record) + key + record  # before the lock: it would be held while Python's own is awaited
        with self._lock:
            if self._is_closed.is_set():
                return
            own = self._file_for(len(stored))
            try:
                _append(own.records, stored)
                _append(own.keys, _PACKED_ENTRY.pack(_number(key), own.nbytes, len(stored)))
            except OSError:  # what follows must begin where the last whole record ends
                _cut_back(own.records, own.nbytes)
                _cut_back(own.keys, own.entries * _ENTRY.itemsize)
                raise
            self._new[_number(key)] = _Place(own.number, own.nbytes, len(stored))
            own.nbytes, own.entries = own.nbytes + len(stored), own.entries + 1
            self._count(len(stored))

    @property
    def is_sweeping(self) -> bool:
        """True while the folder is brought within its limits."""
        return self._sweeper is not None and self._sweeper.is_alive()

    def wait_for_sweep(self) -> None:
        """Wait until the folder is within its limits."""
        if self._sweeper is not None:
            self._sweeper.join()

    def close(self) -> None:
        """Store nothing more, and stop sweeping."""
        self._is_closed.set()
        self.wait_for_sweep()
        with self._lock:
            self._end_file()

    # -- looking ------------------------------------------------------------------------------------------------

    def _place(self, key: bytes) -> _Place | None:
        number = _number(key)
        place, places = self._new.get(number), self._places
        if place is not None or not len(places):
            return place
        after = int(places["key"].searchsorted(np.uint64(number), side="right"))
        if not after or int(places["key"][after - 1]) != number:
            return None
        row = places[after - 1]
        return _Place(int(row["file"]), int(row["offset"]), int(row["length"]))

    def _read(self, place: _Place, key: bytes) -> bytes | None:
        path = self._folder / (self._names[place.file] + RECORDS)
        try:
            with path.open("rb", 0) as file:
                file.seek(place.offset)
                stored = file.read(min(place.length, MOST_RECORD_BYTES + _DIGEST + len(key)))
            if place.file not in self._used:
                self._used.add(place.file)
                os.utime(path)  # files that are used stay
        except OSError:
            return None
        record = stored[_DIGEST + len(key) :]
        is_whole = stored[_DIGEST : _DIGEST + len(key)] == key and stored[:_DIGEST] == _digest(key + record)
        return record if is_whole else None

    def _is_due(self) -> bool:
        """True where other programs may have stored something that is not known here."""
        return time.monotonic() - self._looked_at >= FOLDER_BELIEVED_S

    def _look_at_folder(self) -> None:
        """Read the keys that were added by any program, and forget those whose file is gone."""
        sizes: list[tuple[float, str, int]] = []
        with suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(KEYS):
                    with suppress(OSError):
                        status = entry.stat()
                        sizes.append((status.st_mtime, entry.name.removesuffix(KEYS), status.st_size))
        gone = [self._numbers[name] for name in self._keys_read.keys() - {name for _, name, _ in sizes}]
        added = [self._keys_of(name, size) for _, name, size in sorted(sizes) if size > self._keys_read.get(name, 0)]
        if gone:
            self._places = self._places[~np.isin(self._places["file"], gone)]
            self._keys_read = {name: self._keys_read[name] for _, name, _ in sizes if name in self._keys_read}
        if added:
            places = np.concatenate([self._places, *added])
            self._places = places[np.argsort(places["key"], kind="stable")]
        self._new = {}  # they are among those that were read

    def _keys_of(self, name: str, size: int) -> NDArray[np.void]:
        """The places of the records of a file whose keys were not read yet."""
        begin = self._keys_read.get(name, 0)
        entries = np.empty(0, _ENTRY)
        with suppress(OSError), (self._folder / (name + KEYS)).open("rb", 0) as file:
            file.seek(begin)
            stored = file.read((size - begin) // _ENTRY.itemsize * _ENTRY.itemsize)
            entries = np.frombuffer(stored[: len(stored) // _ENTRY.itemsize * _ENTRY.itemsize], _ENTRY)
        self._keys_read[name] = begin + entries.nbytes
        places = np.empty(len(entries), _PLACE)
        for member in ("key", "offset", "length"):
            places[member] = entries[member]
        places["file"] = self._number_of(name)
        return places

    def _number_of(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self._names)
            self._names.append(name)
        return self._numbers[name]

    # -- storing ------------------------------------------------------------------------------------------------

    def _file_for(self, nbytes: int) -> _OwnFile:
        """The file that the next record goes to."""
        if self._own is not None and self._own.nbytes + nbytes > self._file_bytes:
            self._end_file()
        if self._own is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"{next(self._serial):06x}-{token_hex(8)}"
            records, keys = (_opened(self._folder / (name + ending)) for ending in (RECORDS, KEYS))
            self._own = _OwnFile(self._number_of(name), records, keys)
        return self._own

    def _end_file(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            os.close(own.records)
            os.close(own.keys)

    def _is_room(self) -> bool:
        now = time.monotonic()
        if now - self._room_seen_at >= ROOM_BELIEVED_S:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._has_room = shutil.disk_usage(self._folder).free >= LEAST_FREE_BYTES
            except OSError:
                self._has_room = False
            self._room_seen_at = now  # last: another thread would believe meanwhile that there is room
        return self._has_room

    def _count(self, nbytes: int) -> None:
        """Count what was stored, and have the folder swept now and then."""
        self._unswept_bytes, self._unswept_records = self._unswept_bytes + nbytes, self._unswept_records + 1
        is_due = self._unswept_bytes >= SWEEP_EVERY_BYTES or self._unswept_records >= SWEEP_EVERY_RECORDS
        if is_due and not self.is_sweeping:
            self._unswept_bytes = self._unswept_records = 0
            self._sweeper = in_a_thread_of_its_own(self._sweep, "tile sweeper")

    def _sweep(self) -> None:
        """Delete the files that were used least recently above the limits. Those that cannot be deleted stay."""
        _drop_former(self._folder)
        files: list[tuple[float, str, int, int]] = []
        with suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(RECORDS):
                    with suppress(OSError):
                        status, name = entry.stat(), entry.name.removesuffix(RECORDS)
                        keys = (self._folder / (name + KEYS)).stat()
                        files.append((status.st_mtime, name, status.st_size, keys.st_size // _ENTRY.itemsize))
        most_bytes, most_records = self._most
        nbytes, records = sum(file[2] for file in files), sum(file[3] for file in files)
        if nbytes <= most_bytes and records <= most_records:
            return
        own = self._own
        for _, name, size, number in sorted(files):
            if self._is_closed.is_set() or (nbytes <= SWEPT_TO * most_bytes and records <= SWEPT_TO * most_records):
                return
            if own is None or name != self._names[own.number]:
                nbytes, records = nbytes - size, records - number
                for ending in (KEYS, RECORDS):
                    with suppress(OSError):  # another program reads it, or has deleted it
                        os.unlink(self._folder / (name + ending))


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)


def _append(handle: int, data: bytes) -> None:
    if os.write(handle, data) != len(data):
        raise OSError("The disk is full.")


def _cut_back(handle: int, end: int) -> None:
    with suppress(OSError):
        os.ftruncate(handle, end)
    os.lseek(handle, end, os.SEEK_SET)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()


def _number(key: bytes) -> int:
    return int(struct.unpack_from("<Q", key)[0])


def _drop_former(folder: Path) -> None:
    """Delete what earlier versions have stored here, a file for each tile."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.is_dir() and (path.name == "prepared" or path.name.startswith("data")):
                shutil.rmtree(path, ignore_errors=True)
