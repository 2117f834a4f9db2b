"""A delivery of imagery as one scene: its bands, each in its own file or tiles, and how it was acquired."""

from __future__ import annotations

from msgspec import Struct, field

from layers.raster.acquisition import Acquisition

COMBINED = "Combined"
"""Kind of a scene that is no delivery, but images that the analyst has combined."""
BAND_FILES = "Bands in files"
"""Kind of a scene that a catalogue lists with a file for each band."""


class BandPlace(Struct, frozen=True, omit_defaults=True):
    """The place of a band for a reader: in one file, or in all tiles of a mosaic, the first on top."""

    paths: tuple[str, ...]
    index: int
    """The band's number in each of those files, from 1."""
    nodata: float | None = None
    part: str = ""
    """One picture of a file that holds several."""
    source_crs: str | None = None
    """CRS used instead of the file's own, where it is not ""; None: as the request says."""
    height_m: float | None = None
    """Height on which a raster lies that is placed by its RPC; None: as the request says."""


class SceneBand(Struct, frozen=True):
    """One band of a scene. What the format does not state is None or ""."""

    name: str
    """Name in the delivery: B04, B8A, BAND_N2, QA_PIXEL."""
    common_name: str
    """red, green, blue, nir, swir16... (the words of STAC), or ""."""
    paths: tuple[str, ...]
    """The file that holds the band, or all of its tiles."""
    index: int = 1
    """The band's number in each of those files, from 1."""
    gsd_m: float | None = None
    wavelength_nm: float | None = None
    """Centre of the wavelengths that the band sees."""
    role: str = "data"
    """data, or quality: a mask or classes, not something to stretch."""
    nodata: float | None = None
    """Stated by the delivery, where the file itself does not."""
    scale: float | None = None
    offset: float | None = None
    """Physical value = stored value * scale + offset."""
    unit: str = ""
    """Unit of the physical value: reflectance, K..."""
    part: str = ""
    """The member, where the file is an archive."""

    @property
    def place(self) -> BandPlace:
        """The place of the band for a reader."""
        return BandPlace(self.paths, self.index, self.nodata, self.part)


class SceneInfo(Struct, frozen=True):
    """One scene. `path` is what was opened, `folder` holds every file of the scene."""

    path: str
    folder: str
    kind: str
    """Sentinel-2 SAFE, Sentinel-1 SAFE, Landsat, Maxar, Airbus DIMAP, Planet, `COMBINED` or `BAND_FILES`."""
    title: str
    bands: tuple[SceneBand, ...]
    acquisition: Acquisition = field(default_factory=Acquisition)
    problems: tuple[str, ...] = ()
    """Sentences about what is odd but not fatal: a band named in the metadata that is not there."""

    def find(self, name: str) -> int | None:
        """The number (from 1) of the band with this name or common name, in any case."""
        wanted = name.casefold()
        for names in ([b.name for b in self.bands], [b.common_name for b in self.bands]):
            for number, band_name in enumerate(names, 1):
                if band_name.casefold() == wanted:
                    return number
        return None
