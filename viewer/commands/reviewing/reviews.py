"""Edits with which a named person reviews rows: reviews, and remarks that are kept on a row until they are settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.rows import Comment, Row
from layers.document.site import Site
from layers.document.vocabulary import STATUSES
from layers.errors import InvalidValue
from layers.phrase import Phrase, joined
from layers.text.counted import counted
from viewer.commands.fields import check_choice, column_word, row_of
from viewer.commands.named_order import LONGEST_NAME
from viewer.commands.stamps import DRAFT_AGAIN, Stamp, insert, new_uuid, stamp_of, update

_NOUNS: Mapping[str, tuple[str, str]] = {"sites": ("mark", "marks"), "claims": ("claim", "claims")}


def review_rows(
    document: Document, uuids: Iterable[str], *, table: str, reviewer: str, actor: str, now: str | None = None
) -> Edit:
    """Record the review of marks (measurements among them) or claims by a named reviewer. Raises InvalidValue.

    `table`: *sites* or *claims*. Reviewed rows stay as they are, unless their author was the reviewer.
    """
    reviewer = _checked_name(reviewer)
    stamp, changes, wanted = stamp_of(actor, now), list[Change](), list(dict.fromkeys(uuids))
    by = {"status": "reviewed", "reviewed_by": reviewer, "reviewed_at": stamp.now}
    for uuid in wanted:
        if table == "sites":
            site = row_of(document.sites, uuid, Phrase("mark"))
            changes += update("sites", site, stamp, **by) if site.status == "draft" else ()
        else:
            claim = row_of(document.claims, uuid, Phrase("claim"))
            changes += update("claims", claim, stamp, **by) if claim.reviewed_by != reviewer else ()
    rows_in_words = counted(len(wanted), *_NOUNS[table])
    return Edit(Phrase("Review {counted} as {reviewer}", counted=rows_in_words, reviewer=reviewer), tuple(changes))


def set_review(
    document: Document, uuids: Iterable[str], *, status: str, reviewer: str = "", actor: str, now: str | None = None
) -> Edit:
    """Set the status of many marks (measurements among them) and claims, as one step. Raises InvalidValue.

    *reviewed* needs the name of the reviewer, and so does *published* for rows that nobody has reviewed; *draft* takes
    a review away. Rows that have the status already stay as they are.
    """
    check_choice(status, STATUSES, column_word("status"))
    wanted = list(dict.fromkeys(uuids))
    by_table: dict[Table, list[str]] = {
        "sites": [uuid for uuid in wanted if uuid in document.sites],
        "claims": [uuid for uuid in wanted if uuid in document.claims],
    }
    if not any(by_table.values()):
        raise InvalidValue("There is nothing to review: no mark and no claim is chosen.")
    nouns = [counted(len(rows), *_NOUNS[table]) for table, rows in by_table.items() if rows]
    if status == "reviewed":
        edits = [
            review_rows(document, rows, table=table, reviewer=reviewer, actor=actor, now=now)
            for table, rows in by_table.items()
            if rows
        ]
        label = Phrase("Review {rows} as {reviewer}", rows=joined(", ", nouns), reviewer=" ".join(reviewer.split()))
        return Edit(label, tuple(change for edit in edits for change in edit.changes))
    stamp, changes = stamp_of(actor, now), list[Change]()
    for table, rows in by_table.items():
        for uuid in rows:
            changes += _with_status(table, document.table(table)[uuid], status, reviewer, stamp)
    label = Phrase("Publish {rows}", rows=joined(", ", nouns))
    if status == "draft":
        label = Phrase("Make {rows} drafts again", rows=joined(", ", nouns))
    return Edit(label, tuple(changes))


def _with_status(table: Table, row: Row, status: str, reviewer: str, stamp: Stamp) -> tuple[Change, ...]:
    """The change of a mark or a claim to *draft* or *published*."""
    assert isinstance(row, Site | Claim)
    if row.status == status:
        return ()
    if status == "draft":
        return update(table, row, stamp, **DRAFT_AGAIN)
    by = row.reviewed_by or _checked_name(reviewer)
    return update(table, row, stamp, status=status, reviewed_by=by, reviewed_at=row.reviewed_at or stamp.now)


def review_checked(
    document: Document,
    *,
    claims: Sequence[str],
    sites: Sequence[str],
    remarks: Sequence[tuple[str, str]] = (),
    checker: str,
    actor: str,
    now: str | None = None,
) -> Edit:
    """Record the reviews of a checker, of claims and marks (uuids), and their remarks, as one step.

    `remarks`: the uuid of a row and the words on it, which are kept in the checker's name. Raises InvalidValue.
    """
    checker = " ".join(checker.split())
    if not claims and not sites and not remarks:
        raise InvalidValue("No row of the sheet can be reviewed: nothing was changed.")
    stamp = stamp_of(actor, now)
    own = Stamp(_checked_name(checker), stamp.now)
    kept = [insert("comments", Comment(uuid=new_uuid(), target_uuid=uuid, body=body), own) for uuid, body in remarks]
    edits = [
        review_rows(document, uuids, table=table, reviewer=checker, actor=actor, now=stamp.now)
        for table, uuids in (("claims", claims), ("sites", sites))
        if uuids
    ]
    rows, words = counted(len(claims) + len(sites), "row"), counted(len(remarks), "remark")
    label = (
        Phrase("Review {rows} by the fact-check sheet of {checker}", rows=rows, checker=checker)
        if edits
        else Phrase("Keep {remarks} of {checker}", remarks=words, checker=checker)
    )
    return Edit(label, (*(change for edit in edits for change in edit.changes), *kept))


def _checked_name(reviewer: str) -> str:
    """The name on one line. Raises InvalidValue where it is none."""
    name = " ".join(reviewer.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidValue(
            "A review needs the name of the reviewer, of at most {longest_name} characters.", longest_name=LONGEST_NAME
        )
    return name
