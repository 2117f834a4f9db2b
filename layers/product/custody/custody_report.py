"""The custody of one chip or kept copy: what became of it, by whom and when, in order, from the rows of the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from msgspec import Struct

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.rows import Custody
from layers.document.source import SourceFile, read_machine
from layers.phrase import Phrase
from layers.product.custody.time_proof import proofs_of
from layers.time.image_dates import image_date
from layers.time.written_dates import written_date

type CustodyTable = Literal["source_files", "chips"]
type PersonNaming = Callable[[str], str]
"""The name of a person as it may be shown; empty where it may not, such as a computer's login name."""

_DEEDS = {
    "taken": Phrase("taken"),
    "kept": Phrase("kept in the case"),
    "verified": Phrase("verified"),
    "handed over": Phrase("handed over"),
    "received": Phrase("received"),
    "merged": Phrase("merged into a case"),
    "deleted": Phrase("deleted from the case"),
    "undone": Phrase("taken out by Undo"),
    "redone": Phrase("put back by Redo"),
    "deleted again": Phrase("deleted again by Redo"),
    "put back": Phrase("put back into the case"),
    "undeleted": Phrase("put back by Undo"),
}
NOT_STATED = Phrase("not stated")
OF_THE_ROW = Phrase("from the stamp of its row: no event was recorded then")


type PastDeed = Literal["deleted", "undone", "redone", "deleted again", "put back", "undeleted"]


class PastEvent(Struct, frozen=True):
    """A row that left the case or came back into it, as the history of the case tells."""

    event: PastDeed
    at: str
    by: str
    reason: str = ""


class PastRow(Struct, frozen=True):
    """Facts on a row that only the history of the case knows."""

    events: tuple[PastEvent, ...] = ()
    """The times at which it left the case or came back, in their order."""
    name: str = ""
    """Its name when it was last deleted; empty where it never was."""
    sha256: str = ""
    """The hash that it stated then."""
    is_whole: bool = True
    """False while the history is still being copied: there may be earlier events."""


NO_PAST = PastRow()


class CustodyLine(Struct, frozen=True):
    """One event. `matches` tells if the hash of that time is the one that the row states; None where neither says."""

    at: str
    event: str
    by: str
    tool: str
    sha256: str
    note: str
    matches: bool | None = None

    @property
    def deed(self) -> str:
        """The event in words."""
        return _DEEDS.get(self.event) or self.event or NOT_STATED

    @property
    def when(self) -> str:
        """The time in words, in UTC."""
        return written_date(self.at) or NOT_STATED

    @property
    def result(self) -> str:
        """The hash against that of the row, in words: only a verification read the bytes again."""
        if self.matches is None:
            return "" if self.event in get_args(PastDeed.__value__) else Phrase("no hash")
        if self.matches and self.event != "verified":
            return Phrase("hash recorded")
        return Phrase("hash matches") if self.matches else Phrase("HASH DOES NOT MATCH")


class CustodyReport(Struct, frozen=True):
    """The report: facts on the chip or copy, and its events in order of time."""

    title: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[CustodyLine, ...]

    @property
    def is_sound(self) -> bool:
        """True unless the bytes differed from the stated hash at their last verification."""
        verified = [line for line in self.lines if line.event == "verified"]
        return not verified or verified[-1].matches is not False

    @property
    def summary(self) -> str:
        """The result of the last verification, as a sentence."""
        verified = [line for line in self.lines if line.event == "verified"]
        if not verified and any(line.sha256 for line in self.lines):
            return Phrase("Its hash was recorded, and its bytes were never compared with it since.")
        if not verified:
            return Phrase("Its hash was never verified.")
        last = verified[-1]
        if last.matches is False:
            return Phrase("On {when} its bytes were not those of the stated hash.", when=last.when)
        return Phrase("Its hash was last verified on {when}.", when=last.when)


def custody_of(
    document: Document, table: CustodyTable, uuid: str, naming: PersonNaming = str, past: PastRow = NO_PAST
) -> CustodyReport:
    """The custody of a chip or kept copy, which may be deleted since.

    naming: turns the name of a stamp into one that may leave the computer
    past: when it was deleted, undone and put back, by the history of the case

    Times are compared as they are written, in UTC; of events at one time the one recorded first stands first.
    """
    row = document.table(table).get(uuid)
    kept = row if isinstance(row, SourceFile | Chip) else None
    stated = kept.sha256 if kept is not None else past.sha256
    events = [event for event in document.table("custody").values() if isinstance(event, Custody)]
    mine = [event for event in events if event.table_name == table and event.row_uuid == uuid]
    lines = [_line(event, stated, naming) for event in mine]
    first = "taken" if table == "chips" else "kept"
    if kept is not None and kept.created_at and not any(line.event == first for line in lines):
        by = naming(kept.created_by)
        lines.insert(0, CustodyLine(kept.created_at, first, by, "", "", OF_THE_ROW))
    lines += [CustodyLine(item.at, item.event, naming(item.by), "", "", item.reason) for item in past.events]
    ordered = sorted(lines, key=lambda line: line.at)
    facts = _facts(document, kept, naming) if kept is not None else _facts_left(past)
    if not past.is_whole:
        facts.append((Phrase("Deletions"), Phrase("not known yet: the history of the case is still being copied")))
    return CustodyReport(_title(table, kept, past.name or uuid), tuple(facts), tuple(ordered))


def last_verified(document: Document, table: CustodyTable, uuid: str) -> CustodyLine | None:
    """The last verification of a chip or kept copy; None where its hash was never verified."""
    lines = [line for line in custody_of(document, table, uuid).lines if line.event == "verified"]
    return lines[-1] if lines else None


def _line(event: Custody, stated: str, naming: PersonNaming) -> CustodyLine:
    matches = event.sha256.lower() == stated.lower() if stated and (event.sha256 or event.event == "verified") else None
    return CustodyLine(event.at, event.event, naming(event.actor), event.tool, event.sha256, event.note, matches)


def _title(table: CustodyTable, row: SourceFile | Chip | None, name: str) -> str:
    """`name` is for a row that has none, or is no longer in the case."""
    if isinstance(row, SourceFile):
        return Phrase("Custody of the kept copy “{name}”", name=row.name or name)
    if row is not None:
        return Phrase("Custody of the image chip “{name}”", name=row.caption or row.layer_title or name)
    what = Phrase("image chip") if table == "chips" else Phrase("kept copy")
    return Phrase("Custody of the deleted {what} “{name}”", what=what, name=name)


def _facts_left(past: PastRow) -> list[tuple[str, str]]:
    """Facts on a row that is no longer in the case."""
    return [(Phrase("SHA-256"), past.sha256 or NOT_STATED)]


def _facts(document: Document, row: SourceFile | Chip, naming: PersonNaming) -> list[tuple[str, str]]:
    """Names and values of what the row states; what it does not state is said to be so where it matters."""
    if isinstance(row, Chip):
        site = document.sites.get(row.site_uuid)
        facts = [
            (Phrase("Site"), site.label if site is not None else ""),
            (Phrase("Image"), row.layer_title),
            (Phrase("Acquired"), image_date(row.acquired_at, row.date_kind)),
            (Phrase("Credit"), row.credit),
            (Phrase("Kind"), Phrase("pixels of the image") if row.kind == "pixels" else Phrase("view of the map")),
        ]
    else:
        source = document.sources.get(row.source_uuid)
        facts = [
            (Phrase("Source"), source.title if source is not None else ""),
            (Phrase("From"), (source.url or source.archive_url) if source is not None else ""),
            (Phrase("Copy"), Phrase(row.copy_kind) if row.copy_kind else NOT_STATED),
            (Phrase("Collected"), written_date(row.collected_at) or NOT_STATED),
            (Phrase("Collected by"), naming(row.collected_by) or NOT_STATED),
            (Phrase("Method"), row.method or NOT_STATED),
            (Phrase("Tool"), row.tool or NOT_STATED),
            (Phrase("Proofs of time"), ", ".join(proof.name for proof in proofs_of(row))),
        ]
    machine = read_machine(row.machine_json) if isinstance(row, Chip) else None
    facts += [
        (Phrase("Machine work"), machine.words if machine is not None else ""),
        (Phrase("Type"), row.content_type),
        (Phrase("SHA-256"), row.sha256 or NOT_STATED),
    ]
    return [(name, text) for name, text in facts if text]
