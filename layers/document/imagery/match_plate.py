"""A match plate: numbers on a photograph, each for the marker of the same number on the map.

It is kept as a product, with the photograph's layer and its numbers in `layout_json`. Places on the photograph are in
its pixels, from its upper left corner.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import encoded
from layers.document.document import Document
from layers.document.json_fields import finite_numbers, json_object
from layers.document.marks.mark_shape import MOST_NUMBER, Numbered, shape_of_site
from layers.document.rows import Product
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.phrase import Phrase

KIND = "match plate"
MOST_NUMBERS = 500
_MOST_PX = 1e7
_LONGEST_JSON = 100_000


class PhotoNumber(NamedTuple):
    """A number at a pixel of the photograph: column and row, counted from 0 at the upper left corner."""

    number: int
    x: float
    y: float


class Pair(NamedTuple):
    """A number with its places: on the photograph and on the map, where it should stand once each."""

    number: int
    photo: PhotoNumber | None
    markers: tuple[Site, ...]

    @property
    def is_whole(self) -> bool:
        return self.photo is not None and len(self.markers) == 1


class MatchPlate(Struct, frozen=True):
    """`photo` is the uuid of the photograph's layer; `numbers` are in their order, each once."""

    photo: str
    numbers: tuple[PhotoNumber, ...] = ()

    def at(self, number: int) -> PhotoNumber | None:
        return next((entry for entry in self.numbers if entry.number == number), None)

    def with_number(self, number: int, x: float, y: float) -> MatchPlate:
        """The same with a number there, wherever it was before. Raises InvalidValue."""
        others = [entry for entry in self.numbers if entry.number != number]
        return replace(self, numbers=_checked([*others, PhotoNumber(number, x, y)]))

    def without(self, number: int) -> MatchPlate:
        return replace(self, numbers=tuple(entry for entry in self.numbers if entry.number != number))

    def to_json(self) -> str:
        """The text for `Product.layout_json`."""
        return json.dumps({"kind": KIND, **encoded(self)})


def plate_of(product: Product) -> MatchPlate | None:
    """The plate that a product holds; None for other products, and for anything that makes no sense."""
    if len(product.layout_json) > _LONGEST_JSON or KIND not in product.layout_json:
        return None
    try:
        data = json_object(product.layout_json, Phrase("The plate"))
        photo, numbers = data.get("photo"), data.get("numbers")
        if data.get("kind") != KIND or not isinstance(photo, str) or not isinstance(numbers, list):
            return None
        return MatchPlate(photo, _checked(_number(row) for row in numbers[: MOST_NUMBERS + 1]))
    except InvalidValue:
        return None


def plate_of_photo(document: Document, layer_uuid: str) -> tuple[Product, MatchPlate] | None:
    """The first plate of a photograph; None where it has none."""
    products = sorted(document.table("products").values(), key=lambda row: (row.created_at, row.uuid))
    for product in products:
        plate = plate_of(product) if isinstance(product, Product) else None
        if plate is not None and plate.photo == layer_uuid:
            assert isinstance(product, Product)
            return product, plate
    return None


def numbered_markers(document: Document) -> dict[int, list[Site]]:
    """The numbered markers of a case by their number."""
    markers: dict[int, list[Site]] = {}
    for site in document.sites.values():
        shape = shape_of_site(site) if site.shape_json and site.kind == "point" else None
        if isinstance(shape, Numbered):
            number = site.number if site.number is not None and 1 <= site.number <= MOST_NUMBER else shape.number
            markers.setdefault(number, []).append(site)
    return markers


def pairs_of(plate: MatchPlate, document: Document) -> list[Pair]:
    """All numbers of the photograph and of the map, in their order."""
    markers = numbered_markers(document)
    numbers = sorted(markers.keys() | {entry.number for entry in plate.numbers})
    return [Pair(number, plate.at(number), tuple(markers.get(number, ()))) for number in numbers]


def next_on_photo(pairs: Iterable[Pair]) -> int:
    """The number to be set next on the photograph: the first that only the map has, else a new one."""
    return _next(pairs, on_photo=True)


def next_on_map(pairs: Iterable[Pair]) -> int:
    """The number to be set next on the map: the first that only the photograph has, else a new one."""
    return _next(pairs, on_photo=False)


def _next(pairs: Iterable[Pair], *, on_photo: bool) -> int:
    pairs = list(pairs)
    lacking = [pair.number for pair in pairs if (pair.photo is None if on_photo else not pair.markers)]
    return lacking[0] if lacking else max((pair.number for pair in pairs), default=0) + 1


def _number(value: Any) -> PhotoNumber:
    if not isinstance(value, list) or len(value) != 3 or type(value[0]) is not int:
        raise InvalidValue("A number on a photograph has a column and a row.")
    x, y = finite_numbers({"x": value[1], "y": value[2]}, ("x", "y"), Phrase("A number on a photograph"))
    return PhotoNumber(value[0], x, y)


def _checked(numbers: Iterable[PhotoNumber]) -> tuple[PhotoNumber, ...]:
    entries = sorted(numbers)
    if len(entries) > MOST_NUMBERS:
        raise InvalidValue("A match plate has up to {most_numbers} numbers.", most_numbers=MOST_NUMBERS)
    if any(not 1 <= entry.number <= MOST_NUMBER for entry in entries):
        raise InvalidValue("Numbers go from 1 to {most_number}.", most_number=MOST_NUMBER)
    if not all(0.0 <= entry.x <= _MOST_PX and 0.0 <= entry.y <= _MOST_PX for entry in entries):
        raise InvalidValue("A number lies on the photograph.")
    if len({entry.number for entry in entries}) < len(entries):
        raise InvalidValue("Each number stands once on a photograph.")
    return tuple(entries)
