"""Facts about a raster file, found by a reader's probe, as plain values that cross the pipe as JSON."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from layers.geo.bounds import Bounds

type _Pixels = Annotated[int, Meta(ge=0, le=2**31)]
type _Short = Annotated[int, Meta(ge=-(2**15), le=2**15 - 1)]
"""A component of a palette's colour, as GDAL keeps it: the file may say any number of 16 bits."""


class BandInfo(Struct, frozen=True):
    """One band, numbered from 1. `low` and `high` are the default stretch (raw values), None where unknown."""

    index: int
    dtype: str
    nodata: float | None = None
    description: str = ""
    color: str = ""
    """GDAL's colour interpretation in lower case: red, green, blue, alpha, gray, palette, undefined."""
    low: float | None = None
    high: float | None = None
    palette: tuple[tuple[_Short, _Short, _Short, _Short], ...] = ()
    """RGBA of a palette band, by raw value."""
    wavelength_nm: float | None = None
    """Centre of the wavelengths that the band sees, where the file says it."""
    unit: str = ""
    """Unit of `scale` times the raw value plus `offset`, where the file says it."""
    scale: float = 1.0
    offset: float = 0.0


class RasterInfo(Struct, frozen=True, rename={"georeferencing_note": "placement_note"}):
    """A raster source file. Sizes in pixels; `bounds` in `crs`; `transform` is (a, b, c, d, e, f) pixel to world."""

    path: str
    driver: str
    width: _Pixels
    height: _Pixels
    bands: tuple[BandInfo, ...]
    crs: str
    """CRS text (authority code where it has one, else WKT); empty where the file says nothing."""
    transform: tuple[float, float, float, float, float, float]
    bounds: Bounds
    bounds_lonlat: Bounds | None
    overviews: tuple[_Pixels, ...] = ()
    """Decimation factors of stored overviews, e.g. (2, 4, 8)."""
    block_shape: tuple[_Pixels, _Pixels] = (0, 0)
    acquired_at: str = ""
    """UTC, ISO 8601, or empty; never guessed from a file's own time."""
    date_kind: str = "unknown"
    """instant, interval, composite or unknown."""
    credit: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    """Sentences about what is odd but not fatal (no CRS, no overviews...)."""
    placed_by: str = ""
    """transform, world file, affine fit, control points, RPC, or empty; with the last two `transform` is only roughly
    right."""
    georeferencing_note: str = ""
    """Accuracy of its place: the misfit of control points, or the height of an RPC and the error that it leaves."""
    height_m: float | None = None
    """Height above the ellipsoid at which an RPC places it; None without an RPC."""
    own_height_m: float | None = None
    """The height that the RPC itself suggests."""
    parts: tuple[str, ...] = ()
    """Names of the pictures in the file where there are several: tile tables of a GeoPackage, images of a NITF."""
    part: str = ""
    """The one of `parts` that this is; readers take it as the parameter `part`."""

    @property
    def dtype(self) -> str:
        return self.bands[0].dtype
