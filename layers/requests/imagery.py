"""Questions about imagery: tiles, statistics, acquisitions, and the building of overviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Self

from msgspec import Struct
from msgspec.structs import asdict, replace

from layers.errors import NotReadable
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import Affine
from layers.raster.point_fit.control_point import PointSet, points_of
from layers.raster.scene import BandPlace
from layers.raster.stretch import Limits, StretchRule
from layers.requests.question import Question

Bands = tuple[int | BandPlace, ...]
"""Numbers of bands of one file, or places in several files."""
_NO_PLACE = Affine(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class _OfBands(Question, frozen=True):
    """A question about some bands of a raster, or of a scene."""

    part: str = ""
    """One picture of a file that holds several."""
    height_m: float | None = None
    """On which a raster lies that is placed by its RPC."""
    bands: Bands = ()
    control_points: PointSet | None = None
    """By which it is placed, whatever it says of itself."""

    @property
    def is_composed(self) -> bool:
        """True where the bands are places in files rather than numbers of bands of one file."""
        return bool(self.places)

    @property
    def places(self) -> list[BandPlace]:
        """The bands, where they are in files of their own."""
        return [band for band in self.bands if isinstance(band, BandPlace)]

    @property
    def numbers(self) -> list[int]:
        """The bands of the one file, from 1."""
        return [band for band in self.bands if isinstance(band, int)]

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        found = super().of({name: value for name, value in params.items() if name != "bands"})
        try:
            bands = [BandPlace.from_json(b) if isinstance(b, Mapping) else int(b) for b in params.get("bands") or ()]
            return replace(found, bands=tuple(bands), control_points=points_of(params))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotReadable("The list of the scene's bands cannot be understood: open the scene again.") from error


class ReadTile(_OfBands, frozen=True):
    """Bands (n, h, w) on the canvas's pixels in the file's dtype, and their mask (h, w); header `TileFacts`."""

    op: ClassVar[str] = "tile"
    crs: str = ""
    """Of the canvas; "" where it is the picture's own pixels, row 0 at y = 0 and y upwards."""
    affine: Affine = _NO_PLACE
    """From pixels of the tile to the canvas."""
    width: int = 0
    height: int = 0
    resampling: str = "bilinear"
    source_crs: str = ""
    """Taken instead of the file's own."""
    nodata: float | None = None
    """A value without data that the file does not declare."""
    overview_path: str = ""
    """Of overviews that `BuildOverviews` has made."""
    state: tuple[int, int] | None = None
    """The probed file's time of last change (ns) and its size; a file in another state is refused."""

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        found = super().of(params)
        return replace(found, affine=Affine(*found.affine))


class ReadChip(ReadTile, frozen=True):
    """Exact pixels of an image as evidence: header `TileFacts` and "content_type"; arrays: the bytes of a GeoTIFF with
    bands and mask as they were read, and these two, as of a tile. The grid asked for is the image's own.
    """

    op: ClassVar[str] = "chip"
    placed: Affine | None = None
    """Written into the GeoTIFF instead of `affine`, where the layer was moved on the map."""

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        found = super().of(params)
        return found if found.placed is None else replace(found, placed=Affine(*found.placed))


Ring = tuple[tuple[float, float], ...]


class ReadArea(ReadTile, frozen=True):
    """Statistics of the pixels inside an area: those whose centre is. The grid asked for is the image's own, or a
    coarser one. Header: `TileFacts`, "inside", the number of such pixels, and "bands", a `BandStatistics` each.
    """

    op: ClassVar[str] = "area"
    rings: tuple[Ring, ...] = ()
    """In pixels of the tile; what an even number of them encloses is outside."""


class BandStatistics(Struct, frozen=True):
    """Of the valid pixels of a band in an area; None where there is none. `histogram` counts equal bins from `least`
    to `most`.
    """

    valid: int
    least: float | None = None
    most: float | None = None
    mean: float | None = None
    std: float | None = None
    percentiles: tuple[float, ...] = ()
    """By `AREA_PERCENTILES`."""
    histogram: tuple[int, ...] = ()

    def header(self) -> dict[str, Any]:
        """Plain JSON values; `of` gives back an equal value."""
        return {**asdict(self), "percentiles": list(self.percentiles), "histogram": list(self.histogram)}

    @classmethod
    def of(cls, header: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where the values are not ours."""
        least, most, mean, std = (
            None if header[name] is None else float(header[name]) for name in ("least", "most", "mean", "std")
        )
        percentiles = tuple(float(value) for value in header["percentiles"])
        counts = tuple(int(count) for count in header["histogram"])
        return cls(int(header["valid"]), least, most, mean, std, percentiles, counts)


AREA_PERCENTILES = (2.0, 25.0, 50.0, 75.0, 98.0)


class TileFacts(NamedTuple):
    """The header of a tile."""

    dtype: str
    empty: bool
    """No pixel is valid."""
    shrink: float
    """Pixels of full resolution in one that was read."""
    damaged: bool = False
    """Some of it could not be read, and is masked."""
    sampled: bool = False
    """Only some of the pixels were looked at."""

    def header(self) -> dict[str, Any]:
        """Plain JSON values."""
        return self._asdict()


class BuildOverviews(Question, frozen=True):
    """One slice of the building of overviews into `folder`; header `OverviewsBuilt`. To cancel is not to ask again."""

    op: ClassVar[str] = "overviews"
    part: str = ""
    folder: str = ""
    """Ours, exists."""
    row: int = 0
    """As the slice before said; 0 begins, or goes on with what was begun and left."""
    slice_s: float = 2.0


class OverviewsBuilt(NamedTuple):
    """Progress of overviews that are being built."""

    overview_path: str
    row: int
    fraction: float
    is_done: bool

    def header(self) -> dict[str, Any]:
        """Plain JSON values; `of` gives back an equal value."""
        return self._asdict()

    @classmethod
    def of(cls, header: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where the values are not ours."""
        path, row, fraction = str(header["overview_path"]), int(header["row"]), float(header["fraction"])
        return cls(path, row, fraction, bool(header["is_done"]))


class ReadStatistics(_OfBands, frozen=True):
    """Statistics of bands, of a sample of the whole file or of `window`.

    Header: "bands", an object for each, and with a `rule` "stretch" (see `stretch_of`). Of a scene, whose bands are
    places in files, only the latter, from a small picture of its `bounds` in `crs`.
    """

    op: ClassVar[str] = "statistics"
    window: tuple[int, int, int, int] | None = None
    """Column, row, width, height in pixels of full resolution."""
    rule: StretchRule | None = None
    expression: str = ""
    """Of bands, whose result is stretched in their place."""
    crs: str = ""
    bounds: Bounds | None = None

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        rule, bounds = params.get("rule"), params.get("bounds")
        found = super().of({**params, "rule": None, "bounds": None})
        return replace(
            found,
            rule=None if rule is None else StretchRule.from_json(rule),
            bounds=None if bounds is None else Bounds(*map(float, bounds)),
        )


def stretch_of(header: Mapping[str, Any]) -> list[Limits]:
    """The low and high of each band that the rule finds; empty where nothing is valid."""
    return [(float(low), float(high)) for low, high in header["stretch"]]


class ReadAcquisition(Question, frozen=True):
    """The acquisition of a raster or of a delivery: header {"acquisition": `Acquisition`}."""

    op: ClassVar[str] = "acquisition"
    part: str = ""


class ReadVersions(Question, frozen=True):
    """The versions of a reader's libraries, by their names in the header."""

    op: ClassVar[str] = "versions"
