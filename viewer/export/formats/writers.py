"""The formats of a product: a row for each of `layers.product.page_formats`, which lists what a new one needs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QObject

from layers.errors import ExportFailed
from viewer.export.formats.coded_pictures import write_geotiff, write_jpeg, write_webp
from viewer.export.formats.pdf import write_pdf
from viewer.export.formats.png import MOST_SIDE, write_png
from viewer.export.formats.svg import write_svg
from viewer.export.formats.writing import FormatWriter, Writing
from viewer.export.printed import Printed
from viewer.rendering.context import RenderContext


class ProductFormat(Struct, frozen=True):
    """A format of a product. `most_px` is the greatest length of a side in pixels."""

    name: str
    write: FormatWriter
    most_px: int = MOST_SIDE


_JPEG = ProductFormat("JPEG", write_jpeg, 65_535)
FORMATS: dict[str, ProductFormat] = {
    ".png": ProductFormat("PNG", write_png),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".webp": ProductFormat("WebP", write_webp, 16_383),
    ".pdf": ProductFormat("PDF", write_pdf),
    ".svg": ProductFormat("SVG", write_svg),
    ".tif": ProductFormat("GeoTIFF", write_geotiff),
}


def load_writers() -> None:
    """Import the library that joins a PDF. Call it in a job, before a product is written.

    Compiled for the first time, one of its modules holds up all threads for 60 ms, and on a busy computer for 250: no
    window stands still for that while it writes.
    """
    import viewer.export.formats.pdf_parts  # noqa: F401  # for start-up time


def format_of(path: Path) -> ProductFormat:
    """The format of a path's ending. Raises ExportFailed where there is none."""
    product_format = FORMATS.get(path.suffix.lower())
    if product_format is None:
        endings = ", ".join(FORMATS)
        raise ExportFailed(
            "“{name}” cannot be written as a product: its ending must be one of {endings}.",
            name=path.name,
            endings=endings,
        )
    return product_format


def check_size(printed: Printed, path: Path) -> None:
    """Raise ExportFailed where the format cannot hold a page of this size."""
    chosen = format_of(path)
    for page in range(printed.pages):
        width, height = printed.size_px(page)
        if max(width, height) > chosen.most_px:
            raise ExportFailed(
                "{name} holds at most {most_px} pixels a side, and the page has "
                "{width} x {height}: choose fewer dots per inch, a smaller page, or PNG.",
                name=chosen.name,
                most_px=f"{chosen.most_px:,}",
                width=f"{width:,}",
                height=f"{height:,}",
            )


def begin_writing(
    printed: Printed, path: Path, context: RenderContext, title: str = "", parent: QObject | None = None
) -> Writing:
    """Begin to write a product under a name, in the format of its ending; `Writing` reports the end.

    With a `title` the job is announced, and can be cancelled. Raises ExportFailed where the product cannot be written
    so.
    """
    check_size(printed, path)
    write = partial(format_of(path).write, printed)
    return Writing(path, write, context.jobs, context.pool, title=title, parent=parent)
