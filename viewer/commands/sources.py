"""Edits of the source register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from layers.document.alias import sources_of, with_sources
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import Response
from layers.document.site import Site
from layers.document.source import Source, SourceFile
from layers.document.vocabulary import DATE_BASES, RELIABILITIES, REVIEWED, SOURCE_KINDS, UNDATED
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from layers.text.links import link_in, same_link, title_of_link
from viewer.commands.fields import check_choice, check_date, check_link, field_words, row_of
from viewer.commands.sites import comments_on
from viewer.commands.stamps import DRAFT_AGAIN, delete, edit_with_drafts, insert, new_uuid, stamp_of, update

_DATES = {
    "published_at": Phrase("date of publication"),
    "accessed_at": Phrase("date of access"),
    "acquired_at": Phrase("date of acquisition"),
}
_SITE_SOURCES = ("position_source_uuid", "lifecycle_source_uuid")
"""Fields of a site that name a source."""


class SourceUses(NamedTuple):
    """Uses of a source: the rows that rest on it."""

    claims: tuple[Claim, ...]
    responses: tuple[Response, ...]
    sites: tuple[Site, ...]

    def __bool__(self) -> bool:
        return bool(self.claims or self.responses or self.sites)


def uses_of_source(document: Document, uuid: str) -> SourceUses:
    """The rows that use a source: claims that cite it, responses from it, sites placed or named by it."""
    links = document.links.source_to_claims(uuid)
    return SourceUses(
        tuple(document.claims[link.claim_uuid] for link in links if link.claim_uuid in document.claims),
        tuple(response for response in document.responses.values() if response.source_uuid == uuid),
        tuple(
            site
            for site in document.sites.values()
            if uuid in (site.position_source_uuid, site.lifecycle_source_uuid) or uuid in sources_of(site.aliases)
        ),
    )


def reviewed_claims(document: Document, uuid: str) -> list[Claim]:
    """The reviewed claims that cite a source: they are drafts again after a change of it."""
    links = document.links.source_to_claims(uuid)
    claims = (document.claims.get(link.claim_uuid) for link in links)
    return [claim for claim in claims if claim is not None and claim.status in REVIEWED]


def fields_of_text(text: str) -> dict[str, Any]:
    """The fields of a new source from a typed link or title. The title of a link is its own text."""
    link = link_in(text)
    return {"kind": "web page", "url": link, "title": title_of_link(link)} if link else {"title": text.strip()}


def source_of_link(document: Document, text: str) -> str:
    """Uuid of the source with this link or archived link; empty without one."""
    link = link_in(text)
    for source in document.sources.values():
        if link and (same_link(link, source.url) or same_link(link, source.archive_url)):
            return source.uuid
    return ""


def add_source(
    document: Document, *, actor: str, now: str | None = None, uuid: str | None = None, **fields: Any
) -> Edit:
    """Register a source; its row is ``edit.changes[0].after``. Raises InvalidValue."""
    _check_fields(fields)
    source = Source(uuid=uuid or new_uuid(), **fields)
    return Edit(Phrase("Add {named}", named=_named(source)), (insert("sources", source, stamp_of(actor, now)),))


def update_source(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change fields of a source. Raises InvalidValue."""
    _check_fields(fields)
    for name in ("url", "archive_url"):  # typed: what a file gives for one is registered as it stands there
        check_link(fields.get(name, ""), Phrase("address"))
    source = row_of(document.sources, uuid, Phrase("source"))
    words = field_words(fields, {})
    _check_origin(document, uuid, fields.get("origin_uuid", ""))
    if fields.get("evaluated", True) is not True and fields.get("reliability", source.reliability):
        raise InvalidValue("A graded source is evaluated: take its reliability back first.")
    if fields.get("reliability"):
        fields = {"evaluated": True, **fields}  # who grades a source, by F too, has evaluated it
    stamp = stamp_of(actor, now)
    changes = update("sources", source, stamp, **fields)
    label = Phrase("Change {words} of {named}", words=words, named=_named(source))
    return edit_with_drafts(document, label, changes, stamp)


def _check_origin(document: Document, uuid: str, origin: str) -> None:
    """Raise InvalidValue for an origin that is the source itself, or has what it says from that source."""
    seen: set[str] = set()
    while origin and origin not in seen:
        if origin == uuid:
            raise InvalidValue("A source is no carrier of itself: choose the source that had the report first.")
        seen.add(origin)
        row = document.sources.get(origin)
        origin = row.origin_uuid if row is not None else ""


def delete_sources(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Delete sources, their kept copies and every citation of them, in one edit.

    Raises InvalidValue where an image chip names the source: chips never change.
    """
    stamp = stamp_of(actor, now)
    sources = [row_of(document.sources, uuid, Phrase("source")) for uuid in dict.fromkeys(uuids)]
    gone = {source.uuid for source in sources}
    if any(chip.source_uuid in gone for chip in document.chips.values()):
        raise InvalidValue("An image chip of this case is from {named}: delete the chip first.", named=_named(*sources))
    files = [row for row in document.table("source_files").values() if isinstance(row, SourceFile)]
    changes: list[Change] = []
    for source in sources:
        uses = uses_of_source(document, source.uuid)
        changes += [delete("claim_sources", link) for link in document.links.source_to_claims(source.uuid)]
        for response in uses.responses:
            changes += update("responses", response, stamp, source_uuid="")
    for site in document.sites.values():
        fields: dict[str, Any] = {name: "" for name in _SITE_SOURCES if getattr(site, name) in gone}
        if sources_of(site.aliases) & gone:
            fields["aliases"] = with_sources(site.aliases, lambda uuid: "" if uuid in gone else uuid)
        if fields:
            review = DRAFT_AGAIN if site.status != "draft" else {}
            changes += update("sites", site, stamp, **fields, **review)
    carriers = [row for row in document.sources.values() if row.origin_uuid in gone and row.uuid not in gone]
    changes += [change for row in carriers for change in update("sources", row, stamp, origin_uuid="")]
    changes += [delete("source_files", row) for row in files if row.source_uuid in gone]
    changes += [delete("comments", remark) for remark in comments_on(document, gone)]
    changes += [delete("sources", source) for source in sources]
    return edit_with_drafts(document, Phrase("Delete {named}", named=_named(*sources)), changes, stamp)


def _check_fields(fields: Mapping[str, Any]) -> None:
    if "reliability" in fields:
        check_choice(fields["reliability"], ("", *RELIABILITIES), Phrase("reliability"))
    if "kind" in fields:
        check_choice(fields["kind"], SOURCE_KINDS, Phrase("kind of source"))
    check_choice(fields.get("date_basis", ""), ("", *DATE_BASES), Phrase("basis of a date"))
    for name, words in _DATES.items():
        if fields.get(name) != UNDATED or name != "published_at":
            check_date(fields.get(name, ""), words)


def _named(*sources: Source) -> str:
    if len(sources) == 1:
        return Phrase("source “{title}”", title=sources[0].title) if sources[0].title else "source"
    return counted(len(sources), "source")
