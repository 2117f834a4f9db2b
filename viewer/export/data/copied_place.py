"""Writes a place as text to paste elsewhere: in five notations, as GeoJSON, KML or a sentence.

It has as many digits as its error allows.
"""

from __future__ import annotations

import json
from enum import StrEnum
from html import escape
from typing import Any

import numpy as np
from msgspec import Struct
from shapely import Point, orient_polygons, set_precision, to_geojson
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from layers.document.site import Site
from layers.geo.antimeridian import split_geometry
from layers.geo.coordinates import Notation, digits_for, format_coordinate
from layers.geo.measure import circle
from layers.text.counted import metres
from viewer.export.data.kml_shape import kml_shape
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate


class PlaceForm(StrEnum):
    """The ways to write a place."""

    DD = "DD"
    DMS = "DMS"
    DDM = "DDM"
    UTM = "UTM"
    MGRS = "MGRS"
    GEOJSON = "GeoJSON"
    KML = "KML"
    SENTENCE = "sentence"


class CopiedPlace(Struct, frozen=True):
    """A place to be copied: that of a site, or a point of the map, which has no name and no basis.

    `error_m` sets the digits. Of a site it is the radius that holds the true place with 90 %, None where nobody judged
    it; of a point of the map it is half a pixel.
    """

    geometry: BaseGeometry
    place: Point
    error_m: float | None
    label: str = ""
    basis: str = ""
    is_site: bool = False
    is_area: bool = False
    """True where a pin would be too exact, and the place is the circle of its error."""
    is_judged: bool = True
    """False for a default error, which sets the digits but is no radius."""

    @classmethod
    def of_site(cls, site: Site) -> CopiedPlace:
        label, basis = one_line(site.label, 200), one_line(site.position_basis, 300)
        is_judged = not site.has_default_error
        return cls(site.geometry, site.place, site.position_error_m, label, basis, True, site.is_area, is_judged)

    @classmethod
    def of_map(cls, lon: float, lat: float, error_m: float) -> CopiedPlace:
        return cls(Point(lon, lat), Point(lon, lat), error_m)

    def text(self, form: PlaceForm) -> str:
        """Write the place in one of the forms."""
        match form:
            case PlaceForm.GEOJSON:
                return self._geojson()
            case PlaceForm.KML:
                return self._kml()
            case PlaceForm.SENTENCE:
                return self._sentence()
        return self._coordinates(Notation(form))

    def _coordinates(self, notation: Notation) -> str:
        return format_coordinate(self.place.x, self.place.y, notation, self.error_m)

    def _sentence(self) -> str:
        where = f"{self._coordinates(Notation.DMS)} (MGRS {self._coordinates(Notation.MGRS)}; WGS 84)"
        error = metres(self.error_m or 0.0)
        if not self.is_site:
            return translate("CopiedPlace", "The place at {0}, read off the map to about {1}.").format(where, error)
        name, basis = self.label or translate("CopiedPlace", "The site"), self.basis
        if self.error_m is None or not self.is_judged:
            words = translate("CopiedPlace", "{0} lies at {1}. How well that is known was not judged.")
        elif self.is_area:
            words = translate("CopiedPlace", "{0} lies within {2} (90 %) of {1}.")
        else:
            words = translate("CopiedPlace", "{0} lies at {1}, known to {2} (90 %).")
        sentence = words.format(name, where, error)
        position = translate("CopiedPlace", "Position: {0}.").format(word(basis)) if basis else ""
        return f"{sentence} {position}" if position else sentence

    def _shape(self) -> BaseGeometry:
        """The shape as it is drawn, cut at the antimeridian, in no more digits than the error allows."""
        digits = digits_for(self.error_m)
        if self.is_area and self.error_m is not None:
            x, y = round(self.place.x, digits), round(self.place.y, digits)
            ring = np.round(np.column_stack(circle(x, y, self.error_m)), digits + 2)
            return orient_polygons(split_geometry(Polygon(ring)))
        return orient_polygons(set_precision(split_geometry(self.geometry), 10.0**-digits, mode="pointwise"))

    def _geojson(self) -> str:
        properties: dict[str, Any] = {"name": self.label, "position_basis": self.basis} if self.is_site else {}
        if self.is_site:
            properties["position_error_m"] = self.error_m if self.is_judged else None
        if self.is_area:
            properties["drawn_as"] = "circle of the position error (90 %)"
        geometry = json.loads(to_geojson(self._shape()))
        return json.dumps({"type": "Feature", "geometry": geometry, "properties": properties}, ensure_ascii=False)

    def _kml(self) -> str:
        sentence = self._sentence()
        name = self.label or self._coordinates(Notation.DD)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark>'
            f"<name>{escape(name, quote=False)}</name><description>{escape(sentence, quote=False)}</description>"
            f"{kml_shape(self._shape(), digits_for(self.error_m) + 2 * self.is_area)}"
            "</Placemark></kml>\n"
        )
