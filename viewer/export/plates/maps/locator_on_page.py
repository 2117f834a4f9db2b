"""The locator among the words of a page: its window, and its place in the flow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter

from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from viewer.export.plates.maps.locator import ASPECT, locator_window, paint_locator, room_in
from viewer.export.plates.maps.locator_borders import draws_borders, paint_borders
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.nearest_town import Town, nearest_town
from viewer.export.plates.setting.flow import Atom
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import TextLine, Type
from viewer.export.plates.setting.page_sizes import PageSizes

_LETTERS = 0.82
"""Size of the names in a locator, relative to running text."""
_CROSS = 8.0
"""Logical pixels from the middle of a map's box to the name beside it: as far as the arms of its cross reach."""


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
    spec: ProductSpec,
    maps: Sequence[MapOnPage],
    window: Bounds,
    sizes: PageSizes,
    style: HouseStyle,
    town: Town | None,
) -> list[Atom]:
    """The locator, and below it the nearest town: a box in the middle of a continent alone says little."""
    atom = _locator_atom(spec, maps, window, sizes, style, town)
    if town is None:
        return [atom]
    words = Atom("locator", town.words, sizes.type(0.92), style.quiet, 0.2 * sizes.gap)
    return [replace(atom, keep=True), words]


def _locator_atom(
    spec: ProductSpec,
    maps: Sequence[MapOnPage],
    window: Bounds,
    sizes: PageSizes,
    style: HouseStyle,
    town: Town | None,
) -> Atom:
    """The locator as a row that flows with the words. It shows the frames of all panels, else of the first map, and
    boundaries where the maps do.
    """
    shown = maps if spec.layout == "panels" else maps[:1]
    frames = list(dict.fromkeys(box for on_page in shown if (box := on_page.framing.lonlat()) is not None))

    has_borders, type_ = draws_borders(maps), sizes.type(_LETTERS)

    def paint(painter: QPainter, box: QRectF) -> None:
        room = room_in(box)
        borders = partial(paint_borders, box=room, window=window, style=style) if has_borders else None
        paint_locator(painter, room, window, frames, style, borders)

    def names(box: QRectF) -> list[TextLine]:
        if town is None or len(frames) != 1:
            return []
        return locator_names(town, room_in(box), window, frames[0], type_, style.ink)

    gap, least = 0.6 * sizes.gap, 11 * sizes.body
    return Atom("locator", "", sizes.type(), style.ink, gap, sign=paint, least=least, aspect=ASPECT, names=names)


def locator_names(town: Town, room: QRectF, window: Bounds, frame: Bounds, type_: Type, color: str) -> list[TextLine]:
    """The names of town and country in a locator: the town's beside the box of the map, the country's where it lies,
    or below the town's where that would cover the box. No name without room for it.
    """
    scale = room.width() / window.width, room.height() / window.height
    box = QRectF(
        room.left() + (frame.left - window.left) * scale[0],
        room.top() + (window.top - frame.top) * scale[1],
        frame.width * scale[0],
        frame.height * scale[1],
    )
    spare = max(_CROSS - box.width() / 2, 2.0), max(_CROSS - box.height() / 2, 2.0)
    mark = box.adjusted(-spare[0], -spare[1], spare[0], spare[1])
    name, country = town.place.name, town.place.country
    at = _place_of(town, room, window, scale)
    own = None if at is None else QRectF(0.0, 0.0, type_.width(country), type_.line_height)
    if own is not None and at is not None:
        own.moveCenter(at)
    is_clear = own is not None and _inside(room, own) and not own.intersects(mark.adjusted(0.0, -_CROSS, 0.0, _CROSS))
    beside = _beside(room, mark, [name] if is_clear else [name, country], type_)
    if is_clear and own is not None and (beside is None or not own.intersects(beside)):
        named = [(name, beside)] if beside is not None else []
        return [_line(words, spot, 0, type_, color) for words, spot in (*named, (country, own))]
    if is_clear:
        beside = _beside(room, mark, [name, country], type_)
    return (
        [] if beside is None else [_line(words, beside, at, type_, color) for at, words in enumerate((name, country))]
    )


def _place_of(town: Town, room: QRectF, window: Bounds, scale: tuple[float, float]) -> QPointF | None:
    """The middle of a town's country in a locator; None where it is not known."""
    if town.country is None:
        return None
    lon = window.left + (town.country.lon - window.left) % 360.0
    return QPointF(
        room.left() + (lon - window.left) * scale[0], room.top() + (window.top - town.country.lat) * scale[1]
    )


def _beside(room: QRectF, mark: QRectF, words: Sequence[str], type_: Type) -> QRectF | None:
    """The room for lines at one side of the map's box; None without any."""
    width, height = max(map(type_.width, words)), len(words) * type_.line_height
    middle = mark.center()
    corners = (
        QPointF(mark.right(), middle.y() - height / 2),
        QPointF(mark.left() - width, middle.y() - height / 2),
        QPointF(middle.x() - width / 2, mark.bottom()),
        QPointF(middle.x() - width / 2, mark.top() - height),
    )
    spots = (QRectF(corner, QSizeF(width, height)) for corner in corners)
    return next((spot for spot in spots if _inside(room, spot)), None)


def _inside(room: QRectF, spot: QRectF) -> bool:
    return room.adjusted(2.0, 1.0, -2.0, -1.0).contains(spot)


def _line(words: str, spot: QRectF, row: int, type_: Type, color: str) -> TextLine:
    return TextLine(spot.left(), spot.top() + row * type_.line_height + type_.size, words, type_, color)
