"""Makes the product of a named site, bookmark or comparison of the case."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from layers.document.comparison import read_spec as read_comparison
from layers.document.document import Document
from layers.document.rows import Bookmark, Comparison, Product
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.product.batch import bookmark_spec, bookmarks_in_tour, bounds_around, site_spec, sites_of_products
from layers.product.spec import MOST_MAPS, ProductSpec, read_spec

_MOST_NAMED = 8


def product_of_site(document: Document, uuid: str, like: ProductSpec) -> ProductSpec:
    """The page of a site, with the page size, style and words of `like`. Raises InvalidValue."""
    site = document.sites.get(uuid)
    if site is None:
        raise InvalidValue("The case has no site {uuid}: “geoloupe sites” lists them.", uuid=uuid)
    if all(row.uuid != uuid for row in sites_of_products(document, like)):
        if not site.is_site:
            raise InvalidValue("{uuid} is an annotation: name a site, “geoloupe sites” lists them.", uuid=uuid)
        reason = (
            Phrase("it has no place")
            if bounds_around(site) is None
            else Phrase("it may not stand in a published product")
        )
        raise InvalidValue("Of the site {uuid} no page can be made: {reason}.", uuid=uuid, reason=reason)
    return site_spec(document, site, like)


def product_of_bookmark(document: Document, name: str, like: ProductSpec) -> ProductSpec:
    """The map that a bookmark remembers, with its layers, dates and styles. Raises InvalidValue."""
    row = _named(bookmarks_in_tour(document), name, "bookmark")
    pair = bookmark_spec(document, row, like)
    if pair is None:
        raise InvalidValue("The bookmark “{name}” shows no place: keep its view again.", name=row.name)
    return pair[1]


def product_of_comparison(document: Document, name: str, like: ProductSpec) -> ProductSpec:
    """The frames of a comparison side by side: before and after, more than two of them in panels.

    Raises InvalidValue.
    """
    rows = [row for row in document.table("comparisons").values() if isinstance(row, Comparison)]
    row = _named(rows, name, "comparison")
    kept = read_comparison(row.spec_json)
    if kept is None:
        raise InvalidValue("The comparison “{name}” cannot be opened: make it again.", name=row.name)
    layout = "before-after" if len(kept.frames) <= MOST_MAPS["before-after"] else "panels"
    return replace(like, layout=layout).with_comparison(row.uuid, kept)


def kept_product(document: Document, name: str) -> tuple[Product, ProductSpec]:
    """A product that the case keeps, by its uuid, its number or its name: by the last two in its newest version.

    Raises InvalidValue.
    """
    row = kept_row(document, name)
    spec = read_spec(row.layout_json)
    if spec is None:
        raise InvalidValue(
            "The product “{name}” cannot be laid out: the case does not say how it looks.", name=row.name
        )
    return row, spec


def kept_row(document: Document, name: str) -> Product:
    """The row of a product of any kind, by its uuid, its number or its name. Raises InvalidValue."""
    exact = document.products.get(name)
    return exact if exact is not None else _newest(document, name)


def _newest(document: Document, name: str) -> Product:
    rows = list(document.products.values())
    replaced = {row.previous_uuid for row in rows}
    newest = [row for row in rows if row.uuid not in replaced]
    by_number = [row for row in newest if row.number == name]
    return by_number[0] if len(by_number) == 1 else _named(newest, name, "product")


def _named[R: (Bookmark, Comparison, Product)](rows: Sequence[R], name: str, word: str) -> R:
    """The only row of that name or uuid; in another case of letters where none matches exactly."""
    exact = [row for row in rows if name in (row.name, row.uuid)]
    matches = exact or [row for row in rows if row.name.casefold() == name.casefold()]
    if len(matches) == 1:
        return matches[0]
    if matches:
        uuids = ", ".join(row.uuid for row in matches[:_MOST_NAMED])
        raise InvalidValue(
            "The case has {count} {word}s “{name}”: give one's uuid, {uuids}.",
            count=len(matches),
            word=word,
            name=name,
            uuids=uuids,
        )
    names = ", ".join(f"“{row.name}”" for row in rows[:_MOST_NAMED]) or "none"
    raise InvalidValue("The case has no {word} “{name}”: it has {names}.", word=word, name=name, names=names)
