"""Makes and lays out the product that a command's options describe, without a window."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from layers.document.document import Document
from layers.errors import ExportFailed, InvalidValue
from layers.geo.bounds import Bounds
from layers.product.batch import sites_of_products
from layers.product.case_facts import default_specs, title_of_sites
from layers.product.issuing.edition import Edition
from layers.product.maps.crowded_places import with_crowded_maps
from layers.product.named_product import kept_product, product_of_bookmark, product_of_comparison, product_of_site
from layers.product.publishing import Publishing
from layers.product.spec import MOST_MAPS, ProductSpec, page_of_words
from layers.project.opening.case_paths import CaseHome
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import tiles_come
from viewer.export.headless import Studio, complete, wait_until
from viewer.export.made_on import today
from viewer.export.plates.maps.map_scenes import in_styles, match_of, match_view, scene_makers, show_maps
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.plates.setting.page_sizes import is_paper
from viewer.export.printed import is_held

SCREEN_DPI, PAPER_DPI = 96, 300
NAMED = {"site": product_of_site, "bookmark": product_of_bookmark, "comparison": product_of_comparison}
"""Options that name the subject of the product: a row of the case."""
SIZE = (1600, 1000)
"""Size in pixels of a page without --paper and --size."""


def spec_of(document: Document, arguments: argparse.Namespace) -> ProductSpec:
    """Make the product of the options: one that the case keeps, one of a named subject, or the case's default.

    Raises InvalidValue where the case has nothing to make it from.
    """
    if getattr(arguments, "product", None) is not None:
        _, kept = kept_product(document, arguments.product)
        return replace(kept, dpi=arguments.dpi or kept.dpi, publish=kept.publish or bool(arguments.publish))
    spec = _subject(document, arguments)
    paper = page_of_words(arguments.paper) if arguments.paper else None
    is_on_paper = paper is not None and is_paper(paper.name)
    dpi = arguments.dpi or (PAPER_DPI if is_on_paper else SCREEN_DPI)
    page = paper.name if paper is not None else _page_of(arguments.size or SIZE, dpi)
    options: dict[str, Any] = {name: getattr(arguments, name) for name in ("title", "marking")}
    if arguments.bounds:
        options["bounds"] = Bounds(*arguments.bounds)
    spec = replace(spec, page=page, dpi=dpi, **{name: value for name, value in options.items() if value})
    return with_crowded_maps(spec, document)


def _subject(document: Document, arguments: argparse.Namespace) -> ProductSpec:
    named = {option: name for option in NAMED if (name := getattr(arguments, option, None)) is not None}
    publish, marking = bool(arguments.publish), arguments.marking or document.meta("marking")
    layout = "single" if named else arguments.layout or "single"
    offered = default_specs(document, layout, "" if publish else title_of_sites(document))
    spec = replace(offered[0], publish=publish, marking=marking)
    if publish:
        admitted = {site.uuid for site in sites_of_products(document, spec)}
        fitting = [offer for offer in offered if not offer.site or offer.site in admitted]
        if not fitting:
            raise InvalidValue("No site with a claim may stand in a published product: there is no site page.")
        spec = replace(fitting[0], publish=publish, marking=marking)
        words = Publishing(marking).words
        spec = replace(spec, title=words(spec.title), subtitle=words(spec.subtitle))
    for option, name in named.items():
        spec = NAMED[option](document, name, spec)
        most = MOST_MAPS[arguments.layout or spec.layout]
        if len(spec.maps) > most:
            raise InvalidValue(
                "--layout {layout} has {most} maps at most: the {option} has {count}.",
                layout=arguments.layout,
                most=most,
                option=option,
                count=len(spec.maps),
            )
    return replace(spec, layout=arguments.layout or spec.layout)


def _page_of(size: tuple[int, int], dpi: int) -> str:
    """The name of a page of `size` pixels at `dpi` dots an inch."""
    return "x".join(f"{side * SCREEN_DPI / dpi:.3f}".rstrip("0").rstrip(".") for side in size)


def scenes_of(studio: Studio, document: Document, home: CaseHome | None, spec: ProductSpec) -> list[MapScene]:
    """Open a scene for each map of a product."""
    return [studio.scene_made(make, document, home) for make in scene_makers(spec)]


def matched(spec: ProductSpec, scenes: Sequence[MapScene]) -> ProductSpec:
    """Match the stretches of before and after where the product wants that, also in its scenes. Raises ExportFailed."""
    view = match_view(spec, scenes)
    if view is None:
        return spec
    for scene in scenes:
        complete(scene, view)
    match = match_of(spec, scenes)
    if match is None:
        return spec
    matched_spec = in_styles(spec, match.styles())
    show_maps(scenes, matched_spec)
    return matched_spec


def read_pages(printed: PrintedPlate) -> None:
    """Wait until all is read that the words of the pages depend on. Raises ExportFailed."""
    for page in range(printed.pages):
        printed.read(page)
        wait_until(
            partial(printed.is_read, page), partial(printed.waits_for, page), partial(tiles_come, printed.scenes)
        )


def laid_out(
    spec: ProductSpec, document: Document, scenes: Sequence[MapScene], edition: Edition | None = None
) -> PrintedPlate:
    """Lay out a product, read its maps, and lay it out anew, as its words depend on them. Raises ExportFailed."""
    plate = Plate(matched(spec, scenes), document, scenes, edition or Edition(made_on=today()))
    first = PrintedPlate(plate, spec.dpi)
    if not is_held(*first.size_px(0)):
        first = PrintedPlate(plate, SCREEN_DPI)
    read_pages(first)
    printed = PrintedPlate(plate.refreshed(), spec.dpi)
    if not printed.frames and spec.layout != "site":
        raise ExportFailed("This product has no map.")
    return printed
