"""Intervals at which sites are to be looked at for new scenes: a note of the case, by which nothing is asked."""

from __future__ import annotations

import json
from collections.abc import Iterable

from msgspec import Struct

from layers.decoding import decoded_or_none
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import Watch
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from layers.time.time_span import span_of
from viewer.commands.fields import row_of
from viewer.commands.imagery.looks import KeptLook
from viewer.commands.stamps import delete, insert, new_uuid, stamp_of, update

LONGEST_DAYS = 3650
_DAY_S = 86_400.0


class _Interval(Struct, frozen=True):
    """The note of a site, in `result_json` of a row that is of no archive."""

    every_days: int


def intervals(document: Document) -> dict[str, int]:
    """Days from one look to the next, by the uuids of the sites that have such an interval."""
    notes = ((row.site_uuid, _days_of(row)) for row in document.watch.values())
    return {site: days for site, days in notes if days is not None and site in document.sites}


def set_interval(document: Document, sites: Iterable[str], days: int, *, actor: str, now: str | None = None) -> Edit:
    """Set the days from one look at some sites to the next; 0 for no interval. Raises InvalidValue."""
    if not 0 <= days <= LONGEST_DAYS:
        raise InvalidValue("An interval has 1 to {most} days, or 0 for none.", most=LONGEST_DAYS)
    stamp = stamp_of(actor, now)
    noted = {row.site_uuid: row for row in document.watch.values() if _days_of(row) is not None}
    text = json.dumps({"every_days": days})
    changes: list[Change] = []
    uuids = list(dict.fromkeys(sites))
    for uuid in uuids:
        row_of(document.sites, uuid, Phrase("site"))
        row = noted.get(uuid)
        if row is not None:
            changes += [delete("watch", row)] if not days else update("watch", row, stamp, result_json=text)
        elif days:
            changes.append(insert("watch", Watch(uuid=new_uuid(), site_uuid=uuid, result_json=text), stamp))
    return Edit(Phrase("Set interval of {sites}", sites=counted(len(uuids), "site")), tuple(changes))


def due_sites(document: Document, looks: Iterable[KeptLook], day: str) -> frozenset[str]:
    """The sites whose interval has passed by a day since the last whole look at them, or that had none yet."""
    last: dict[str, float] = {}
    for kept in looks:
        at = span_of(kept.row.at)
        if at is not None and kept.look.complete:
            last |= {site: max(last.get(site, at.begin), at.begin) for site in kept.look.sites}
    today = span_of(day)
    return frozenset(
        site
        for site, days in intervals(document).items()
        if today is not None and (site not in last or today.end >= last[site] + days * _DAY_S)
    )


def _days_of(row: Watch) -> int | None:
    """The interval that a row notes; None for any other row."""
    if row.place_key:
        return None
    try:
        note = decoded_or_none(json.loads(row.result_json or "null"), _Interval)
    except (ValueError, RecursionError):
        return None
    return note.every_days if note is not None and 0 < note.every_days <= LONGEST_DAYS else None
