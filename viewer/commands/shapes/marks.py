"""Edits that draw marks with a shape."""

from __future__ import annotations

from typing import Any

from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.marks.mark_shape import MarkShape, Numbered, as_json, is_annotation
from layers.document.marks.measurement import Measurement
from layers.document.marks.shadow_mark import ShadowMark
from layers.phrase import Phrase
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
    "count_tick": "tick of a count",
    "measurement": "measurement",
    "shadow_height": "shadow",
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
    if isinstance(shape, Measurement):
        shape = shape.of(geometry)
        kind, fields = Measurement.kind, {"label": shape.text, **fields}
    if isinstance(shape, ShadowMark):
        shape = shape.of(geometry)
        kind, fields = "measurement", {"label": shape.label, **fields}
    fields = {"mark_kind": kind, **fields, "shape_json": as_json(shape)}
    if isinstance(shape, Numbered):
        fields["number"] = shape.number
    edit = add_site(document, geometry, actor=actor, now=now, uuid=uuid, **fields)
    return Edit(Phrase("Add {names}", names=_NAMES[shape.kind]), edit.changes)
