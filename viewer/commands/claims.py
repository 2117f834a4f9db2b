"""Edits of claims and their links to sites and sources; the machine-checkable part of ICD 203 is kept here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import ClaimSite, ClaimSource
from layers.document.vocabulary import (
    BEARINGS,
    CONFIDENCES,
    CREDIBILITIES,
    LIKELIHOOD_TERMS,
    STATES,
    STATUSES,
    VOICES,
    likelihood_band,
)
from layers.errors import InvalidValue
from layers.phrase import Phrase, all_of
from layers.text.counted import counted
from viewer.commands.fields import check_choice, check_date, check_number, column_word, field_words, row_of
from viewer.commands.sites import comments_on
from viewer.commands.sources import add_source
from viewer.commands.stamps import (
    DRAFT_AGAIN,
    Stamp,
    delete,
    edit_with_drafts,
    insert,
    new_uuid,
    review_of,
    stamp_of,
    update,
)

NO_JUDGEMENT: Mapping[str, Any] = {
    "likelihood_term": "",
    "likelihood_low": None,
    "likelihood_high": None,
    "confidence": "",
    "confidence_reason": "",
}
"""The analyst's fields on any claim that is not assessed."""

FIELD_WORDS = {
    "statement": Phrase("statement"),
    "source_wording": Phrase("source wording"),
    "made_by": Phrase("speaker"),
    "made_at": Phrase("date"),
    "voice": Phrase("voice"),
    "state": Phrase("state"),
    "likelihood_term": Phrase("likelihood"),
    "likelihood_low": Phrase("likelihood"),
    "likelihood_high": Phrase("likelihood"),
    "confidence": Phrase("confidence"),
    "confidence_reason": Phrase("reason for confidence"),
    "place_note": Phrase("place note"),
    "marking": Phrase("marking"),
    "status": Phrase("status"),
    "place_precision_m": Phrase("precision of the place"),
    "steps_json": Phrase("steps"),
    "words_kind": Phrase("kind of words"),
    "change_note": Phrase("what changed"),
}
"""The undo menu's words for the columns of a claim."""


def add_claim(
    document: Document,
    *,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
    site_uuids: Iterable[str] = (),
    source_uuids: Iterable[str] = (),
    **fields: Any,
) -> Edit:
    """Record a claim, linked to sites and sources; its row is ``edit.changes[0].after``. Raises InvalidValue."""
    stamp = stamp_of(actor, now)
    blank = Claim(uuid=uuid or new_uuid())
    whole = _complete(document, blank, fields)
    claim = Claim(uuid=blank.uuid, **whole)
    changes = [insert("claims", claim, stamp)]
    for site_uuid in dict.fromkeys(site_uuids):
        row_of(document.sites, site_uuid, Phrase("site"))
        link = ClaimSite(uuid=new_uuid(), claim_uuid=claim.uuid, site_uuid=site_uuid)
        changes.append(insert("claim_sites", link, stamp))
    for source_uuid in dict.fromkeys(source_uuids):
        row_of(document.sources, source_uuid, Phrase("source"))
        cited = ClaimSource(uuid=new_uuid(), claim_uuid=claim.uuid, source_uuid=source_uuid)
        changes.append(insert("claim_sources", cited, stamp))
    return Edit(Phrase("Add claim"), tuple(changes))


def report_claim(document: Document, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Record a report: words, speaker and source are to be filled in. `fields` as of `add_claim`."""
    edit = add_claim(document, actor=actor, now=now, voice="speaker", state="reported", **fields)
    return replace(edit, label=Phrase("Report a claim"))


def judge_claim(document: Document, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Record a judgement of the analyst's own, which has likelihood and confidence. `fields` as of `add_claim`."""
    edit = add_claim(document, actor=actor, now=now, voice="analyst", state="assessed", **fields)
    return replace(edit, label=Phrase("Judge"))


def update_claim(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change fields of a claim; one that leaves *assessed* loses likelihood and confidence. Raises InvalidValue.

    A likelihood term sets its band; explicit numbers must lie inside the band, and set the only term around them.
    """
    claim = row_of(document.claims, uuid, Phrase("claim"))
    whole = _complete(document, claim, fields)
    stamp = stamp_of(actor, now)
    if any(getattr(claim, name) != value for name, value in whole.items()):
        whole |= _review(claim, fields.get("status"), stamp)
    return Edit(
        Phrase("Change {words}", words=field_words(fields, FIELD_WORDS)), update("claims", claim, stamp, **whole)
    )


def _review(claim: Claim, status: str | None, stamp: Stamp) -> dict[str, Any]:
    """Review fields after a change: *reviewed* records the actor; any other change makes the claim a draft again."""
    if status == "reviewed" != claim.status:
        return review_of(stamp)
    if status == "draft" or (status is None and claim.status != "draft"):
        return dict(DRAFT_AGAIN)
    return {}


def delete_claims(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Delete claims with their links and comments; sites, sources and responses stay."""
    claims = [row_of(document.claims, uuid, Phrase("claim")) for uuid in dict.fromkeys(uuids)]
    changes: list[Change] = []
    for claim in claims:
        changes += [delete("claim_sites", link) for link in document.links.claim_to_sites(claim.uuid)]
        changes += [delete("claim_sources", link) for link in document.links.claim_to_sources(claim.uuid)]
        changes += [delete("response_claims", link) for link in document.links.claim_to_responses(claim.uuid)]
        links = (*document.links.claim_to_evidence(claim.uuid), *document.links.evidence_to_claims(claim.uuid))
        changes += [delete("claim_evidence", link) for link in {link.uuid: link for link in links}.values()]
    changes += [delete("comments", remark) for remark in comments_on(document, {claim.uuid for claim in claims})]
    changes += [delete("claims", claim) for claim in claims]
    return Edit(
        Phrase("Delete claim") if len(claims) == 1 else Phrase("Delete {claims}", claims=counted(len(claims), "claim")),
        tuple(changes),
    )


def link_claim_sites(
    document: Document, claim_uuid: str, site_uuids: Iterable[str], *, actor: str, now: str | None = None
) -> Edit:
    """Link a claim to sites; links that exist already stay as they are. Raises InvalidValue."""
    stamp = stamp_of(actor, now)
    row_of(document.claims, claim_uuid, Phrase("claim"))
    linked = {link.site_uuid for link in document.links.claim_to_sites(claim_uuid)}
    changes = []
    for site_uuid in dict.fromkeys(site_uuids):
        row_of(document.sites, site_uuid, Phrase("site"))
        if site_uuid not in linked:
            link = ClaimSite(uuid=new_uuid(), claim_uuid=claim_uuid, site_uuid=site_uuid)
            changes.append(insert("claim_sites", link, stamp))
    return edit_with_drafts(
        document,
        Phrase("Link claim to site")
        if len(changes) == 1
        else Phrase("Link claim to {sites}", sites=counted(len(changes), "site")),
        changes,
        stamp,
    )


def link_claim_site(document: Document, claim_uuid: str, site_uuid: str, *, actor: str, now: str | None = None) -> Edit:
    """`link_claim_sites` with one site."""
    return link_claim_sites(document, claim_uuid, (site_uuid,), actor=actor, now=now)


def unlink_claim_site(
    document: Document, claim_uuid: str, site_uuid: str, *, actor: str, now: str | None = None
) -> Edit:
    """Unlink a claim from a site; without any site left it belongs to the case."""
    links = [link for link in document.links.claim_to_sites(claim_uuid) if link.site_uuid == site_uuid]
    changes = [delete("claim_sites", link) for link in links]
    return edit_with_drafts(document, Phrase("Unlink claim from site"), changes, stamp_of(actor, now))


def link_claim_source(
    document: Document,
    claim_uuid: str,
    source_uuid: str,
    *,
    actor: str,
    now: str | None = None,
    credibility: int | None = None,
    page: str = "",
    quote: str = "",
    bearing: str = "",
) -> Edit:
    """Cite a source for a claim (once); `credibility` 1..6 is the item's, 6 = cannot be judged. Raises InvalidValue.

    `bearing`: it supports the claim, speaks against it, or gives its context.
    """
    row_of(document.claims, claim_uuid, Phrase("claim"))
    row_of(document.sources, source_uuid, Phrase("source"))
    check_choice(credibility, (None, *CREDIBILITIES), Phrase("credibility"))
    check_choice(bearing, ("", *BEARINGS), Phrase("relation"))
    if any(link.source_uuid == source_uuid for link in document.links.claim_to_sources(claim_uuid)):
        return Edit(Phrase("Cite source"), ())
    _check_confirmed(document, claim_uuid, credibility, source_uuid)
    link = ClaimSource(
        uuid=new_uuid(),
        claim_uuid=claim_uuid,
        source_uuid=source_uuid,
        credibility=credibility,
        page=page,
        quote=quote,
        bearing=bearing,
    )
    stamp = stamp_of(actor, now)
    cited = insert("claim_sources", link, stamp)
    return edit_with_drafts(document, Phrase("Cite source"), (cited,), stamp)


def cite_new_source(
    document: Document,
    claim_uuid: str,
    *,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
    **fields: Any,
) -> Edit:
    """Register a source and cite it for a claim, as one step. Raises InvalidValue."""
    claim = row_of(document.claims, claim_uuid, Phrase("claim"))
    added = add_source(document, actor=actor, now=now, uuid=uuid, **fields)
    stamp = stamp_of(actor, now)
    source_uuid = added.changes[0].uuid
    link = ClaimSource(uuid=new_uuid(), claim_uuid=claim.uuid, source_uuid=source_uuid)
    cited = insert("claim_sources", link, stamp)
    return edit_with_drafts(document, Phrase("Cite new source"), (*added.changes, cited), stamp)


def update_claim_source(
    document: Document, link_uuid: str, *, actor: str, now: str | None = None, **fields: Any
) -> Edit:
    """Change credibility, page, quote or relation of one citation. Raises InvalidValue."""
    link = document.table("claim_sources").get(link_uuid)
    if not isinstance(link, ClaimSource):
        raise InvalidValue("That citation is no longer in the case.")
    if "credibility" in fields:
        check_choice(fields["credibility"], (None, *CREDIBILITIES), Phrase("credibility"))
        _check_confirmed(document, link.claim_uuid, fields["credibility"], link.source_uuid)
    check_choice(fields.get("bearing", ""), ("", *BEARINGS), Phrase("relation"))
    label = Phrase("Change {fields} of citation", fields=field_words(fields, {}))
    stamp = stamp_of(actor, now)
    changes = update("claim_sources", link, stamp, **fields)
    return edit_with_drafts(document, label, changes, stamp)


def unlink_claim_source(
    document: Document, claim_uuid: str, source_uuid: str, *, actor: str, now: str | None = None
) -> Edit:
    """Remove the citation of a source for this claim."""
    links = [link for link in document.links.claim_to_sources(claim_uuid) if link.source_uuid == source_uuid]
    changes = [delete("claim_sources", link) for link in links]
    return edit_with_drafts(document, Phrase("Remove citation"), changes, stamp_of(actor, now))


def _check_confirmed(document: Document, claim_uuid: str, credibility: object, source_uuid: str) -> None:
    """Raise InvalidValue for credibility 1 where all sources of the claim have one origin: they confirm nothing."""
    from layers.product.judging.origins import origins_counted, origins_of  # for start-up time

    if credibility != 1:
        return
    cited = {source_uuid, *(link.source_uuid for link in document.links.claim_to_sources(claim_uuid))}
    if len(origins_of(document, cited)) < 2:
        raise InvalidValue(
            "Credibility 1 is “confirmed by other sources”, and this claim has {sources}: cite a second origin first.",
            sources=origins_counted(document, sorted(cited)) or Phrase("1 source"),
        )


def likelihood_row_in_use(document: Document, besides: str = "") -> int | None:
    """The row of ICD 203 terms, 1 or 2, that claims of this case use, apart from `besides`; None for neither."""
    rows = {entry.term: entry.row for entry in LIKELIHOOD_TERMS}
    for claim in document.claims.values():
        if claim.likelihood_term in rows and claim.uuid != besides:
            return rows[claim.likelihood_term]
    return None


def _complete(document: Document, claim: Claim, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The given `fields`, with all that follow from them."""
    for name, words in (("voice", VOICES), ("state", STATES), ("confidence", ("", *CONFIDENCES)), ("status", STATUSES)):
        if name in fields:
            check_choice(fields[name], words, column_word(name))
    check_date(fields.get("made_at", ""), Phrase("date"))
    if fields.get("state", claim.state) != "assessed":
        if any(fields.get(name) for name in NO_JUDGEMENT):
            raise InvalidValue(
                "Likelihood and confidence are the analyst's: set the claim's state to “assessed” first."
            )
        return {**fields, **NO_JUDGEMENT}
    whole = dict(fields)
    _check_whose_likelihood(claim, fields)
    if "likelihood_term" in fields:
        _check_term(document, claim, fields["likelihood_term"])
        low, high = likelihood_band(fields["likelihood_term"]) if fields["likelihood_term"] else (None, None)
        whole = {"likelihood_low": low, "likelihood_high": high, **whole}
    term = whole.get("likelihood_term", claim.likelihood_term)
    low, high = (whole.get(name, getattr(claim, name)) for name in ("likelihood_low", "likelihood_high"))
    _check_band(term, low, high)
    if not term and low is not None and ("likelihood_low" in fields or "likelihood_high" in fields):
        whole["likelihood_term"] = _term_around(document, claim, low, high)
    return whole


def _check_whose_likelihood(claim: Claim, fields: Mapping[str, Any]) -> None:
    """Raise InvalidValue where a speaker's own word of likelihood would become a band of ours."""
    from layers.product.judging.likelihood_terms import term_in  # for start-up time

    if not any(fields.get(name) for name in ("likelihood_term", "likelihood_low", "likelihood_high")):
        return
    words = fields.get("source_wording", claim.source_wording)
    term = term_in(words) if fields.get("voice", claim.voice) != "analyst" else ""
    if term:
        raise InvalidValue(
            "“{term}” is the speaker's word, and never a likelihood of ours: judge the report (J), in a claim of ours.",
            term=term,
        )


def _term_around(document: Document, claim: Claim, low: int, high: int) -> str:
    """The only term whose band holds both bounds. Raises InvalidValue where it has to be chosen."""
    row = likelihood_row_in_use(document, claim.uuid) or 1
    terms = [entry for entry in LIKELIHOOD_TERMS if entry.row == row]
    around = [entry.term for entry in terms if entry.low <= low and high <= entry.high]
    if len(around) == 1:
        return around[0]
    if around:
        raise InvalidValue(
            "{low} to {high} % is within {around}: choose the likelihood's term.",
            low=low,
            high=high,
            around=all_of(around),
        )
    raise InvalidValue(
        "{low} to {high} % is within no one term: choose the likelihood's term, and stay within it.", low=low, high=high
    )


def _check_term(document: Document, claim: Claim, term: str) -> None:
    if not term:
        return
    rows = {entry.term: entry.row for entry in LIKELIHOOD_TERMS}
    check_choice(term, rows, Phrase("ICD 203 likelihood"))
    in_use = likelihood_row_in_use(document, claim.uuid)
    if in_use not in (None, rows[term]):
        words = ", ".join(entry.term for entry in LIKELIHOOD_TERMS if entry.row == in_use)
        raise InvalidValue(
            "“{term}” is of the other row of ICD 203 terms, and one case never mixes them: choose one of {words}.",
            term=term,
            words=words,
        )


def _check_band(term: str, low: int | None, high: int | None) -> None:
    if low is None and high is None:
        return
    check_number(low, 1, 99, Phrase("likelihood's low bound in per cent"))
    check_number(high, 1, 99, Phrase("likelihood's high bound in per cent"))
    if low is None or high is None:
        raise InvalidValue("A likelihood has a low and a high bound: give both, or neither.")
    if low > high:
        raise InvalidValue(
            "The likelihood's low bound ({low} %) is above its high bound ({high} %).", low=low, high=high
        )
    floor, ceiling = likelihood_band(term) if term else (1, 99)
    if low < floor or high > ceiling:
        raise InvalidValue(
            "{low} to {high} % is not within “{term}” ({floor} to {ceiling} %): choose another term.",
            low=low,
            high=high,
            term=term,
            floor=floor,
            ceiling=ceiling,
        )
