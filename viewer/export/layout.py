"""Lays out the parts of a product: pure arithmetic, no painting."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QRect

from layers.errors import ExportFailed
from layers.quick_dataclass import dataclass

MARGIN, GAP, BAND, TITLE, SUBTITLE, CREDIT_LINE, LEGEND = 14, 10, 20, 30, 20, 16, 232
"""Logical pixels: the page's margin, between rooms, a marking, the lines of the header and of the credits, a legend."""
LEAST_MAP = 96


@dataclass(frozen=True)
class Layout:
    """The choices of the analyst. Sizes in pixels of the product; `ratio` is those a logical pixel (dpi / 96)."""

    width: int
    height: int
    ratio: float = 1.0
    title: str = ""
    subtitle: str = ""
    marking: str = ""
    """Handling marking, printed above and below; empty: none."""
    author: str = ""
    made_on: str = ""
    """The day of the product, in words; empty: not said."""
    legend: bool = True
    crs: str = "EPSG:3857"

    @property
    def text_width(self) -> float:
        """Pixels a line of credits may take."""
        return self.width - 2 * MARGIN * self.ratio


def today() -> str:
    """The day in UTC, for `made_on`."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


@dataclass(frozen=True)
class Regions:
    """The rooms of a product, none overlapping another. Empty rectangles are left out."""

    marking_top: QRect
    header: QRect
    map: QRect
    legend: QRect
    credits: QRect
    marking_bottom: QRect


def regions(layout: Layout, has_legend: bool, credit_lines: int) -> Regions:
    """Cut the page: markings, header, map with the legend at its right, credits below.

    Raises ExportFailed where that leaves no room for the map.
    """
    r = layout.ratio
    margin, gap = round(MARGIN * r), round(GAP * r)
    left, right = margin, layout.width - margin
    top, bottom = margin, layout.height - margin
    band = round(BAND * r) if layout.marking else 0
    marking_top = QRect(left, top, right - left, band)
    marking_bottom = QRect(left, bottom - band, right - left, band)
    if band:
        top, bottom = top + band + gap // 2, bottom - band - gap // 2
    header_height = (round(TITLE * r) if layout.title else 0) + (round(SUBTITLE * r) if layout.subtitle else 0)
    header = QRect(left, top, right - left, header_height)
    if header_height:
        top += header_height + gap // 2
    credits_height = round((CREDIT_LINE * credit_lines + 4) * r)
    lines = QRect(left, bottom - credits_height, right - left, credits_height)
    bottom -= credits_height + gap // 2
    legend_width = min(round(LEGEND * r), (right - left) // 3) if has_legend else 0
    legend = QRect(right - legend_width, top, legend_width, bottom - top)
    map_right = right - (legend_width + gap if legend_width else 0)
    frame = QRect(left, top, map_right - left, bottom - top)
    if min(frame.width(), frame.height()) < LEAST_MAP * r:
        raise ExportFailed(
            f"A page of {layout.width} x {layout.height} pixels has no room for the map at {round(96 * r)} dpi: "
            "choose a larger page or fewer dots per inch."
        )
    return Regions(marking_top, header, frame, legend, lines, marking_bottom)
