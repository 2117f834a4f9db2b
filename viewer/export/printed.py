"""A product that has been laid out and can be painted, as formats, window and batch see it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from msgspec import Struct
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.errors import TooLarge
from layers.grid.tile_grid import View
from viewer.canvas.shown_scene import ShownScene
from viewer.support.painting import painting, part_of_picture

MOST_SIDE = 32_000
"""Greatest width and height of a picture in pixels; Qt paints up to 32,767."""
HELD_PIXELS = 64_000_000
"""Most pixels of a page that is held whole, in 256 MB."""


class MapFrame(NamedTuple):
    """A map on a page. `view` has as many pixels as `rect_px`, which may begin between two pixels."""

    page: int
    rect_px: QRectF
    view: View
    title: str
    alt_text: str
    """The map in words, for readers who cannot see it; never empty."""


class GroupKind(StrEnum):
    """The kinds of things on a page."""

    GROUND = "ground"
    """The page's own colour, and everything below all maps."""
    IMAGERY = "imagery"
    """The lowest layers of one map, which are pictures, on its background: all pixels of its frame."""
    MAP = "map"
    """Other layers, and marks, of one map, inside its frame."""
    LABELS = "labels"
    """Names and callouts of one map, with their leader lines."""
    FURNITURE = "furniture"
    """Titles, scale bars, legends, credits, texts."""


LAYERS = {
    GroupKind.GROUND: "paper",
    GroupKind.IMAGERY: "image",
    GroupKind.MAP: "marks",
    GroupKind.LABELS: "labels",
    GroupKind.FURNITURE: "furniture",
}
"""Names of layers, as programs that edit graphics list them."""
OF_MAP = (GroupKind.IMAGERY, GroupKind.MAP, GroupKind.LABELS)
IN_PARTS = (GroupKind.GROUND, GroupKind.IMAGERY)
"""Kinds of groups that are painted part by part, as pictures. Cutting others would shift the dashes of lines in Qt."""
_PART_PIXELS = 400_000


def is_held(width: int, height: int) -> bool:
    """True where a page of this size in pixels is small enough to be held in memory whole."""
    return width * height <= HELD_PIXELS and max(width, height) <= MOST_SIDE


class PartPlace(StrEnum):
    """The place of a part among the parts of its group."""

    BELOW = "below"
    MARK = "mark"
    LEADERS = "leaders"
    ABOVE = "above"


class GroupPart(NamedTuple):
    """A part of a group that is edited by itself: a mark or a name, or what is below, between or above marks."""

    place: PartPlace
    key: str = ""
    """The uuid of a mark, the key of a name."""
    title: str = ""


class PaintedGroup(NamedTuple):
    """A part of a page that is painted by itself: a named group of an SVG, a tagged figure or an artifact of a PDF."""

    kind: GroupKind
    title: str
    """Title, unique on its page."""
    frame: int | None = None
    """Index into `Printed.frames`, for groups of one map."""
    part: GroupPart | None = None
    """Part of the group; None for the whole."""


class ShownPlace(NamedTuple):
    """A place that the maps show, as the case names it: the ISO code and name of its country, and its own name."""

    country_code: str = ""
    country: str = ""
    name: str = ""


class ProductWords(Struct, frozen=True):
    """The words of a product that a file carries beside its picture; those of a published product are safe to show."""

    title: str = ""
    description: str = ""
    author: str = ""
    organisation: str = ""
    marking: str = ""
    """Handling marking; empty without one."""
    credits: tuple[str, ...] = ()
    """Credits as on the page, one for each source of imagery or annotation."""
    sources: tuple[str, ...] = ()
    """Citations, as on the page."""
    alt_text: str = ""
    language: str = "en"
    """A tag of BCP 47."""
    keywords: tuple[str, ...] = ()
    made_on: str = ""
    """YYYY-MM-DD or a time in ISO 8601; empty where it is not stated."""
    processing: str = ""
    status: str = ""
    """The state in which it leaves: a draft, issued or published."""
    parties: tuple[str, ...] = ()
    """The sentences on those who are named in a claim; a file has all of them, or none."""
    in_short: str = ""
    """A description that names nobody, for files without room for these sentences."""
    imagery: tuple[str, ...] = ()
    """The images with their dates in words, as they are printed."""
    usage: tuple[str, ...] = ()
    """The licences of what is shown, each once."""
    web_statement: str = ""
    """The address of a licence; empty where none states one."""
    places: tuple[ShownPlace, ...] = ()

    @property
    def caption(self) -> str:
        """The description, or the alternative text without one, and the sentences on named parties."""
        return " ".join(filter(None, (self.description or self.alt_text, *self.parties)))


class PageLink(NamedTuple):
    """Words on a page that lead to an address, in pixels of the page."""

    box_px: QRectF
    address: str


class Printed(Protocol):
    """A product, laid out. Pages are counted from 0; sizes are pixels at `dpi`.

    The groups of a page, painted one after the other, make up the page; so do its strips, painted with the painter
    clipped to each by the caller: the pixels are the same at the same size.
    """

    @property
    def pages(self) -> int: ...

    @property
    def dpi(self) -> float: ...

    @property
    def frames(self) -> Sequence[MapFrame]:
        """The maps of all pages."""
        ...

    @property
    def words(self) -> ProductWords:
        """The words of all pages in one file."""
        ...

    def words_of(self, page: int) -> ProductWords:
        """The words of a page as a file of its own."""
        ...

    @property
    def letters_as_shapes(self) -> bool:
        """True for files in which words are outlines, where the format has them as text otherwise."""
        ...

    def without_page(self) -> Printed:
        """The product for files that show the maps without their pages: they name no party that these state."""
        ...

    def size_px(self, page: int) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    def groups(self, page: int) -> Sequence[PaintedGroup]:
        """The groups in the order in which they are painted."""
        ...

    def parts(self, group: PaintedGroup) -> Sequence[PaintedGroup]:
        """The group in parts that can be edited by themselves, in the order in which they are painted.

        Itself alone where it has none.
        """
        ...

    def links(self, page: int) -> Sequence[PageLink]:
        """The words of a page that lead to addresses, for formats with links."""
        ...

    @property
    def scenes(self) -> Sequence[ShownScene]:
        """The scenes of its maps, which hold still while a job paints them."""
        ...

    def want(self, page: int, clip: QRect | None = None) -> None:
        """Request all that the maps need to paint a part of a page exactly; None for the whole page.

        Returns at once.
        """
        ...

    def is_ready(self, page: int, clip: QRect | None = None) -> bool:
        """True where that part, the last that was requested with `want`, can be painted completely."""
        ...

    def waits_for(self, page: int) -> list[str]:
        """The names of the layers that are late."""
        ...

    def paint(
        self,
        painter: QPainter,
        page: int,
        clip: QRect | None = None,
        group: PaintedGroup | None = None,
        checkpoint: Checkpoint = unchecked,
    ) -> None:
        """Paint a page at the painter's origin: at least what touches `clip`, and nothing outside `group`.

        Text is painted as text, and vectors as vectors, where the painter's device keeps them. The checkpoint is called
        between things on the page.
        """
        ...


def imagery_room(printed: Printed, group: PaintedGroup, page: int) -> QRect:
    """The whole pixels of a page that the frame of a group touches."""
    assert group.frame is not None
    return printed.frames[group.frame].rect_px.toAlignedRect() & QRect(0, 0, *printed.size_px(page))


def page_picture(printed: Printed, page: int, checkpoint: Checkpoint = unchecked) -> QImage:
    """The picture of a page. Raises TooLarge where there is no memory for it."""
    image = QImage(*printed.size_px(page), QImage.Format.Format_RGB32)
    if image.isNull():
        raise TooLarge("There is not enough memory for a picture of this size: choose a smaller one.")
    with painting(image) as painter:
        for group in printed.groups(page):
            with part_of_picture(painter):
                if group.kind in IN_PARTS:
                    _paint_in_parts(printed, painter, page, group, checkpoint)
                else:
                    printed.paint(painter, page, None, group, checkpoint)
    return image


def _paint_in_parts(
    printed: Printed, painter: QPainter, page: int, group: PaintedGroup, checkpoint: Checkpoint
) -> None:
    width, height = printed.size_px(page)
    rows = max(1, _PART_PIXELS // width)
    for top in range(0, height, rows):
        part = QRect(0, top, width, min(rows, height - top))
        painter.setClipRect(part)
        printed.paint(painter, page, part, group)
        checkpoint()
