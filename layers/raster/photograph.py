"""Place, date and camera of a photograph, as its EXIF says them: where the camera was, not what the picture covers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from layers.phrase import Phrase

_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_TAKEN = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_DAY = re.compile(r"(\d{4}):(\d\d):(\d\d)")
_LONGEST = 100


class Photograph(Struct, frozen=True):
    """A photograph with a position. `taken` is UTC with "Z", the camera's own clock without, or ""."""

    lon: float
    lat: float
    taken: str = ""
    basis: str = ""
    """Ground of the date: GPS, the camera's clock with or without its offset from UTC; "" where there is none."""
    camera: str = ""
    direction_deg: float | None = None
    """Direction of the view, from north, as the camera says it."""

    @property
    def words(self) -> str:
        """A sentence's end: taken at 50.25083, 31.50000 with a Canon EOS R5, 2024-05-06T04:08:09Z (GPS)."""
        place = f"{self.lat:.5f}, {self.lon:.5f}"
        camera = Phrase(" with {camera}", camera=self.camera) if self.camera else ""
        date = (
            Phrase(", {taken} ({basis})", taken=self.taken, basis=Phrase(self.basis))
            if self.taken
            else Phrase(", date not stated")
        )
        return Phrase("taken at {place}{camera}{date}", place=place, camera=camera, date=date)


def photograph_in(tags: Mapping[str, str]) -> Photograph | None:
    """The photograph of these tags, as GDAL names EXIF's; None without a position."""
    lat = _degrees(tags.get("EXIF_GPSLatitude", ""), tags.get("EXIF_GPSLatitudeRef", ""), "NS", 90.0)
    lon = _degrees(tags.get("EXIF_GPSLongitude", ""), tags.get("EXIF_GPSLongitudeRef", ""), "EW", 180.0)
    if lat is None or lon is None or (lat, lon) == (0.0, 0.0):  # of cameras without a fix
        return None
    day, basis = _date_of(tags)
    make, model = (_plain(tags.get(f"EXIF_{key}", "")) for key in ("Make", "Model"))
    camera = model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()
    looks = _numbers(tags.get("EXIF_GPSImgDirection", ""))
    direction = looks[0] % 360.0 if looks and tags.get("EXIF_GPSImgDirectionRef", "T").strip() != "M" else None
    return Photograph(lon, lat, day, basis, camera, direction)


def _degrees(text: str, side: str, sides: str, most: float) -> float | None:
    parts = _numbers(text)
    side = side.strip().upper()[:1]
    if not 1 <= len(parts) <= 3 or side not in sides or side == "":
        return None
    degrees = sum(part / 60.0**power for power, part in enumerate(parts))
    if not (math.isfinite(degrees) and 0.0 <= degrees <= most):
        return None
    return -degrees if side == sides[1] else degrees


def _date_of(tags: Mapping[str, str]) -> tuple[str, str]:
    """The date and what it rests on. GPS counts in UTC; the camera's clock shows local time."""
    day, clock = _DAY.fullmatch(tags.get("EXIF_GPSDateStamp", "").strip()), _numbers(tags.get("EXIF_GPSTimeStamp", ""))
    try:
        if day and len(clock) == 3:
            moment = datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=UTC) + timedelta(
                hours=clock[0], minutes=clock[1], seconds=math.floor(clock[2])
            )
            return _utc(moment), Phrase("EXIF: time of GPS")
        match = _TAKEN.fullmatch(tags.get("EXIF_DateTimeOriginal", "").strip())
        if match is None:
            return "", ""
        local = datetime(*(int(part) for part in match.groups()))  # type: ignore[arg-type]  # six numbers
        offset = _OFFSET.fullmatch(tags.get("EXIF_OffsetTimeOriginal", "").strip())
        if offset is None:
            return local.isoformat(), Phrase("EXIF: the camera's clock, its zone not stated")
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        moment = (local - ahead if offset[1] == "+" else local + ahead).replace(tzinfo=UTC)
        return _utc(moment), Phrase("EXIF: the camera's clock and zone")
    except (ValueError, OverflowError):
        return "", ""


def _utc(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _numbers(text: str) -> list[float]:
    """Numbers of a text such as "(50) (15) (3.5)"."""
    return [float(part) for part in _NUMBERS.findall(text[:_LONGEST])]


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:_LONGEST]).split())
