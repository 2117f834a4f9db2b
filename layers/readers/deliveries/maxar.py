"""A Maxar (DigitalGlobe) image, in tiles named by its TIL file: one scene, and its acquisition from the IMD file."""

from __future__ import annotations

import os

from layers.errors import UnsupportedFormat
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.scene import SceneBand, SceneInfo
from layers.readers.deliveries.scene_files import Delivery
from layers.readers.sidecars.sidecar_groups import Groups, MetadataGroup, read_imd
from layers.readers.sidecars.sidecar_values import angle, azimuth, inside, metres, number, share, span, utc

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
"""Common names of bands by the letters after BAND_. S3 is 1640 to 1680 nm, S6 2185 to 2225 nm; their neighbours have no
common name.
"""


def describe_maxar(delivery: Delivery, path: str) -> SceneInfo:
    """The scene of a TIL or IMD file and the one beside it. Raises what reading them raises, UnsupportedFormat where no
    tile is there or the bands are not named.
    """
    name = os.path.basename(delivery.metadata)
    problems: list[str] = []
    imd = _beside(delivery, "IMD") or _beside(delivery, "XML")
    if imd is None:
        raise UnsupportedFormat("{name} has no IMD or XML file beside it: nothing says what its bands are.", name=name)
    til = _beside(delivery, "TIL") or _beside(delivery, "XML")
    files = _tiles(delivery, til, problems)
    if not files:
        raise UnsupportedFormat("{name} names no tile that is there: the delivery is incomplete.", name=name)
    named = [group.name.upper().removeprefix("BAND_") for group in imd.groups if group.name.upper().startswith("BAND_")]
    acquisition = maxar_acquisition(imd)
    bands = tuple(
        SceneBand(f"BAND_{band}", _COMMON.get(band, ""), files, number, acquisition.product_gsd_m)
        for number, band in enumerate(named, 1)
    )
    if not bands:
        raise UnsupportedFormat("{name}: its IMD file names no bands, so that they cannot be told apart.", name=name)
    return SceneInfo(path, delivery.folder, delivery.kind, delivery.stem, bands, acquisition, tuple(problems))


def _beside(delivery: Delivery, suffix: str) -> Groups | None:
    file = inside(delivery.folder, f"{delivery.stem}.{suffix}")
    return read_imd(file) if file else None


def _tiles(delivery: Delivery, til: Groups | None, problems: list[str]) -> tuple[str, ...]:
    """The files of the tiles, in their order; without a TIL the image that has the IMD's name."""
    files = []
    tiles = [] if til is None else list(til.named("TILE"))[:MAX_TILES]
    for tile in tiles:
        name = tile.values.get("filename", "")
        file = inside(delivery.folder, name)
        if file:
            files.append(file)
        else:
            problems.append(
                Phrase(
                    "The tile {name} is named in the metadata but is not there.",
                    name=name[:100] or Phrase("without a name"),
                )
            )
    if not tiles:
        images = [inside(delivery.folder, f"{delivery.stem}.{suffix}") for suffix in ("TIF", "NTF", "JP2")]
        files = [image for image in images if image][:1]
    return tuple(files)


_SATELLITES = {
    "WV01": "WorldView-1",
    "WV02": "WorldView-2",
    "WV03": "WorldView-3",
    "WV04": "WorldView-4",
    "GE01": "GeoEye-1",
    "QB02": "QuickBird-2",
    "IK01": "IKONOS",
    "LG01": "WorldView Legion 1",
    "LG02": "WorldView Legion 2",
    "LG03": "WorldView Legion 3",
    "LG04": "WorldView Legion 4",
    "LG05": "WorldView Legion 5",
    "LG06": "WorldView Legion 6",
}


def maxar_acquisition(imd: Groups) -> Acquisition:
    """The facts of an IMD. Several images with different catalogue ids make a composite, without angles."""
    images = list(imd.named("IMAGE")) or [MetadataGroup("", {})]
    projected = next(imd.named("MAP_PROJECTED_PRODUCT"), MetadataGroup("", {})).values
    first, last = span(utc(_first(image, "firstlinetime", "tlctime", "earliestacqtime")) for image in images)
    if not first:
        first, last = utc(projected.get("earliestacqtime", "")), utc(projected.get("latestacqtime", ""))
    catalogue = {image.values["catid"] for image in images if image.values.get("catid")}
    is_composite = len(catalogue) > 1
    kind = "composite" if is_composite else "instant"
    image = {} if is_composite else images[0].values
    elevation = number(image.get("meansatel"), 0, 90)
    notes = [Phrase("Catalogue id {name}.", name=name) for name in sorted(catalogue)[:8]]
    if imd.first("bandId"):
        notes.append(Phrase("Bands: {first}.", first=imd.first("bandId")))
    if elevation is not None:
        notes.append(Phrase("Incidence is 90° less the stated elevation of the satellite as seen from the ground."))
    return Acquisition(
        at=first,
        until=last if is_composite else "",
        date_kind=kind if first else "unknown",
        platform=_platform(images),
        collected_gsd_m=metres(image.get("meancollectedgsd")),
        product_gsd_m=metres(projected.get("productgsd")) or metres(image.get("meanproductgsd")),
        off_nadir_deg=angle(image.get("meanoffnadirviewangle")),
        incidence_deg=None if elevation is None else 90.0 - elevation,
        sun_azimuth_deg=azimuth(image.get("meansunaz")),
        sun_elevation_deg=number(image.get("meansunel"), -90, 90),
        cloud_percent=share(image.get("cloudcover")),
        product_id=imd.first("productOrderId"),
        notes=tuple(notes),
    )


def _platform(images: list[MetadataGroup]) -> str:
    named = sorted({image.values["satid"] for image in images if image.values.get("satid")})
    return ", ".join(_SATELLITES.get(name, name) for name in named)


def _first(group: MetadataGroup, *keys: str) -> str:
    return next((group.values[key] for key in keys if group.values.get(key)), "")
