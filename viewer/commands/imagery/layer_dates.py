"""Edits that date layers, one or several in one step, also from their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.scenes.name_dates import date_in_name
from layers.text.counted import counted
from viewer.commands.fields import is_span
from viewer.commands.layers import update_layer


class LayerDate(NamedTuple):
    """A date for a layer, with its kind and basis."""

    acquired_at: str
    date_kind: str
    date_basis: str = "analyst"


def kind_of_date(date: str) -> str:
    """The kind of date that the date of a single image implies."""
    return "interval" if is_span(date) else "instant"


def date_by_name(layer: Layer) -> LayerDate | None:
    """The date in the name of an image's file, or of its part of an archive; None without one."""
    source = layer.source
    words = (
        [str(source.get(key) or "").replace("\\", "/") for key in ("part", "path")] if layer.kind == "raster" else []
    )
    date = next(filter(None, (date_in_name(text.rstrip("/").rpartition("/")[2]) for text in words)), "")
    kind = layer.known_date_kind
    return LayerDate(date, kind if kind == "composite" else kind_of_date(date), "file name") if date else None


def date_layers(document: Document, dates: Mapping[str, LayerDate], *, actor: str, now: str | None = None) -> Edit:
    """Date layers, by uuid, as one step. Raises InvalidValue."""
    if not dates:
        raise InvalidValue("No layer is chosen: tick those that are to be dated.")
    edits = [update_layer(document, uuid, actor=actor, now=now, **date._asdict()) for uuid, date in dates.items()]
    label = Phrase("Date layer “{name}”", name=document.layers[next(iter(dates))].name) if len(dates) == 1 else ""
    changes = tuple(change for edit in edits for change in edit.changes)
    return Edit(label or Phrase("Date {layers}", layers=counted(len(dates), "layer")), changes)
