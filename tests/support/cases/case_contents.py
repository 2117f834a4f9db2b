"""Reads what a case holds: rows by SQL, and what the check of a whole case finds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from layers.project.opening import validation_report as validating
from layers.project.opening.case_process import CaseInline
from layers.project.opening.validation_report import Irregularity


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def validate(path: Path) -> list[Irregularity]:
    """In this process."""
    return validating.validate(path, CaseInline())
