"""Stamps rows with the actor and the timestamp of a change, for every command."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import fields as fields_of
from msgspec.structs import replace

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, ClaimSite, ClaimSource, Response, ResponseClaim, Row
from layers.document.search import Search
from layers.document.source import Source
from layers.document.vocabulary import REVIEWED
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from layers.time.utc import utc_now

DRAFT_AGAIN: Mapping[str, Any] = {"status": "draft", "reviewed_by": "", "reviewed_at": ""}
"""Fields of a reviewed row after a change of what is printed of it or judged."""


class Stamp(Struct, frozen=True):
    """The actor and the time of an edit. `now` is UTC, ISO 8601 with a Z."""

    actor: str
    now: str


def stamp_of(actor: str, now: str | None = None) -> Stamp:
    """The stamp of one edit; `now` is given by scripts and tests that must write the same bytes twice."""
    return Stamp(actor, now or utc_now())


def review_of(stamp: Stamp) -> dict[str, Any]:
    """Fields of a row that the actor has reviewed. Raises InvalidValue where the actor has no name."""
    if not stamp.actor.strip():
        raise InvalidValue("A review needs your name: state it in Edit > Your Name and Organisation….")
    return {"reviewed_by": stamp.actor, "reviewed_at": stamp.now}


def new_uuid() -> str:
    return str(uuid.uuid4())


def inserted[R: Row](row: R, stamp: Stamp) -> R:
    """`row` as it is first written."""
    return replace(
        row, created_at=stamp.now, created_by=stamp.actor, modified_at=stamp.now, modified_by=stamp.actor, rev=1
    )


def updated[R: Row](row: R, stamp: Stamp, **changes: Any) -> R:
    """`row` with `changes`, its next revision; the row itself where they change nothing."""
    if all(getattr(row, name) == value for name, value in changes.items()):
        return row
    stamped = {"modified_at": stamp.now, "modified_by": stamp.actor, "rev": row.rev + 1}
    return replace(row, **{**changes, **stamped})


def insert(table: Table, row: Row, stamp: Stamp) -> Change:
    return Change(table, None, inserted(row, stamp))


def update(table: Table, row: Row, stamp: Stamp, **changes: Any) -> tuple[Change, ...]:
    """One change, or none where nothing differs: an edit without changes is not worth an undo step."""
    later = updated(row, stamp, **changes)
    return () if later is row else (Change(table, row, later),)


def delete(table: Table, row: Row) -> Change:
    return Change(table, row, None)


_UNPRINTED: Mapping[Table, frozenset[str]] = {"responses": frozenset({"notes"})}
"""Fields of what a claim rests on that no product prints: a change of them leaves its review."""
_STAMPED = frozenset({"modified_at", "modified_by", "rev"})


def _claims_on(document: Document, change: Change) -> Iterable[str]:
    """The claims that a changed row joins to something, or that rest on it or are printed with it."""
    row, links = change.row, document.links
    if isinstance(row, ClaimSite | ClaimSource | ClaimEvidence | ResponseClaim):
        return (row.claim_uuid,)
    if change.before is None or change.after is None or not _changes_print(change):
        return ()  # links come and go with a row
    if isinstance(row, Source):
        return (link.claim_uuid for link in links.source_to_claims(row.uuid))
    if isinstance(row, Response):
        return (link.claim_uuid for link in links.response_to_claims(row.uuid))
    if isinstance(row, Observation | Search | Chip):
        return (link.claim_uuid for link in links.evidence_to_claims(row.uuid))
    return ()


def _changes_print(change: Change) -> bool:
    silent = _UNPRINTED.get(change.table, frozenset()) | _STAMPED
    names = (field.name for field in fields_of(type(change.row)) if field.name not in silent)
    return any(getattr(change.before, name) != getattr(change.after, name) for name in names)


def drafts_after(document: Document, changes: Iterable[Change], stamp: Stamp) -> list[Change]:
    """Changes that make reviewed claims drafts again, as these changes touch what they rest on, are about or are
    printed with.

    A claim that the changes touch itself is left to them.
    """
    touched, own = dict[str, None](), set[str]()
    for change in changes:
        if change.table == "claims":
            own.add(change.uuid)
        touched |= dict.fromkeys(_claims_on(document, change))
    claims = (document.claims.get(uuid) for uuid in touched if uuid not in own)
    return [
        change
        for claim in claims
        if claim is not None and claim.status in REVIEWED
        for change in update("claims", claim, stamp, **DRAFT_AGAIN)
    ]


def edit_with_drafts(document: Document, label: str, changes: Sequence[Change], stamp: Stamp) -> Edit:
    """The edit of these changes and of those that follow for reviewed claims, which its reason counts."""
    drafts = drafts_after(document, changes, stamp)
    claims = counted(len(drafts), "claim is a draft again", "claims are drafts again")
    return Edit(label, (*changes, *drafts), Phrase("Changed after review: {claims}", claims=claims) if drafts else "")
