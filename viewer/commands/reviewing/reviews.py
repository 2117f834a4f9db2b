"""Edits with which a named person reviews rows: reviews, and remarks that are kept on a row until they are settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import Comment
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.named_order import LONGEST_NAME
from viewer.commands.stamps import Stamp, insert, new_uuid, stamp_of, update


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
    noun = ("mark", "marks") if table == "sites" else ("claim", "claims")
    return Edit(
        Phrase("Review {counted} as {reviewer}", counted=counted(len(wanted), *noun), reviewer=reviewer), tuple(changes)
    )


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
