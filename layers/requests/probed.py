"""The answer to a probe: the content of a file, and where it lies."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from layers.disk.content_mark import ContentMark
from layers.geo.bounds import Bounds
from layers.raster.acquisition import Acquisition
from layers.raster.info import RasterInfo
from layers.raster.scene import SceneInfo
from layers.vector.table import VectorInfo


class Picture(Struct, frozen=True):
    """One of several pictures in a file, before any of them is opened."""

    part: str
    words: str
    """Its size and kind, for people."""
    crs: str
    placed_by: str
    """Means of placement, as in `RasterInfo`."""
    bounds: Bounds
    bounds_lonlat: Bounds | None


class Probed(Struct, frozen=True):
    """The header of a probe. `profile` stands alone where readers of another profile can tell, `unchanged` where the
    file is in the state that the question knows.
    """

    kind: Annotated[str, Meta(pattern="^(raster|scene|vector)?$")] = ""
    raster: RasterInfo | None = None
    """Facts about a raster, or about a scene: its band n is the scene's band n."""
    scene: SceneInfo | None = None
    layers: tuple[VectorInfo, ...] = ()
    parts: tuple[str, ...] = ()
    """Pictures beside features."""
    pictures: tuple[Picture, ...] = ()
    """Pictures of a file that holds several."""
    acquisition: Acquisition | None = None
    cut_short: str = ""
    """A sentence where the file ends before its last pixel does."""
    state: tuple[int, int] | None = None
    """The raster's time of last change (ns) and its size."""
    content: ContentMark | None = None
    file_state: tuple[int, ...] | None = None
    """State of the file, as the reader saw it before it opened the file."""
    profile: str = ""
    unchanged: bool = False

    def __post_init__(self) -> None:
        if (self.kind == "raster" and self.raster is None) or (self.kind == "scene" and self.scene is None):
            raise ValueError(f"a {self.kind} that is not there")
        bands = () if self.raster is None else self.raster.bands
        if self.raster is not None and (not bands or [band.index for band in bands] != [*range(1, len(bands) + 1)]):
            raise ValueError("bands that are not numbered one after the other")
        if self.raster is not None and self.scene is not None and len(self.scene.bands) != len(bands):
            raise ValueError("a scene with other bands than its raster")
