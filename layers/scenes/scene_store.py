"""The cache of described scenes: an SQLite file of the user, so that no unchanged file is read again.

Nothing in it is needed: where it is damaged, or of another version, it is begun anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from layers.decoding import decoded_or_none
from layers.phrase import Phrase
from layers.scenes.found_scene import FoundScene, scene_from_json

VERSION = 1
WAIT_S = 10.0
MOST_PICTURE_BYTES = 1 << 20
_SCHEMA = """
CREATE TABLE IF NOT EXISTS scenes (
    path TEXT PRIMARY KEY, state TEXT NOT NULL, facts TEXT NOT NULL, problem TEXT NOT NULL, picture BLOB
) WITHOUT ROWID
"""
_TEXTS = ", ".join(["CAST(? AS TEXT)"] * 4)
_INSERT = f"INSERT OR REPLACE INTO scenes VALUES ({_TEXTS}, ?)"


class Known(NamedTuple):
    """Facts about a file: its scene, or a sentence on why it is none."""

    state: tuple[int, ...]
    scene: FoundScene | None
    problem: str = ""


class SceneStore:
    """One connection; it belongs to the thread that made it. Use it as a context manager.

    Writing is short and in batches: another window, or the command line, may write at the same time.
    """

    def __init__(self, path: Path | None) -> None:
        """Open the cache at `path`; None: in memory, to keep nothing."""
        self.problem = ""
        """A sentence where the cache cannot be written."""
        self._path = path
        self._waiting: list[tuple[bytes | None, ...]] = []
        self._gone: list[tuple[bytes]] = []
        self._connection = self._open()

    def __enter__(self) -> SceneStore:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def known_beneath(self, folder: str) -> dict[str, Known]:
        """Return all facts about files in a folder and below it, by path."""
        low = os.path.join(folder, "")
        after = low[:-1] + chr(ord(low[-1]) + 1)
        query = (
            "SELECT path, state, facts, problem FROM scenes WHERE path >= CAST(? AS TEXT) AND path < CAST(? AS TEXT)"
        )
        try:
            rows = self._connection.execute(query, (_stored(low), _stored(after))).fetchall()
        except sqlite3.OperationalError as error:
            return self._cannot(error, {})
        except sqlite3.DatabaseError:
            self._connection.close()
            self._begin_anew()
            return {}
        entries = ((path, _known(state, facts, problem, path)) for path, state, facts, problem in rows)
        return {path: known for path, known in entries if known is not None}

    def keep(self, path: str, known: Known, picture: bytes = b"") -> None:
        """Remember the facts about a file, with the next `commit`."""
        facts = "" if known.scene is None else known.scene.to_json()
        pixels = picture if 0 < len(picture) <= MOST_PICTURE_BYTES else None
        texts = (path, json.dumps(known.state), facts, known.problem)
        self._waiting.append((*map(_stored, texts), pixels))

    def forget(self, paths: Iterable[str]) -> None:
        """Forget files that are gone, with the next `commit`."""
        self._gone += [(_stored(path),) for path in paths]

    def commit(self) -> None:
        """Make all changes so far durable; those that cannot be written wait for the next time."""
        if not (self._waiting or self._gone):
            return
        try:
            with self._connection:
                self._connection.executemany("DELETE FROM scenes WHERE path = CAST(? AS TEXT)", self._gone)
                self._connection.executemany(_INSERT, self._waiting)
        except sqlite3.OperationalError as error:
            self._cannot(error, None)
            return
        self._waiting, self._gone = [], []

    def picture(self, path: str) -> bytes:
        """The small picture of a scene, a JPEG; empty where there is none."""
        try:
            query = "SELECT picture FROM scenes WHERE path = CAST(? AS TEXT)"
            row = self._connection.execute(query, (_stored(path),)).fetchone()
        except sqlite3.DatabaseError:
            return b""  # a picture less
        return bytes(row[0]) if row and isinstance(row[0], bytes) else b""

    def _open(self) -> sqlite3.Connection:
        try:
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            return _opened(self._path)
        except (OSError, sqlite3.OperationalError) as error:
            return self._cannot(error, _opened(None))
        except sqlite3.DatabaseError:
            self._begin_anew()
            return self._connection

    def _begin_anew(self) -> None:
        """Start an empty cache, as the file is damaged, or of another version."""
        try:
            if self._path is not None:
                _remove(self._path)
            self._connection = _opened(self._path)
        except (OSError, sqlite3.DatabaseError) as error:
            self._connection = self._cannot(error, _opened(None))

    def _cannot[T](self, error: Exception, answer: T) -> T:
        self.problem = Phrase(
            "What was found of scenes cannot be kept ({error}): they are read again the next time.", error=error
        )
        return answer


def _opened(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:" if path is None else str(path), timeout=WAIT_S)
    connection.text_factory = _read
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError("a cache of another version")
        if version == 0:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(_SCHEMA)
            connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("SELECT path, state, facts, problem, picture FROM scenes LIMIT 1").fetchone()
        connection.commit()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _stored(text: str) -> bytes:
    """Return a text as it stands in the file: names of files may be bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def _read(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.unlink(f"{path}{ending}")


def _known(state: object, facts: object, problem: object, path: str) -> Known | None:
    """A row of the cache; None where it cannot be used, whatever stands in it."""
    try:
        numbers = decoded_or_none(json.loads(str(state)), tuple[int, ...])
    except (ValueError, RecursionError):
        return None
    if numbers is None:
        return None
    if not facts:
        return Known(numbers, None, str(problem))
    scene = scene_from_json(str(facts))
    return None if scene is None else Known(numbers, replace(scene, key=path, path=path))
