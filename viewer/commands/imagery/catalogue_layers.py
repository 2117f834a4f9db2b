"""Edits that take scenes of a catalogue into the case: as layers, and searches as evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from layers.decoding import encoded
from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.services.stac.addresses import unsigned
from layers.services.stac.item import StacItem
from layers.services.stac.offsets import is_sentinel2, stated_values
from layers.services.stac.question import StacQuestion
from viewer.commands.imagery.searches import record_search
from viewer.commands.layers import add_layer

LONGEST_NAME = 120


def add_scene(
    document: Document, item: StacItem, address: str, *, actor: str, now: str | None = None, uuid: str | None = None
) -> Edit:
    """Add a scene of a catalogue, whose picture is at `address`, as a layer with the date, credit and sensor that the
    catalogue states. Raises InvalidValue.
    """
    is_stretch = item.date_kind in ("interval", "composite")
    begin = item.start if is_stretch else item.datetime
    acquired = f"{begin}/{item.end}" if is_stretch and item.end and item.end != begin else begin
    sensor = " ".join(dict.fromkeys(part for part in (item.platform, *item.instruments) if part))
    source: dict[str, Any] = {
        "address": unsigned(address),
        "licence": str(item.terms),
        "link": item.licence_link,
        "catalogue": {"id": item.id, "collection": item.collection, "address": unsigned(item.address)},
    }
    if is_sentinel2(item):
        source["catalogue"]["values"] = encoded(stated_values(item))
    if sensor:
        source["sensor"] = sensor[:LONGEST_NAME]
    is_dated = bool(acquired) and item.date_kind != "unknown"
    return add_layer(
        document,
        "raster",
        (item.title or item.id)[:LONGEST_NAME],
        source,
        actor=actor,
        now=now,
        uuid=uuid,
        credit=item.credit,
        acquired_at=acquired if is_dated else "",
        date_kind=item.date_kind if is_dated else "unknown",
        date_basis="catalogue" if is_dated else "",
    )


def record_catalogue_search(
    document: Document,
    address: str,
    title: str,
    question: StacQuestion,
    count: int,
    matched: str | None,
    *,
    is_complete: bool,
    words: str = "",
    sites: Sequence[str] = (),
    actor: str,
    now: str | None = None,
) -> Edit:
    """Keep as evidence what an archive was asked, and what came of it. Raises InvalidValue for a search that broke off
    without a scene: nobody can say then that none is listed.

    `sites` are the uuids of the sites that it was about; none for other ground.
    """
    if not count and not is_complete:
        raise InvalidValue(
            "The search broke off before a scene came: that is no evidence that there is none. Search again."
        )
    query = {"archive": address, "title": title, "count": count, "matched": matched, "question": encoded(question)}
    query |= {"about": list(sites), "complete": is_complete} if sites else {}
    result = "found" if count else "none listed"
    sentence = words or str(_words(title or address, count, matched))
    return record_search(
        document, actor=actor, now=now, kind="catalogue", query_json=json.dumps(query), result=result, words=sentence
    )


def _words(title: str, count: int, matched: str | None) -> Phrase:
    if not count:
        return Phrase("{title} lists no scene for this question.", title=title)
    return Phrase("{title} lists {count} of {matched} scenes.", title=title, count=count, matched=matched or count)
