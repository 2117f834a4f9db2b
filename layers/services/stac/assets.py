"""Assets of STAC items: where their files are, which bands they have, and which of them shows the picture."""

from __future__ import annotations

import posixpath
import re

from msgspec import Struct

from layers.phrase import Phrase
from layers.services.stac.addresses import is_path

COMMON_NAMES = frozenset(
    (
        *("pan", "coastal", "blue", "green", "green05", "yellow", "red", "rededge", "rededge071", "rededge075"),
        *("rededge078", "nir", "nir08", "nir09", "cirrus", "swir16", "swir22", "lwir", "lwir11", "lwir12"),
    )
)
"""Common names of bands that the extension for optical images knows; any other is nonsense and left out."""
COLOURS = ("red", "green", "blue")
_SENTINEL2 = re.compile(r"B(?:0?[1-9]|1[0-2]|0?8A)", re.IGNORECASE)
_KINDS = (
    *(("tif", "tif"), ("jp2", "jp2"), ("j2k", "jp2"), ("jpx", "jp2"), ("png", "png")),
    *(("jpeg", "jpeg"), ("jpg", "jpeg"), ("webp", "webp"), ("gif", "gif")),
)
"""A part of a media type or of a name's ending, and the kind of picture that it means."""
_VAGUE = frozenset(("", "image", "image/*", "application/octet-stream", "binary/octet-stream"))
_VISUAL_KEYS = re.compile(r"(?:^|[^a-z])(?:visual|true[-_ ]?colou?r|tci|rgb|natural[-_ ]?colou?r)(?:$|[^a-z])")
_NO_PICTURE = frozenset(
    (
        *("thumbnail", "metadata", "data-mask", "cloud", "cloud-shadow", "saturation", "snow-ice", "land-water"),
        *("water-mask", "classification", "quality", "angles", "sun-azimuth", "sun-elevation", "incidence-angle"),
        *("sunglint", "azimuth", "terrain-shadow", "terrain-occlusion", "terrain-illumination", "index", "source"),
    )
)
"""Roles of assets that are no picture of the ground."""
_NO_PICTURE_KEYS = re.compile(
    r"(?:^|[^a-z])(?:thumbnail|preview|scl|aot|wvp|qa\w*|udm\d?|mask|metadata|product)(?:$|[^a-z])"
)
SMALL_ROLES = ("thumbnail", "overview", "preview")
"""Roles, and keys, of small pictures: the first that there is."""
SMALL_KINDS = ("png", "jpeg", "webp", "gif", "")
POLARISATIONS = ("vv", "hh", "vh", "hv")
"""Keys of radar images by the polarisation of sending and receiving, equal ones first: they show the ground better."""
WORST = 99
MOST_VISUAL = 3
"""The greatest rank of an asset that is true colour by its role, key or title: its bands say nothing more."""


class StacBand(Struct, frozen=True):
    """A band of an asset; `common_name` is one of `COMMON_NAMES` or empty. Values times scale, plus offset."""

    name: str = ""
    common_name: str = ""
    scale: float | None = None
    offset: float | None = None
    nodata: float | None = None


class StacClass(Struct, frozen=True):
    """The meaning of a value of an asset's first band: of `length` bits from bit `first` on, or of all (0)."""

    value: int
    name: str
    first: int = 0
    length: int = 0


class StacAsset(Struct, frozen=True, kw_only=True):
    """A file of an item. `href` is whole, byte for byte where it was stated so; `media_type` is as stated.

    `web` is the address to ask for it by https or http: its own, or that of an alternate; empty where there is none.
    `crs`, `transform` (six numbers) and `shape` (rows, columns) are as the item states them; empty: the file's own.
    """

    key: str
    href: str
    web: str = ""
    title: str = ""
    media_type: str = ""
    roles: tuple[str, ...] = ()
    bands: tuple[StacBand, ...] = ()
    crs: str = ""
    transform: tuple[float, ...] = ()
    shape: tuple[int, ...] = ()
    gsd_m: float | None = None
    requester_pays: bool = False
    classes: tuple[StacClass, ...] = ()
    """Meanings of its values, where it states them (the extension for classifications)."""

    @property
    def path(self) -> str:
        """The path of a file on this computer, where its item is there as well; else empty."""
        return self.href if is_path(self.href) else ""

    @property
    def is_within_reach(self) -> bool:
        """True where it can be asked for on the web, or is a file on this computer."""
        return bool(self.web or self.path)

    @property
    def role(self) -> str:
        """The first role that is stated; "thumbnail" and "overview" also by the key of old versions."""
        if self.roles:
            return self.roles[0]
        return self.key if self.key in ("thumbnail", "overview", "visual", "metadata") else ""

    @property
    def file_kind(self) -> str:
        """The kind of file by its media type, else by its name: "tif", "jp2", "png", "jpeg"; another's own word."""
        kind = kind_of_type(self.media_type)
        if kind is not None:
            return kind
        return _kind_of(posixpath.splitext((self.web or self.href).partition("?")[0].partition("#")[0].lower())[1])

    @property
    def is_cog(self) -> bool:
        """True where its media type says that it is a cloud optimized GeoTIFF; many that are one do not say so."""
        return self.file_kind == "tif" and "cloud-optimized" in self.media_type.lower()

    @property
    def colours(self) -> tuple[str, ...]:
        return tuple(band.common_name for band in self.bands)


class PictureChoice(Struct, frozen=True):
    """The asset that shows an item as a picture; None with a sentence on why there is none."""

    asset: StacAsset | None
    sentence: Phrase | None = None


def kind_of_type(media_type: str) -> str | None:
    """The kind of file by a media type; None where that says nothing, and the name of the file has to."""
    words = media_type.partition(";")[0].strip().lower()
    return None if words in _VAGUE else _kind_of(words)


def _kind_of(words: str) -> str:
    return next((kind for part, kind in _KINDS if part in words), words.rpartition("/")[2])


def shown_asset(assets: tuple[StacAsset, ...]) -> PictureChoice:
    """The asset that shows the picture best: true colour as bytes, else red, green and blue, else any other image.

    It goes by role, then by media type, key and bands. An asset that is not within reach is not asked for.
    """
    ranked = sorted((rank_of(asset), at) for at, asset in enumerate(assets))
    pictures = [assets[at] for rank, at in ranked if rank < WORST]
    if not pictures:
        return PictureChoice(None, Phrase("None of its files is a picture that can be placed on the map."))
    within_reach = next((asset for asset in pictures if asset.is_within_reach), None)
    if within_reach is not None:
        return PictureChoice(within_reach)
    first = pictures[0]
    if first.requester_pays:
        return PictureChoice(None, Phrase("Its files are read at the cost of whoever asks: nothing was asked for."))
    return PictureChoice(
        None,
        Phrase(
            "Its files are at {scheme} addresses only, which are not read: fetch them and open the file.",
            scheme=first.href.partition(":")[0] if ":" in first.href else first.href.split("/")[1],
        ),
    )


def band_assets(assets: tuple[StacAsset, ...]) -> dict[str, tuple[StacAsset, int]]:
    """The asset and the band, from 1, of each common name: rather of a single band, and the finest."""
    by_name: dict[str, tuple[StacAsset, int]] = {}
    for asset in sorted(assets, key=lambda asset: (len(asset.bands) > 1, asset.gsd_m or 1e9)):
        if asset.is_within_reach and rank_of(asset) < WORST:
            for at, name in enumerate(asset.colours, start=1):
                by_name.setdefault(name, (asset, at))
    by_name.pop("", None)
    return by_name


def thumbnail(assets: tuple[StacAsset, ...]) -> StacAsset | None:
    """The small picture that shows what the item is; None where none is within reach."""
    small = [asset for asset in assets if asset.is_within_reach and asset.file_kind in SMALL_KINDS]
    for role in SMALL_ROLES:
        for asset in small:
            if role in asset.roles or asset.key.lower() == role:
                return asset
    return None


def rank_of(asset: StacAsset) -> int:
    """The place of an asset among the pictures of an item, 0 for the best; `WORST` for what is none."""
    kind, roles, key = asset.file_kind, set(asset.roles), f"{asset.key} {asset.title}".lower()
    if kind not in ("tif", "jp2") or roles & {"thumbnail", "metadata"}:
        return WORST
    later = 0 if kind == "tif" else 1
    if "overview" in roles:
        return 12 + later
    is_visual = "visual" in roles or _VISUAL_KEYS.search(key) is not None
    if not is_visual and (roles & _NO_PICTURE or _NO_PICTURE_KEYS.search(asset.key.lower())):
        return WORST
    if is_visual:
        return later if "visual" in roles else 2 + later
    if set(COLOURS) <= set(asset.colours):
        return (4 if asset.colours == COLOURS else 6) + later
    if len(asset.bands) >= 3:
        return 8 + later
    if asset.colours in (("pan",), ("red",)) or asset.key.lower() in POLARISATIONS[:2]:
        return 14 + later
    return 16 + later


def is_reflectance(asset: StacAsset) -> bool:
    """True for an asset of Sentinel-2's reflective bands, by its common names or its key."""
    optical = bool(asset.bands) and all(name and name != "lwir" for name in asset.colours)
    return (optical or _SENTINEL2.fullmatch(asset.key.partition("_")[0]) is not None) and not _NO_PICTURE & set(
        asset.roles
    )
