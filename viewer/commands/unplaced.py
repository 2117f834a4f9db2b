"""Questions about data that name no CRS, and layers made by the answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import crs_name, is_off_earth
from layers.phrase import Phrase
from layers.raster.info import RasterInfo

if TYPE_CHECKING:
    from layers.raster.photograph import Photograph
    from layers.requests.probed import Picture
    from layers.vector.table import VectorInfo

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
"""Endings of files that are pictures to be looked at: what has another and no place lacks something."""


class PlaceQuestion(Struct, frozen=True):
    """The question that is asked before such a file becomes a layer; nothing about its place is guessed."""

    name: str
    """The file's."""
    crs: str
    """The CRS that the file states itself; mostly none."""
    bounds: Bounds | None
    """Bounds in numbers of an unknown CRS; None where it says no position, which no CRS can mend."""
    has_pixels: bool
    """True where it can be shown in pixel space instead."""
    size: tuple[int, int] = (0, 0)
    """Width and height of a picture of which nothing says where it lies; it can be laid on the map by hand."""
    photograph: Photograph | None = None
    """The camera's place and date, as its EXIF says them: not where the picture lies."""

    @property
    def can_be_placed(self) -> bool:
        return self.bounds is not None

    @property
    def says_it_all(self) -> bool:
        """True where it says where it lies: the question is then whether to believe it."""
        return self.bounds is not None and bool(self.crs)

    @property
    def lack(self) -> str:
        """The sentence that says what is lacking."""
        return Phrase("{lack}.", lack=self._lack)

    @property
    def _lack(self) -> str:
        """The same without its end, to be gone on with."""
        if self.says_it_all:
            return Phrase("{name} says that it is in {crs_name}", name=self.name, crs_name=crs_name(self.crs))
        if self.bounds is not None:
            return Phrase("{name} does not say in which CRS its position is", name=self.name)
        if self.crs:
            return Phrase("{name} names a CRS but says nothing about its position in it", name=self.name)
        if self.photograph is not None:
            return Phrase(
                "{name} is a photograph: it says where its camera was, not where the picture lies", name=self.name
            )
        return Phrase("{name} has no position and no CRS", name=self.name)

    @property
    def _choose(self) -> str:
        return Phrase("choose its CRS in the window")

    def refusal(self, is_alone: bool = False) -> str:
        """The sentence where nobody can be asked. `is_alone`: no other file, but a place on Earth is asked for."""
        if self.says_it_all:
            return Phrase("{lack}, but its numbers do not fit that: {choose}.", lack=self._lack, choose=self._choose)
        where = self._choose if self.can_be_placed else Phrase("put a world file beside it")
        way = Phrase("ask for no bounds and no CRS") if is_alone else Phrase("name it alone")
        otherwise = Phrase(", or {way} to see it in pixel space", way=way) if self.has_pixels else ""
        return Phrase("{lack}: {where}{otherwise}.", lack=self._lack, where=where, otherwise=otherwise)

    @property
    def notice(self) -> str:
        """The sentence where it is shown in pixel space without having been asked."""
        lack = Phrase("{lack}, but its numbers do not fit that", lack=self._lack) if self.says_it_all else self._lack
        return Phrase("{lack}: it is shown in pixel space.", lack=lack)


def question_of_raster(name: str, raster: RasterInfo | Picture, has_pixels: bool) -> PlaceQuestion | None:
    """The question about a probed raster; None where it says where it lies.

    Raises CannotBePlaced where no answer would help.
    """
    if raster.crs and raster.placed_by and (raster.bounds_lonlat or is_off_earth(raster.crs)):
        return None
    bounds = raster.bounds if raster.placed_by else None
    if bounds is None and not has_pixels:
        raise CannotBePlaced(
            "{name} is an image in several tiles of which nothing tells Geoloupe where they lie: "
            "ask for the georeferenced (ortho) delivery, or open one of its tiles.",
            name=name,
        )
    # A part of a file that holds several pictures has no size here, and no world file of its own.
    whole = raster if isinstance(raster, RasterInfo) else None
    size = (whole.width, whole.height) if whole is not None and bounds is None and not whole.crs else (0, 0)
    from layers.raster.photograph import photograph_in  # for start-up time

    photograph = photograph_in({} if whole is None else whole.tags)
    size = size if name.lower().endswith(PICTURES) else (0, 0)
    return PlaceQuestion(name, raster.crs, bounds, has_pixels, size, photograph)


def question_of_tables(name: str, tables: Sequence[VectorInfo]) -> PlaceQuestion | None:
    """The question about the tables of a vector file; None where one of them has a CRS that its numbers fit.

    Raises CannotBePlaced where there is nothing to be placed.
    """
    if any(_is_placed(table) for table in tables):
        return None
    boxes = [table.bounds for table in tables if table.bounds]
    if not boxes:
        raise CannotBePlaced("{name} holds no place and names no CRS: there is nothing to show.", name=name)
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return PlaceQuestion(name, tables[0].crs, whole, True)


def _is_placed(table: VectorInfo) -> bool:
    crs = table.crs
    return bool(crs) and bool(table.bounds_lonlat or not table.bounds or is_off_earth(crs))
