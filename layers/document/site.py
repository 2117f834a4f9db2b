"""A site: a mark of the analyst, with the error of its position."""

from __future__ import annotations

import re

from shapely import Point
from shapely.geometry.base import BaseGeometry

from layers.document.rows import Row
from layers.document.vocabulary import AREA_NOT_PIN_M, DEFAULT_BASIS, MARK_KINDS, MEASURED, NOT_KNOWN_TO_EXIST
from layers.geo.antimeridian import in_one_piece
from layers.geo.longitudes import normalise_lon
from layers.phrase import Phrase

SITE_KINDS = ("site", "")
"""Kinds of marks that are sites."""
_LARGEST_PIXEL_M = 1e7
_YEAR = re.compile(r"\d{4}(?=$|[-/])", re.ASCII)


class Site(Row, frozen=True, kw_only=True):
    """`geometry` is a shapely point, line string or polygon (or multi) in lon, lat (EPSG:4326), x first."""

    geometry: BaseGeometry
    layer_uuid: str = ""
    class_code: str = "other"
    label: str = ""
    aliases: tuple[tuple[str, str], ...] = ()
    """(language, name) pairs: zh, ru, en. One that says where it is from is an `Alias`."""
    notes: str = ""
    role: str = "other"
    location_country: str = ""
    operator_country: str = ""
    position_error_m: float | None = None
    """Radius that holds the true place with 90 %; None: not judged."""
    position_basis: str = ""
    position_source_uuid: str = ""
    status: str = "draft"
    reviewed_by: str = ""
    reviewed_at: str = ""
    observed_at: str = ""
    valid_from: str = ""
    valid_to: str = ""
    shape_json: str = ""
    stroke_color: str = ""
    fill_color: str = ""
    stroke_width: float | None = None
    style_json: str = ""
    props_json: str = ""
    mark_kind: str = "site"
    marking: str = ""
    folder: str = ""
    number: int | None = None
    """Number of a numbered marker."""
    image_uuid: str = ""
    """The image that the mark was drawn on."""
    pixel_m: float | None = None
    """Ground size of that image's pixel at the mark."""
    base_or_top: str = ""
    """The marked end of a tall object, on oblique and radar images."""
    parent_uuid: str = ""
    """The site that this one belongs to, as a pad to a cosmodrome."""
    lifecycle: str = ""
    lifecycle_as_of: str = ""
    lifecycle_source_uuid: str = ""
    identity_note: str = ""
    """Parts of the name that are ours, where the source gives less of it."""

    @property
    def is_site(self) -> bool:
        """True for a mark that is counted, listed and exported as a site: no annotation, measurement, search area or
        photo.
        """
        return self.mark_kind in SITE_KINDS

    @property
    def noun(self) -> str:
        """The word for one such mark in a sentence; a kind of other programs is an annotation, as in lists."""
        if self.is_site:
            return "site"
        return self.mark_kind if self.mark_kind in MARK_KINDS else "annotation"

    @property
    def may_not_exist(self) -> bool:
        """True for a site that is planned, agreed or closed: it is dashed and labelled wherever it is shown."""
        return self.lifecycle in NOT_KNOWN_TO_EXIST

    @property
    def doubt(self) -> str:
        """The words for a site that may not exist: "planned 2030", "closed 2019", "agreed, as of 2015"; empty for
        others.

        The year is the one from, or until, which it is valid; else that of the statement about it.
        """
        if not self.may_not_exist:
            return ""
        if year := _YEAR.match(self.valid_to if self.lifecycle == "closed" else self.valid_from):
            return Phrase("{lifecycle} {year}", lifecycle=Phrase(self.lifecycle), year=year[0])
        match = _YEAR.match(self.lifecycle_as_of)
        lifecycle = Phrase(self.lifecycle)
        return Phrase("{lifecycle}, as of {year}", lifecycle=lifecycle, year=match[0]) if match else lifecycle

    def with_doubt(self, name: str) -> str:
        """A name of the site; with the words for its doubtful existence where the name does not state that itself."""
        if not self.may_not_exist or self.lifecycle in name.casefold():
            return name
        return Phrase("{name} ({doubt})", name=name, doubt=self.doubt) if name else self.doubt

    @property
    def kind(self) -> str:
        """point, line or polygon: the site table it is kept in."""
        name = self.geometry.geom_type
        if "Point" in name:
            return "point"
        return "line" if "Line" in name else "polygon"

    @property
    def place(self) -> Point:
        """The point, or one on the line or in the area, with its longitude in -180..180."""
        shape = self.geometry
        point = shape if isinstance(shape, Point) else in_one_piece(shape).representative_point()
        return Point(normalise_lon(point.x), point.y)

    @property
    def is_area(self) -> bool:
        """True where the place is so uncertain that a pin would be too exact."""
        error_m = self.least_error_m
        return self.kind == "point" and error_m is not None and error_m > AREA_NOT_PIN_M

    @property
    def has_default_error(self) -> bool:
        """True where its basis says that nobody judged the error: a number beside it is no 90 % radius."""
        return self.position_basis.strip().casefold().startswith(DEFAULT_BASIS)

    @property
    def judged_error_m(self) -> float | None:
        """The 90 % radius that somebody stated; None for a default, and where there is none."""
        return None if self.has_default_error else self.position_error_m

    @property
    def least_error_m(self) -> float | None:
        """The position error that was judged, else the pixel of the image that the place was measured on; else None."""
        if self.position_error_m is not None or not self.image_uuid or self.position_basis != MEASURED:
            return self.judged_error_m
        pixel_m = self.pixel_m
        is_length = isinstance(pixel_m, int | float) and 0 < pixel_m < _LARGEST_PIXEL_M
        return float(pixel_m) if is_length and pixel_m is not None else None
