"""Compares a ticked sheet with the case: which rows the checker has reviewed, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from layers.document.document import Document
from layers.document.rows import Comment, Row
from layers.product.factcheck.fact_sheet import SUBJECTS
from layers.product.factcheck.subjects import subject_row, subject_state
from layers.product.factcheck.ticked_file import AskedSubject, TickedFact, TickedSheet
from layers.product.issuing.printed_rows import printed_row

_LONGEST_QUOTED = 200
"""Most characters of a fact before a remark on it."""


class Reason(StrEnum):
    """The reasons why a row of a sheet is not reviewed."""

    CHANGED = "changed"
    """The row, its links, or a source that it rests on is another than on the sheet."""
    GONE = "gone"
    PARTLY = "partly"
    """Some of its facts are not ticked."""
    UNSOURCED = "unsourced"
    """All of its facts are ticked, but some have no source, and no remark says where they were found."""
    REMARKED = "remarked"
    """The checker has a remark on it that nobody has settled."""
    OWN = "own"
    """The checker has entered the row: nobody reviews their own."""
    REVIEWED = "reviewed"
    """The row is reviewed already."""
    NOT_KEPT = "not kept"
    """Facts of rows of which a case keeps no review: sources, answers, images, words of the page."""


class LeftAlone(NamedTuple):
    """A row that is not reviewed, or a fact of no such row."""

    reason: Reason
    name: str
    table: str = ""
    uuid: str = ""
    facts: tuple[int, ...] = ()
    """Numbers on the sheet of the facts that are not ticked, that lack a source, that have a remark, or of which no
    review is kept.
    """
    since: str = ""
    """The name and the day of the change, where the row has changed."""


class Remark(NamedTuple):
    """A checker's remark on one fact. `uuid` is the row of the case that it is kept on: that of the fact, or for words
    of the page the product; empty where the case has neither.
    """

    number: int
    words: str
    written: str
    table: str = ""
    uuid: str = ""
    is_known: bool = False
    """True where the case has the same remark on that row."""

    @property
    def body(self) -> str:
        """The remark as it is kept, with the words that it is about."""
        words = self.words if len(self.words) <= _LONGEST_QUOTED else f"{self.words[: _LONGEST_QUOTED - 1]}…"
        return f"“{words}”: {self.written}"


class Homecoming(Struct, frozen=True):
    """The meaning of a ticked sheet for the case as it stands."""

    claims: tuple[str, ...] = ()
    """Uuids of claims that are to be reviewed."""
    sites: tuple[str, ...] = ()
    left: tuple[LeftAlone, ...] = ()
    remarks: tuple[Remark, ...] = ()
    is_of_case: bool = True
    """False where the case has none of the rows of the sheet."""

    @property
    def reviews(self) -> int:
        return len(self.claims) + len(self.sites)

    @property
    def new_remarks(self) -> tuple[Remark, ...]:
        """The remarks that the case is to keep."""
        return tuple(remark for remark in self.remarks if remark.uuid and not remark.is_known)


def homecoming(document: Document, sheet: TickedSheet, checker: str) -> Homecoming:
    """Judge each row of a sheet that has a tick, in the name of its checker."""
    facts: dict[tuple[str, str], list[TickedFact]] = {}
    for fact in sheet.facts:
        facts.setdefault((fact.table, fact.uuid), []).append(fact)
    reviewed: dict[str, list[str]] = {table: [] for table in SUBJECTS}
    left: list[LeftAlone] = []
    subjects = {(subject.table, subject.uuid): subject for subject in sheet.subjects}
    for key, subject in subjects.items():
        own = facts.get(key, [])
        if not any(fact.is_ticked for fact in own):
            continue
        reason = _why_not(document, subject, own, checker)
        if reason is None:
            reviewed[subject.table].append(subject.uuid)
        elif reason is not Reason.REVIEWED:
            left.append(_left(document, subject, own, reason))
    others = [fact for key, rows in facts.items() if key not in subjects for fact in rows]
    if unkept := tuple(fact.number for fact in others if fact.is_checked and not fact.is_carried):
        left.append(LeftAlone(Reason.NOT_KEPT, "", facts=unkept))
    known = sum(subject_row(document, table, uuid) is not None for table, uuid in subjects)
    return Homecoming(
        claims=tuple(reviewed["claims"]),
        sites=tuple(reviewed["sites"]),
        left=tuple(left),
        remarks=tuple(_remarks(document, sheet)),
        is_of_case=bool(known) or not subjects,
    )


def _remarks(document: Document, sheet: TickedSheet) -> Iterator[Remark]:
    """The remarks of a sheet, each with the row that it is kept on."""
    kept = {(row.target_uuid, row.body) for row in comments_of(document)}
    for fact in sheet.facts:
        if not fact.remark:
            continue
        table, uuid = fact.table, fact.uuid
        if table not in SUBJECTS and printed_row(document, table, uuid) is None:
            table, uuid = "products", sheet.product_uuid
        if (document.table("products").get(uuid) if table == "products" else _row(document, table, uuid)) is None:
            table = uuid = ""
        remark = Remark(fact.number, fact.words, fact.remark, table, uuid)
        yield remark._replace(is_known=(uuid, remark.body) in kept)


def _row(document: Document, table: str, uuid: str) -> Row | None:
    return subject_row(document, table, uuid) or printed_row(document, table, uuid)


def comments_of(document: Document) -> list[Comment]:
    """The remarks that a case keeps."""
    return [row for row in document.table("comments").values() if isinstance(row, Comment)]


def _why_not(document: Document, subject: AskedSubject, own: list[TickedFact], checker: str) -> Reason | None:
    """The reason why a row is not reviewed; None where it is to be."""
    row = subject_row(document, subject.table, subject.uuid)
    state = subject_state(document, subject.table, subject.uuid)
    if row is None or state is None:
        return Reason.GONE
    if state.digest != subject.digest:
        return Reason.CHANGED
    if not all(fact.is_ticked for fact in own):
        return Reason.PARTLY
    if any(fact.lacks_place for fact in own):
        return Reason.UNSOURCED
    if _with_open_remarks(document, own):
        return Reason.REMARKED
    if same_name(row.created_by, checker):
        return Reason.OWN
    if row.status == "published" or (row.status == "reviewed" and _is_of_other(row.reviewed_by, row.created_by)):
        return Reason.REVIEWED
    return None


def _with_open_remarks(document: Document, facts: Iterable[TickedFact]) -> tuple[int, ...]:
    """Numbers of the facts with a remark that the case does not keep as settled: who objects has not approved."""
    settled = {row.body for row in comments_of(document) if row.resolved}
    return tuple(
        fact.number
        for fact in facts
        if fact.remark and Remark(fact.number, fact.words, fact.remark).body not in settled
    )


def _is_of_other(reviewer: str, author: str) -> bool:
    return bool(reviewer.strip()) and not same_name(reviewer, author)


def _left(document: Document, subject: AskedSubject, own: list[TickedFact], reason: Reason) -> LeftAlone:
    row = subject_row(document, subject.table, subject.uuid)
    open_facts = tuple(fact.number for fact in own if not fact.is_ticked) if reason is Reason.PARTLY else ()
    open_facts = tuple(fact.number for fact in own if fact.lacks_place) if reason is Reason.UNSOURCED else open_facts
    open_facts = _with_open_remarks(document, own) if reason is Reason.REMARKED else open_facts
    is_other = row is not None and reason is Reason.CHANGED and row.rev != subject.rev
    since = ", ".join(filter(None, (row.modified_by, row.modified_at[:10]))) if is_other and row is not None else ""
    state = subject_state(document, subject.table, subject.uuid)
    name = state.name if state is not None else subject.name
    return LeftAlone(reason, name, subject.table, subject.uuid, open_facts, since)


def same_name(name: str, other: str) -> bool:
    """True for two spellings of one name, apart from spaces and capitals."""
    return bool(name.strip()) and " ".join(name.split()).casefold() == " ".join(other.split()).casefold()
