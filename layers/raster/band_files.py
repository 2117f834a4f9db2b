"""Bands in files of their own as those of one image, as a catalogue lists them for one scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import decoded_or_none, encoded
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.scene import BAND_FILES, SceneBand, SceneInfo

KEY = "band_files"
LACKS = "pack_lacks"
MOST_FILES = 64
COLOURS = ("red", "green", "blue")
_USUAL_DTYPE = "uint16"
_MOST_OF_BYTE = 255


class BandFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A band of a scene, and its file: at an `address`, or at a `path` of this computer.

    `seen` is its common name. Stored values times `scale`, plus `offset`, are in `unit`; None where that is not known.
    """

    name: str
    seen: str = ""
    address: str = ""
    path: str = ""
    index: int = 1
    """Number of the band in its file, from 1."""
    nodata: float | None = None
    scale: float | None = None
    offset: float | None = None
    unit: str = ""
    gsd_m: float | None = None
    is_picture: bool = False
    """True for a colour of a picture that somebody has made of the bands, in bytes."""

    @property
    def place(self) -> str:
        """The place by which a reader finds the file."""
        return self.address or self.path

    @property
    def title(self) -> str:
        """Its name, and what it sees where the name does not say that."""
        return self.name if self.seen in self.name.casefold() else f"{self.name} {self.seen}"


def band_files_of(source: Mapping[str, Any]) -> tuple[BandFile, ...]:
    """The files of a layer's source; empty for a layer of another kind, and for what cannot be understood."""
    stated = source.get(KEY)
    if not isinstance(stated, list) or not 0 < len(stated) <= MOST_FILES:
        return ()
    files = decoded_or_none(stated, tuple[BandFile, ...]) or ()
    return files if all(file.place and file.index > 0 for file in files) else ()


def stated_files(files: Sequence[BandFile]) -> list[dict[str, Any]]:
    """The same as a layer's source keeps them."""
    return [encoded(file) for file in files]


class PackLacks(Struct, frozen=True):
    """The numbers of the bands that an offline pack lacks, and the place (lon, lat) of which it has the others."""

    bands: tuple[int, ...]
    bounds: tuple[float, float, float, float]


def pack_lacks_of(source: Mapping[str, Any]) -> PackLacks | None:
    """Bands that the pack of a layer lacks, and its place; None where that is not kept, or cannot be understood."""
    return decoded_or_none(source.get(LACKS), PackLacks)


def files_in_pack(files: Sequence[BandFile], pack: str, lacks: PackLacks | None) -> list[BandFile]:
    """The bands of a scene as they lie in its pack, all in one file; those that it lacks have no place."""
    missing = () if lacks is None else lacks.bands
    return [
        replace(file, address="", path="" if number in missing else pack, index=number, nodata=None)
        for number, file in enumerate(files, 1)
    ]


def natural_bands(files: Sequence[BandFile]) -> tuple[int, ...]:
    """The numbers of the bands that are shown at first: a picture's own colours, else red, green and blue, else the
    first one.
    """
    pictures = tuple(number for number, file in enumerate(files, 1) if file.is_picture)
    if len(pictures) >= len(COLOURS):
        return pictures[: len(COLOURS)]
    seen = {file.seen: number for number, file in reversed(list(enumerate(files, 1)))}
    natural = tuple(seen[name] for name in COLOURS if name in seen)
    return natural if len(natural) == len(COLOURS) else (1,)


def scene_of_files(title: str, files: Sequence[BandFile], infos: Mapping[str, RasterInfo]) -> SceneInfo:
    """The scene: band n is file n. `infos` are the facts of the files that were opened, by place: where a file states
    another scale than the catalogue, neither is believed.
    """
    bands = []
    for file in files:
        own = _band_in(file, infos)
        is_doubted = own is not None and (own.scale, own.offset) not in ((1.0, 0.0), (file.scale, file.offset or 0.0))
        known = replace(file, scale=None, offset=None, unit="") if is_doubted and file.scale is not None else file
        bands.append(
            SceneBand(
                file.name,
                file.seen,
                (file.place,),
                file.index,
                file.gsd_m,
                nodata=file.nodata,
                scale=known.scale,
                offset=known.offset,
                unit=known.unit,
            )
        )
    return SceneInfo(title, "", BAND_FILES, title, tuple(bands))


def raster_of_files(title: str, files: Sequence[BandFile], infos: Mapping[str, RasterInfo]) -> RasterInfo | None:
    """The raster that the files look like, in the pixels of the finest one of those that were opened; None without any.

    Of a file that was not opened nothing is known but what the catalogue states.
    """
    opened = [infos[file.place] for file in files if file.place in infos]
    if not opened:
        return None
    finest = min(opened, key=_pixel_size)
    natural = natural_bands(files)
    colours = dict(zip(natural, COLOURS, strict=True)) if len(natural) == len(COLOURS) else {}
    bands = []
    for number, file in enumerate(files, 1):
        own = _band_in(file, infos) or BandInfo(1, _USUAL_DTYPE, file.nodata)
        if file.is_picture and (own.high is None or own.high <= _MOST_OF_BYTE):  # a pack keeps bytes in wider numbers
            own = replace(own, dtype="uint8", low=0.0, high=float(_MOST_OF_BYTE))
        nodata = own.nodata if file.nodata is None else file.nodata
        color = colours.get(number, "undefined")
        bands.append(replace(own, index=number, description=file.title, color=color, nodata=nodata, palette=()))
    problems = tuple(dict.fromkeys(problem for info in opened for problem in info.problems))
    return replace(
        finest,
        path=title,
        driver=BAND_FILES,
        bands=tuple(bands),
        acquired_at="",
        date_kind="unknown",
        credit="",
        tags={},
        problems=problems,
        parts=(),
        part="",
    )


def _band_in(file: BandFile, infos: Mapping[str, RasterInfo]) -> BandInfo | None:
    """The facts of a band as its own file has them; None where it was not opened, or lacks the band."""
    info = infos.get(file.place)
    return info.bands[file.index - 1] if info is not None and file.index <= len(info.bands) else None


def _pixel_size(info: RasterInfo) -> float:
    return abs(info.transform[0]) or float("inf")
