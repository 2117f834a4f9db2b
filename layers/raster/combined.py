"""Bands of several images as those of one: a layer whose channels come from different files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import CannotBePlaced, GeoloupeError, InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, WGS84, is_geographic, transform_bounds
from layers.phrase import Phrase, joined
from layers.raster.acquisition import Acquisition
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.presets import names_of
from layers.raster.scene import COMBINED, SceneBand, SceneInfo

MAX_MEMBERS = 16
MAX_BANDS = 512
_TURNS = (0.0, 360.0, -360.0)


class Member(Struct, frozen=True):
    """One image of a combined layer, as the layer's source keeps it: its file, and the settings of its own layer."""

    name: str
    source: dict[str, Any]
    """`path` with `part`, `height_m` and `content`, or `shipped`, as in the source of a layer of its own."""
    bands: int
    """Number of its bands, so that later images keep their band numbers while its file is missing."""
    crs: str = ""
    """Given by the analyst; empty: the file's own."""
    acquired_at: str = ""
    date_kind: str = "unknown"
    credit: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        texts = {
            "crs": self.crs,
            "acquired_at": self.acquired_at,
            "credit": self.credit,
            "date_kind": "" if self.date_kind == "unknown" else self.date_kind,
        }
        return {
            **self.source,
            "name": self.name,
            "bands": self.bands,
            **{key: text for key, text in texts.items() if text},
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Decode a member. Raises InvalidValue where the values are not ours."""
        try:
            source: dict[str, Any] = {key: str(data[key]) for key in ("path", "part", "shipped") if data.get(key)}
            source |= {key: data[key] for key in ("height_m", "band_names", "content") if key in data}
            member = cls(
                str(data["name"]),
                source,
                int(data["bands"]),
                str(data.get("crs", "")),
                str(data.get("acquired_at", "")),
                str(data.get("date_kind") or "unknown"),
                str(data.get("credit", "")),
            )
        except (AttributeError, LookupError, TypeError, ValueError, OverflowError) as error:
            raise InvalidValue("The images of a combined layer cannot be understood: combine them again.") from error
        if not (source.keys() & {"path", "shipped"} and 1 <= member.bands <= MAX_BANDS):
            raise InvalidValue("The images of a combined layer cannot be understood: combine them again.")
        return member


def members_of(source: dict[str, Any]) -> list[Member]:
    """Members of a layer's source; empty for a layer of one file. Raises InvalidValue for one not understood."""
    members = source.get("combined", [])
    if not isinstance(members, list) or len(members) > MAX_MEMBERS:
        raise InvalidValue("The images of a combined layer cannot be understood: combine them again.")
    return [Member.from_json(member) for member in members]


class CombinedPart(Struct, frozen=True):
    """A member with the facts about its file; `info` is None where the file cannot be read."""

    member: Member
    info: RasterInfo | None
    scene: SceneInfo | None = None

    @property
    def crs(self) -> str:
        return self.member.crs or (self.info.crs if self.info is not None else "")


def place_of(parts: Sequence[CombinedPart], number: int) -> tuple[CombinedPart, int]:
    """The image that holds band `number` (from 1) of the whole, and the band's number there."""
    for part in parts:
        if number <= part.member.bands:
            return part, number
        number -= part.member.bands
    raise InvalidValue("The images of a combined layer have fewer bands than its style shows: choose its bands.")


def combined_scene(title: str, parts: Sequence[CombinedPart]) -> SceneInfo:
    """All bands, each named after its image."""
    bands = tuple(band for part in parts for band in _scene_bands(part))
    return SceneInfo(title, "", COMBINED, title, bands)


def combined_raster(title: str, parts: Sequence[CombinedPart]) -> RasterInfo | None:
    """Describes the area that all images share, in the pixels of the finest; None where none can be read.

    Raises CannotBePlaced where an image says nothing about its place or they do not overlap.
    """
    known = [part for part in parts if part.info is not None]
    if not known:
        return None
    finest = min(known, key=_pixel_size)
    assert finest.info is not None
    bounds = _common(finest, known)
    a, e = _pixel(finest.info)
    width, height = max(1, math.ceil(bounds.width / a - 1e-6)), max(1, math.ceil(bounds.height / e - 1e-6))
    notes = [part.info.georeferencing_note for part in known if part.info is not None]
    problems = [problem for part in known if part.info is not None for problem in part.info.problems]
    return replace(
        finest.info,
        path=title,
        driver=COMBINED,
        width=width,
        height=height,
        bands=_band_infos(parts),
        crs=finest.crs,
        transform=(a, 0.0, bounds.left, 0.0, -e, bounds.top),
        bounds=bounds,
        bounds_lonlat=transform_bounds(finest.crs, WGS84, bounds),
        acquired_at="",
        date_kind="unknown",
        credit="",
        tags={},
        problems=tuple(dict.fromkeys(problems)),
        parts=(),
        part="",
        georeferencing_note=joined(" ", [*dict.fromkeys(filter(None, notes))]),
    )


def combined_acquisition(known: Sequence[tuple[str, Acquisition]]) -> Acquisition:
    """Return the acquisition of the images, each with its name, whose bands are shown. What they do not share is left
    out, or listed.
    """
    if len(known) == 1:
        return known[0][1]
    acquisitions = [acquisition for _, acquisition in known]
    credited = [each.credit or Phrase("{name}, credit not given", name=name) for name, each in known]
    shared: dict[str, Any] = {
        key: value
        for key in (
            "collected_gsd_m",
            "product_gsd_m",
            "off_nadir_deg",
            "incidence_deg",
            "sun_azimuth_deg",
            "sun_elevation_deg",
            "cloud_percent",
        )
        if len({value := getattr(each, key) for each in acquisitions}) == 1
    }
    notes = [note for each in acquisitions for note in each.notes]
    return Acquisition(
        **_dates(known),
        **shared,
        platform=_listed(e.platform for e in acquisitions),
        sensor=_listed(e.sensor for e in acquisitions),
        product_id=_listed(e.product_id for e in acquisitions),
        licence=_listed(e.licence for e in acquisitions),
        credit="; ".join(dict.fromkeys(credited)) if any(each.credit for each in acquisitions) else "",
        notes=tuple(dict.fromkeys([*_date_notes(known), *notes])),
    )


def _dates(known: Sequence[tuple[str, Acquisition]]) -> dict[str, Any]:
    """One date where all have the same; else a composite from the first to the last, if all are known."""
    acquisitions = [acquisition for _, acquisition in known]
    timestamps = {(each.at, each.until, each.date_kind) for each in acquisitions}
    if len(timestamps) == 1:
        at, until, kind = next(iter(timestamps))
        return {"at": at, "until": until, "date_kind": kind}
    if not all(each.at for each in acquisitions):
        return {"date_kind": "composite"}
    last = max(each.until or each.at for each in acquisitions)
    return {"at": min(each.at for each in acquisitions), "until": last, "date_kind": "composite"}


def _date_notes(known: Sequence[tuple[str, Acquisition]]) -> list[str]:
    if len({(each.at, each.until) for _, each in known}) == 1:
        return []
    dates = joined("; ", [Phrase("“{name}” {when}", name=name, when=each.when) for name, each in known])
    return [Phrase("Channels of different dates: {dates}.", dates=dates)]


def _listed(texts: Any) -> str:
    return ", ".join(dict.fromkeys(text for text in texts if text))


def _scene_bands(part: CombinedPart) -> list[SceneBand]:
    """The member's bands under names that say which image they are of; placeholders where it cannot be read."""
    member, count = part.member, part.member.bands
    if part.scene is not None:
        own = list(part.scene.bands)
    else:
        infos = {} if part.info is None else {band.index: band for band in part.info.bands}
        common = {} if part.info is None else {n: name for name, n in reversed(names_of(part.info).items())}
        own = []
        for number in range(1, count + 1):
            description = infos[number].description if number in infos else ""
            name = common.get(number, "")
            name = "" if name == f"b{number}" else name
            own.append(SceneBand(description or str(number), name, (_path(member),), number))
    own = own[:count] + [SceneBand(str(n), "", (_path(member),), n) for n in range(len(own) + 1, count + 1)]
    return [replace(band, name=f"{member.name}: {band.name}") for band in own]


def _path(member: Member) -> str:
    return str(member.source.get("path") or member.source.get("shipped", ""))


def _band_infos(parts: Sequence[CombinedPart]) -> tuple[BandInfo, ...]:
    bands: list[BandInfo] = []
    for part in parts:
        infos = {} if part.info is None else {band.index: band for band in part.info.bands}
        for own in range(1, part.member.bands + 1):
            band = infos.get(own, BandInfo(own, "uint16"))
            name = band.description or str(own)
            bands.append(
                replace(band, index=len(bands) + 1, description=f"{part.member.name}: {name}", color="undefined")
            )
    return tuple(bands)


def _common(finest: CombinedPart, parts: Sequence[CombinedPart]) -> Bounds:
    """Bounds in which all of them lie, in the finest one's CRS."""
    whole = _lonlat(finest)
    for part in parts:
        shared = [whole.intersection(_turned(_lonlat(part), turn)) for turn in _TURNS]
        best = max((each for each in shared if each is not None), key=lambda b: b.width * b.height, default=None)
        if best is None or not (best.width > 0 and best.height > 0):
            raise CannotBePlaced(
                "{name} and {name_2} do not overlap: they show other places.",
                name=finest.member.name,
                name_2=part.member.name,
            )
        whole = best
    assert finest.info is not None
    own = finest.info.bounds
    if len(parts) == 1:
        return own
    return own.intersection(transform_bounds(WGS84, finest.crs, whole)) or own


def _lonlat(part: CombinedPart) -> Bounds:
    info = part.info
    assert info is not None
    if part.crs in ("", PIXEL_SPACE):
        raise CannotBePlaced(
            "{name} does not say where it lies: give its own layer a CRS first.", name=part.member.name
        )
    bounds = info.bounds_lonlat if not part.member.crs else transform_bounds(part.crs, WGS84, info.bounds)
    if bounds is None:
        raise CannotBePlaced(
            "{name} does not say where it lies: give its own layer a CRS first.", name=part.member.name
        )
    return bounds


def _turned(bounds: Bounds, degrees: float) -> Bounds:
    return Bounds(bounds.left + degrees, bounds.bottom, bounds.right + degrees, bounds.top)


def _pixel(info: RasterInfo) -> tuple[float, float]:
    """Width and height of a pixel, in the CRS's units."""
    a, b, _, d, e, _ = info.transform
    return math.hypot(a, d), math.hypot(b, e)


def _pixel_size(part: CombinedPart) -> float:
    """Approximate size of a pixel in degrees, to compare images in different CRSs."""
    assert part.info is not None
    try:
        bounds = part.info.bounds if is_geographic(part.crs) else _lonlat(part)
    except GeoloupeError:
        return math.inf
    return math.sqrt(max(bounds.width * bounds.height, 0.0) / (part.info.width * part.info.height)) or math.inf
