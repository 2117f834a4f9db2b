"""Edits that cure many findings of a product's check at once: one step, one undo."""

from __future__ import annotations

from collections.abc import Iterable

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import Response, ResponseClaim
from layers.document.vocabulary import DATE_BASES, RESPONSE_KINDS
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.product.site_words import is_party
from layers.text.counted import counted
from viewer.commands.fields import check_choice, check_date, row_of
from viewer.commands.stamps import insert, new_uuid, stamp_of, update

ACCESS_UNKNOWN = "No date of access is recorded."
NO_REPLY = "no reply by a date"
NO_ANSWERS = tuple(kind for kind in RESPONSE_KINDS if kind != "answer")
"""Kinds of responses that give the reason for a missing answer."""


def say_access_unknown(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """State in the descriptor of sources that no date of access is recorded: none is invented. Raises InvalidValue."""
    stamp, changes, wanted = stamp_of(actor, now), list[Change](), list(dict.fromkeys(uuids))
    for uuid in wanted:
        source = row_of(document.sources, uuid, Phrase("source"))
        if not source.accessed_at and ACCESS_UNKNOWN not in source.descriptor:
            words = f"{source.descriptor.rstrip()} {ACCESS_UNKNOWN}".strip()
            changes += update("sources", source, stamp, descriptor=words)
    return Edit(
        Phrase("Say that the date of access of {sources} is unknown", sources=counted(len(wanted), "source")),
        tuple(changes),
    )


def record_no_answer(
    document: Document,
    claim_uuids: Iterable[str],
    *,
    kind: str,
    made_at: str = "",
    actor: str,
    now: str | None = None,
) -> Edit:
    """Record for claims without an answer the reason, as a response for each party that a claim names.

    So a late answer changes the line of its own party only. `kind`: one of `NO_ANSWERS`; `made_at`: the day by which no
    reply had come. Raises InvalidValue.
    """
    check_choice(kind, NO_ANSWERS, Phrase("reason for which there is no answer"))
    check_date(made_at, Phrase("date"))
    if kind == NO_REPLY and not made_at:
        raise InvalidValue("Say the day by which no reply had come: write 2024-04-12.")
    stamp, changes, wanted = stamp_of(actor, now), list[Change](), list(dict.fromkeys(claim_uuids))
    for uuid in wanted:
        row_of(document.claims, uuid, Phrase("claim"))
        for party in () if document.links.responses_to(uuid) else _named_in(document, uuid):
            answer = Response(uuid=new_uuid(), speaker=party, words="", kind=kind, made_at=made_at)
            link = ResponseClaim(uuid=new_uuid(), response_uuid=answer.uuid, claim_uuid=uuid)
            changes += (insert("responses", answer, stamp), insert("response_claims", link, stamp))
    return Edit(Phrase("Record “{kind}” for {claims}", kind=kind, claims=counted(len(wanted), "claim")), tuple(changes))


def _named_in(document: Document, claim_uuid: str) -> list[str]:
    """The firms and persons that a claim names; a single empty name where it names none."""
    sites = document.links.sites_of_claim(claim_uuid)
    return list(dict.fromkeys(site.label for site in sites if is_party(site))) or [""]


def name_date_basis(
    document: Document, layer_uuids: Iterable[str], *, basis: str, actor: str, now: str | None = None
) -> Edit:
    """Set the basis of the dates of layers that do not state it. Raises InvalidValue."""
    check_choice(basis, DATE_BASES, Phrase("basis of a date"))
    stamp, changes, wanted = stamp_of(actor, now), list[Change](), list(dict.fromkeys(layer_uuids))
    for uuid in wanted:
        layer = row_of(document.layers, uuid, Phrase("layer"))
        changes += update("layers", layer, stamp, date_basis=basis) if not layer.date_basis else ()
    return Edit(Phrase("Say where the date of {images} is from", images=counted(len(wanted), "image")), tuple(changes))
