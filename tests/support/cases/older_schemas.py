"""Cases as older versions saved them: kept as SQL text, built and sealed for each test."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from layers.project.storage.fsops import DISK
from layers.project.storage.integrity import empty_slot, seal

SCHEMA_1 = Path(__file__).with_name("schema_1.sql")
"""`rich_document` of version 0.2.0 with a range ring and a deleted chip; without styles and project for QGIS."""
SCHEMA_2 = Path(__file__).with_name("schema_2.sql")
"""`marked_document` of that time with a row of each kind whose every column says something, all words of the lists, an
issued product and its draft, four edits and a deleted chip; without styles and project for QGIS.
"""


def case_of_schema_1(path: Path, *statements: str) -> Path:
    """Build the case at `path`, intact; `statements` belong to it."""
    return _built(SCHEMA_1, path, statements)


def case_of_schema_2(path: Path, *statements: str) -> Path:
    """Build the case at `path`, intact; `statements` belong to it."""
    return _built(SCHEMA_2, path, statements)


def _built(text: Path, path: Path, statements: tuple[str, ...]) -> Path:
    slot = empty_slot()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(text.read_text("utf-8"))
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        for statement in statements:
            connection.execute(statement)
        connection.execute("UPDATE loupe_meta SET value = ? WHERE key = 'integrity'", (slot,))
        connection.commit()
    seal(path, slot, DISK)
    return path
