"""Marks of a file of Google Earth that Geoloupe wrote itself, which come back as they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.site import Site
from layers.document.vocabulary import LIFECYCLES, MARK_KINDS, ROLES, THINNEST_PX, WIDEST_PX
from layers.requests.earth_file import EarthFile, EarthPlace
from layers.requests.earth_own import OwnMark
from layers.time.dates import is_date_or_interval, is_partial
from viewer.commands.tables.feature_sites import site_geometry

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
    if is_date_or_interval(own.observed_at):
        fields["observed_at"] = own.observed_at
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


class OwnSites:
    """The sites of a case that marks of a file are: of the same uuid, else of the same name, best at the same place."""

    def __init__(self, document: Document, places: Iterable[EarthPlace]) -> None:
        marks = [(place, place.own) for place in places if place.own is not None and place.own.is_mark]
        names = Counter(own_name(place, own).strip() for place, own in marks)
        self._once = {name for name, count in names.items() if count == 1}
        self._sites = document.sites
        self._named: dict[str, list[Site]] = {}
        for site in document.sites.values() if marks else ():
            if (label := site.label.strip()) in names:
                self._named.setdefault(label, []).append(site)
        self._taken: set[str] = {own.uuid for _place, own in marks if own.uuid in document.sites}

    def take(self, place: EarthPlace, own: OwnMark, geometries: Sequence[BaseGeometry]) -> Site | None:
        """The site that a mark is, which then is no other mark of the file; None where the case has none."""
        if own.uuid in self._sites:
            return self._sites[own.uuid]
        label = own_name(place, own).strip()
        free = [site for site in self._named.get(label, ()) if site.uuid not in self._taken]
        here = [site for site in free if len(geometries) == 1 and is_written_as(site.geometry, geometries[0], own)]
        is_alone = len(free) == 1 and bool(label) and label in self._once
        site = here[0] if here else free[0] if is_alone else None
        if site is not None:
            self._taken.add(site.uuid)
        return site


def is_written_as(geometry: BaseGeometry, written: BaseGeometry, own: OwnMark | None = None) -> bool:
    """True for a geometry that is the written one, but for the decimals that were written."""
    if geometry.geom_type.removeprefix("Multi") != written.geom_type.removeprefix("Multi"):
        return False
    step = 0.51 * 10.0 ** -min(max(own.digits if own is not None else 7, 0), 7) + 1e-9
    if any(abs(mine - theirs) > step for mine, theirs in zip(geometry.bounds, written.bounds, strict=True)):
        return False
    mine, theirs = shapely.normalize(geometry), shapely.normalize(written)
    return bool(shapely.equals_exact(mine, theirs, step)) or shapely.hausdorff_distance(mine, theirs) <= 2 * step
