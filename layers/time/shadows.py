"""Heights from shadows, and stated times compared with them; each refusal is a sentence.

A shadow of a vertical object points away from the sun. On ground that rises by s along it, with the sun at the
elevation e, an object of height h = L (tan e + tan s) casts one of length L.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.time.dates import is_partial
from layers.time.sun_position import DISC_DEG, suns_at

RADAR, THERMAL, OPTICAL = "radar", "thermal", "optical"
LEAST_SUN_DEG = 5.0
"""Least elevation of the sun: a lower one is bent by the air and hidden by distant hills, and shadows' lengths say
little.
"""
LEAST_PICKS = 5.0
"""Least length of a shadow, as a multiple of the pick's error: the direction of a shorter one is not known."""
MOST_INTERVAL_S = 600.0
"""Longest interval of acquisition with one position of the sun, which moves by up to 2.5° in it."""
MOST_APART_DEG = 3.0
"""Greatest angle between the sun that metadata state, which is that of the scene's centre, and the sun at the mark."""
SUN_MODEL_DEG = 0.02
UPRIGHT_DEG = 1.0
"""Angle by which an object may lean, or an image be turned, unnoticed."""
STEEPEST_DEG = 45.0
YEARS = range(1826, 2201)
"""Years from the first photograph to the last for which the sun's series holds."""
_SET_DEG = -0.9
"""The geometric elevation of the sun's centre when its upper edge sets."""
_STEP_S = 60
_DAY_S = 86_400
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


class Instant(NamedTuple):
    """A time in UTC, and how many seconds it may be off either way."""

    at: datetime
    error_s: float


class ShadowImage(Struct, frozen=True):
    """The facts of the image that shows a shadow; "" and None where nothing is known."""

    acquired_at: str = ""
    """ISO 8601 in UTC; two joined by a slash for an interval."""
    date_kind: str = "unknown"
    kind: str = ""
    """`RADAR`, `THERMAL`, `OPTICAL`, or "" where that is not stated."""
    sun_azimuth_deg: float | None = None
    """Sun's azimuth at the scene's centre, as the metadata state it."""
    sun_elevation_deg: float | None = None


class Shadow(Struct, frozen=True):
    """One shadow as it was picked: from the foot of the object to the tip, on the ground."""

    lon: float
    lat: float
    length_m: float
    azimuth_deg: float
    pick_m: float
    """Radius within which each end was picked."""
    pixel_m: float = 0.0
    """The ground size of the image's pixel; 0 where it is not known."""
    is_base_hidden: bool = False
    slope_deg: float = 0.0
    """Slope of the ground along the shadow, positive where it rises from the foot to the tip."""
    slope_error_deg: float = 1.0

    @property
    def direction_error_deg(self) -> float:
        """Error of the direction: both picks off by their whole error, to opposite sides; and an object that leans a
        little.
        """
        ratio = 2.0 * self.pick_m / self.length_m if self.length_m > 0 else math.inf
        return UPRIGHT_DEG + (math.degrees(math.asin(ratio)) if ratio < 1.0 else 180.0)

    @property
    def is_long_enough(self) -> bool:
        return self.length_m >= LEAST_PICKS * self.pick_m and self.length_m > 0


class ShadowSun(Struct, frozen=True):
    """The sun that cast a shadow; errors in degrees either way."""

    azimuth_deg: float
    elevation_deg: float
    azimuth_error_deg: float
    elevation_error_deg: float
    basis: str
    """"metadata", or "computed"."""

    @property
    def shadow_deg(self) -> float:
        """The direction in which it casts shadows."""
        return (self.azimuth_deg + 180.0) % 360.0


class ErrorPart(NamedTuple):
    """One part of an error bar: where it comes from, and its metres of height."""

    name: str
    error_m: float


class ShadowHeight(Struct, frozen=True):
    """A height with its error, the root of the sum of the squares of its parts."""

    height_m: float
    parts: tuple[ErrorPart, ...]
    sun: ShadowSun
    instant: Instant

    @property
    def error_m(self) -> float:
        return math.hypot(*(part.error_m for part in self.parts))


class Refused(Struct, frozen=True):
    """A height or a check that was refused: the reasons, a sentence each."""

    reasons: tuple[str, ...]


class TimeCheck(Struct, frozen=True):
    """A stated time against a shadow. It contradicts it or it does not; it never confirms it."""

    stated: Instant
    contradicts: bool
    why: str
    """One sentence with the figures."""
    fits: tuple[tuple[datetime, datetime], ...]
    """All times of that day in UTC at which the sun would cast such a shadow."""
    daylight: tuple[tuple[datetime, datetime], ...]


ASSUMED = (
    Phrase("The object is vertical"),
    Phrase("the ground is level"),
    Phrase("the shadow is cast by the sun alone"),
)
"""The assumptions of a shadow check, as parts of one sentence."""


def assumptions(shadow: Shadow, image: ShadowImage) -> tuple[str, ...]:
    """The assumptions behind a height, which nobody has checked."""
    slope = (
        Phrase(
            "the ground rises by {slope_deg}° ± {slope_error_deg}° along the shadow",
            slope_deg=f"{shadow.slope_deg:g}",
            slope_error_deg=f"{shadow.slope_error_deg:g}",
        )
        if shadow.slope_deg >= 0
        else Phrase(
            "the ground falls by {value}° ± {slope_error_deg}° along the shadow",
            value=f"{-shadow.slope_deg:g}",
            slope_error_deg=f"{shadow.slope_error_deg:g}",
        )
    )
    level = (
        Phrase("the ground is level within {slope_error_deg}°", slope_error_deg=f"{shadow.slope_error_deg:g}")
        if not shadow.slope_deg
        else slope
    )
    seen = () if image.kind == OPTICAL else (Phrase("it is an image in visible or near-infrared light (not stated)"),)
    return (
        Phrase("the object is vertical"),
        level,
        Phrase("foot and tip lie on the ground and were pointed at rightly"),
        *seen,
    )


# -- times ------------------------------------------------------------------------------------------------------------


def instant_of(text: str) -> Instant:
    """The UTC time that a text states; it may be off by half of its last place. Raises InvalidValue."""
    match = _INSTANT.fullmatch(text.strip())
    try:
        at = datetime.fromisoformat(text.strip()) if match else None
    except ValueError:
        at = None
    if match is None or at is None:
        raise InvalidValue("“{text}” is no time of a day: write 2024-04-12 08:30, in UTC.", text=text[:40])
    if at.year not in YEARS:
        raise InvalidValue(
            "In {year} there was no such image: write a year from {years} to {years_2}.",
            year=at.year,
            years=YEARS[0],
            years_2=YEARS[-1],
        )
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return Instant(at, 30.0 if not match[3] else 0.5)


def instant_of_image(image: ShadowImage) -> Instant | str:
    """The instant at which an image was taken; or a sentence on why there is none."""
    if image.date_kind == "composite":
        return Phrase("This is a composite of several images: its shadows are of different times.")
    start, _, end = image.acquired_at.partition("/")
    if not start.strip():
        return Phrase("It is not known when this image was taken: state its date under the layer's properties.")
    if image.date_kind not in ("instant", "interval"):
        return Phrase(
            "It is not known of what kind this image's date is: say under the layer's properties if it is an instant."
        )
    try:
        first = instant_of(start)
        last = instant_of(end) if end.strip() else first
    except InvalidValue as error:
        if _INSTANT.fullmatch(start.strip()) and not end.strip():
            return error.sentence  # no day of the calendar, or none of a photograph
        return _only_known(start.strip(), end.strip())
    half_s = (last.at - first.at).total_seconds() / 2.0
    if not 0.0 <= 2.0 * half_s <= MOST_INTERVAL_S:
        return Phrase("This image was taken over more than ten minutes: its shadows are of different times.")
    return Instant(first.at + timedelta(seconds=half_s), half_s + max(first.error_s, last.error_s))


def _only_known(start: str, end: str) -> str:
    """The sentence on a date without a time of day: it states how much of the date is known."""
    if not is_partial(start) or (end and not is_partial(end)):
        return Phrase(
            "The date of this image, “{start}”, cannot be read: state it under the layer's properties.",
            start=start[:40],
        )
    known = "dates" if end else {4: "year", 7: "month"}.get(len(start), "day")
    verb = "are" if end else "is"
    return Phrase(
        "Only the {known} of this image {verb} known, not its time of day: where the sun stood cannot be told.",
        known=known,
        verb=verb,
    )


# -- the sun ----------------------------------------------------------------------------------------------------------


def computed_sun(instant: Instant, lon: float, lat: float) -> ShadowSun:
    """The sun at a place; its errors are those of the model, of the time, and of a disc that is no point."""
    seconds = instant.at.timestamp() + instant.error_s * np.linspace(-1.0, 1.0, 9)
    suns = suns_at(seconds, lon, lat)
    azimuth, elevation = float(suns.azimuth_deg[4]), float(suns.apparent_elevation_deg[4])
    turns = [abs(_turn(float(degrees) - azimuth)) for degrees in suns.azimuth_deg]
    rises = np.abs(suns.apparent_elevation_deg - elevation)
    flat = max(math.cos(math.radians(elevation)), 1e-6)
    return ShadowSun(
        azimuth,
        elevation,
        min(180.0, max(turns) + SUN_MODEL_DEG / flat),
        float(rises.max()) + math.hypot(SUN_MODEL_DEG, DISC_DEG),
        "computed",
    )


def sun_of_image(image: ShadowImage, instant: Instant, lon: float, lat: float) -> ShadowSun | str:
    """The sun that the metadata state, else the one computed; or why the two cannot both be right.

    What lies between the two is added to the error: the metadata's is that of the scene's centre.
    """
    sun = computed_sun(instant, lon, lat)
    azimuth, elevation = image.sun_azimuth_deg, image.sun_elevation_deg
    if azimuth is None or elevation is None or not (-360.0 <= azimuth <= 360.0 and -90.0 <= elevation <= 90.0):
        return sun
    up, turn = abs(elevation - sun.elevation_deg), abs(_turn(azimuth - sun.azimuth_deg))
    if max(up, turn * math.cos(math.radians(elevation))) > MOST_APART_DEG:
        return Phrase(
            "The metadata state the sun at {azimuth}°, {elevation}° high; at the stated time it stood"
            " at {azimuth_deg}°, {elevation_deg}° high: one of the two is wrong.",
            azimuth=f"{azimuth % 360.0:.1f}",
            elevation=f"{elevation:.1f}",
            azimuth_deg=f"{sun.azimuth_deg:.1f}",
            elevation_deg=f"{sun.elevation_deg:.1f}",
        )
    return ShadowSun(azimuth % 360.0, elevation, sun.azimuth_error_deg + turn, sun.elevation_error_deg + up, "metadata")


# -- heights ----------------------------------------------------------------------------------------------------------


def shadow_height(shadow: Shadow, image: ShadowImage) -> ShadowHeight | Refused:
    """Compute the height of the object that casts a shadow, with its error; or return every reason against that."""
    reasons = list(_unfit(image))
    instant = instant_of_image(image)
    reasons += [instant] if isinstance(instant, str) else []
    reasons += [*_unfit_picks(shadow), *_unfit_ground(shadow)]
    if isinstance(instant, str):
        return Refused(tuple(reasons))
    sun = sun_of_image(image, instant, shadow.lon, shadow.lat)
    if isinstance(sun, str):
        return Refused((*reasons, sun))
    reasons += _unfit_sun(shadow, sun)
    if reasons:
        return Refused(tuple(reasons))
    height = _height(shadow, sun, instant)
    if height.error_m >= height.height_m:
        return Refused(
            (
                Phrase(
                    "The error, ± {error_m} m, is as large as the height, {height_m} m, itself.",
                    error_m=f"{height.error_m:.2g}",
                    height_m=f"{height.height_m:.2g}",
                ),
            )
        )
    return height


def _height(shadow: Shadow, sun: ShadowSun, instant: Instant) -> ShadowHeight:
    rise, slope = math.radians(sun.elevation_deg), math.radians(shadow.slope_deg)
    steep = math.tan(rise) + math.tan(slope)
    per_sun = shadow.length_m / math.cos(rise) ** 2
    per_slope = shadow.length_m / math.cos(slope) ** 2
    parts = (
        ErrorPart(Phrase("pick of the foot"), shadow.pick_m * steep),
        ErrorPart(Phrase("pick of the tip"), shadow.pick_m * steep),
        ErrorPart(
            Phrase("pixels of the image"), shadow.pixel_m / math.sqrt(6.0) * steep
        ),  # each end anywhere in its pixel
        ErrorPart(Phrase("elevation of the sun"), per_sun * math.radians(sun.elevation_error_deg)),
        ErrorPart(Phrase("slope of the ground"), per_slope * math.radians(shadow.slope_error_deg)),
    )
    return ShadowHeight(shadow.length_m * steep, parts, sun, instant)


def _unfit(image: ShadowImage) -> Iterable[str]:
    """Why an image has no shadows of the sun."""
    if image.kind == RADAR:
        yield Phrase("This is a radar image: its shadows are cast by the radar, not by the sun.")
    elif image.kind == THERMAL:
        yield Phrase("This is a thermal image: it shows warmth, in which shadows last after the sun has moved on.")


def _unfit_picks(shadow: Shadow) -> Iterable[str]:
    if shadow.is_base_hidden:
        yield Phrase("The foot of the object is hidden: the shadow's length is not known.")
    if not shadow.is_long_enough:
        yield (
            Phrase(
                "The shadow is too short: {length_m} m, and each end was pointed at to ± {pick_m} m.",
                length_m=f"{shadow.length_m:.2g}",
                pick_m=f"{shadow.pick_m:.2g}",
            )
        )


def _unfit_ground(shadow: Shadow) -> Iterable[str]:
    if not (-STEEPEST_DEG <= shadow.slope_deg <= STEEPEST_DEG and 0.0 <= shadow.slope_error_deg <= STEEPEST_DEG):
        yield (
            Phrase(
                "A slope of {slope_deg}° ± {slope_error_deg}° is too steep: heights are told up to {steepest_deg}°.",
                slope_deg=f"{shadow.slope_deg:g}",
                slope_error_deg=f"{shadow.slope_error_deg:g}",
                steepest_deg=f"{STEEPEST_DEG:g}",
            )
        )


def _unfit_sun(shadow: Shadow, sun: ShadowSun) -> Iterable[str]:
    if sun.elevation_deg < LEAST_SUN_DEG:
        where = (
            Phrase("below the horizon")
            if sun.elevation_deg < 0
            else Phrase("{elevation_deg}° above the horizon", elevation_deg=f"{sun.elevation_deg:.1f}")
        )
        yield Phrase(
            "The sun stood {where}: below {least_sun_deg}° air and hills decide where shadows end.",
            where=where,
            least_sun_deg=f"{LEAST_SUN_DEG:g}",
        )
    elif sun.elevation_deg + shadow.slope_deg - sun.elevation_error_deg - shadow.slope_error_deg <= 0:
        yield Phrase("The ground falls away as steeply as the sun's light: the shadow has no end on it.")
    allowed = shadow.direction_error_deg + sun.azimuth_error_deg
    off = abs(_turn(shadow.azimuth_deg - sun.shadow_deg))
    if shadow.is_long_enough and off > allowed:
        yield (
            Phrase(
                "The shadow points to {azimuth_deg}°, where this sun casts them to {shadow_deg}°, give"
                " or take {allowed}°: it is no shadow of a vertical object at that time.",
                azimuth_deg=f"{shadow.azimuth_deg:.1f}",
                shadow_deg=f"{sun.shadow_deg:.1f}",
                allowed=f"{allowed:.1f}",
            )
        )


# -- stated times -----------------------------------------------------------------------------------------------------


def check_time(shadow: Shadow, stated: Instant, image: ShadowImage | None = None) -> TimeCheck | Refused:
    """Compare a stated time with a shadow's direction; or every reason why that cannot be done."""
    reasons = [*_unfit(image or ShadowImage())]
    if image is not None and image.date_kind == "composite":
        reasons.append(Phrase("This is a composite of several images: its shadows are of different times."))
    reasons += _unfit_picks(shadow)
    if reasons:
        return Refused(tuple(reasons))
    sun = computed_sun(stated, shadow.lon, shadow.lat)
    allowed = shadow.direction_error_deg + sun.azimuth_error_deg
    off = abs(_turn(shadow.azimuth_deg - sun.shadow_deg))
    is_night = _is_night(stated, shadow)
    why = (
        Phrase("The sun was below the horizon at that time.")
        if is_night
        else Phrase(
            "The shadow points to {azimuth_deg}°; at that time the sun cast them to {shadow_deg}°:"
            " {off}° apart, where {allowed}° are within the error.",
            azimuth_deg=f"{shadow.azimuth_deg:.1f}",
            shadow_deg=f"{sun.shadow_deg:.1f}",
            off=f"{off:.1f}",
            allowed=f"{allowed:.1f}",
        )
    )
    day = stated.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    fits, daylight = _times_of_day(shadow, day)
    return TimeCheck(stated, is_night or off > allowed, why, fits, daylight)


def _is_night(stated: Instant, shadow: Shadow) -> bool:
    seconds = stated.at.timestamp() + stated.error_s * np.linspace(-1.0, 1.0, 9)
    suns = suns_at(seconds, shadow.lon, shadow.lat)
    return bool((suns.elevation_deg < _SET_DEG).all())


def _times_of_day(shadow: Shadow, day: datetime) -> tuple[tuple[tuple[datetime, datetime], ...], ...]:
    """Return the times of a day in UTC that fit a shadow, and those when the sun is up."""
    seconds = np.arange(0, _DAY_S + 1, _STEP_S, dtype=np.float64)
    suns = suns_at(day.timestamp() + seconds, shadow.lon, shadow.lat)
    is_up = suns.elevation_deg >= _SET_DEG
    flat = np.maximum(np.cos(np.radians(suns.elevation_deg)), 1e-6)
    # Between two steps a high sun may turn by many degrees: half of that is added, so that no time is missed.
    turned = np.abs(_turns(np.gradient(np.unwrap(suns.azimuth_deg, period=360.0)))) / 2.0
    allowed = shadow.direction_error_deg + SUN_MODEL_DEG / flat + turned
    fits = is_up & (np.abs(_turns(shadow.azimuth_deg - suns.azimuth_deg - 180.0)) <= allowed)
    return _spans(fits, day), _spans(is_up, day)


def _spans(is_in: np.ndarray, day: datetime) -> tuple[tuple[datetime, datetime], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_in.astype(np.int8), [0]])))
    return tuple(
        (day + timedelta(seconds=int(first) * _STEP_S), day + timedelta(seconds=(int(end) - 1) * _STEP_S))
        for first, end in edges.reshape(-1, 2)
    )


def _turn(degrees: float) -> float:
    """The same turn between -180 and 180."""
    return (degrees + 180.0) % 360.0 - 180.0


def _turns(degrees: np.ndarray) -> np.ndarray:
    return np.asarray((degrees + 180.0) % 360.0 - 180.0)
