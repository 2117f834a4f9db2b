"""Writes JPEG, WebP and GeoTIFF: painted here strip by strip, encoded by the reader process that may write files."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRect, QRectF

from layers.errors import ExportFailed
from layers.grid.tile_grid import Affine
from layers.requests.pictures import EncodePicture, WriteStrip
from viewer.export.formats.embedded import with_jpeg_words, with_webp_words
from viewer.export.formats.metadata import credit_line, named_texts, xmp_packet
from viewer.export.formats.page_files import page_path
from viewer.export.formats.sheets import Strip
from viewer.export.formats.strips import painted_strips
from viewer.export.formats.writing import Made, Workshop
from viewer.export.printed import OF_MAP, MapFrame, PaintedGroup, Printed

QUALITY = {"JPEG": 92, "WEBP": 90}


def write_jpeg(printed: Printed, shop: Workshop) -> Made:
    """Write each page as a JPEG."""
    return _encode_pages(printed, shop, "JPEG")


def write_webp(printed: Printed, shop: Workshop) -> Made:
    """Write each page as a WebP."""
    return _encode_pages(printed, shop, "WEBP")


def write_geotiff(printed: Printed, shop: Workshop) -> Made:
    """Write each map as a GeoTIFF of its layers, marks and names, without what is around it on the page."""
    if not printed.frames:
        raise ExportFailed("This product has no map: a GeoTIFF is of a map. Choose another format.")
    printed, made = printed.without_page(), []
    for number, frame in enumerate(printed.frames):
        room = whole_pixels(frame.rect_px)
        groups = [group for group in printed.groups(frame.page) if group.frame == number and group.kind in OF_MAP]
        place: dict[str, Any] = {"crs": frame.view.grid.crs, "affine": affine_of(frame, room)}
        tiff = shop.folder / f"map-{number}.tif"
        _write_tiff(printed, frame.page, shop, tiff, room, groups, place)
        made.append((tiff, page_path(shop.target, number)))
    return made


def whole_pixels(room: QRectF) -> QRect:
    """The pixels of a page that lie wholly inside a box."""
    left, top = math.ceil(room.left() - 1e-6), math.ceil(room.top() - 1e-6)
    right, bottom = math.floor(room.right() + 1e-6), math.floor(room.bottom() + 1e-6)
    return QRect(left, top, right - left, bottom - top)


def affine_of(frame: MapFrame, room: QRect) -> Affine:
    """The affine from the pixels of a box on its page to the map's CRS."""
    a, b, _, d, e, _ = frame.view.affine
    x, y = frame.view.to_world(room.left() - frame.rect_px.left(), room.top() - frame.rect_px.top())
    return Affine(a, b, x, d, e, y)


def _encode_pages(printed: Printed, shop: Workshop, kind: str) -> Made:
    embed = with_jpeg_words if kind == "JPEG" else with_webp_words
    made = []
    for page in range(printed.pages):
        tiff, plain, out = (shop.folder / f"page-{page}{end}" for end in (".tif", ".plain", f".{kind.lower()}"))
        size = printed.size_px(page)
        _write_tiff(printed, page, shop, tiff, QRect(0, 0, *size), [], {"packed": False})
        shop.ask(EncodePicture("", str(tiff), str(plain), kind, QUALITY[kind]))
        embed(plain, out, printed.words_of(page), size, printed.dpi)
        made.append((out, page_path(shop.target, page)))
    return made


def _write_tiff(
    printed: Printed,
    page: int,
    shop: Workshop,
    out: Path,
    room: QRect,
    groups: list[PaintedGroup],
    options: dict[str, Any],
) -> None:
    texts = {} if options.get("packed") is False else tiff_texts(printed, page)
    xmp = xmp_packet(printed.words_of(page)).decode() if texts else ""

    def send(strip: Strip) -> None:
        top, rows = strip.top - room.top(), strip.rgb()
        raw = out.with_suffix(f".{top}.rgb")
        first = {"texts": texts, "xmp": xmp, **options} if top == 0 else {}
        raw.write_bytes(memoryview(rows).cast("B"))  # numpy's own way does not say that a disk is full
        shop.ask(
            WriteStrip("", str(out), str(raw), room.width(), room.height(), top, len(rows), dpi=printed.dpi, **first)
        )

    def put(strip: Strip) -> None:
        shop.hand_on(partial(send, strip), in_order=True)

    painted_strips(printed, page, shop, put, room, groups)


def tiff_texts(printed: Printed, page: int) -> dict[str, str]:
    """The words of a page by names of tags: TIFF's own, and ours for words without a tag in TIFF."""
    texts = named_texts(printed, page)
    tags = {
        "TIFFTAG_DOCUMENTNAME": texts.pop("Title", ""),
        "TIFFTAG_IMAGEDESCRIPTION": texts.pop("Description", ""),
        "TIFFTAG_ARTIST": texts.pop("Author", ""),
        "TIFFTAG_COPYRIGHT": credit_line(printed.words_of(page)),
        "TIFFTAG_SOFTWARE": texts.pop("Software", ""),
    }
    texts.pop("Copyright", None)
    others = {name.upper().replace(" ", "_"): text for name, text in texts.items()}
    return {name: text for name, text in (tags | others).items() if text}
