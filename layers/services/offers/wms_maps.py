"""Makes a service of tiles of a layer of WMS: the CRS and the format to ask for, the grid of squares, the template."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import BadCRS, BadTemplate, CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import (
    WEB_MERCATOR,
    WGS84,
    check_map_crs,
    is_geographic,
    is_off_earth,
    metres_per_unit,
    world_bounds,
)
from layers.phrase import Phrase
from layers.services.offers.crs_names import crs_of, is_north_first, unknown_crs_problem
from layers.services.offers.documents import with_parameters
from layers.services.offers.offer import OfferedLayer
from layers.services.offers.service_door import ServiceDoor
from layers.services.template import hosts_of
from layers.services.tile_matrix import SMALLEST_TILE_PX, TileMatrixSet, mercator_quadtree, quadtree
from layers.services.tile_service import TileService

_TILE_PX = 512
_FINEST_M = 0.02
"""Metres of ground in a pixel of the finest level, about."""
_METRES_A_DEGREE = 111_319.49
PIXEL_M = 0.00028
"""Width of a pixel of which the standard reckons scale denominators, in metres."""
_MERCATOR_LEVELS = 22
_SENDABLE = re.compile(r"[0-9][0-9A-Za-z:.+/_-]{3,80}")
"""A time that an address may carry."""
_MOST_KEPT_TIMES = 20_000
"""Most characters of times that a layer's row keeps."""
_STYLE = re.compile(r"(?<=[?&])STYLES=[^&]*")
_LON_LAT = "OGC:CRS84"


class MapServer(Struct, frozen=True):
    """All that the layers of one WMS share. `largest_px` is the largest side of a picture, 0 where it is not told."""

    version: tuple[int, ...]
    door: ServiceDoor
    formats: tuple[str, ...]
    largest_px: int = 0
    title: str = ""
    licence: str = ""
    operator: str = ""
    """Organisation that runs the server."""
    address: str = ""

    @property
    def has_own_axes(self) -> bool:
        """True where boxes stand in the CRS's own order of axes."""
        return self.version >= (1, 3)


class _Question(Struct, frozen=True):
    """The terms of a request for maps: the CRS as the server spells it and as our code does, the format, the time."""

    spelling: str
    crs: str
    image: str = ""
    time: str = ""


def drawn(layer: OfferedLayer, spellings: tuple[str, ...], server: MapServer) -> OfferedLayer:
    """The layer with the service that draws it and other ways to draw it, or with the reason why it is not drawn."""
    fault = _fault(spellings, server)
    if fault:
        return replace(layer, problems=(*layer.problems, fault))
    question = _chosen_crs(spellings, server.has_own_axes)
    assert question is not None  # else it is the fault
    image = _best_format(server.formats)
    problems = list(layer.problems)
    if "jp" in image.lower() and "png" not in image.lower():
        problems.append(Phrase("It is offered as JPEG only: where it is empty, it is white."))
    time = layer.times.initial if layer.times else ""
    if time and not _SENDABLE.fullmatch(time):
        problems.append(Phrase("Its time “{time}” cannot be asked for: the service chooses one.", time=time[:60]))
        time = ""
    question = replace(question, image=image, time=time)
    try:
        service = _service(layer, server, question)
        spare = _at_other_door(layer, server, question)
        if spare and hosts_of(spare) == service.hosts:
            service = replace(service, fallback=spare)
        choices = tuple(_choices(service, layer, server, question))
    except BadTemplate as error:
        return replace(layer, problems=(*problems, error.sentence))
    levels = (service.min_level, service.max_level) if layer.scales else None
    return replace(
        layer, address=server.door.first, service=service, choices=choices, levels=levels, problems=tuple(problems)
    )


def _fault(spellings: tuple[str, ...], server: MapServer) -> Phrase | None:
    if not server.door.first:
        return Phrase("It names no address to ask: open it by its own address.")
    if not _best_format(server.formats):
        return Phrase("Its maps come as {formats} only, which are not drawn.", formats=", ".join(server.formats)[:80])
    if _chosen_crs(spellings, server.has_own_axes) is None:
        known = next((crs for spelling in spellings if (crs := crs_of(spelling))), "")
        if known:
            return Phrase("Its only CRS, {crs}, has no place on a map of the Earth.", crs=known)
        return unknown_crs_problem(spellings[0]) if spellings else Phrase("It is offered in no CRS at all.")
    return None


@lru_cache(maxsize=1024)
def _chosen_crs(spellings: tuple[str, ...], has_own_axes: bool) -> _Question | None:
    """Web Mercator where it is offered, else degrees, else the first CRS that has a place on the Earth."""
    named: dict[str, str] = {}
    for spelling in spellings:
        crs = crs_of(spelling)
        if crs and (crs not in named or spelling.upper() == crs):
            named[crs] = spelling
    degrees = (_LON_LAT, WGS84) if has_own_axes else (WGS84, _LON_LAT)  # the former has its axes in one order only
    for crs in (WEB_MERCATOR, *degrees):
        if crs in named:
            return _Question(named[crs], crs)
    return next(
        (_Question(spelling, crs) for crs, spelling in named.items() if squares_of(crs, _TILE_PX) is not None), None
    )


def _best_format(formats: Iterable[str]) -> str:
    """The format to ask for: one with transparency where there is one; empty where none is drawn."""
    ranked = sorted((rank, spelling) for spelling in formats if (rank := _rank(spelling.lower())) is not None)
    return ranked[0][1] if ranked else ""


def _rank(name: str) -> int | None:
    if "jpeg-png" in name:
        return 3 + ("png8" in name)
    if "png" in name:
        return 0 if name in ("image/png", "png") else 2 if "8" in name else 1
    if "webp" in name:
        return 5
    return 6 if "jpeg" in name or "jpg" in name else None


@lru_cache(maxsize=256)
def squares_of(crs: str, tile_px: int) -> TileMatrixSet | None:
    """Squares over the whole place of a CRS, halved down to centimetres; None where it has no place on the Earth."""
    if crs == WEB_MERCATOR:
        return mercator_quadtree(tile_px, 0, _MERCATOR_LEVELS)
    try:
        check_map_crs(crs)
        if is_off_earth(crs):
            return None
        is_degrees = is_geographic(crs)
        bounds = world_bounds(crs)
        unit_m = _METRES_A_DEGREE if is_degrees else metres_per_unit(crs)
    except (BadCRS, CannotBePlaced):
        return None
    if not bounds.is_finite() or bounds.is_empty or not (bounds.width > 0 < bounds.height):
        return None
    if not is_degrees:
        bounds = _squared(bounds)
    levels = math.ceil(math.log2(max(bounds.width, bounds.height) * unit_m / (tile_px * _FINEST_M))) + 1
    return quadtree(crs, bounds, tile_px, min(max(levels, 1), 40), turn=360.0 if is_degrees else 0.0)


def _squared(bounds: Bounds) -> Bounds:
    """The square twice as wide about the same centre: national grids are used well beyond their area."""
    half = max(bounds.width, bounds.height)
    x, y = bounds.centre
    return Bounds(x - half, y - half, x + half, y + half)


def _service(layer: OfferedLayer, server: MapServer, question: _Question) -> TileService:
    tile_px = _tile_px(server.largest_px)
    is_plain = question.crs == WEB_MERCATOR and tile_px in (256, _TILE_PX)
    grid = squares_of(question.crs, tile_px)
    assert grid is not None  # else it would not have been chosen
    first, last = _levels(grid, layer.scales)
    times = layer.times.text if layer.times else ""
    return TileService(
        title=layer.title or layer.name,
        template=_template(layer, server, question),
        min_level=first,
        max_level=last,
        tile_px=tile_px,
        time=question.time,
        attribution=layer.attribution,
        link=layer.link,
        licence=server.licence,
        operator=server.operator,
        group=server.title,
        kind="wms",
        layer=layer.name,
        capabilities=server.address,
        grid=None if is_plain else grid,
        times=times if question.time and len(times) <= _MOST_KEPT_TIMES else "",
        nearest=bool(layer.times and layer.times.nearest),
        bounds=layer.bounds_lonlat,
        scales=layer.scales,
        largest_px=server.largest_px,
    )


def _tile_px(largest_px: int) -> int:
    if not largest_px or largest_px >= _TILE_PX:
        return _TILE_PX
    return 256 if largest_px >= 256 else max(largest_px, SMALLEST_TILE_PX)


def _template(layer: OfferedLayer, server: MapServer, question: _Question) -> str:
    is_swapped = server.has_own_axes and is_north_first(question.crs)
    is_first = server.version < (1, 1)
    words = {
        **({} if is_first else {"SERVICE": "WMS"}),
        "WMTVER" if is_first else "VERSION": ".".join(map(str, server.version)),
        "REQUEST": "map" if is_first else "GetMap",
        "LAYERS": quote(layer.name, safe=""),
        "STYLES": "",
        "CRS" if server.has_own_axes else "SRS": quote(question.spelling, safe=":"),
        "BBOX": "{bbox-yx}" if is_swapped else "{bbox}",
        "WIDTH": "{width}",
        "HEIGHT": "{height}",
        "FORMAT": quote(question.image, safe="/"),
        "TRANSPARENT": "TRUE" if _rank(question.image.lower()) != 6 else "FALSE",
    }
    if question.time:
        words["TIME"] = "{time}"
    for dimension in layer.dimensions:
        if not dimension.default and dimension.values:
            words[dimension_key(dimension.name)] = quote(dimension.values[0].partition("/")[0], safe="")
    return with_parameters(server.door.first, words)


def dimension_key(name: str) -> str:
    """The parameter of a dimension in an address."""
    name = name.upper()
    return quote(name if name == "ELEVATION" or name.startswith("DIM_") else f"DIM_{name}", safe="")


def _choices(
    service: TileService, layer: OfferedLayer, server: MapServer, question: _Question
) -> Iterable[tuple[str, TileService]]:
    """Other ways to draw the layer: the other order of axes, the other address."""
    if is_north_first(question.crs):
        if "{bbox-yx}" in service.template:
            yield Phrase("East before north"), _changed(service, "BBOX={bbox-yx}", "BBOX={bbox}")
        else:
            yield Phrase("North before east"), _changed(service, "BBOX={bbox}", "BBOX={bbox-yx}")
    template = _at_other_door(layer, server, question)
    if template:
        is_typed = server.door.first != server.door.typed
        name = Phrase("The address that you opened") if is_typed else Phrase("The address that it declares")
        yield name, replace(service, template=template, fallback=service.template if service.fallback else "")


def _at_other_door(layer: OfferedLayer, server: MapServer, question: _Question) -> str:
    """The template at the other address of the service, the declared one or the typed one; empty where there is one."""
    door = server.door
    other = door.declared if door.first == door.typed else door.typed
    if not other or other == door.first:
        return ""
    return _template(layer, replace(server, door=replace(door, first=other)), question)


def in_style(service: TileService, style: str) -> TileService:
    """The service of a layer of WMS in another of the layer's styles; "" is the server's own choice."""
    words = f"STYLES={quote(style, safe='')}"
    template, fallback = (_STYLE.sub(words, text) for text in (service.template, service.fallback))
    return replace(service, template=template, fallback=fallback)


def _changed(service: TileService, before: str, after: str) -> TileService:
    template, fallback = (text.replace(before, after) for text in (service.template, service.fallback))
    return replace(service, template=template, fallback=fallback)


def _levels(grid: TileMatrixSet, scales: tuple[float, float] | None) -> tuple[int, int]:
    """The first and the last level at which the server draws, all of them where no scales are told."""
    last = len(grid.matrices) - 1
    if scales is None:
        return 0, last
    unit_m = _METRES_A_DEGREE if is_geographic(grid.crs) else metres_per_unit(grid.crs)
    scale = [matrix.resolution * unit_m / PIXEL_M for matrix in grid.matrices]
    first = next((level for level in range(last + 1) if scale[level] <= scales[1] * 1.000001), last)
    finest = max((level for level in range(last + 1) if scale[level] >= scales[0] * 0.999999), default=first)
    return first, max(first, finest)
