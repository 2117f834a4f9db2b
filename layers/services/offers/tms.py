"""TMS: reads TileMap documents, and lists of them, into layers whose rows count from below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from layers.errors import BadCRS, BadTemplate, CannotBePlaced, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, is_geographic, transform_bounds
from layers.phrase import Phrase
from layers.services.offers.crs_names import crs_of
from layers.services.offers.documents import (
    is_web,
    linked,
    lonlat_box,
    no_such,
    number_of,
    text_in,
    unpacked,
    whole_number,
    xml_tree,
)
from layers.services.offers.formats import drawn_formats
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.offers.service_door import without_keys
from layers.services.offers.tile_grids import limited_to, tiles_along, turn_of, well_known, zoom_levels
from layers.services.tile_matrix import TileMatrix, TileMatrixSet
from layers.services.tile_service import TileService

_NEARLY = 1e-4


class _Level(NamedTuple):
    identifier: str
    """The last part of its address."""
    address: str
    """The part before it, with a slash at its end."""
    resolution: float


def read_tms(document: bytes, address: str) -> ServiceOffer:
    """The layer of a TileMap, or the layers that a TileMapService lists. Raises NotReadable where it is neither."""
    root = xml_tree(unpacked(document))
    if root.tag == "TileMap":
        layer = _layer(root, address)
        return ServiceOffer(service="tms", title=layer.title, version=root.get("version", ""), layers=(layer,))
    if root.tag not in ("TileMapService", "Services"):
        raise NotReadable(no_such(Phrase("description of TMS")))
    maps = [*root.iterfind("TileMaps/TileMap"), *root.iterfind("TileMap"), *root.iterfind("TileMapService")]
    names = Counter(entry.get("title", "") for entry in maps)
    layers = tuple(_listed(entry, address, is_alone=names[entry.get("title", "")] == 1) for entry in maps)
    title = text_in(root, "Title") or root.get("title", "") or urlsplit(address).netloc
    return ServiceOffer(service="tms", title=title, version=root.get("version", ""), layers=layers)


def _listed(entry: Element, address: str, *, is_alone: bool) -> OfferedLayer:
    """A layer that has a document of its own; one that is not alone in its title is told by its CRS."""
    own = linked(address, entry.get("href", ""))
    spelling = entry.get("srs", "")
    title = entry.get("title", "") or own
    title = title if is_alone or not spelling else f"{title} ({spelling})"
    problem = Phrase("{title} is described by a document of its own: open that.", title=title)
    crs = crs_of(spelling) or spelling
    return OfferedLayer(
        name=title, title=title, crs=(crs,) if crs else (), address=own, document=own, problems=(problem,)
    )


def _layer(root: Element, address: str) -> OfferedLayer:
    title = text_in(root, "Title") or urlsplit(address).path.rstrip("/").rpartition("/")[2] or "TMS"
    spelling = text_in(root, "SRS")
    crs = crs_of(spelling) or ""
    tile = root.find("TileFormat")
    tile = Element("TileFormat") if tile is None else tile
    extension = tile.get("extension", "").lstrip(".") or "png"
    picture_format = tile.get("mime-type", "") or f"image/{extension}"
    sizes = [whole_number(tile.get(side)) or 256 for side in ("width", "height")]
    levels = _levels(root, address)
    box, lonlat = _boxes(root, crs)
    problems: list[Phrase] = []
    grid = _grid(root, crs, levels, sizes, box) if crs else None
    if not crs:
        problems.append(Phrase("{title} is in {crs}, which is not known.", title=title, crs=spelling[:80]))
    elif grid is None:
        problems.append(Phrase("{title} has no levels of tiles that can be used.", title=title))
    elif not drawn_formats([picture_format]):
        problems.append(Phrase("{title} has no pictures, but {formats}.", title=title, formats=picture_format[:80]))
    elif not is_web(levels[0].address):
        problems.append(Phrase("The document does not tell the address of {title}: open that.", title=title))
    row = "{y}" if _is_from_above(root, crs) else "{-y}"
    template = f"{levels[0].address}{{z}}/{{x}}/{row}.{extension}" if levels else ""
    service = None
    if grid is not None and not problems:
        try:
            service = TileService(
                title=title,
                template=template,
                max_level=len(grid.matrices) - 1,
                kind="tms",
                layer=title,
                capabilities=without_keys(address),
                grid=grid,
            )
        except BadTemplate as error:
            problems.append(Phrase("{title}: {why}", title=title, why=error.sentence))
    return OfferedLayer(
        name=title,
        title=title,
        abstract=text_in(root, "Abstract"),
        crs=(crs or spelling,) if crs or spelling else (),
        bounds_lonlat=lonlat,
        formats=(picture_format,),
        levels=zoom_levels(grid) if grid is not None else None,
        address=template or address,
        service=service,
        problems=tuple(problems),
    )


def _levels(root: Element, address: str) -> list[_Level]:
    """The levels, coarse to fine, of those addresses that differ by their last part only."""
    levels = []
    for entry in root.iter("TileSet"):
        resolution = number_of(entry.get("units-per-pixel"))
        # An address without a scheme is kept: it says at least how the levels are called.
        href = entry.get("href", "") or entry.get("order", "")
        whole = (linked(address, href) or href).rstrip("/")
        folder, slash, identifier = whole.rpartition("/")
        if resolution is not None and resolution > 0 and identifier:
            levels.append(_Level(identifier, folder + slash, resolution))
    levels = [level for level in levels if level.address == levels[0].address]
    return sorted(levels, key=lambda level: -level.resolution)


def _is_from_above(root: Element, crs: str) -> bool:
    """True where the origin is the upper left corner of the world: against the rule, rows count from there."""
    origin = root.find("Origin")
    y = number_of(origin.get("y")) if origin is not None else None
    turn = turn_of(crs) if crs else 0.0
    return bool(turn) and y is not None and abs(y - turn / (2 if crs == WEB_MERCATOR else 4)) <= _NEARLY * turn


def _boxes(root: Element, crs: str) -> tuple[Bounds | None, Bounds | None]:
    """The box in the CRS and in longitude and latitude. Programs that cut tiles write degrees for Web Mercator; old
    ones, which call it 900913, the latitude first.
    """
    is_old = "900913" in text_in(root, "SRS")
    element = root.find("BoundingBox")
    names = ("minx", "miny", "maxx", "maxy")
    numbers = [number_of(element.get(name)) for name in names] if element is not None else []
    values = [number for number in numbers if number is not None]
    if len(values) != 4 or not crs:
        return None, None
    try:
        swapped = [values[1], values[0], values[3], values[2]]
        is_swapped = max(abs(values[1]), abs(values[3])) > 90
        if crs == WEB_MERCATOR and max(map(abs, values)) <= 180:
            is_doubtful = max(map(abs, values)) <= 90
            lonlat = lonlat_box(swapped if is_swapped or (is_doubtful and is_old) else values)
            return (transform_bounds(WGS84, crs, lonlat) if lonlat else None), lonlat
        if is_geographic(crs):
            lonlat = lonlat_box(swapped if is_swapped else values)
            return lonlat, lonlat
        box = Bounds(*values)
        return box, lonlat_box(list(transform_bounds(crs, WGS84, box)))
    except (BadCRS, CannotBePlaced):
        return None, None


def _grid(
    root: Element, crs: str, levels: Sequence[_Level], sizes: Sequence[int], box: Bounds | None
) -> TileMatrixSet | None:
    """The grid: that of the world where resolutions and origin are well-known, else from the origin to the box."""
    width, height = sizes
    turn = turn_of(crs)
    origin = root.find("Origin")
    places = [number_of(origin.get(axis)) for axis in ("x", "y")] if origin is not None else [None, None]
    left, bottom = places
    profiles = root.find("TileSets")
    profile = "" if profiles is None else profiles.get("profile", "")
    is_world = bool(turn) and (
        any(word in profile for word in ("mercator", "geodetic"))
        or (left is not None and abs(left + turn / 2) <= _NEARLY * turn)
    )
    matrices = []
    for level in levels:
        exact = well_known(crs, level.resolution, _NEARLY) if is_world else None
        across, down = (exact or level.resolution) * width, (exact or level.resolution) * height
        if exact is not None:
            tall = turn if crs == WEB_MERCATOR else turn / 2
            columns, rows = max(1, round(turn / across)), tiles_along(tall, down)
            # Rows count from the south: a tile that is taller than the world sticks out of its north.
            matrices.append(
                TileMatrix(level.identifier, -turn / 2, -tall / 2 + rows * down, exact, columns, rows, width, height)
            )
        elif left is not None and bottom is not None and box is not None:
            columns = tiles_along(box.right - left, across)
            rows = tiles_along(box.top - bottom, down)
            matrices.append(
                TileMatrix(level.identifier, left, bottom + rows * down, level.resolution, columns, rows, width, height)
            )
    try:
        grid = TileMatrixSet(crs, tuple(matrices), turn)
    except BadTemplate:
        return None
    return limited_to(grid, box) if box is not None else grid
