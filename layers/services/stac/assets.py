"""Assets of STAC items: where their files are, which bands they have, and which of them shows the picture."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from layers.phrase import Phrase
from layers.services.stac.addresses import is_path, resolved, web_form
from layers.services.stac.foreign_values import first_text, flag, listed, members, number, objects, text, texts

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
_POLARISATIONS = ("vv", "hh", "vh", "hv")
WORST = 99
_MOST_FIELDS, _MOST_CLASSES = 32, 256
"""Most bit fields, and most classes of each, that are read of an asset."""


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
        words = self.media_type.partition(";")[0].strip().lower()
        if words in _VAGUE:
            words = posixpath.splitext((self.web or self.href).partition("?")[0].partition("#")[0].lower())[1]
        return next((kind for part, kind in _KINDS if part in words), words.rpartition("/")[2])

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


def read_assets(value: Any, properties: dict[str, Any], base: str) -> tuple[tuple[StacAsset, ...], tuple[Phrase, ...]]:
    """The assets of an item at `base`, and a sentence for each that is left out.

    `properties` are the item's: old versions list the bands there, and what an asset does not state holds for all.
    """
    assets: list[StacAsset] = []
    problems: list[Phrase] = []
    if value is not None and not isinstance(value, dict):
        problems.append(Phrase("Its assets are no list that is understood."))
    crs = crs_of(properties)
    for key, stated in list(members(value).items())[:500]:
        asset = _asset(text(key), members(stated), properties, base, crs)
        if asset is None:
            problems.append(Phrase("The asset “{key}” has no address: it is left out.", key=text(key)[:60]))
        else:
            assets.append(asset)
    return _with_bands_of_item(assets, properties), tuple(problems)


def shown_asset(assets: tuple[StacAsset, ...]) -> PictureChoice:
    """The asset that shows the picture best: true colour as bytes, else red, green and blue, else any other image.

    It goes by role, then by media type, key and bands. An asset that is not within reach is not asked for.
    """
    ranked = sorted((_rank(asset), at) for at, asset in enumerate(assets))
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
        if asset.is_within_reach and _rank(asset) < WORST:
            for at, name in enumerate(asset.colours, start=1):
                by_name.setdefault(name, (asset, at))
    by_name.pop("", None)
    return by_name


def thumbnail(assets: tuple[StacAsset, ...]) -> StacAsset | None:
    """The small picture that shows what the item is; None where none is within reach."""
    small = [
        asset for asset in assets if asset.is_within_reach and asset.file_kind in ("png", "jpeg", "webp", "gif", "")
    ]
    for role in ("thumbnail", "overview", "preview"):
        for asset in small:
            if role in asset.roles or asset.key.lower() == role:
                return asset
    return None


def _rank(asset: StacAsset) -> int:
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
    if asset.colours in (("pan",), ("red",)) or asset.key.lower() in _POLARISATIONS[:2]:
        return 14 + later
    return 16 + later


def _asset(key: str, stated: dict[str, Any], properties: dict[str, Any], base: str, crs: str) -> StacAsset | None:
    href = resolved(base, stated.get("href"))
    web, requester_pays = _way(stated, properties, href, base)
    if not href and not web:
        return None
    return StacAsset(
        key=key,
        href=href or web,
        web=web,
        title=text(stated.get("title")),
        media_type=text(stated.get("type")),
        roles=tuple(role.lower() for role in texts(stated.get("roles"))),
        bands=_bands(key, stated, properties),
        crs=crs_of(stated) or crs,
        transform=_transform(stated.get("proj:transform", properties.get("proj:transform"))),
        shape=_shape(stated.get("proj:shape", properties.get("proj:shape"))),
        gsd_m=number(stated.get("gsd", stated.get("eo:gsd")), 1e-6, 1e6),
        requester_pays=requester_pays,
        classes=_classes(stated),
    )


def _classes(stated: dict[str, Any]) -> tuple[StacClass, ...]:
    """The meanings of values that an asset states for itself, or for its first band."""
    holders = [stated, *objects(stated.get("bands"))[:1], *objects(stated.get("raster:bands"))[:1]]
    classes: list[StacClass] = []
    for holder in holders:
        fields = [holder, *objects(holder.get("classification:bitfields"))[:_MOST_FIELDS]]
        for field in fields:
            first, length = number(field.get("offset"), 0, 63), number(field.get("length"), 1, 64)
            is_bits = field is not holder
            if is_bits and (first is None or length is None):
                continue
            named = objects(field.get("classes") if is_bits else field.get("classification:classes"))
            for known in named[:_MOST_CLASSES]:
                value = number(known.get("value"), -(2**31), 2**32)
                words = first_text(known, "name", "title", "description")
                if value is not None and words:
                    bits = (int(first or 0), int(length or 0)) if is_bits else (0, 0)
                    classes.append(StacClass(int(value), words[:100], *bits))
        if classes:
            break
    return tuple(classes)


def _way(stated: dict[str, Any], properties: dict[str, Any], href: str, base: str) -> tuple[str, bool]:
    """The web address of an asset, else of its alternates; and whether all of its ways make whoever asks pay."""
    schemes = members(properties.get("storage:schemes"))
    pays = _pays(stated, schemes, flag(properties.get("storage:requester_pays")) or False)
    if not pays and (web := web_form(href)):
        return web, False
    for alternate in objects(stated.get("alternate")):
        if _pays(alternate, schemes, False):
            pays = True
        elif web := web_form(resolved(base, alternate.get("href"))):
            return web, False
    return "", pays


def _pays(stated: dict[str, Any], schemes: dict[str, Any], unless_stated: bool) -> bool:
    """True where reading a file costs whoever asks, as it states itself, or as the storage does that it refers to."""
    own = flag(stated.get("storage:requester_pays"))
    referred = [members(schemes.get(name)) for name in texts(stated.get("storage:refs"))]
    return (unless_stated if own is None else own) or any(flag(scheme.get("requester_pays")) for scheme in referred)


def crs_of(stated: dict[str, Any]) -> str:
    """The CRS as our code writes it, "EPSG:32633"; empty where it is left to the file (null, WKT alone, nonsense)."""
    code = text(stated.get("proj:code")).upper()
    if re.fullmatch(r"[A-Z]{2,12}:\w{1,20}", code):
        return code
    epsg = number(stated.get("proj:epsg", stated.get("eo:epsg")), 1024, 32767)
    return f"EPSG:{int(epsg)}" if epsg is not None and epsg == int(epsg) else ""


def _transform(value: Any) -> tuple[float, ...]:
    """Six numbers of a transform of six or nine; none of one that is bent or turned inside out."""
    numbers = [number(element) for element in listed(value)]
    if len(numbers) not in (6, 9) or None in numbers or (len(numbers) == 9 and numbers[6:] != [0.0, 0.0, 1.0]):
        return ()
    six = tuple(element for element in numbers[:6] if element is not None)
    return six if six[0] * six[4] != six[1] * six[3] else ()


def _shape(value: Any) -> tuple[int, ...]:
    sides = [number(element, 1, 1e8) for element in listed(value)]
    return tuple(int(side) for side in sides if side is not None) if len(sides) == 2 and None not in sides else ()


def _bands(key: str, stated: dict[str, Any], properties: dict[str, Any]) -> tuple[StacBand, ...]:
    """The bands of an asset from `bands` (1.1), or from `eo:bands` and `raster:bands`, which stand side by side."""
    merged = objects(stated.get("bands"))
    named = _eo_bands(stated, properties)
    rasters = objects(stated.get("raster:bands"))
    count = max(len(merged), len(named), len(rasters))
    if not count and "data" in texts(stated.get("roles")) and any(name.startswith("raster:") for name in stated):
        count = 1
    bands = []
    for at in range(min(count, 500)):
        band = {**stated, **(rasters[at] if at < len(rasters) else {}), **(named[at] if at < len(named) else {})}
        band |= merged[at] if at < len(merged) else {}
        common = first_text(band, "eo:common_name", "common_name").lower()
        bands.append(
            StacBand(
                name=first_text(_at(merged, at) or _at(named, at), "name", "id") or (key if count == 1 else ""),
                common_name=common if common in COMMON_NAMES else "",
                scale=number(_any_of(band, "raster:scale", "scale")),
                offset=number(_any_of(band, "raster:offset", "offset")),
                nodata=number(band.get("nodata")),
            )
        )
    return tuple(_sensible(bands))


def _sensible(bands: list[StacBand]) -> list[StacBand]:
    """The same without common names where several bands have the same one: then nobody knows which is meant."""
    names = [band.common_name for band in bands if band.common_name]
    if len(set(names)) == len(names) or len(names) < 3:
        return bands
    return [StacBand(band.name, "", band.scale, band.offset, band.nodata) for band in bands]


def _eo_bands(stated: dict[str, Any], properties: dict[str, Any]) -> list[dict[str, Any]]:
    """The optical bands of an asset; old versions have numbers or names of bands that the item lists."""
    of_item = objects(properties.get("eo:bands"))
    of_asset = listed(stated.get("eo:bands"))
    by_name = {text(band.get("name")): band for band in of_item}
    bands = []
    for band in of_asset:
        if isinstance(band, dict):
            bands.append(band)
        elif isinstance(band, int) and 0 <= band < len(of_item):
            bands.append(of_item[band])
        elif isinstance(band, str):
            bands.append(by_name.get(text(band), {"name": text(band)}))
    return bands


def _with_bands_of_item(assets: list[StacAsset], properties: dict[str, Any]) -> tuple[StacAsset, ...]:
    """The same, where an image that states no bands has the item's: the one of its name, or all where it is alone."""
    of_item = _bands("", {"bands": [*objects(properties.get("bands")), *objects(properties.get("eo:bands"))]}, {})
    if not of_item:
        return tuple(assets)
    by_name = {band.name.lower(): band for band in of_item}
    images = [asset for asset in assets if _rank(asset) < WORST]
    filled = []
    for asset in assets:
        if not asset.bands and asset.key.lower() in by_name:
            asset = replace(asset, bands=(by_name[asset.key.lower()],))
        elif not asset.bands and images == [asset]:
            asset = replace(asset, bands=of_item)
        filled.append(asset)
    return tuple(filled)


def _at(values: list[dict[str, Any]], at: int) -> dict[str, Any]:
    return values[at] if at < len(values) else {}


def _any_of(values: dict[str, Any], *names: str) -> Any:
    return next((values[name] for name in names if values.get(name) is not None), None)


def is_reflectance(asset: StacAsset) -> bool:
    """True for an asset of Sentinel-2's reflective bands, by its common names or its key."""
    optical = bool(asset.bands) and all(name and name != "lwir" for name in asset.colours)
    return (optical or _SENTINEL2.fullmatch(asset.key.partition("_")[0]) is not None) and not _NO_PICTURE & set(
        asset.roles
    )
