"""Edits of the time that a dated service is asked for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from layers.decoding import encoded
from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.errors import BadTemplate, InvalidValue
from layers.phrase import Phrase
from layers.services.tile_service import TileService
from layers.services.times.time_range import RANGE_KEY, TimeRange
from layers.services.times.time_steps import ServiceTimes, day_of, written_time
from viewer.commands.fields import row_of
from viewer.commands.stamps import stamp_of, update


def tile_service(layer: Layer | None) -> TileService | None:
    """The service of a layer of tiles; None for any other layer, and for a spoiled service."""
    if layer is None or layer.kind != "tiles":
        return None
    try:
        return TileService.from_json(layer.source)
    except BadTemplate:
        return None


def dated_service(layer: Layer | None) -> TileService | None:
    """The service of a layer whose time can be chosen; None for any other layer."""
    service = tile_service(layer)
    return service if service is not None and service.is_dated else None


def times_of(layer: Layer, service: TileService, seen_from: date | None = None) -> ServiceTimes:
    """The times of a layer's service within the range of its steps, seen from today in UTC, or from another day."""
    return ServiceTimes(service, seen_from or today(), TimeRange.of_source(layer.source))


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def set_time_range(document: Document, uuid: str, first: str, last: str, *, actor: str, now: str | None = None) -> Edit:
    """Set the first and the last day between which the steps through a dated layer stay; an empty text is no limit.

    Raises InvalidValue.
    """
    layer = row_of(document.layers, uuid, Phrase("layer"))
    for day in filter(None, (first, last)):
        if day_of(day) is None or "/" in day:
            raise InvalidValue("“{day}” is no day: write it as 2024-04-12.", day=day[:40])
    if first and last and TimeRange(first, last).begins > TimeRange(first, last).ends:
        raise InvalidValue("The range ends before it begins: write the earlier day first.")
    source = {name: value for name, value in layer.source.items() if name != RANGE_KEY}
    if first or last:
        source[RANGE_KEY] = encoded(TimeRange(first, last))
    label = Phrase("Change the range of dates of “{name}”", name=layer.name)
    return Edit(label, update("layers", layer, stamp_of(actor, now), source_json=json.dumps(source)))


def set_service_time(
    document: Document, uuid: str, time: str, times: str | None = None, *, actor: str, now: str | None = None
) -> Edit:
    """Ask a dated service for another time, in the server's spelling; the date of the layer follows it, and its name
    where that ends with the old time. `times` are those that the server has now, None for the known ones.

    Raises InvalidValue for what is no time, BadTemplate for a spoiled service.
    """
    layer = row_of(document.layers, uuid, Phrase("layer"))
    service = TileService.from_json(layer.source)
    written = written_time(time)
    if not service.is_dated:
        raise InvalidValue("“{name}” is no imagery by date: its service is always asked for the same.", name=layer.name)
    if not written:
        raise InvalidValue("“{time}” is no date: write it as 2024-04-12.", time=time[:40])
    changed = {"time": time} if times is None else {"time": time, "times": times}
    fields: dict[str, Any] = {"source_json": json.dumps(layer.source | changed), "acquired_at": written}
    for spelled in filter(None, (service.time, written_time(service.time))):
        if layer.name.endswith(f", {spelled}"):
            fields["name"] = layer.name.removesuffix(spelled) + written
            break
    label = Phrase("Show “{name}” at {time}", name=layer.name, time=written)
    return Edit(label, update("layers", layer, stamp_of(actor, now), **fields))
