"""One edit that joins two things which were looked for and turn out to be one: their rows become rows about one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.marks.mark_shape import CountTick, as_json, shape_of
from layers.document.observation import Observation, is_after, target_key
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.observing.seen_words import date_words, is_dated
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.sites import comments_on, delete_sites
from viewer.commands.stamps import Stamp, delete, stamp_of, update

_SENTENCE_END = "; "
"""Stands between the words of two rows that become one."""
_TAKEN_OVER = ("view_quality", "change_kind", "compared_to_uuid", "chip_uuid", "count_low", "count_high")
"""Fields that a row takes over from the other one where it states nothing itself."""


def join_things(
    document: Document,
    site_uuids: Iterable[str],
    thing: str,
    into: str,
    *,
    observer: str,
    actor: str,
    now: str | None = None,
) -> Edit:
    """Let an observer's rows at these sites about one thing be about another one, with their ticks.

    Two rows on one image become one: claims and comments go along, *cannot tell* gives way to what the other row says,
    and their words stand one after the other; where both were counted, the ticks of the row that stays remain. Of all
    rows the earliest alone is a first look. Raises InvalidValue where two rows contradict each other, and where there
    is no row.
    """
    into, stamp = into.strip(), stamp_of(actor, now)
    if not into or target_key(thing) == target_key(into):
        raise InvalidValue("Rows are joined with those about another thing: name it first.")
    joined: dict[tuple[str, str], None] = {}
    changes: list[Change] = []
    against: list[Observation] = []
    for site_uuid in dict.fromkeys(site_uuids):
        rows = rows_about(document, site_uuid, observer, thing)
        twins = {
            document.links.image_key(row.image_uuid): row for row in rows_about(document, site_uuid, observer, into)
        }
        joined |= dict.fromkeys((site_uuid, document.links.image_key(row.image_uuid)) for row in rows)
        pairs = [(row, twins.get(document.links.image_key(row.image_uuid))) for row in rows]
        against += [row for row, twin in pairs if twin is not None and _contradict(row, twin)]
        changes += _joined_at_site(document, pairs, list(twins.values()), into, stamp)
    if not joined:
        raise InvalidValue("No row of yours here is about that: there is nothing to join.")
    if against:
        raise InvalidValue(_contradictions(document, against))
    changes += _ticks_joined(document, joined, thing, into, observer, stamp)
    label = Phrase("Join {rows} with “{thing}”", rows=counted(len(joined), "observation"), thing=into)
    return Edit(label, tuple(changes))


def rows_about(document: Document, site_uuid: str, observer: str, thing: str) -> list[Observation]:
    """The rows of an observer at a site about a thing; an empty name is that of rows which say none."""
    rows = document.links.observations_of_site(site_uuid)
    return [row for row in rows if row.observer == observer and target_key(row.target) == target_key(thing)]


def _joined_at_site(
    document: Document,
    pairs: Iterable[tuple[Observation, Observation | None]],
    about: Collection[Observation],
    into: str,
    stamp: Stamp,
) -> list[Change]:
    """Changes of the rows of one site; `about` are those about the thing already."""
    fields: dict[str, dict[str, Any]] = {}
    kept = {row.uuid: row for row in about}
    gone: list[Change] = []
    for row, twin in pairs:
        if twin is None:
            kept[row.uuid] = row
            fields[row.uuid] = {"target": into}
        else:
            fields[twin.uuid] = _joined_fields(twin, row)
            gone += _moved_links(document, row, twin, stamp)
            gone.append(delete("observations", row))
    for uuid, row in kept.items():
        is_first = fields.get(uuid, {}).get("change", row.change) == "first look"
        if is_first and any(_is_before(document, other, row) for other in kept.values()):
            fields.setdefault(uuid, {})["change"] = ""
    return [
        *gone,
        *(
            change
            for uuid, row in kept.items()
            for change in update("observations", row, stamp, **fields.get(uuid, {}))
        ),
    ]


def _joined_fields(twin: Observation, row: Observation) -> dict[str, Any]:
    """The fields that the row which stays takes over from the one that goes."""
    fields = {
        name: getattr(row, name)
        for name in _TAKEN_OVER
        if getattr(twin, name) in ("", None) and getattr(row, name) not in ("", None)
    }
    if twin.presence in ("", "cannot tell") and row.presence not in ("", "cannot tell"):
        fields |= {"presence": row.presence, "why": "", "view_quality": row.view_quality or twin.view_quality}
    if not twin.change:
        fields["change"] = row.change
    if row.words and row.words not in twin.words:
        fields["words"] = _SENTENCE_END.join(filter(None, (twin.words, row.words)))
    return fields


def _contradict(row: Observation, twin: Observation) -> bool:
    """True where two rows on one image cannot both be about one thing."""
    certain = {row.presence, twin.presence} - {"", "cannot tell"}
    counts = [(each.count_low, each.count_high) for each in (row, twin)]
    return len(certain) > 1 or (None not in (counts[0][0], counts[1][0]) and counts[0] != counts[1])


def _contradictions(document: Document, rows: Collection[Observation]) -> Phrase:
    first = next(iter(rows))
    site, image = document.sites.get(first.site_uuid), document.images.get(first.image_uuid)
    return Phrase(
        "Your rows contradict each other on {images}, first at “{site}”, {date}: change or delete one of them.",
        images=counted(len(rows), "image"),
        site="" if site is None else site.label,
        date="" if image is None else date_words(image.acquired_at),
    )


def _moved_links(document: Document, row: Observation, twin: Observation, stamp: Stamp) -> list[Change]:
    """Changes of claims and comments that stood on a row which goes: they stand on the one that stays."""
    rests = {link.claim_uuid for link in document.links.evidence_to_claims(twin.uuid)}
    changes: list[Change] = []
    for link in document.links.evidence_to_claims(row.uuid):
        if link.claim_uuid in rests:
            changes.append(delete("claim_evidence", link))
        else:
            changes += update("claim_evidence", link, stamp, evidence_uuid=twin.uuid)
    for remark in comments_on(document, {row.uuid}):
        changes += update("comments", remark, stamp, target_uuid=twin.uuid)
    return changes


def _ticks_joined(
    document: Document, rows: Collection[tuple[str, str]], thing: str, into: str, observer: str, stamp: Stamp
) -> list[Change]:
    """Changes of the ticks of an observer's counts, in rows by their site and image key.

    Where both rows have ticks, their counts are equal: one set of ticks stays, or the next one would count twice.
    """
    counted_rows: set[tuple[str, str]] = set()
    ticks: list[tuple[tuple[str, str], Site, CountTick]] = []
    for mark in document.sites.values():
        row = (mark.parent_uuid, document.links.image_key(mark.image_uuid))
        if mark.mark_kind != "annotation" or row not in rows:
            continue
        shape = shape_of(mark.shape_json)
        if not isinstance(shape, CountTick) or shape.observer != observer:
            continue
        if target_key(shape.target) == target_key(thing):
            ticks.append((row, mark, shape))
        elif target_key(shape.target) == target_key(into):
            counted_rows.add(row)
    changes: list[Change] = []
    for row, mark, shape in ticks:
        if row not in counted_rows:
            changes += update("sites", mark, stamp, shape_json=as_json(replace(shape, target=into)))
    gone = [mark.uuid for row, mark, _shape in ticks if row in counted_rows]
    return [*changes, *(delete_sites(document, gone, actor=stamp.actor, now=stamp.now).changes if gone else ())]


def _is_before(document: Document, row: Observation, other: Observation) -> bool:
    """True where the image of a row is of an earlier date than that of another."""
    images: Mapping[str, Any] = document.images
    image, later = images.get(row.image_uuid), images.get(other.image_uuid)
    if image is None or later is None or not (is_dated(image) and is_dated(later)):
        return False
    return is_after(later.acquired_at, image.acquired_at)
