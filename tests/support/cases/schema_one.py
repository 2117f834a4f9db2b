"""A case as version 0.2.0 saved it, in schema 1: kept as SQL text, built and sealed for each test."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from layers.project.storage.fsops import DISK
from layers.project.storage.integrity import empty_slot, seal

SQL = Path(__file__).with_name("schema_1.sql")
"""`rich_document` of that time with a range ring and a deleted chip; its styles and project for QGIS are left out."""


def case_of_schema_1(path: Path, *statements: str) -> Path:
    """Build the case at `path`, intact; `statements` belong to it."""
    slot = empty_slot()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SQL.read_text("utf-8"))
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        for statement in statements:
            connection.execute(statement)
        connection.execute("UPDATE loupe_meta SET value = ? WHERE key = 'integrity'", (slot,))
        connection.commit()
    seal(path, slot, DISK)
    return path
