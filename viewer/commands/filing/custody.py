"""Edits of kept copies of sources, and the custody of copies and chips: who had them, when, and with which hash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.rows import Custody, Row
from layers.document.source import SourceFile
from layers.document.vocabulary import COPY_KINDS, CUSTODY_EVENTS
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.product.custody.time_proof import with_proof
from layers.text.counted import counted
from viewer.commands.fields import check_choice, check_date, field_words, row_of
from viewer.commands.stamps import Stamp, delete, insert, new_uuid, stamp_of, update

TOOL = "Geoloupe"
ATTACHED = "attached as a file"
CHANGEABLE = ("name", "copy_kind", "collected_at", "collected_by", "method", "tool")
"""Columns of a kept copy that can be corrected; its bytes and their hash never change."""
BY_HAND = ("taken", "handed over", "received")
"""Events that a person reports; the others are recorded by what is done."""


def copies_of(document: Document, source_uuid: str) -> list[SourceFile]:
    """The kept copies of a source, in the order in which they came."""
    rows = document.table("source_files").values()
    return [row for row in rows if isinstance(row, SourceFile) and row.source_uuid == source_uuid]


def event(
    table: Table, row: SourceFile | Chip, kind: str, stamp: Stamp, *, sha256: str | None = None, note: str = ""
) -> Change:
    """The change that adds an event of now to the custody of a row; `sha256` None: as the row states it."""
    return insert(
        "custody",
        Custody(
            uuid=new_uuid(),
            table_name=table,
            row_uuid=row.uuid,
            at=stamp.now,
            event=kind,
            actor=stamp.actor,
            tool=TOOL,
            sha256=row.sha256 if sha256 is None else sha256,
            note=note,
        ),
        stamp,
    )


def kept_changes(copies: Iterable[SourceFile], source_uuid: str, stamp: Stamp) -> list[Change]:
    """The changes that register copies whose bytes are kept already, each with its first event."""
    changes: list[Change] = []
    for copy in copies:
        row = replace(
            copy,
            source_uuid=source_uuid,
            copy_kind=copy.copy_kind or "evidentiary",
            collected_at=copy.collected_at or stamp.now,
            collected_by=copy.collected_by or stamp.actor,
            method=copy.method or ATTACHED,
            tool=copy.tool or TOOL,
        )
        changes += [insert("source_files", row, stamp), event("source_files", row, "kept", stamp, note=row.method)]
    return changes


def attach_copies(
    document: Document, source_uuid: str, copies: Sequence[SourceFile], *, actor: str, now: str | None = None
) -> Edit:
    """Keep copies with a source, as evidence that is never touched. Raises InvalidValue for the same bytes twice."""
    source = row_of(document.sources, source_uuid, Phrase("source"))
    kept = {row.sha256 for row in copies_of(document, source.uuid)}
    for copy in copies:
        if copy.sha256 in kept:
            raise InvalidValue("{name} is kept with this source already: the same bytes.", name=copy.name)
        kept.add(copy.sha256)
    names = copies[0].name if len(copies) == 1 else counted(len(copies), "file")
    label = Phrase("Attach {names} to source “{title}”", names=names, title=source.title)
    return Edit(label, tuple(kept_changes(copies, source.uuid, stamp_of(actor, now))))


def cite_kept_file(
    document: Document, claim_uuid: str, copy: SourceFile, *, actor: str, now: str | None = None, **fields: Any
) -> Edit:
    """Register a source with a copy whose bytes are kept already, and cite it for a claim. Raises InvalidValue."""
    from viewer.commands.claims import cite_new_source  # for start-up time

    cited = cite_new_source(document, claim_uuid, actor=actor, now=now, **fields)
    kept = kept_changes((copy,), cited.changes[0].uuid, stamp_of(actor, now))
    return replace(cited, changes=(*cited.changes, *kept))


def update_copy(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Correct what is said of a kept copy: its name, kind, collector, time, method and tool. Raises InvalidValue."""
    copy = kept_copy(document, uuid)
    fixed = [name for name in fields if name not in CHANGEABLE]
    if fixed:
        raise InvalidValue("The bytes of a kept copy and their hash never change.")
    check_choice(fields.get("copy_kind", ""), ("", *COPY_KINDS), Phrase("kind of copy"))
    check_date(fields.get("collected_at", ""), Phrase("date of collection"))
    label = Phrase("Change {words} of kept copy “{name}”", words=field_words(fields, {}), name=copy.name)
    return Edit(label, update("source_files", copy, stamp_of(actor, now), **fields))


def add_proof(document: Document, uuid: str, name: str, data: bytes, *, actor: str, now: str | None = None) -> Edit:
    """Keep a proof of time beside a copy. Raises InvalidValue."""
    copy, stamp = kept_copy(document, uuid), stamp_of(actor, now)
    proofs = with_proof(copy, name, data, stamp.now).proof_json
    label = Phrase("Keep proof of time of “{name}”", name=copy.name)
    return Edit(label, update("source_files", copy, stamp, proof_json=proofs))


def remove_copies(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Delete kept copies; their name and hash, and their custody, stay listed for ever. Raises InvalidValue."""
    copies = [kept_copy(document, uuid) for uuid in dict.fromkeys(uuids)]
    names = copies[0].name if len(copies) == 1 else counted(len(copies), "file")
    remarks = [remark for copy in copies for remark in document.links.comments_on(copy.uuid)]
    return Edit(
        Phrase("Delete kept copy “{names}”", names=names),
        (*(delete("comments", row) for row in remarks), *(delete("source_files", copy) for copy in copies)),
    )


def record_verified(
    document: Document, hashes: Sequence[tuple[Table, str, str]], *, actor: str, now: str | None = None
) -> Edit:
    """Log that bytes were hashed anew.

    hashes: (table, uuid, SHA-256 of the bytes as they stand now) of each row; empty where there are no bytes

    A hash that differs from the row's is logged as it is: the report says that it does not match.
    """
    stamp = stamp_of(actor, now)
    changes: list[Change] = []
    for table, uuid, sha256 in hashes:
        row = custody_row(document, table, uuid)
        if row.sha256 == sha256:
            note = "the hash matches"
        elif not row.sha256:
            note = "no hash was stated before"
        else:
            note = "the hash does not match" if sha256 else "the bytes are missing"
        changes.append(event(table, row, "verified", stamp, sha256=sha256, note=note))
    return Edit(Phrase("Verify {files}", files=counted(len(hashes), "file")), tuple(changes))


def record_custody(
    document: Document,
    table: Table,
    uuid: str,
    kind: str,
    *,
    actor: str,
    now: str | None = None,
    at: str = "",
    by: str = "",
    note: str = "",
) -> Edit:
    """Record an event that happened outside of this program, such as a hand-over by a memory stick.

    kind: one of BY_HAND
    at: when it happened, UTC; empty for now
    by: who did it; empty for the analyst
    note: to whom or from whom, and how

    Raises InvalidValue.
    """
    row, stamp = custody_row(document, table, uuid), stamp_of(actor, now)
    check_choice(kind, BY_HAND, Phrase("event"))
    check_date(at, Phrase("time"))
    if kind != "taken" and not note.strip():
        raise InvalidValue("Say to whom it was handed over, or from whom it was received.")
    happened = Custody(
        uuid=new_uuid(),
        table_name=table,
        row_uuid=row.uuid,
        at=at or stamp.now,
        event=kind,
        actor=by.strip() or stamp.actor,
        sha256=row.sha256,
        note=note.strip(),
    )
    assert kind in CUSTODY_EVENTS
    return Edit(Phrase("Record custody: {kind}", kind=kind), (insert("custody", happened, stamp),))


def kept_copy(document: Document, uuid: str) -> SourceFile:
    """The kept copy. Raises InvalidValue where it is gone."""
    row: Row | None = document.table("source_files").get(uuid)
    if not isinstance(row, SourceFile):
        raise InvalidValue("That kept copy is no longer in the case.")
    return row


def custody_row(document: Document, table: Table, uuid: str) -> SourceFile | Chip:
    """The chip or kept copy that has a custody. Raises InvalidValue where it is gone."""
    return row_of(document.chips, uuid, Phrase("image chip")) if table == "chips" else kept_copy(document, uuid)
