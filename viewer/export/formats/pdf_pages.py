"""The pages of a PDF as its parts were painted, before they are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layers.geo.map_measure import Corner
from layers.quick_dataclass import dataclass
from viewer.export.plates.printed import GroupKind


@dataclass(frozen=True, slots=True)
class PackedImage:
    """RGB pixels packed as `PackedRows` does, and where they lie on the page, in its pixels."""

    data: bytes
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PdfGroup:
    """A painted group: a PDF of Qt's, whose pages but for the last lie on each other, or an image."""

    kind: GroupKind
    title: str
    frame: int | None
    content: bytes | PackedImage


@dataclass(frozen=True, slots=True)
class PdfFrame:
    """A map on its page. `box`: left, top, right, bottom in points from the page's upper left corner."""

    title: str
    alt_text: str
    box: tuple[float, ...]
    crs: str
    corners: tuple[Corner, ...]


@dataclass(frozen=True, slots=True)
class PdfPage:
    """Sizes in points; `scale`: points a pixel."""

    width: float
    height: float
    scale: float
    groups: Sequence[PdfGroup]
    frames: Mapping[int, PdfFrame]
    links: Sequence[tuple[tuple[float, ...], str]] = ()
    """Boxes as those of frames, each with the address that it leads to."""
