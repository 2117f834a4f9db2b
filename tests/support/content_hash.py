"""A hash of all that a document holds, whatever order it came in: the same content, the same hash."""

from __future__ import annotations

import hashlib
from typing import Any

import shapely
from msgspec.structs import asdict
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import TABLES


def content_hash(document: Document) -> str:
    """Of every column of every row."""
    rows = sorted(
        repr((table, [(name, _plain(value)) for name, value in asdict(row).items()]))
        for table in TABLES
        for row in document.table(table).values()
    )
    return hashlib.sha256("\n".join(rows).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    return shapely.to_wkb(value).hex() if isinstance(value, BaseGeometry) else value
