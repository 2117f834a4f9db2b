"""The locator among the words of a page: its window, and its place in the flow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from viewer.export.plates.maps.locator import ASPECT, locator_window, paint_locator, room_in
from viewer.export.plates.maps.locator_borders import draws_borders, paint_borders
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.nearest_town import Town, nearest_town
from viewer.export.plates.setting.flow import Atom
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.page_sizes import PageSizes


def window_of(spec: ProductSpec, maps: Sequence[MapOnPage]) -> Bounds | None:
    """The part of the Earth that the locator shows; None where the page has none."""
    if not spec.shows("locator") or spec.layout == "plain":
        return None
    frames = [box for on_page in maps if (box := on_page.framing.lonlat()) is not None]
    return locator_window(frames) if frames else None


def town_of(spec: ProductSpec, maps: Sequence[MapOnPage]) -> Town | None:
    """The nearest town to the first map that has a locator; None where it says no more than the map."""
    frame = maps[0].framing.lonlat() if window_of(spec, maps) is not None else None
    return None if frame is None else nearest_town(frame)


def locator_atoms(
    spec: ProductSpec, maps: Sequence[MapOnPage], window: Bounds, sizes: PageSizes, style: HouseStyle
) -> list[Atom]:
    """The locator, and below it the nearest town: a box in the middle of a continent alone says little."""
    atoms, town = [locator_atom(spec, maps, window, sizes, style)], town_of(spec, maps)
    if town is not None:
        atoms[0] = replace(atoms[0], keep=True)
        atoms.append(Atom("locator", town.words, sizes.type(0.92), style.quiet, 0.2 * sizes.gap))
    return atoms


def locator_atom(
    spec: ProductSpec, maps: Sequence[MapOnPage], window: Bounds, sizes: PageSizes, style: HouseStyle
) -> Atom:
    """The locator as a row that flows with the words. It shows the frames of all panels, else of the first map, and
    boundaries where the maps do."""
    shown = maps if spec.layout == "panels" else maps[:1]
    frames = list(dict.fromkeys(box for on_page in shown if (box := on_page.framing.lonlat()) is not None))

    has_borders = draws_borders(maps)

    def paint(painter: QPainter, box: QRectF) -> None:
        room = room_in(box)
        borders = partial(paint_borders, box=room, window=window, style=style) if has_borders else None
        paint_locator(painter, room, window, frames, style, borders)

    gap, least = 0.6 * sizes.gap, 11 * sizes.body
    return Atom("locator", "", sizes.type(), style.ink, gap, sign=paint, least=least, aspect=ASPECT)
