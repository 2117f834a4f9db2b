"""The pages of a PDF as its parts were painted, before they are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from layers.geo.map_measure import Corner
from viewer.export.plates.printed import GroupKind


class PackedImage(Struct, frozen=True):
    """RGB pixels packed as `PackedRows` does, and where they lie on the page, in its pixels."""

    data: bytes
    left: int
    top: int
    width: int
    height: int


class PdfGroup(Struct, frozen=True):
    """A painted group: a PDF of Qt's, whose pages but for the last lie on each other, or an image."""

    kind: GroupKind
    title: str
    frame: int | None
    content: bytes | PackedImage


class PdfFrame(Struct, frozen=True):
    """A map on its page. `box`: left, top, right, bottom in points from the page's upper left corner."""

    title: str
    alt_text: str
    box: tuple[float, ...]
    crs: str
    corners: tuple[Corner, ...]


class PdfPage(Struct, frozen=True):
    """Sizes in points; `scale`: points a pixel."""

    width: float
    height: float
    scale: float
    groups: Sequence[PdfGroup]
    frames: Mapping[int, PdfFrame]
    links: Sequence[tuple[tuple[float, ...], str]] = ()
    """Boxes as those of frames, each with the address that it leads to."""
