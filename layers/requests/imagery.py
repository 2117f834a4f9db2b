"""Questions about imagery: tiles, statistics, acquisitions, and the building of overviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import decoded
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import Affine
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.point_fit.control_point import PointSet, points_of
from layers.raster.scene import BandPlace
from layers.raster.stretch import StretchLimits, StretchRule
from layers.requests.question import Question

Bands = tuple[int | BandPlace, ...]
"""Numbers of bands of one file, or places in several files."""
_NO_BANDS = Phrase("The list of the scene's bands cannot be understood: open the scene again.")
_NO_PLACE = Affine(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class _OfBands(Question, frozen=True):
    """A question about some bands of a raster, or of a scene."""

    part: str = ""
    """One picture of a file that holds several."""
    height_m: float | None = None
    """Height on which a raster lies that is placed by its RPC."""
    bands: Bands = ()
    control_points: PointSet | None = None
    """Control points that place the raster, in place of its own georeferencing."""

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
        question = super().of({name: value for name, value in params.items() if name != "bands"})
        return replace(
            question, bands=decoded(params.get("bands") or (), Bands, _NO_BANDS), control_points=points_of(params)
        )


class TileFacts(Struct, frozen=True):
    """The header of a tile."""

    dtype: str
    empty: bool
    """True where no pixel is valid."""
    shrink: float
    """Pixels of full resolution in one pixel that was read."""
    damaged: bool = False
    """True where some of it could not be read, and is masked."""
    sampled: bool = False
    """True where only some of the pixels were looked at."""
    lost: dict[str, str] = {}
    """Sentences on bands that could not be read and hold nothing, by their place in the question, from "0" on."""


class ReadTile(_OfBands, frozen=True):
    """Bands (n, h, w) on the canvas's pixels in the file's dtype, and their mask (h, w); header `TileFacts`."""

    op: ClassVar[str] = "tile"
    crs: str = ""
    """CRS of the canvas; "" for the picture's own pixels, row 0 at y = 0 and y upwards."""
    affine: Affine = _NO_PLACE
    """Converts pixels of the tile into the canvas."""
    width: int = 0
    height: int = 0
    resampling: str = "bilinear"
    source_crs: str = ""
    """Taken instead of the file's own."""
    nodata: float | None = None
    """A value without data that the file does not declare."""
    overview_path: str = ""
    """Path of overviews that `BuildOverviews` has made."""
    state: tuple[int, int] | None = None
    """The probed file's time of last change (ns) and its size; a file in another state is refused."""
    spares: bool = False
    """True where a file of some bands that cannot be read costs those alone, and not the whole answer."""

    @classmethod
    def facts_kind(cls) -> Any:
        return TileFacts

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        question = super().of(params)
        return replace(question, affine=Affine(*question.affine))


class ChipFacts(TileFacts, frozen=True, kw_only=True):
    """The header of a chip."""

    content_type: str


class ReadChip(ReadTile, frozen=True):
    """Asks for exact pixels of an image as evidence: header `ChipFacts`. The grid asked for is the image's own.

    Arrays: the bytes of a GeoTIFF with bands and mask as they were read, then bands and mask, as of a tile.
    """

    op: ClassVar[str] = "chip"
    placed: Affine | None = None
    """Transform written into the GeoTIFF instead of `affine`, where the layer was moved on the map."""

    @classmethod
    def facts_kind(cls) -> Any:
        return ChipFacts

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        question = super().of(params)
        return question if question.placed is None else replace(question, placed=Affine(*question.placed))


AreaRing = tuple[tuple[float, float], ...]


class BandStatistics(Struct, frozen=True):
    """Statistics of the valid pixels of a band in an area; fields are None where no pixel is valid. `histogram` counts
    equal bins from `least` to `most`.
    """

    valid: int
    least: float | None = None
    most: float | None = None
    mean: float | None = None
    std: float | None = None
    percentiles: tuple[float, ...] = ()
    """Percentiles in the order of `AREA_PERCENTILES`."""
    histogram: tuple[int, ...] = ()


class AreaFacts(TileFacts, frozen=True, kw_only=True):
    """The header of the statistics of an area."""

    inside: int
    """Number of pixels in the area."""
    bands: tuple[BandStatistics, ...]


class ReadArea(ReadTile, frozen=True):
    """Statistics of the pixels inside an area: those whose centre is. The grid asked for is the image's own, or a
    coarser one. Header `AreaFacts`.
    """

    op: ClassVar[str] = "area"
    rings: tuple[AreaRing, ...] = ()
    """Rings in pixels of the tile; places that an even number of them encloses are outside."""

    @classmethod
    def facts_kind(cls) -> Any:
        return AreaFacts


AREA_PERCENTILES = (2.0, 25.0, 50.0, 75.0, 98.0)


class OverviewsBuilt(Struct, frozen=True):
    """Progress of overviews that are being built."""

    overview_path: str
    row: int
    fraction: float
    is_done: bool


class StatisticsFacts(Struct, frozen=True):
    """The header of statistics of bands."""

    stretch: tuple[StretchLimits, ...] = ()
    """The low and high of each band that the rule finds; empty where nothing is valid."""
    bands: tuple[dict[str, Any], ...] = ()
    """An object for each band; none of a scene."""


class BuildOverviews(Question, frozen=True):
    """Asks for one slice of the building of overviews in `folder`; header `OverviewsBuilt`. It is cancelled by asking
    no more.
    """

    op: ClassVar[str] = "overviews"
    part: str = ""
    folder: str = ""
    """A folder of ours that exists."""
    row: int = 0
    """Row that the slice before returned; 0 begins, or continues what was begun and left."""
    slice_s: float = 2.0

    @classmethod
    def facts_kind(cls) -> Any:
        return OverviewsBuilt


class ReadStatistics(_OfBands, frozen=True):
    """Asks for statistics of bands, from a sample of the whole file or of `window`. Header `StatisticsFacts`, with a
    stretch where there is a `rule`.

    For a scene, whose bands are places in files, it holds only the stretch, from a small picture of its `bounds` in
    `crs`.
    """

    op: ClassVar[str] = "statistics"
    window: tuple[int, int, int, int] | None = None
    """Column, row, width, height in pixels of full resolution."""
    rule: StretchRule | None = None
    expression: str = ""
    """Expression of bands whose result is stretched in place of the bands."""
    crs: str = ""
    bounds: Bounds | None = None

    @classmethod
    def facts_kind(cls) -> Any:
        return StatisticsFacts

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        rule, bounds = params.get("rule"), params.get("bounds")
        question = super().of({**params, "rule": None, "bounds": None})
        return replace(
            question,
            rule=None if rule is None else StretchRule.from_json(rule),
            bounds=None if bounds is None else Bounds(*map(float, bounds)),
        )


class AcquisitionFacts(Struct, frozen=True):
    """The header of an acquisition that was asked for."""

    acquisition: Acquisition


class ReadAcquisition(Question, frozen=True):
    """The acquisition of a raster or of a delivery: header `AcquisitionFacts`."""

    op: ClassVar[str] = "acquisition"
    part: str = ""

    @classmethod
    def facts_kind(cls) -> Any:
        return AcquisitionFacts


class PictureHash(Struct, frozen=True):
    """The answer's header: 16 hexadecimal digits, or none."""

    phash: str = ""


class HashPicture(Question, frozen=True):
    """The perceptual hash of a picture. Header `PictureHash`."""

    op: ClassVar[str] = "picture_hash"

    @classmethod
    def facts_kind(cls) -> Any:
        return PictureHash


class ReadVersions(Question, frozen=True):
    """The versions of a reader's libraries, by their names in the header."""

    op: ClassVar[str] = "versions"

    @classmethod
    def facts_kind(cls) -> Any:
        return dict[str, str]
