"""A product made of its case alone, without a page: the spec it has by default, its marks, and the facts of its layers.

Good for what needs no page: words, dates, credits, claims. `is_laid_out` is False.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace
from shapely import box

from layers.document.comparison import read_spec as read_comparison
from layers.document.document import Document
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.rows import Comparison, Product
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.phrase import all_of, joined
from layers.product.facts import ImageFact, MapFact, ProductFacts, SitesFact
from layers.product.image_words import credit_of
from layers.product.site_words import is_party, subtitle_of
from layers.product.spec import ProductSpec, read_spec
from layers.time.image_dates import image_date_words

MOST_IN_TITLE = 3
"""Most sites whose names make the title of a case without one."""


def saved_specs(document: Document) -> Iterator[tuple[Product, ProductSpec]]:
    """The products that the case keeps, each in its newest version."""
    rows = [row for row in document.table("products").values() if isinstance(row, Product)]
    replaced = {row.previous_uuid for row in rows}
    for row in rows:
        spec = read_spec(row.layout_json) if row.uuid not in replaced else None
        if spec is not None:
            yield row, spec


def default_specs(document: Document, layout: str, name: str = "") -> list[ProductSpec]:
    """Make the products that a case has by default in one layout; `name` is the title of a case that has none.

    In the layout *site* each site that a claim is about gets a page; in others there is one product. Raises
    InvalidValue where the case has nothing to print.
    """
    spec = ProductSpec(
        layout=layout,
        title=document.meta("title") or name,
        subtitle=document.meta("subtitle"),
        author=document.meta("author"),
        marking=document.meta("marking"),
    )
    if layout == "site":
        about = {site.uuid: site for claim in document.claims for site in document.links.sites_of_claim(claim)}
        if not about:
            raise InvalidValue("No claim of this case is about a site: there is no site page to check.")
        return [
            replace(spec, title=site.label or spec.title, subtitle=subtitle_of(site), site=site.uuid)
            for site in about.values()
        ]
    return [_of_comparison(spec, document)] if layout == "before-after" else [spec]


def title_of_sites(document: Document) -> str:
    """The title of a case that has none: the names of its few sites, firms and persons left out; empty for many.

    The name of a file is none: it may be anything, and readers would take it for a heading.
    """
    sites = [site for site in document.sites.values() if site.is_site and site.label.strip() and not is_party(site)]
    names = [site.with_doubt(site.label.strip()) for site in sites]
    if not 0 < len(names) <= MOST_IN_TITLE:
        return ""
    return all_of([joined(", ", names[:-1]), names[-1]] if len(names) > 1 else names)


def _of_comparison(spec: ProductSpec, document: Document) -> ProductSpec:
    for row in document.table("comparisons").values():
        kept = read_comparison(row.spec_json) if isinstance(row, Comparison) else None
        if kept is not None and len(kept.frames) == 2:
            return spec.with_comparison(row.uuid, kept)
    raise InvalidValue("The case keeps no comparison of two images: there is no before and after to check.")


def marks_of(document: Document, spec: ProductSpec) -> list[str]:
    """Uuids of the marks in the frames of a product; all of the case where no frame has bounds."""
    if spec.layout == "site" and spec.site:
        claims = document.links.claims_of_site(spec.site)
        named = [site.uuid for claim in claims for site in document.links.sites_of_claim(claim.uuid)]
        return [uuid for uuid in dict.fromkeys([spec.site, *named]) if uuid in document.sites]
    uuids: dict[str, None] = {}
    for product_map in spec.maps:
        inside = _inside(document, product_map.bounds or spec.bounds)
        own = None if product_map.marks is None else frozenset(product_map.marks)
        uuids |= dict.fromkeys(uuid for uuid in inside if own is None or uuid in own)
    return list(uuids)


def _inside(document: Document, bounds: Bounds | None) -> Iterator[str]:
    frame = None if bounds is None else box(bounds.left, bounds.bottom, bounds.right, bounds.top)
    for site in document.sites.values():
        if not site.geometry.is_empty and (frame is None or frame.intersects(site.geometry)):
            yield site.uuid


def facts_of_case(document: Document, spec: ProductSpec, marks: Iterable[str], product: Product | None) -> ProductFacts:
    """The facts that the rows of a case tell without a page."""
    drawn = frozenset(marks)
    known = {image.layer_uuid: image for image in document.images.values() if image.layer_uuid}
    rows = [row for row in reversed(document.layers_in_order()) if row.kind in ("raster", "tiles", "vector")]
    rows, maps = spec.rows_kept(rows), []
    for number, product_map in enumerate(spec.maps):
        frame = product_map.frame
        shown = [
            frame.row_of(row) if frame is not None and row.uuid in frame.layers else row
            for row in rows
            if (row.visible if frame is None else row.uuid in frame.layers or (row.visible and row.kind == "vector"))
        ]
        maps.append(
            MapFact(
                number=number,
                title=product_map.title or (frame.title if frame is not None else ""),
                bounds=product_map.bounds or spec.bounds,
                images=tuple(image_fact(row, known.get(row.uuid)) for row in shown),
                sites=SitesFact(named=drawn, drawn=drawn),
            )
        )
    return ProductFacts(
        maps=tuple(maps),
        number=product.number if product is not None else "",
        version=product.version if product is not None else 0,
        is_laid_out=False,
    )


def image_fact(row: Layer, image: Image | None = None) -> ImageFact:
    """An image with the facts of its rows, as if the page printed them all."""
    own = bool(row.acquired_at)
    acquired_at = row.acquired_at or (image.acquired_at if image is not None else "")
    kind = row.known_date_kind
    basis = row.date_basis
    if image is not None and not own:
        kind = image.date_kind if kind == "unknown" else kind
        basis = basis or image.date_basis
    credit = credit_of(row) or (image.credit if image is not None else "")
    return ImageFact(
        layer=row.uuid,
        name=row.name,
        kind=row.kind,
        date="" if row.kind == "vector" else image_date_words(acquired_at, kind, basis),
        acquired_at=acquired_at,
        date_kind=kind,
        date_basis=basis,
        sensor=image.sensor if image is not None else "",
        credit=credit,
        credit_of_row=credit,
        licence=image.licence if image is not None else "",
    )
