"""Facts about a raster file, found by a reader's probe, as plain values that cross the pipe as JSON."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from layers.geo.bounds import Bounds


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
    palette: tuple[tuple[int, int, int, int], ...] = ()
    """RGBA of a palette band, by raw value."""
    wavelength_nm: float | None = None
    """The centre of what it sees, where the file says it."""
    unit: str = ""
    """Of `scale` times the raw value plus `offset`, where the file says it."""
    scale: float = 1.0
    offset: float = 0.0


class RasterInfo(Struct, frozen=True):
    """A raster source file. Sizes in pixels; `bounds` in `crs`; `transform` is (a, b, c, d, e, f) pixel to world."""

    path: str
    driver: str
    width: int
    height: int
    bands: tuple[BandInfo, ...]
    crs: str
    """CRS text (authority code where it has one, else WKT); empty where the file says nothing."""
    transform: tuple[float, float, float, float, float, float]
    bounds: Bounds
    bounds_lonlat: Bounds | None
    overviews: tuple[int, ...] = ()
    """Decimation factors of stored overviews, e.g. (2, 4, 8)."""
    block_shape: tuple[int, int] = (0, 0)
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
    """Accuracy of its placing: the misfit of control points, the height of an RPC and what that leaves open."""
    height_m: float | None = None
    """Above the ellipsoid, where an RPC places it at one height."""
    own_height_m: float | None = None
    """The height that the RPC itself suggests."""
    parts: tuple[str, ...] = ()
    """Names of the pictures in the file where there are several: tile tables of a GeoPackage, images of a NITF."""
    part: str = ""
    """The one of `parts` that this is; readers take it as the parameter `part`."""

    @property
    def dtype(self) -> str:
        return self.bands[0].dtype

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        from_bands = [
            {
                "index": b.index,
                "dtype": b.dtype,
                "nodata": _nan_to_text(b.nodata),
                "description": b.description,
                "color": b.color,
                "low": b.low,
                "high": b.high,
                "palette": [list(c) for c in b.palette],
                "wavelength_nm": b.wavelength_nm,
                "unit": b.unit,
                "scale": b.scale,
                "offset": b.offset,
            }
            for b in self.bands
        ]
        return {
            "path": self.path, "driver": self.driver, "width": self.width, "height": self.height, "bands": from_bands,
            "crs": self.crs, "transform": list(self.transform), "bounds": list(self.bounds),
            "bounds_lonlat": None if self.bounds_lonlat is None else list(self.bounds_lonlat),
            "overviews": list(self.overviews), "block_shape": list(self.block_shape), "acquired_at": self.acquired_at,
            "date_kind": self.date_kind, "credit": self.credit, "tags": dict(self.tags),
            "problems": list(self.problems), "placed_by": self.placed_by, "placement_note": self.georeferencing_note,
            "height_m": self.height_m, "own_height_m": self.own_height_m,
            "parts": list(self.parts), "part": self.part,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RasterInfo:
        """Raises KeyError, TypeError or ValueError where the header is not ours."""
        bands = tuple(
            BandInfo(
                int(b["index"]),
                str(b["dtype"]),
                _text_to_nan(b["nodata"]),
                str(b["description"]),
                str(b["color"]),
                b["low"],
                b["high"],
                tuple((int(c[0]), int(c[1]), int(c[2]), int(c[3])) for c in b["palette"]),
                b.get("wavelength_nm"),
                str(b.get("unit", "")),
                float(b.get("scale", 1.0)),
                float(b.get("offset", 0.0)),
            )
            for b in data["bands"]
        )
        a, b, c, d, e, f = (float(v) for v in data["transform"])
        lonlat = data["bounds_lonlat"]
        return cls(
            str(data["path"]), str(data["driver"]), int(data["width"]), int(data["height"]), bands, str(data["crs"]),
            (a, b, c, d, e, f), Bounds(*data["bounds"]), None if lonlat is None else Bounds(*lonlat),
            tuple(int(v) for v in data["overviews"]), (int(data["block_shape"][0]), int(data["block_shape"][1])),
            str(data["acquired_at"]), str(data["date_kind"]), str(data["credit"]),
            {str(k): str(v) for k, v in data["tags"].items()}, tuple(str(p) for p in data["problems"]),
            str(data["placed_by"]), str(data["placement_note"]), data["height_m"], data["own_height_m"],
            tuple(str(p) for p in data["parts"]), str(data["part"]),
        )  # fmt: skip


def _nan_to_text(value: float | None) -> float | str | None:
    return "nan" if value is not None and value != value else value


def _text_to_nan(value: float | str | None) -> float | None:
    return None if value is None else float(value)
