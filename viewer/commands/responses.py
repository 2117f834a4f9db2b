"""Edits of responses: a denial is a row of its own and changes no claim's state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import Response, ResponseClaim
from layers.document.vocabulary import RESPONSE_KINDS
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.claims import report_claim
from viewer.commands.fields import check_choice, check_date, field_words, row_of
from viewer.commands.sites import comments_on
from viewer.commands.stamps import delete, edit_with_drafts, insert, new_uuid, stamp_of, update


def add_response(
    document: Document,
    speaker: str,
    words: str,
    *,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
    claim_uuids: Iterable[str] = (),
    **fields: Any,
) -> Edit:
    """Record an answer to some claims, or to the whole where none is named. Raises InvalidValue."""
    stamp = stamp_of(actor, now)
    _check_source(document, fields.get("source_uuid", ""))
    check_choice(fields.get("kind", "answer"), RESPONSE_KINDS, Phrase("kind of response"))
    check_date(fields.get("made_at", ""), Phrase("date"))
    response = Response(uuid=uuid or new_uuid(), speaker=speaker, words=words, **fields)
    changes = [insert("responses", response, stamp)]
    for claim_uuid in dict.fromkeys(claim_uuids):
        row_of(document.claims, claim_uuid, Phrase("claim"))
        link = ResponseClaim(uuid=new_uuid(), response_uuid=response.uuid, claim_uuid=claim_uuid)
        changes.append(insert("response_claims", link, stamp))
    return edit_with_drafts(document, Phrase("Add response"), changes, stamp)


def update_response(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change fields of a response. Raises InvalidValue."""
    response = row_of(document.responses, uuid, Phrase("response"))
    _check_source(document, fields.get("source_uuid", ""))
    check_choice(fields.get("kind", "answer"), RESPONSE_KINDS, Phrase("kind of response"))
    check_date(fields.get("made_at", ""), Phrase("date"))
    stamp = stamp_of(actor, now)
    changes = update("responses", response, stamp, **fields)
    label = Phrase("Change {words} of response", words=field_words(fields, {}))
    return edit_with_drafts(document, label, changes, stamp)


def set_response_claims(
    document: Document, uuid: str, claim_uuids: Iterable[str], *, actor: str, now: str | None = None
) -> Edit:
    """Set the claims that a response answers; without any it answers the whole. Raises InvalidValue."""
    stamp = stamp_of(actor, now)
    row_of(document.responses, uuid, Phrase("response"))
    wanted = dict.fromkeys(claim_uuids)
    links = document.links.response_to_claims(uuid)
    changes: list[Change] = [delete("response_claims", link) for link in links if link.claim_uuid not in wanted]
    linked = {link.claim_uuid for link in links}
    for claim_uuid in wanted:
        row_of(document.claims, claim_uuid, Phrase("claim"))
        if claim_uuid not in linked:
            link = ResponseClaim(uuid=new_uuid(), response_uuid=uuid, claim_uuid=claim_uuid)
            changes.append(insert("response_claims", link, stamp))
    return edit_with_drafts(document, Phrase("Change what a response answers"), changes, stamp)


def answer_new_claim(document: Document, uuid: str, statement: str, *, actor: str, now: str | None = None) -> Edit:
    """Record a claim that a response answers, as one step. Raises InvalidValue."""
    stamp = stamp_of(actor, now)
    row_of(document.responses, uuid, Phrase("response"))
    claim = report_claim(document, actor=actor, now=now, statement=statement)
    link = ResponseClaim(uuid=new_uuid(), response_uuid=uuid, claim_uuid=claim.changes[0].uuid)
    return Edit(Phrase("Answer new claim"), (*claim.changes, insert("response_claims", link, stamp)))


def delete_responses(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Delete responses with their links and comments."""
    responses = [row_of(document.responses, uuid, Phrase("response")) for uuid in dict.fromkeys(uuids)]
    changes: list[Change] = []
    for response in responses:
        links = document.links.response_to_claims(response.uuid)
        changes += [delete("response_claims", link) for link in links]
    remarks = comments_on(document, {response.uuid for response in responses})
    changes += [delete("comments", remark) for remark in remarks]
    changes += [delete("responses", response) for response in responses]
    return edit_with_drafts(
        document,
        Phrase("Delete response")
        if len(responses) == 1
        else Phrase("Delete {responses}", responses=counted(len(responses), "response")),
        changes,
        stamp_of(actor, now),
    )


def _check_source(document: Document, source_uuid: str) -> None:
    if source_uuid and source_uuid not in document.sources:
        raise InvalidValue("That source is no longer in the case.")
