"""The rows that an issued product printed, to name a row's products, and the changes since a product was issued."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import asdict
from shapely.geometry.base import BaseGeometry

from layers.document.alias import origin_of
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.json_fields import json_object
from layers.document.rows import Product, Row
from layers.document.site import Site
from layers.document.vocabulary import REVIEWED
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.product.judging.judged import judged_sentences, judgements_of
from layers.product.numbering import WHOLE

if TYPE_CHECKING:
    from layers.product.content import ProductContent
    from layers.product.facts import ProductFacts

_TABLES: dict[str, Table] = {
    "claims": "claims",
    "claim_sites": "claim_sites",
    "claim_sources": "claim_sources",
    "claim_evidence": "claim_evidence",
    "observations": "observations",
    "chips": "chips",
    "searches": "searches",
    "responses": "responses",
    "response_claims": "response_claims",
    "sources": "sources",
    "images": "images",
    "loupe_layers": "layers",
    "site_point": "sites",
    "site_line": "sites",
    "site_polygon": "sites",
}
"""Tables of the document by the names of the file's tables whose rows a product prints."""
_UNPRINTED = frozenset(
    {
        *(
            "uuid",
            "created_at",
            "created_by",
            "modified_at",
            "modified_by",
            "rev",
            "status",
            "reviewed_by",
            "reviewed_at",
        ),
        *("notes", "folder", "layer_uuid", "style_json", "props_json", "stroke_color", "fill_color", "stroke_width"),
        *("visible", "opacity", "blend", "order_key", "source_json", "image_key"),
    }
)
"""Fields that no product prints, such as stamps and looks: a change of them makes no product wrong."""
_WHAT = Phrase("The numbers of the product")
_DIGEST_BYTES = 6


class PrintedRow(NamedTuple):
    """A row as a product printed it: its table in the file, its revision, and a digest of its printed parts.

    `is_whole`: True for a claim that was printed with its answers and sources, False for one that is only named beside
    another, as what a judgement of ours is about.
    """

    table_name: str
    uuid: str
    rev: int
    digest: str
    is_whole: bool = False


class Difference(NamedTuple):
    """A row that differs from the one an issued product printed. `what`: *changed*, *deleted* or *new*."""

    what: str
    table_name: str
    uuid: str


def printed_rows(document: Document, content: ProductContent, facts: ProductFacts | None = None) -> list[PrintedRow]:
    """The rows that a product with these words and maps prints, each once."""
    keys = dict.fromkeys(_named(document, content, facts))
    rows = ((name, document.table(_TABLES[name]).get(uuid)) for name, uuid in keys)
    whole = {claim.uuid for claim in content.claims}
    return [
        PrintedRow(_name_of(name, row), row.uuid, row.rev, digest_of(row), name == "claims" and row.uuid in whole)
        for name, row in rows
        if row is not None
    ]


def _named(document: Document, content: ProductContent, facts: ProductFacts | None) -> Iterator[tuple[str, str]]:
    for site in content.sites:
        if site.uuid not in content.withheld:
            yield "site_point", site.uuid
    for claim in content.claims:
        yield "claims", claim.uuid
        for judgement in claim.judged:
            yield "claims", judgement.uuid
            yield "claim_evidence", judgement.link_uuid
        for row in claim.rests_on:
            yield "claim_evidence", row.link_uuid
            yield row.table, row.uuid
        yield from (("claim_sites", link.uuid) for link in document.links.claim_to_sites(claim.uuid))
        yield from (("claim_sources", link.uuid) for link in document.links.claim_to_sources(claim.uuid))
    for answer in content.responses:
        yield "responses", answer.uuid
        yield from (("response_claims", link.uuid) for link in document.links.response_to_claims(answer.uuid))
    yield from (("sources", source.uuid) for source in content.sources)
    yield from (("images", image.uuid) for image in content.images)
    maps = facts.maps if facts is not None else ()
    yield from (("loupe_layers", image.layer) for fact in maps for image in fact.images)


def _name_of(name: str, row: Row) -> str:
    return f"site_{row.kind}" if isinstance(row, Site) else name


def printed_row(document: Document, table_name: str, uuid: str) -> Row | None:
    """The row of a table of the file that a product may print; None for any other."""
    table = _TABLES.get(table_name)
    return document.table(table).get(uuid) if table is not None else None


def digest_of(row: Row) -> str:
    """Twelve hexadecimal digits over all of a row that a product may print: equal rows have equal digits."""
    parts = []
    for name, value in asdict(row).items():
        if name not in _UNPRINTED and value not in ("", None, ()):
            parts.append(f"{name}={_text(value)}")
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, BaseGeometry):
        return value.wkb_hex
    if isinstance(value, tuple):
        return repr([(tuple(alias), origin_of(alias)) if isinstance(alias, tuple) else alias for alias in value])
    return repr(value)


def read_digests(text: str) -> dict[str, str]:
    """The digests of printed rows by uuid, as in `numbers_json`; odd members count as not stated."""
    try:
        data = json_object(text, _WHAT).get("printed")
    except InvalidValue:
        return {}
    pairs = data.items() if isinstance(data, dict) else ()
    return {uuid: digest for uuid, digest in pairs if isinstance(digest, str)}


def read_whole(text: str) -> frozenset[str] | None:
    """The uuids of claims that were printed whole, in `numbers_json`; None where an older issue has no note of it."""
    try:
        listed = json_object(text, _WHAT).get(WHOLE)
    except InvalidValue:
        return None
    return frozenset(uuid for uuid in listed if isinstance(uuid, str)) if isinstance(listed, list) else None


def differences(document: Document, product: Product) -> list[Difference]:
    """The rows that an issued product would print otherwise today: changed, deleted, or added to what it printed.

    A new answer to a printed claim, and a new source of one, are such rows.
    """
    digests = read_digests(product.numbers_json)
    printed = document.links.rows_of_product(product.uuid)
    changes = []
    for link in printed:
        table = _TABLES.get(link.table_name)
        row = document.table(table).get(link.row_uuid) if table is not None else None
        if table is not None and row is None:
            changes.append(Difference("deleted", link.table_name, link.row_uuid))
        elif row is not None and _is_other(row, link.row_rev, digests.get(link.row_uuid)):
            changes.append(Difference("changed", link.table_name, link.row_uuid))
    known = {link.row_uuid for link in printed}
    claims = [link.row_uuid for link in printed if link.table_name == "claims" and link.row_uuid in document.claims]
    is_published = product.state == "published"
    whole = read_whole(product.numbers_json)
    answered = [uuid for uuid in claims if (uuid in whole if whole is not None else _is_told(document, uuid, known))]
    return [*changes, *dict.fromkeys(_added(document, answered, known, is_published))]


def _is_other(row: Row, rev: int, digest: str | None) -> bool:
    return digest_of(row) != digest if digest is not None else bool(rev) and row.rev != rev


def _added(document: Document, claims: Iterable[str], known: set[str], is_published: bool) -> Iterator[Difference]:
    """Answers to claims printed whole, sources of them, and judgements about them, that came after the product was
    issued.
    """
    for claim in claims:
        for answer in document.links.responses_to(claim):
            if answer.uuid not in known:
                yield Difference("new", "responses", answer.uuid)
        for link in document.links.claim_to_sources(claim):
            if link.uuid not in known:
                yield Difference("new", "claim_sources", link.uuid)
        for judgement, about in judgements_of(document, claim):
            is_printed = bool(judged_sentences(judgement)) and (not is_published or judgement.status in REVIEWED)
            if is_printed and about.uuid not in known:
                yield Difference("new", "claim_evidence", about.uuid)


def _is_told(document: Document, claim: str, known: set[str]) -> bool:
    """False for a claim that a product without a note names only beside another, as what a judgement of ours is about:
    none of its links with sites and sources, where it has any, was printed.
    """
    links = (*document.links.claim_to_sites(claim), *document.links.claim_to_sources(claim))
    return not links or any(link.uuid in known for link in links)


def is_as_issued(document: Document, product: Product) -> bool:
    """True where an issued product would print the same; False where its rows were not noted, as before schema 3."""
    return bool(document.links.rows_of_product(product.uuid)) and not differences(document, product)


def standing_products(document: Document) -> list[Product]:
    """The issued products that no later issued version has replaced."""
    rows = [row for row in document.products.values() if row.issued_at]
    replaced = {before for row in rows for before in _before(document.products, row)}
    return [row for row in rows if row.uuid not in replaced]


def _before(products: Mapping[str, Product], row: Product) -> Iterator[str]:
    seen = {row.uuid}
    while row.previous_uuid and row.previous_uuid not in seen:
        seen.add(row.previous_uuid)
        yield row.previous_uuid
        before = products.get(row.previous_uuid)
        if before is None:
            return
        row = before


def needs_correction(document: Document) -> dict[str, list[Difference]]:
    """The standing products that would be printed differently today, by uuid, with the differences."""
    pairs = ((row.uuid, differences(document, row)) for row in standing_products(document))
    return {uuid: what for uuid, what in pairs if what}


def products_printing(document: Document, table_name: str, uuid: str) -> list[Product]:
    """The issued products that print a row, by number, the newest version first.

    An answer, and a source, belongs to the products of the claims that it is linked with, also where it came later.
    """
    links = list(document.links.products_of_row(table_name, uuid))
    for claim in _claims_of(document, table_name, uuid):
        links += document.links.products_of_row("claims", claim)
    rows = {link.product_uuid: document.products.get(link.product_uuid) for link in links}
    products = [row for row in rows.values() if row is not None and row.issued_at]
    return sorted(products, key=lambda row: (row.number, -row.version, row.uuid))


def _claims_of(document: Document, table_name: str, uuid: str) -> Sequence[str]:
    if table_name != "responses":
        return ()
    links = document.links.response_to_claims(uuid)
    if links:
        return [link.claim_uuid for link in links]
    issued = (row.uuid for row in document.products.values() if row.issued_at)
    rows = (
        link for product in issued for link in document.links.rows_of_product(product) if link.table_name == "claims"
    )
    printed = dict.fromkeys(link.row_uuid for link in rows)
    return [claim for claim in printed if any(response.uuid == uuid for response in document.links.responses_to(claim))]
