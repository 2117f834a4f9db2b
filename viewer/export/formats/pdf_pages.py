"""The pages of a PDF as painted parts, before they are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from layers.geo.map_measure import Corner
from viewer.export.printed import GroupKind, GroupPart


class PackedImage(Struct, frozen=True):
    """RGB pixels packed by `PackedRows`, and their place on the page, in its pixels."""

    data: bytes
    left: int
    top: int
    width: int
    height: int


class PaintedSheets(Struct, frozen=True):
    """A PDF by Qt whose pages, except for the last, lie on each other."""

    pdf: bytes
    parts: Sequence[tuple[GroupPart | None, int]]
    """The parts of the group, each with the number of pages that it takes."""


class PdfGroup(Struct, frozen=True):
    """A painted group: an image, or sheets of shapes and text."""

    kind: GroupKind
    title: str
    frame: int | None
    content: PaintedSheets | PackedImage


class PdfFrame(Struct, frozen=True):
    """A map on its page. `box`: left, top, right, bottom in points from the page's upper left corner."""

    title: str
    alt_text: str
    box: tuple[float, ...]
    crs: str
    corners: tuple[Corner, ...]


class PdfPage(Struct, frozen=True):
    """A page. Sizes are in points; `scale` is points a pixel."""

    width: float
    height: float
    scale: float
    groups: Sequence[PdfGroup]
    frames: Mapping[int, PdfFrame]
    links: Sequence[tuple[tuple[float, ...], str]] = ()
    """Boxes in the form of a frame's `box`, each with the address that it leads to."""
