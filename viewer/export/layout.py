"""Where things stand on a product: pure arithmetic, no painting."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect


@dataclass(frozen=True)
class Layout:
    """What the analyst chose. Sizes in pixels of the product; `ratio` is those a logical pixel (dpi / 96)."""

    width: int
    height: int
    ratio: float = 1.0
    title: str = ""
    subtitle: str = ""
    marking: str = ""
    """Handling marking, printed above and below; empty: none."""
    author: str = ""
    legend: bool = True
    crs: str = "EPSG:3857"


@dataclass(frozen=True)
class Regions:
    """The rooms of a product, none overlapping another. Empty rectangles are left out."""

    marking_top: QRect
    header: QRect
    map: QRect
    legend: QRect
    credits: QRect
    marking_bottom: QRect


def regions(layout: Layout, legend_rows: int, credit_lines: int) -> Regions:
    """Cut the page: markings, header, map with the legend at its right, credits below."""
    r = layout.ratio
    margin, gap = round(14 * r), round(10 * r)
    left, right = margin, layout.width - margin
    top, bottom = margin, layout.height - margin
    band = round(20 * r) if layout.marking else 0
    marking_top = QRect(left, top, right - left, band)
    marking_bottom = QRect(left, bottom - band, right - left, band)
    if band:
        top, bottom = top + band + gap // 2, bottom - band - gap // 2
    header_height = (round(30 * r) if layout.title else 0) + (round(20 * r) if layout.subtitle else 0)
    header = QRect(left, top, right - left, header_height)
    if header_height:
        top += header_height + gap // 2
    credits_height = round((16 * credit_lines + 4) * r)
    lines = QRect(left, bottom - credits_height, right - left, credits_height)
    bottom -= credits_height + gap // 2
    legend_width = min(round(232 * r), (right - left) // 3) if layout.legend and legend_rows else 0
    legend = QRect(right - legend_width, top, legend_width, bottom - top)
    map_right = right - (legend_width + gap if legend_width else 0)
    return Regions(
        marking_top, header, QRect(left, top, map_right - left, bottom - top), legend, lines, marking_bottom
    )
