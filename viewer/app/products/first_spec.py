"""Drafts a new product from the state of the window: its map, its comparison, or the chosen images or site."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from layers.document.comparison import ComparisonSpec, spec_of
from layers.document.document import Document
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.product.maps.crowded_places import with_crowded_maps
from layers.product.maps.kept_layers import shown_layers
from layers.product.site_words import subtitle_of
from layers.product.spec import MOST_MAPS, ProductMap, ProductSpec, maps_of_comparison, read_spec
from viewer.commands.products import products_in_order
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

KEPT = ("page", "dpi", "style", "dark", "author", "organisation", "marking", "graticule", "left_out", "publish")
"""Fields taken over from the product that was made last."""


_OF_CASE = ("title", "subtitle", "author", "organisation", "marking")
"""Fields of a first product that are taken from the case."""


class WindowState(Struct, frozen=True):
    """State of the window from which a product is made."""

    document: Document
    bounds: Bounds
    """Bounds of the map, in lon, lat."""
    comparison: ComparisonSpec | None = None
    """The comparison that is shown now; None for none."""
    comparison_uuid: str = ""
    images: Sequence[str] = ()
    """Uuids of the images chosen in the layer tree, oldest first."""
    site: str = ""
    """Uuid of the only chosen site; empty where there are none or several."""
    names: tuple[str, str] = ("", "")
    """Author and organisation of a first product: of the case, else of the analyst."""
    stretches: Mapping[str, str] = field(default_factory=dict)
    """Present styles, in JSON by layer, of the images whose stretch follows the view (DRA)."""

    @property
    def layers(self) -> tuple[str, ...]:
        """Uuids of the layers that the map shows."""
        return shown_layers(self.document)


def first_spec(state: WindowState) -> ProductSpec:
    """Draft a product: of the shown comparison, else of chosen images, else of the chosen site, else of the map."""
    spec = _like_the_last(state.document, state.names)
    spec = replace(spec, bounds=state.bounds, layers=state.layers, stretches=state.stretches)
    if state.comparison is not None or len(state.images) > 1:
        return with_layout(spec, "before-after", state)
    if not state.site:
        return spec
    site = state.document.sites.get(state.site)
    title = one_line(site.label) if site is not None else ""
    return with_layout(replace(spec, title=title or spec.title), "site", state)


def with_layout(spec: ProductSpec, layout: str, state: WindowState) -> ProductSpec:
    """Change the layout of a product. Its own maps stay; missing ones come from the window's state.

    Two images become a before-after page, more of them panels.
    """
    spec = replace(spec, layout=layout)
    if layout in ("before-after", "panels") and len(spec.maps) < 2:
        compared = state.comparison
        if compared is None and len(state.images) > 1:
            compared = spec_of(*((uuid,) for uuid in state.images[: MOST_MAPS["panels"]]), match=True)
        if compared is not None:
            maps = maps_of_comparison(compared.frames)
            uuid = state.comparison_uuid if state.comparison is not None else ""
            layout = layout if len(maps) <= MOST_MAPS[layout] else "panels"
            spec = replace(spec, layout=layout, maps=maps, match=compared.match, comparison=uuid)
    if layout == "insets":
        with contextlib.suppress(InvalidValue):  # `lacking` says so
            spec = with_crowded_maps(spec, state.document)
    case_subtitle, before = state.document.meta("subtitle"), state.document.sites.get(spec.site)
    goes_on = layout != "site" or bool(state.site)
    if goes_on and before is not None and spec.subtitle == in_language(subtitle_of(before)):
        spec = replace(spec, subtitle=case_subtitle)
    if layout == "site" and state.site:
        site = state.document.sites.get(state.site)
        is_typed = spec.subtitle != case_subtitle
        subtitle = in_language(subtitle_of(site)) if site and not is_typed else spec.subtitle
        spec = replace(spec, site=state.site, subtitle=subtitle)
    if layout in ("single", "site", "plain") and len(spec.maps) > 1:
        spec = replace(spec, comparison="")
    return replace(spec, maps=(spec.maps or (ProductMap(),))[: MOST_MAPS[spec.layout]])


def lacking(spec: ProductSpec, document: Document) -> str:
    """Sentence on what a layout lacks, with the cure; empty where it lacks nothing."""
    if spec.layout in ("before-after", "panels") and len(spec.maps) < 2:
        return Phrase(
            "This layout needs two images: choose maps in the form, or select images in the list of layers and choose "
            "the layout again."
        )
    if spec.layout == "insets" and len(spec.maps) < 2:
        return Phrase("This layout needs a place to enlarge: choose maps in the form, behind the overview.")
    if spec.layout == "site" and spec.site not in document.sites:
        return Phrase("A site page needs its site: select one on the map, then choose this layout again.")
    return ""


def _like_the_last(document: Document, names: tuple[str, str]) -> ProductSpec:
    rows = sorted(products_in_order(document), key=lambda row: (row.created_at, row.version))
    specs = [spec for row in rows if (spec := read_spec(row.layout_json)) is not None]
    words: dict[str, Any] = {name: document.meta(name) for name in _OF_CASE}
    if any(names):
        words["author"], words["organisation"] = names
    first = ProductSpec(**words)
    return replace(first, **{name: getattr(specs[-1], name) for name in KEPT}) if specs else first
