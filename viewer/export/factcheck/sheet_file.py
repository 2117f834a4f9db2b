"""Writes the fact-check sheet of a product in the format of its file's ending, in a job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from layers.errors import ExportFailed
from layers.product.factcheck.fact_sheet import FactSheet
from layers.product.factcheck.sheet import CheckedProduct, fact_sheet
from layers.product.factcheck.ticked_file import read_sheet
from viewer.export.factcheck.sheet_html import sheet_html
from viewer.export.factcheck.sheet_pages import SheetPages
from viewer.export.formats.pdf import write_pdf
from viewer.export.formats.writing import Made, Workshop

SHEET_ENDINGS = (".html", ".pdf")


def write_sheet(
    laid_out: Callable[[Workshop], CheckedProduct],
    since: Path | None,
    took: Callable[[FactSheet], None],
    shop: Workshop,
) -> Made:
    """Write the sheet of a product into the folder of a job.

    `laid_out`: lays the product out. `since`: the file of an earlier sheet, whose facts are not asked for again where
    they have not changed. `took`: is given the sheet. Raises ExportFailed, and InvalidValue for what is no sheet.
    """
    suffix = shop.target.suffix.lower()
    if suffix not in SHEET_ENDINGS:
        raise ExportFailed("A fact-check sheet is written as {endings}.", endings=" or ".join(SHEET_ENDINGS))
    earlier = read_sheet(since) if since is not None else None
    sheet = fact_sheet(laid_out(shop), earlier)
    took(sheet)
    shop.check()
    if suffix == ".pdf":
        return write_pdf(SheetPages(sheet), shop)
    out = shop.folder / "sheet.html"
    out.write_text(sheet_html(sheet, shop.target.name), "utf-8", newline="\n")
    return [(out, shop.target)]
