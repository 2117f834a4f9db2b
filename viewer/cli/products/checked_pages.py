"""Lays out the pages of a case's products for the check, without a window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.rows import Product
from layers.product.case_facts import facts_of_case, marks_of
from layers.product.gathering import content_of
from layers.product.issuing.edition import Edition
from layers.product.lint.check import findings
from layers.product.lint.finding import Finding
from layers.product.spec import Override, ProductSpec, read_overrides
from layers.project.opening.case_paths import CaseHome
from viewer.canvas.extent import lone_plane
from viewer.cli.products.printed_product import SCREEN_DPI, matched, read_pages, scenes_of
from viewer.cli.products.subject import subject_bounds
from viewer.export.headless import Studio
from viewer.export.made_on import today
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate

type Kept = tuple[Product | None, ProductSpec]


def findings_of(document: Document, home: CaseHome, products: Sequence[Kept]) -> Iterator[list[Finding]]:
    """The findings of each product, in their order, on its pages as they would be printed.

    A case with data only off the Earth has no map to lay out: it is judged by its rows. Raises ExportFailed where a
    page has no room, or its files do not answer.
    """
    with Studio() as studio:
        for row, spec in products:
            overrides = read_overrides(row.overrides_json) if row is not None else ()
            yield _findings(studio, document, home, spec, row, overrides)


def _findings(
    studio: Studio,
    document: Document,
    home: CaseHome,
    spec: ProductSpec,
    row: Product | None,
    overrides: Sequence[Override],
) -> list[Finding]:
    scenes = scenes_of(studio, document, home, spec)
    if lone_plane(scenes[0]):
        marks = marks_of(document, spec)
        about = spec.site if spec.layout == "site" else ""
        content = content_of(document, marks, spec.publish, spec.marking, row, about=about)
        return findings(spec, content, facts_of_case(document, spec, marks, row), overrides)
    if spec.bounds is None and spec.layout != "site" and all(product_map.bounds is None for product_map in spec.maps):
        spec = replace(spec, bounds=subject_bounds(document, scenes[0], spec.published_marking))
    spec = matched(spec, scenes)
    plate = Plate(spec, document, scenes, Edition(row, today()))
    read_pages(PrintedPlate(plate, SCREEN_DPI))
    read = PrintedPlate(plate.refreshed(), SCREEN_DPI)
    return findings(spec, read.content, read.facts(), overrides)
