"""The product that the options of a command ask for, laid out without a window."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from layers.document.document import Document
from layers.errors import ExportFailed
from layers.geo.bounds import Bounds
from layers.product.case_facts import default_specs
from layers.product.spec import PAGES, Page, ProductSpec
from layers.project.opening.case_paths import CaseHome
from viewer.canvas.scene import MapScene
from viewer.export.formats.sheets import is_held
from viewer.export.headless import Studio, wait_until
from viewer.export.layout import today
from viewer.export.plates.map_scenes import scene_makers
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate

SCREEN_DPI, PAPER_DPI = 96, 300
SIZE = (1600, 1000)
"""Of a page without --paper and --size, in pixels."""


def paper_named(text: str) -> Page | None:
    """The page that "A4", "a3 portrait" or "slide" means, the landscape one where the word leaves that open."""
    asked = " ".join(text.lower().replace("-", " ").split())
    names = {name.lower().replace(",", ""): page for name, page in PAGES.items()}
    found = [page for name, page in names.items() if asked and name.startswith(asked)]
    return next((page for page in found if "landscape" in page.name), found[0] if found else None)


def spec_of(document: Document, arguments: argparse.Namespace) -> ProductSpec:
    """The case's default product in the layout that is asked for, with what the options say.

    Raises InvalidValue where the case has nothing of which it could be made.
    """
    spec = default_specs(document, arguments.layout or "single", Path(arguments.case).stem)[0]
    paper = paper_named(arguments.paper) if arguments.paper else None
    dpi = arguments.dpi or (SCREEN_DPI if paper is None else PAPER_DPI)
    page = paper.name if paper is not None else _page_of(arguments.size or SIZE, dpi)
    given: dict[str, Any] = {name: getattr(arguments, name) for name in ("title", "marking")}
    if arguments.bounds:
        given["bounds"] = Bounds(*arguments.bounds)
    return replace(spec, page=page, dpi=dpi, **{name: value for name, value in given.items() if value})


def _page_of(size: tuple[int, int], dpi: int) -> str:
    """The name of a page of so many pixels at so many dots an inch."""
    return "x".join(f"{side * SCREEN_DPI / dpi:.3f}".rstrip("0").rstrip(".") for side in size)


def scenes_of(studio: Studio, document: Document, home: CaseHome | None, spec: ProductSpec) -> list[MapScene]:
    """The scenes of its maps, opened."""
    return [studio.scene_made(make, document, home) for make in scene_makers(spec)]


def laid_out(spec: ProductSpec, document: Document, scenes: Sequence[MapScene]) -> PrintedPlate:
    """The product, once all has been read of which its words tell. Raises ExportFailed."""
    plate = Plate(spec, document, scenes, made_on=today())
    first = PrintedPlate(plate, spec.dpi)
    if not is_held(*first.size_px(0)):
        first = PrintedPlate(plate, SCREEN_DPI)
    for page in range(first.pages):
        first.want(page)
        wait_until(partial(first.is_ready, page), partial(first.waits_for, page))
    printed = PrintedPlate(plate.refreshed(), spec.dpi)
    if not printed.frames and spec.layout != "site":
        raise ExportFailed("This product has no map.")
    return printed
