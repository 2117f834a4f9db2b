"""A mark's geometry together with its shape, moved, turned and scaled as one: a moved circle is a circle."""

from __future__ import annotations

from typing import Self

import shapely
from msgspec import Struct
from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.document.marks.mark_shape import (
    Callout,
    Circle,
    Freehand,
    MarkShape,
    RangeRing,
    Rectangle,
    as_json,
    shape_of_site,
)
from layers.document.site import Site
from layers.geo.laying import can_lay, laid, laid_place
from layers.geo.longitudes import Place, shift_near

type Centred = Rectangle | Circle | RangeRing
"""Shapes from which the geometry of their row is made."""


class Figure(Struct, frozen=True):
    """A mark's geometry and shape. `shape_json` goes into the row with the geometry; an unknown shape is kept as it
    stands.
    """

    geometry: BaseGeometry
    shape: MarkShape | None = None
    shape_json: str = ""

    @classmethod
    def of(cls, site: Site) -> Self:
        return cls(site.geometry, shape_of_site(site), site.shape_json)

    @classmethod
    def of_shape(cls, shape: Centred) -> Self:
        """Make the figure of a shape. Raises InvalidValue where the shape has no geometry on the Earth."""
        return cls(shape.geometry(), shape, as_json(shape))

    @property
    def kind(self) -> str:
        """The shape's kind; point, line or polygon for a mark without one."""
        if self.shape is not None:
            return self.shape.kind
        name = self.geometry.geom_type
        return "point" if "Point" in name else "line" if "Line" in name else "polygon"

    @property
    def middle(self) -> Place:
        """The centre of a shape that has one, else of the box around the mark."""
        if isinstance(self.shape, Rectangle | Circle | RangeRing):
            return self.shape.centre
        left, bottom, right, top = self.geometry.bounds
        return (left + right) / 2, (bottom + top) / 2

    @property
    def is_mobile(self) -> bool:
        """True where the mark can be moved or scaled, true in size; one that spans half the Earth cannot."""
        return isinstance(self.shape, Rectangle | Circle | RangeRing) or can_lay(self.geometry, self.middle)

    def laid(self, anchor: Place, to: Place, *, turn_deg: float = 0.0, factor: float = 1.0) -> Figure:
        """Return the figure turned clockwise about `anchor`, scaled by `factor`, and moved so that `anchor` comes to
        `to`.

        Raises InvalidValue where it would be too large, or too small.
        """
        shape = self.shape
        if isinstance(shape, Rectangle | Circle | RangeRing):
            centre = _home(laid_place(shape.centre, anchor, to, turn_deg=turn_deg, factor=factor))
            return Figure.of_shape(_resized(shape, centre, turn_deg, factor))
        geometry = laid(self.geometry, anchor, to, turn_deg=turn_deg, factor=factor)
        if isinstance(shape, Callout):
            leader = _home(laid_place(shape.leader, anchor, to, turn_deg=turn_deg, factor=factor))
            shape = replace(shape, leader=leader)
        elif isinstance(shape, Freehand):
            shape = replace(shape, smoothing_m=shape.smoothing_m * factor)
        return Figure(geometry, shape, as_json(shape) if shape is not None else self.shape_json)

    def with_shape(self, shape: MarkShape) -> Figure:
        """The same mark with another shape of its kind."""
        if isinstance(shape, Rectangle | Circle | RangeRing):
            return Figure.of_shape(shape)
        return Figure(self.geometry, shape, as_json(shape))

    def with_geometry(self, geometry: BaseGeometry) -> Figure:
        """The mark with another line or point under its shape. A callout's text moves along."""
        if not isinstance(self.shape, Callout):
            return Figure(geometry, self.shape, self.shape_json)
        old, new = shapely.get_coordinates(self.geometry)[0], shapely.get_coordinates(geometry)[0]
        place = self.shape.leader
        leader = laid_place(place, (old[0], old[1]), (new[0], new[1]))
        return Figure(geometry, shape := replace(self.shape, leader=_home(leader)), as_json(shape))


def _resized(shape: Centred, centre: Place, turn_deg: float, factor: float) -> Centred:
    if isinstance(shape, Rectangle):
        turned = (shape.rotation_deg + turn_deg) % 360.0
        return Rectangle(centre, shape.width_m * factor, shape.height_m * factor, turned)
    if isinstance(shape, Circle):
        return Circle(centre, shape.radius_m * factor)
    return RangeRing(centre, tuple(radius_m * factor for radius_m in shape.radii_m))


def _home(place: Place) -> Place:
    return shift_near(place[0], 0.0), place[1]
