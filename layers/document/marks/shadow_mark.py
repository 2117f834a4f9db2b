"""A mark on a shadow, from the foot of an object to the shadow's tip: evidence of a height, and of a time."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import shapely
from msgspec import Struct, field
from msgspec.structs import asdict, replace
from shapely.geometry.base import BaseGeometry

from layers.document.json_fields import finite_numbers
from layers.document.mark_position import Pick
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.measure import azimuth_deg, distance_m
from layers.geo.on_earth import why_off_earth
from layers.phrase import Phrase
from layers.raster.acquisition import DATE_KINDS
from layers.time.shadows import (
    OPTICAL,
    RADAR,
    THERMAL,
    Instant,
    Refused,
    Shadow,
    ShadowHeight,
    ShadowImage,
    TimeCheck,
    assumptions,
    check_time,
    shadow_height,
)

IMAGE_KINDS = ("", OPTICAL, RADAR, THERMAL)
SLOPE_ERROR_DEG = 1.0
"""Error of the slope of ground that looks level."""
NO_HEIGHT = "Shadow, no height"
_MOST_M = 1e7
_LONGEST = 100


class ShadowMark(Struct, frozen=True):
    """The shape of a mark on a shadow: the precision of its ends, its image, and the slope of its ground."""

    pick_m: float
    """Radius within which each end was picked, at least a pixel of the image."""
    pixel_m: float = 0.0
    """The ground size of the image's pixel; 0 where it is not known."""
    slope_deg: float = 0.0
    """Slope of the ground along the shadow, positive where it rises from the foot to the tip."""
    slope_error_deg: float = SLOPE_ERROR_DEG
    is_base_hidden: bool = False
    said_kind: str = ""
    """Kind of the image as the analyst states it, where nothing else does."""
    image: ShadowImage = field(default_factory=ShadowImage)
    result: float | None = None
    """The height in metres as it was computed last; None where it was refused."""
    error: float | None = None
    sun_azimuth_deg: float | None = None
    sun_elevation_deg: float | None = None
    sun_basis: str = ""

    kind: ClassVar[str] = "shadow_height"

    def __post_init__(self) -> None:
        _check(0.0 < self.pick_m <= _MOST_M, Phrase("A shadow's ends were pointed at to within a positive length."))
        _check(0.0 <= self.pixel_m <= _MOST_M, Phrase("A pixel has a positive size."))
        _check(abs(self.slope_deg) < 90.0, Phrase("A slope lies between -90 and 90 degrees."))
        _check(0.0 <= self.slope_error_deg < 90.0, Phrase("The error of a slope lies between 0 and 90 degrees."))
        _check(
            self.said_kind in IMAGE_KINDS,
            Phrase("An image is one of {image_kinds}.", image_kinds=", ".join(IMAGE_KINDS[1:])),
        )
        _check(
            self.image.kind in IMAGE_KINDS,
            Phrase("An image is one of {image_kinds}.", image_kinds=", ".join(IMAGE_KINDS[1:])),
        )
        _check(
            self.image.date_kind in DATE_KINDS,
            Phrase("A date is one of {date_kinds}.", date_kinds=", ".join(DATE_KINDS)),
        )
        _check(len(self.image.acquired_at) <= _LONGEST, Phrase("A date is no longer than a line."))
        numbers = (self.result, self.error, self.sun_azimuth_deg, self.sun_elevation_deg)
        suns = (self.image.sun_azimuth_deg, self.image.sun_elevation_deg)
        _check(
            all(number is None or abs(number) <= _MOST_M for number in (*numbers, *suns)),
            Phrase("A number is out of bounds."),
        )

    # -- JSON ---------------------------------------------------------------------------------------------------------

    def fields(self) -> dict[str, Any]:
        values = {name: value for name, value in asdict(self).items() if name != "image"}
        wording = {"says": self.text, "assumes": list(self.assumes)} if self.result is not None else {}
        return {**values, "image": asdict(self.image), **wording}

    @classmethod
    def from_fields(cls, data: dict[str, Any]) -> ShadowMark:
        names = ("pick_m", "pixel_m", "slope_deg", "slope_error_deg")
        image, hidden = data.get("image"), data.get("is_base_hidden")
        if not isinstance(image, dict) or not isinstance(hidden, bool):
            raise InvalidValue("A shadow says on which image it is, and if its foot is hidden.")
        at, date_kind, kind = (_text(image, key) for key in ("acquired_at", "date_kind", "kind"))
        suns = [_number(image, key) for key in ("sun_azimuth_deg", "sun_elevation_deg")]
        facts = ShadowImage(at, date_kind, kind, *suns)
        values: dict[str, Any] = dict(zip(names, finite_numbers(data, names, Phrase("A shadow")), strict=True))
        values |= {key: _text(data, key) for key in ("said_kind", "sun_basis")}
        values |= {key: _number(data, key) for key in ("result", "error", "sun_azimuth_deg", "sun_elevation_deg")}
        return cls(**values, is_base_hidden=hidden, image=facts)

    def on_image(self, image: ShadowImage, pick: Pick) -> ShadowMark:
        """The same on an image that was looked at: its ends are no more precise than the image's pixels."""
        pixel_m = round(min(pick.pixel_m, _MOST_M), 3)
        return replace(self, image=image, pixel_m=pixel_m, pick_m=min(max(self.pick_m, pixel_m), _MOST_M))

    # -- results ---------------------------------------------------------------------------------------------------

    @property
    def seen_image(self) -> ShadowImage:
        """The image, with the kind that the analyst states where nothing else does."""
        return self.image if self.image.kind else replace(self.image, kind=self.said_kind)

    @property
    def assumes(self) -> tuple[str, ...]:
        slope = Shadow(0.0, 0.0, 1.0, 0.0, 1.0, slope_deg=self.slope_deg, slope_error_deg=self.slope_error_deg)
        return assumptions(slope, self.seen_image)

    def is_of(self, geometry: BaseGeometry) -> bool:
        """True for a line with two ends on the Earth."""
        return bool(geometry.geom_type == "LineString" and not geometry.is_empty and not why_off_earth(geometry))

    def shadow(self, geometry: BaseGeometry) -> Shadow:
        """Return the shadow from the first vertex of the line to its last."""
        (lon1, lat1), (lon2, lat2) = shapely.get_coordinates(geometry)[[0, -1]].tolist()
        return Shadow(
            lon1,
            lat1,
            distance_m(lon1, lat1, lon2, lat2),
            azimuth_deg(lon1, lat1, lon2, lat2),
            max(self.pick_m, self.pixel_m),
            self.pixel_m,
            self.is_base_hidden,
            self.slope_deg,
            self.slope_error_deg,
        )

    def height(self, geometry: BaseGeometry) -> ShadowHeight | Refused:
        """Compute the height above the line, or return every reason against that."""
        return shadow_height(self.shadow(geometry), self.seen_image)

    def check(self, geometry: BaseGeometry, stated: Instant) -> TimeCheck | Refused:
        """Check a stated time against the line."""
        return check_time(self.shadow(geometry), stated, self.seen_image)

    def of(self, geometry: BaseGeometry) -> ShadowMark:
        """Measure the mark again."""
        height = self.height(geometry)
        if isinstance(height, Refused):
            return replace(self, result=None, error=None, sun_azimuth_deg=None, sun_elevation_deg=None, sun_basis="")
        return replace(
            self,
            result=round(height.height_m, 3),
            error=round(height.error_m, 3),
            sun_azimuth_deg=round(height.sun.azimuth_deg, 3),
            sun_elevation_deg=round(height.sun.elevation_deg, 3),
            sun_basis=height.sun.basis,
        )

    @property
    def text(self) -> str:
        """The result as it was computed last; empty where it was refused."""
        return "" if self.result is None or self.error is None else height_text(self.result, self.error)

    @property
    def label(self) -> str:
        """The label of a mark without another one."""
        return Phrase("Height {text}", text=self.text) if self.text else NO_HEIGHT


def height_text(height_m: float, error_m: float) -> str:
    """A height with no more digits than its error allows."""
    decimals = min(3, max(0, -math.floor(math.log10(error_m)))) if error_m > 0 else 1
    return f"{height_m:.{decimals}f} ± {error_m:.{decimals}f} m"


def shadow_words(site: Site, shape: ShadowMark) -> str:
    """The words of a shadow on a map: its label, or the default one."""
    label = " ".join(site.label.split())
    return shape.of(site.geometry).label if label in {"", NO_HEIGHT, shape.label} else label


def remeasured_shadow(before: Site, after: Site, old: Any, new: Any) -> dict[str, Any]:
    """The fields to update after a change of a row whose shape is a shadow: `shape`, and `label` if it is ours."""
    if not isinstance(new, ShadowMark) or not new.is_of(after.geometry):
        return {}
    shape = new.of(after.geometry)
    ours = {"", NO_HEIGHT, new.label, *((old.label,) if isinstance(old, ShadowMark) else ())}
    label = shape.label if " ".join(after.label.split()) in ours else after.label
    return {"shape": shape, **({} if label == after.label else {"label": label})}


def _check(is_so: bool, sentence: str) -> None:
    if not is_so:  # also for nan, which is in no range
        raise InvalidValue(sentence)


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise InvalidValue("A text of a shadow is missing.")
    return value


def _number(data: dict[str, Any], key: str) -> float | None:
    return None if data.get(key) is None else finite_numbers(data, (key,), Phrase("A shadow"))[0]
