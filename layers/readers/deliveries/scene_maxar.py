"""A Maxar (DigitalGlobe) image, in tiles named by its TIL file, as one scene."""

from __future__ import annotations

import os

from layers.errors import UnsupportedFormat
from layers.raster.scene import SceneBand, SceneInfo
from layers.readers.deliveries.acquisition_maxar import maxar_acquisition, read_imd
from layers.readers.deliveries.scene_files import Delivery
from layers.readers.deliveries.sidecar_groups import Groups
from layers.readers.deliveries.sidecar_values import inside

MAX_TILES = 1000
_COMMON = {
    "P": "pan",
    "C": "coastal",
    "B": "blue",
    "G": "green",
    "Y": "yellow",
    "R": "red",
    "RE": "rededge",
    "N": "nir",
    "N1": "nir",
    "N2": "nir09",
    "S3": "swir16",
    "S6": "swir22",
}
"""By the letters after BAND_. S3 is 1640 to 1680 nm, S6 2185 to 2225 nm; their neighbours have no common name."""


def describe_maxar(delivery: Delivery, path: str) -> SceneInfo:
    """The scene of a TIL or IMD file and the one beside it. Raises what reading them raises, UnsupportedFormat where no
    tile is there or the bands are not named.
    """
    name = os.path.basename(delivery.metadata)
    problems: list[str] = []
    imd = _beside(delivery, "IMD") or _beside(delivery, "XML")
    if imd is None:
        raise UnsupportedFormat(f"{name} has no IMD or XML file beside it: nothing says what its bands are.")
    til = _beside(delivery, "TIL") or _beside(delivery, "XML")
    files = _tiles(delivery, til, problems)
    if not files:
        raise UnsupportedFormat(f"{name} names no tile that is there: the delivery is incomplete.")
    named = [group.name.upper().removeprefix("BAND_") for group in imd.groups if group.name.upper().startswith("BAND_")]
    acquisition = maxar_acquisition(imd)
    bands = tuple(
        SceneBand(f"BAND_{band}", _COMMON.get(band, ""), files, number, acquisition.product_gsd_m)
        for number, band in enumerate(named, 1)
    )
    if not bands:
        raise UnsupportedFormat(f"{name}: its IMD file names no bands, so that they cannot be told apart.")
    return SceneInfo(path, delivery.folder, delivery.kind, delivery.stem, bands, acquisition, tuple(problems))


def _beside(delivery: Delivery, suffix: str) -> Groups | None:
    file = inside(delivery.folder, f"{delivery.stem}.{suffix}")
    return read_imd(file) if file else None


def _tiles(delivery: Delivery, til: Groups | None, problems: list[str]) -> tuple[str, ...]:
    """The files of the tiles, in their order; without a TIL the image that has the IMD's name."""
    found = []
    tiles = [] if til is None else list(til.named("TILE"))[:MAX_TILES]
    for tile in tiles:
        name = tile.values.get("filename", "")
        file = inside(delivery.folder, name)
        if file:
            found.append(file)
        else:
            problems.append(f"The tile {name[:100] or 'without a name'} is named in the metadata but is not there.")
    if not tiles:
        images = [inside(delivery.folder, f"{delivery.stem}.{suffix}") for suffix in ("TIF", "NTF", "JP2")]
        found = [image for image in images if image][:1]
    return tuple(found)
