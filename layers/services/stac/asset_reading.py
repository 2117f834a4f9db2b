"""Assets of STAC items read from their documents: all of one item, or as much as tells which of them is shown."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec import field as member
from msgspec.structs import replace

from layers.phrase import Phrase
from layers.services.stac.addresses import resolved, web_form
from layers.services.stac.assets import (
    COMMON_NAMES,
    MOST_VISUAL,
    SMALL_KINDS,
    SMALL_ROLES,
    WORST,
    StacAsset,
    StacBand,
    StacClass,
    kind_of_type,
    rank_of,
)
from layers.services.stac.foreign_values import (
    first_text,
    flag,
    listed,
    members,
    number,
    objects,
    parsed,
    text,
    texts,
)

_MOST_ASSETS = 500
_MOST_FIELDS, _MOST_CLASSES = 32, 256
"""Most bit fields, and most classes of each, that are read of an asset."""
_MOST_COLLECTIONS = 64
_MOST_ALIKE = 4096
"""Most assets that are remembered: those of one collection differ in their addresses alone."""


class ShownAssets(Struct, frozen=True):
    """The assets that an item is shown by. Of bands and grids they say nothing: `read_assets` does."""

    picture: StacAsset | None
    """True colour within reach; None where only the bands tell what shows the picture best, if anything does."""
    small: StacAsset | None
    """The small picture that shows what the item is, within reach."""


class _Brief(Struct):
    """Members of an asset that tell whether it is shown, as texts; all else is left to `read_assets`."""

    href: str | None = None
    title: str | None = None
    type: str | None = None
    roles: tuple[str, ...] | None = None
    alternate: Any = None
    pays: Any = member(default=None, name="storage:requester_pays")
    refs: Any = member(default=None, name="storage:refs")


_BY_ROLE = 1
"""The greatest rank of an asset that is true colour by its role, whatever its title says."""
_BRIEFS = msgspec.json.Decoder(dict[str, _Brief])
_ALL = msgspec.json.Decoder(dict[str, Raw])
_ADDRESSED = msgspec.json.Decoder(_Brief)


def read_assets(value: Any, properties: dict[str, Any], base: str) -> tuple[tuple[StacAsset, ...], tuple[Phrase, ...]]:
    """The assets of an item at `base`, and a sentence for each that is left out. `value` is parsed JSON, or its bytes.

    `properties` are the item's: old versions list the bands there, and what an asset does not state holds for all.
    """
    assets: list[StacAsset] = []
    problems: list[Phrase] = []
    known = _members_of(value)
    if value is not None and known is None:
        problems.append(Phrase("Its assets are no list that is understood."))
    of_item = _OfItem(properties, base)
    for key, stated in list((known or {}).items())[:_MOST_ASSETS]:
        asset = _asset(text(key), stated, of_item)
        if asset is None:
            problems.append(Phrase("The asset “{key}” has no address: it is left out.", key=text(key)[:60]))
        else:
            assets.append(asset)
    return _with_bands_of_item(assets, properties), tuple(problems)


def shown_assets(value: Any, properties: dict[str, Any], base: str) -> ShownAssets | None:
    """The assets that show an item, by the bytes of its assets; None where all of them have to be read to tell.

    The same as `shown_asset` and `thumbnail` would choose: most items name their picture by a role, a key or a title.
    """
    if not isinstance(value, Raw):
        return None
    try:
        briefs = list(_BRIEFS.decode(value).items())[:_MOST_ASSETS]
    except (msgspec.DecodeError, RecursionError):
        return None
    likes = tuple((key, brief.type or "", brief.roles or ()) for key, brief in briefs)
    orders = _orders_by_words(likes)
    if orders is None:
        return None
    by_role, smallest = orders
    picture = _first_in_reach([briefs[at] for at in by_role], properties, base)
    if picture is None:
        ranks = [
            (_rank_by_words(key, brief.title or "", brief.type or "", brief.roles or ()), at)
            for at, (key, brief) in enumerate(briefs)
        ]
        order = [briefs[at] for rank, at in sorted(ranks) if rank <= MOST_VISUAL]
        picture = _first_in_reach(order, properties, base)
    return ShownAssets(picture, _first_in_reach([briefs[at] for at in smallest], properties, base))


type _Likes = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Key, media type and roles of each asset of an item: items of one collection have them in common."""


@lru_cache(_MOST_COLLECTIONS)
def _orders_by_words(likes: _Likes) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The assets that are true colour by their roles, best first, and the small pictures; None where a type is vague,
    so that all has to be read.
    """
    if any(_is_vague(media_type) for _, media_type, _ in likes):
        return None
    ranks = sorted((_rank_by_words(key, "", *rest), at) for at, (key, *rest) in enumerate(likes))
    smallest = sorted((_small_by_words(*like), at) for at, like in enumerate(likes))
    return tuple(at for rank, at in ranks if rank <= _BY_ROLE), tuple(at for place, at in smallest if place < WORST)


def _first_in_reach(briefs: list[tuple[str, _Brief]], properties: dict[str, Any], base: str) -> StacAsset | None:
    for key, brief in briefs:
        href = resolved(base, brief.href)
        web, pays = _way(_ways_of(brief), properties, href, base)
        asset = StacAsset(
            key=text(key),
            href=href or web,
            web=web,
            title=text(brief.title),
            media_type=text(brief.type),
            roles=_roles(brief.roles or ()),
            requester_pays=pays,
        )
        if asset.is_within_reach:
            return asset
    return None


@lru_cache(_MOST_ALIKE)
def _is_vague(media_type: str) -> bool:
    return kind_of_type(text(media_type)) is None


@lru_cache(_MOST_ALIKE)
def _rank_by_words(key: str, title: str, media_type: str, roles: tuple[str, ...]) -> int:
    """The rank of an asset as far as words tell it, without its bands."""
    return rank_of(
        StacAsset(key=text(key), href="", title=text(title), media_type=text(media_type), roles=_roles(roles))
    )


@lru_cache(_MOST_ALIKE)
def _small_by_words(key: str, media_type: str, roles: tuple[str, ...]) -> int:
    """The place of an asset among small pictures; `WORST` for what is none."""
    if kind_of_type(text(media_type)) not in SMALL_KINDS:
        return WORST
    names = {text(key).lower(), *_roles(roles)}
    return next((place for place, role in enumerate(SMALL_ROLES) if role in names), WORST)


def _roles(stated: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(role.lower() for role in texts(list(stated)))


def _ways_of(brief: _Brief) -> dict[str, Any]:
    """The members that say where else a file is, and who pays for reading it."""
    return {"alternate": brief.alternate, "storage:requester_pays": brief.pays, "storage:refs": brief.refs}


class _OfItem:
    """Members of an item that hold for all of its assets."""

    def __init__(self, properties: dict[str, Any], base: str) -> None:
        self.properties, self.base = properties, base
        self.crs = crs_of(properties)
        self.transform = _transform(properties.get("proj:transform"))
        self.shape = _shape(properties.get("proj:shape"))


class _Likeness(Struct, frozen=True):
    """Members that assets have in common which differ in address and title alone."""

    media_type: str
    roles: tuple[str, ...]
    bands: tuple[StacBand, ...]
    crs: str
    transform: tuple[float, ...] | None
    """Its own; None where that of the item holds."""
    shape: tuple[int, ...] | None
    gsd_m: float | None
    classes: tuple[StacClass, ...]


def _asset(key: str, stated: Any, of_item: _OfItem) -> StacAsset | None:
    """The asset of a key. `stated` is parsed JSON, or its bytes, of which the likeness is known from others."""
    brief, likeness = _from_bytes(key, stated) if isinstance(stated, Raw) else (None, None)
    if brief is None or likeness is None:
        whole = members(parsed(stated))
        href, title = whole.get("href"), whole.get("title")
        ways, likeness = whole, _likeness(key, whole, of_item.properties)
    else:
        href, title = brief.href, brief.title
        ways = _ways_of(brief)
    href = resolved(of_item.base, href)
    web, requester_pays = _way(ways, of_item.properties, href, of_item.base)
    if not href and not web:
        return None
    return StacAsset(
        key=key,
        href=href or web,
        web=web,
        title=text(title),
        media_type=likeness.media_type,
        roles=likeness.roles,
        bands=likeness.bands,
        crs=likeness.crs or of_item.crs,
        transform=of_item.transform if likeness.transform is None else likeness.transform,
        shape=of_item.shape if likeness.shape is None else likeness.shape,
        gsd_m=likeness.gsd_m,
        requester_pays=requester_pays,
        classes=likeness.classes,
    )


def _from_bytes(key: str, stated: Raw) -> tuple[_Brief, _Likeness] | tuple[None, None]:
    """The address of an asset and its likeness, without parsing what others stated alike; None where that cannot be."""
    try:
        brief = _ADDRESSED.decode(stated)
    except (msgspec.DecodeError, RecursionError):
        return None, None
    whole = bytes(stated)
    for words in (brief.href, brief.title):
        # A text that stands there once can only be the value that was decoded: `\x00` is in no JSON.
        written = f'"{words}"'.encode("utf-8", "surrogatepass")
        if words and whole.count(written) == 1:
            whole = whole.replace(written, b'"\x00"')
    likeness = known_likeness(key, whole)
    return (None, None) if likeness is None else (brief, likeness)


@lru_cache(_MOST_ALIKE)
def known_likeness(key: str, stated: bytes) -> _Likeness | None:
    """The likeness of an asset by its bytes; None where the item's bands belong to it."""
    whole = members(parsed(Raw(stated.replace(b'"\x00"', b'""'))))
    if any(not isinstance(band, dict) for band in listed(whole.get("eo:bands"))):
        return None
    return _likeness(key, whole, {})


def _likeness(key: str, stated: dict[str, Any], properties: dict[str, Any]) -> _Likeness:
    return _Likeness(
        media_type=text(stated.get("type")),
        roles=tuple(role.lower() for role in texts(stated.get("roles"))),
        bands=_bands(key, stated, properties),
        crs=crs_of(stated),
        transform=_transform(stated["proj:transform"]) if "proj:transform" in stated else None,
        shape=_shape(stated["proj:shape"]) if "proj:shape" in stated else None,
        gsd_m=number(stated.get("gsd", stated.get("eo:gsd")), 1e-6, 1e6),
        classes=_classes(stated),
    )


def _members_of(value: Any) -> dict[str, Any] | None:
    """The members of an object, of one in bytes each still in bytes; None of anything else."""
    if not isinstance(value, Raw):
        return value if isinstance(value, dict) else None
    try:
        return dict(_ALL.decode(value))
    except (msgspec.DecodeError, RecursionError):
        whole = parsed(value)
        return whole if isinstance(whole, dict) else None


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
    images = [asset for asset in assets if rank_of(asset) < WORST]
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
