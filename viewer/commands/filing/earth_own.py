"""Marks of a file of Google Earth that Geoloupe wrote itself, which come back as they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.site import Site
from layers.document.vocabulary import LIFECYCLES, MARK_KINDS, ROLES, THINNEST_PX, WIDEST_PX
from layers.errors import InvalidValue
from layers.requests.earth_file import EarthFile, EarthPlace
from layers.requests.earth_own import OwnMark
from layers.time.dates import is_partial
from viewer.commands.feature_sites import site_geometry

_LONGEST_BASIS = 300
_LONGEST_SHAPE = 10_000


def is_own(file: EarthFile) -> bool:
    """True for a file with marks that Geoloupe wrote."""
    return any(place.own is not None and place.own.is_mark for place in file.places)


def is_beside(place: EarthPlace) -> bool:
    """True for the point with the name of an area, and the circle around a pin: Geoloupe wrote them beside a mark."""
    return place.own is not None and not place.own.is_mark


def own_name(place: EarthPlace, own: OwnMark) -> str:
    """The label of a mark; the name in the file where somebody has changed that since."""
    return own.label if own.name and own.name == place.name else place.name


def own_shapes(own: OwnMark, shapes: Sequence[bytes]) -> list[BaseGeometry]:
    """The geometries of a mark. A point that is drawn as the circle of its error is that point again, else the middle
    of a circle that somebody has moved. Raises InvalidValue.
    """
    geometries = [site_geometry(shape) for shape in shapes]
    if own.place is None or len(geometries) != 1 or "Polygon" not in geometries[0].geom_type:
        return geometries
    point = site_geometry(shapely.to_wkb(shapely.Point(own.place)))
    return [point if geometries[0].intersects(point) else geometries[0].centroid]


def own_fields(place: EarthPlace, own: OwnMark) -> dict[str, Any]:
    """The fields of a site that a mark states, those that can be; the others are as in any new site."""
    fields: dict[str, Any] = {"label": own_name(place, own), "class_code": own.class_code or "other"}
    choices = {"role": ROLES, "mark_kind": MARK_KINDS, "lifecycle": tuple(LIFECYCLES)}
    for name, allowed in choices.items():
        if (value := getattr(own, name)) in allowed:
            fields[name] = value
    fields |= {name: value for name in ("stroke_color", "fill_color") if (value := getattr(own, name))}
    dates = ("valid_from", "valid_to", "lifecycle_as_of")
    fields |= {name: value for name in dates if is_partial(value := getattr(own, name))}
    if own.names:
        fields["aliases"] = own.names
    if own.error_m is not None and 0 < own.error_m < float("inf"):
        fields["position_error_m"] = own.error_m
    if own.basis:
        fields["position_basis"] = own.basis[:_LONGEST_BASIS]
    if own.stroke_width is not None and THINNEST_PX <= own.stroke_width <= WIDEST_PX:
        fields["stroke_width"] = own.stroke_width
    if own.shape_json and len(own.shape_json) <= _LONGEST_SHAPE:
        fields["shape_json"] = own.shape_json
    return fields


class KnownOwnMarks:
    """The sites of a case that marks of a file can be: of the same uuid, else of the same name, at the same place."""

    def __init__(self, document: Document, places: Iterable[EarthPlace]) -> None:
        marks = [(place, place.own) for place in places if place.own is not None and place.own.is_mark]
        names = {own_name(place, own).strip() for place, own in marks}
        self._sites = document.sites
        self._named: dict[str, list[Site]] = {}
        for site in document.sites.values() if marks else ():
            if (label := site.label.strip()) in names:
                self._named.setdefault(label, []).append(site)
        self._taken: set[str] = set()

    def take(self, place: EarthPlace, own: OwnMark, shapes: Sequence[bytes]) -> bool:
        """True where the case has such a site, which then stands for no other mark of the file."""
        try:
            geometries = own_shapes(own, shapes)
        except InvalidValue:
            return False
        label = own_name(place, own).strip()
        site = self._sites.get(own.uuid)
        candidates = self._named.get(label, []) if site is None else [site]
        for site in candidates:
            is_free = site.uuid not in self._taken and site.label.strip() == label
            if is_free and len(geometries) == 1 and _is_written_as(site.geometry, geometries[0], own):
                self._taken.add(site.uuid)
                return True
        return False


def _is_written_as(geometry: BaseGeometry, written: BaseGeometry, own: OwnMark) -> bool:
    """True for a geometry that is the written one, but for the decimals that were written."""
    if geometry.geom_type.removeprefix("Multi") != written.geom_type.removeprefix("Multi"):
        return False
    step = 0.51 * 10.0 ** -min(max(own.digits, 0), 7) + 1e-9
    return all(abs(mine - theirs) <= step for mine, theirs in zip(geometry.bounds, written.bounds, strict=True))
