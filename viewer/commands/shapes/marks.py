"""Edits that draw marks with a shape."""

from __future__ import annotations

from typing import Any

from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.mark_shape import MarkShape, Numbered, as_json, is_annotation
from viewer.commands.sites import add_site

_NAMES = {
    "rectangle": "rectangle",
    "circle": "circle",
    "range_ring": "range rings",
    "freehand": "freehand line",
    "arrow": "arrow",
    "text": "text",
    "callout": "callout",
    "numbered_marker": "numbered marker",
}
"""The undo menu's words."""


def add_mark(
    document: Document,
    shape: MarkShape,
    geometry: BaseGeometry,
    *,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
    **fields: Any,
) -> Edit:
    """Draw a mark; its row is ``edit.changes[0].after``. `geometry` as in `add_site`. Raises InvalidValue."""
    kind = "annotation" if is_annotation(shape) else "site"
    fields = {"mark_kind": kind, **fields, "shape_json": as_json(shape)}
    if isinstance(shape, Numbered):
        fields["number"] = shape.number
    edit = add_site(document, geometry, actor=actor, now=now, uuid=uuid, **fields)
    return Edit(f"Add {_NAMES[shape.kind]}", edit.changes)


def add_measurement(document: Document, geometry: BaseGeometry, *, actor: str, uuid: str, **fields: Any) -> Edit:
    """Keep what was measured along a line, or round an area. Raises InvalidValue."""
    edit = add_site(document, geometry, actor=actor, uuid=uuid, mark_kind="measurement", **fields)
    return Edit("Keep measurement", edit.changes)
