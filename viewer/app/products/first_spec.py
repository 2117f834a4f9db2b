"""The product that is offered first: of what the map shows, what is compared on it, or of the site that is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from layers.document.comparison import ComparisonSpec, spec_of
from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.product.site_words import subtitle_of
from layers.product.spec import MOST_MAPS, ProductMap, ProductSpec, maps_of_comparison, read_spec
from viewer.commands.products import products_in_order
from viewer.support.language.translation import in_language
from viewer.support.text import one_line

KEPT = ("page", "dpi", "style", "dark", "author", "organisation", "marking", "graticule", "left_out", "publish")
"""Choices that are taken over from the product that was made last."""


_OF_CASE = ("title", "subtitle", "author", "organisation", "marking")
"""Words of the first product that the case has."""


class WindowState(Struct, frozen=True):
    """The state of the window that a product is made of."""

    document: Document
    bounds: Bounds
    """Bounds of the map, in lon, lat."""
    comparison: ComparisonSpec | None = None
    """That is shown now."""
    comparison_uuid: str = ""
    images: Sequence[str] = ()
    """Uuids of the images chosen in the tree, the oldest first."""
    site: str = ""
    """The uuid of the one site that is chosen; empty where there are none or several."""
    stretches: Mapping[str, str] = field(default_factory=dict)
    """Styles of the images whose stretch follows the view (DRA), as they are seen, in JSON; by layer."""


def first_spec(seen: WindowState) -> ProductSpec:
    """A comparison that is shown goes before images that are chosen, and these before a site."""
    spec = replace(_like_the_last(seen.document), bounds=seen.bounds, stretches=seen.stretches)
    if seen.comparison is not None or len(seen.images) > 1:
        return with_layout(spec, "before-after", seen)
    if not seen.site:
        return spec
    site = seen.document.sites.get(seen.site)
    title = one_line(site.label) if site is not None else ""
    return with_layout(replace(spec, title=title or spec.title), "site", seen)


def with_layout(spec: ProductSpec, layout: str, seen: WindowState) -> ProductSpec:
    """The same product in another layout, with maps for it: those it has, else those of what is seen.

    Two images stand as before and after, more of them in panels.
    """
    spec = replace(spec, layout=layout)
    if layout in ("before-after", "panels") and len(spec.maps) < 2:
        compared = seen.comparison
        if compared is None and len(seen.images) > 1:
            compared = spec_of(*((uuid,) for uuid in seen.images[: MOST_MAPS["panels"]]), match=True)
        if compared is not None:
            maps = maps_of_comparison(compared.frames)
            uuid = seen.comparison_uuid if seen.comparison is not None else ""
            layout = layout if len(maps) <= MOST_MAPS[layout] else "panels"
            spec = replace(spec, layout=layout, maps=maps, match=compared.match, comparison=uuid)
    case_subtitle, before = seen.document.meta("subtitle"), seen.document.sites.get(spec.site)
    if layout != "site" and before is not None and spec.subtitle == in_language(subtitle_of(before)):
        spec = replace(spec, subtitle=case_subtitle)
    if layout == "site" and seen.site:
        site = seen.document.sites.get(seen.site)
        is_typed = spec.subtitle != case_subtitle
        subtitle = in_language(subtitle_of(site)) if site and not is_typed else spec.subtitle
        spec = replace(spec, site=seen.site, subtitle=subtitle)
    if layout in ("single", "site", "plain") and len(spec.maps) > 1:
        spec = replace(spec, comparison="")
    return replace(spec, maps=(spec.maps or (ProductMap(),))[: MOST_MAPS[spec.layout]])


def lacking(spec: ProductSpec, document: Document) -> str:
    """A sentence on what a layout lacks, with the cure; empty where it is whole."""
    if spec.layout in ("before-after", "panels") and len(spec.maps) < 2:
        return Phrase(
            "This layout needs two images: choose maps in the form, or select images in the list of layers and choose "
            "the layout again."
        )
    if spec.layout == "site" and spec.site not in document.sites:
        return Phrase("A site page needs its site: select one on the map, then choose this layout again.")
    return ""


def _like_the_last(document: Document) -> ProductSpec:
    rows = sorted(products_in_order(document), key=lambda row: (row.created_at, row.version))
    found = [spec for row in rows if (spec := read_spec(row.layout_json)) is not None]
    words: dict[str, Any] = {name: document.meta(name) for name in _OF_CASE}
    first = ProductSpec(**words)
    return replace(first, **{name: getattr(found[-1], name) for name in KEPT}) if found else first
