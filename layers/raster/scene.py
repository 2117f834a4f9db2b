"""A delivery of imagery as one scene: its bands, each in its own file or tiles, and how it was acquired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct, field

from layers.raster.acquisition import Acquisition

COMBINED = "Combined"
"""The kind of what is no delivery but images that the analyst has put together."""


class BandPlace(Struct, frozen=True):
    """The place of a band for a reader: in one file, or in all tiles of a mosaic, the first on top."""

    paths: tuple[str, ...]
    index: int
    """The band's number in each of those files, from 1."""
    nodata: float | None = None
    part: str = ""
    """One picture of a file that holds several."""
    source_crs: str | None = None
    """Taken instead of the file's own, where it is not ""; None: what the request says."""
    height_m: float | None = None
    """On which a raster lies that is placed by its RPC; None: what the request says."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        more = {"nodata": self.nodata, "height_m": self.height_m, "source_crs": self.source_crs}
        found = {"paths": list(self.paths), "index": self.index, **({"part": self.part} if self.part else {})}
        return found | {key: value for key, value in more.items() if value is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Takes "path" for "paths" with one file. Raises KeyError, TypeError or ValueError for values not ours."""
        paths = tuple(str(path) for path in data.get("paths") or [data["path"]])
        nodata, height_m = (_number(data.get(key)) for key in ("nodata", "height_m"))
        crs = data.get("source_crs")
        part = str(data.get("part") or "")
        return cls(paths, int(data["index"]), nodata, part, None if crs is None else str(crs), height_m)


class SceneBand(Struct, frozen=True):
    """One band of a scene. What the format does not state is None or ""."""

    name: str
    """As the delivery calls it: B04, B8A, BAND_N2, QA_PIXEL."""
    common_name: str
    """red, green, blue, nir, swir16... (the words of STAC), or ""."""
    paths: tuple[str, ...]
    """The file that holds it, or all tiles that together do."""
    index: int = 1
    """The band's number in each of those files, from 1."""
    gsd_m: float | None = None
    wavelength_nm: float | None = None
    """The centre."""
    role: str = "data"
    """data, or quality: a mask or classes, not something to stretch."""
    nodata: float | None = None
    """Stated by the delivery, where the file itself does not."""
    scale: float | None = None
    offset: float | None = None
    """Physical value = stored value * scale + offset."""
    unit: str = ""
    """Of the physical value: reflectance, K..."""
    part: str = ""
    """The member, where the file is an archive."""

    @property
    def place(self) -> BandPlace:
        """The place of the band for a reader."""
        return BandPlace(self.paths, self.index, self.nodata, self.part)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        return {
            "name": self.name,
            "common_name": self.common_name,
            "paths": list(self.paths),
            "index": self.index,
            "gsd_m": self.gsd_m,
            "wavelength_nm": self.wavelength_nm,
            "role": self.role,
            "nodata": self.nodata,
            "scale": self.scale,
            "offset": self.offset,
            "unit": self.unit,
            "part": self.part,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where the values are not ours."""
        return cls(
            str(data["name"]),
            str(data["common_name"]),
            tuple(str(p) for p in data["paths"]),
            int(data["index"]),
            _number(data["gsd_m"]),
            _number(data["wavelength_nm"]),
            str(data["role"]),
            _number(data["nodata"]),
            _number(data["scale"]),
            _number(data["offset"]),
            str(data["unit"]),
            str(data.get("part", "")),
        )


class SceneInfo(Struct, frozen=True):
    """One scene. `path` is what was opened, `folder` holds every file of the scene."""

    path: str
    folder: str
    kind: str
    """Sentinel-2 SAFE, Sentinel-1 SAFE, Landsat, Maxar, Airbus DIMAP, Planet, or `COMBINED`."""
    title: str
    bands: tuple[SceneBand, ...]
    acquisition: Acquisition = field(default_factory=Acquisition)
    problems: tuple[str, ...] = ()
    """Sentences about what is odd but not fatal: a band named in the metadata that is not there."""

    def find(self, name: str) -> int | None:
        """The number (from 1) of the band with this name or common name, in any case."""
        wanted = name.casefold()
        for names in ([b.name for b in self.bands], [b.common_name for b in self.bands]):
            for number, found in enumerate(names, 1):
                if found.casefold() == wanted:
                    return number
        return None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        return {
            "path": self.path,
            "folder": self.folder,
            "kind": self.kind,
            "title": self.title,
            "bands": [band.to_json() for band in self.bands],
            "acquisition": self.acquisition.to_json(),
            "problems": list(self.problems),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where the header is not ours."""
        return cls(
            str(data["path"]),
            str(data["folder"]),
            str(data["kind"]),
            str(data["title"]),
            tuple(SceneBand.from_json(band) for band in data["bands"]),
            Acquisition.from_json(data["acquisition"]),
            tuple(str(p) for p in data["problems"]),
        )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
