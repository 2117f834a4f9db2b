"""Origins of sources: two carriers of one report are one origin."""

from __future__ import annotations

from collections.abc import Iterable

from layers.document.document import Document
from layers.phrase import joined
from layers.text.counted import counted


def origin_of_source(document: Document, source_uuid: str) -> str:
    """The uuid of the source from which another one has what it says; its own where it carries none.

    An origin that is not in the case counts as it is named; a circle of carriers counts as its first in order.
    """
    seen: list[str] = []
    uuid = source_uuid
    while uuid not in seen:
        seen.append(uuid)
        source = document.sources.get(uuid)
        if source is None or not source.origin_uuid:
            return uuid
        uuid = source.origin_uuid
    return min(seen[seen.index(uuid) :])


def origins_of(document: Document, source_uuids: Iterable[str]) -> set[str]:
    """The origins of some sources, each once."""
    return {origin_of_source(document, uuid) for uuid in source_uuids}


def origins_counted(document: Document, source_uuids: Iterable[str]) -> str:
    """The number of sources and of their origins: "2 sources, 1 origin"; empty for fewer than two."""
    uuids = list(dict.fromkeys(source_uuids))
    if len(uuids) < 2:
        return ""
    return joined(", ", [counted(len(uuids), "source"), counted(len(origins_of(document, uuids)), "origin")])
