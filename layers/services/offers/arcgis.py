"""ArcGIS: reads MapServer and ImageServer descriptions into layers of tiles, or of maps that are drawn on request.

A cache of tiles is used where its grid is understood; else the server draws squares of Web Mercator. A map with times
is drawn on request, since a cache of tiles has none.
"""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from msgspec.structs import replace

from layers.errors import BadCRS, BadTemplate, CannotBePlaced, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, is_geographic, parse_crs, transform_bounds
from layers.phrase import Phrase
from layers.services.offers.arcgis_times import ArcgisTimes, times_of_info
from layers.services.offers.crs_names import crs_of
from layers.services.offers.documents import (
    is_web,
    json_value,
    linked,
    lonlat_box,
    no_such,
    number_of,
    plain_text,
    unpacked,
    whole_number,
    with_parameters,
)
from layers.services.offers.offer import OfferedLayer, OfferedStyle, ServiceOffer
from layers.services.offers.tile_grids import (
    limited_to,
    metres_of_unit,
    snapped,
    tiles_along,
    turn_of,
    well_known,
    zoom_levels,
)
from layers.services.offers.wms_maps import squares_of
from layers.services.tile_matrix import TileMatrix, TileMatrixSet, mercator_quadtree
from layers.services.tile_service import TileService

_SERVER = re.compile(r"(.*?/(?:Map|Image)Server)(?=[/?#]|$)", re.IGNORECASE)
_OTHER_SERVER = re.compile(r"/(Feature|VectorTile|Scene|Geometry|GP|Geocode)Server(?=[/?#]|$)", re.IGNORECASE)
_NO_PICTURES = ("LERC", "LERC2D", "PBF", "INDEXEDV2", "RAW")
_DEEPEST = 22
_INCHES = 39.37
"""Inches in a metre, as ArcGIS rounds them."""
_WHOLE_SCALE = 591657527.591555
"""Scale of level 0 of Web Mercator at 96 dpi."""
_WHOLE_M = 156543.03392804097
"""Pixel of level 0 of Web Mercator, in metres."""
_SNAP = 1e-6
_NEARLY = 1.02
"""Factor by which a scale may miss that of a level, which differ by 2 or so: units of degrees are taken roughly."""
_MOST_MERCATOR_LAT = 85.06


class _Service(NamedTuple):
    """The description of a map, with its own address without a query, empty where that is not known."""

    value: dict[str, Any]
    address: str
    title: str
    is_image: bool


def read_arcgis(document: bytes, address: str) -> ServiceOffer:
    """The layers of a description. Raises NotReadable where it is none, and for a server's refusal."""
    value = json_value(unpacked(document))
    if not isinstance(value, dict):
        raise NotReadable(no_such(Phrase("description of ArcGIS")))
    if isinstance(value.get("error"), dict):
        raise NotReadable(
            "The server refuses: {words} ({code})",
            words=str(value["error"].get("message", ""))[:200],
            code=value["error"].get("code", ""),
        )
    other = _OTHER_SERVER.search(urlsplit(address).path)
    if other is not None:
        raise NotReadable("A {kind}Server of ArcGIS has no pictures: look for its MapServer.", kind=other[1])
    if _text(value.get("tileInfo"), "format").upper() == "PBF":
        raise NotReadable("A VectorTileServer of ArcGIS has no pictures: look for its MapServer.")
    if isinstance(value.get("services"), list):
        return _folder(value, address)
    if not any(member in value for member in ("mapName", "tileInfo", "fullExtent", "extent", "layers")):
        raise NotReadable(no_such(Phrase("description of a map of ArcGIS")))
    service = _service(value, address)
    layer = _layer(service)
    is_drawn = layer.service is None or "{bbox}" in layer.service.template
    parts = _parts(service, layer) if is_drawn else ()
    return ServiceOffer(
        service="arcgis",
        title=service.title,
        version=str(value.get("currentVersion", "")),
        layers=(layer, *parts),
        attribution=layer.attribution,
        licence=plain_text(_text(value, "accessInformation"))[0],
        link=service.address,
    )


def _text(value: object, member: str) -> str:
    text = value.get(member) if isinstance(value, dict) else None
    return text.strip() if isinstance(text, str) else ""


def _folder(value: dict[str, Any], address: str) -> ServiceOffer:
    """A list of services, each of which has a description of its own."""
    root = address.partition("?")[0].rstrip("/")
    root = root[: match.end()] if (match := re.match(r".*?/rest/services", root, re.IGNORECASE)) else root
    layers = []
    for entry in value["services"]:
        name, kind = _text(entry, "name"), _text(entry, "type")
        if name and kind in ("MapServer", "ImageServer"):
            own = f"{root}/{name}/{kind}?f=json" if is_web(root) else ""
            words = Phrase("{title} is described by a document of its own: open that.", title=name)
            layers.append(
                OfferedLayer(name=name, title=f"{name} ({kind})", address=own, document=own, problems=(words,))
            )
    folders = value.get("folders")
    for folder in folders if isinstance(folders, list) else ():
        if isinstance(folder, str) and folder:
            own = f"{root}/{folder}?f=json" if is_web(root) else ""
            words = Phrase("{title} is a folder of services: open that.", title=folder)
            layers.append(OfferedLayer(name=folder, title=f"{folder}/", address=own, document=own, problems=(words,)))
    return ServiceOffer(
        service="arcgis",
        title=urlsplit(address).netloc or "ArcGIS",
        version=str(value.get("currentVersion", "")),
        layers=tuple(layers),
        problems=() if layers else (Phrase("The service offers no layer."),),
    )


def _service(value: dict[str, Any], address: str) -> _Service:
    match = _SERVER.match(address) if is_web(address) else None
    is_image = any(member in value for member in ("serviceDataType", "pixelSizeX", "bandCount"))
    is_image |= match is not None and match[1].lower().endswith("imageserver")
    titles = (
        _text(value.get("documentInfo"), "Title"),
        _text(value, "name"),
        _text(value, "mapName") if _text(value, "mapName").lower() != "layers" else "",
        match[1].split("/")[-2] if match is not None else "",
        _text(value, "mapName"),
    )
    return _Service(value, match[1] if match is not None else "", next(filter(None, titles), "ArcGIS"), is_image)


def _layer(service: _Service) -> OfferedLayer:
    value = service.value
    problems: list[Phrase] = []
    attribution, link = plain_text(_text(value, "copyrightText"))
    extents = [value.get(name) for name in ("fullExtent", "extent", "initialExtent")]
    extent: dict[str, Any] = next((entry for entry in extents if isinstance(entry, dict)), {})
    crs = crs_of_reference(value.get("spatialReference")) or crs_of_reference(extent.get("spatialReference"))
    lonlat = _lonlat(extent, crs_of_reference(extent.get("spatialReference")) or crs)
    tiles = _cache_grid(value, extent, problems, service.title)
    whole = _squares(value, crs, lonlat)
    times = times_of_info(value.get("timeInfo"), service.title)
    services = _services(service, tiles, whole, times, problems)
    known = {"attribution": attribution, "link": link, "bounds": lonlat}
    services = [(words, replace(made, **known)) for words, made in services]
    if not services and not problems:
        if not service.address:
            problems.append(
                Phrase("The document does not tell the address of {title}: open that.", title=service.title)
            )
        else:
            problems.append(Phrase("{title} draws no maps: it has no tiles and no export.", title=service.title))
    formats = value.get("supportedImageFormatTypes")
    drawn = "JPGPNG" if service.is_image else "PNG32"
    formats = formats.split(",") if isinstance(formats, str) else [_text(value.get("tileInfo"), "format") or drawn]
    shown = tiles or whole
    return OfferedLayer(
        name=service.title,
        title=service.title,
        abstract=plain_text(_text(value, "serviceDescription") or _text(value, "description"))[0],
        crs=tuple(dict.fromkeys(text for text in (tiles.crs if tiles else "", crs) if text)),
        bounds_lonlat=lonlat,
        formats=tuple(dict.fromkeys(text.strip() for text in formats if text.strip())),
        styles=_styles(service),
        times=times.offered if times is not None else None,
        levels=zoom_levels(shown),
        address=service.address,
        attribution=attribution,
        link=link,
        service=services[0][1] if services else None,
        choices=tuple(services[1:]),
        problems=tuple(problems),
    )


def _styles(service: _Service) -> tuple[OfferedStyle, ...]:
    """The ways in which a server computes pictures from its images, after its own choice."""
    entries = service.value.get("rasterFunctionInfos")
    names = [_text(entry, "name") for entry in entries] if isinstance(entries, list) else []
    styles = tuple(OfferedStyle(name, name) for name in dict.fromkeys(filter(None, names)))
    return (OfferedStyle("", Phrase("As the server shows it")), *styles) if service.is_image and styles else ()


def _parts(service: _Service, whole: OfferedLayer) -> tuple[OfferedLayer, ...]:
    """The layers of a map that is drawn on request, each of which may be drawn alone."""
    entries = service.value.get("layers")
    names: dict[int, str] = {}
    parents: dict[int, int] = {}
    parts = []
    for entry in entries if isinstance(entries, list) else ():
        number, name = whole_number(entry.get("id")) if isinstance(entry, dict) else None, _text(entry, "name")
        if number is None:
            continue
        parent = whole_number(entry.get("parentLayerId"))
        names[number], parents[number] = name, -1 if parent is None else parent
        if entry.get("subLayerIds"):
            continue
        above: list[str] = []
        at = parents[number]
        while at in names and len(above) < 16:
            above.insert(0, names[at])
            at = parents[at]
        drawn = whole.service
        if drawn is not None:
            template = with_parameters(drawn.template, {"layers": f"show:{number}"})
            drawn = replace(drawn, template=template, title=name, layer=str(number))
        parts.append(
            replace(
                whole,
                name=str(number),
                title=name,
                group=(service.title, *above),
                service=drawn,
                choices=(),
            )
        )
    return tuple(parts) if len(parts) > 1 else ()


def crs_of_reference(reference: object) -> str:
    """The CRS of a `spatialReference`: by its newest number, else by its WKT; empty where it is not known."""
    if not isinstance(reference, dict):
        return ""
    for member in ("latestWkid", "wkid"):
        number = whole_number(reference.get(member))
        crs = (crs_of(f"EPSG:{number}") or crs_of(f"ESRI:{number}")) if number else ""
        if crs:
            return crs
    wkt = _text(reference, "wkt") or _text(reference, "wkt2")
    if not wkt:
        return ""
    try:
        known = parse_crs(wkt)
        code = known.to_authority(min_confidence=70)
    except BadCRS:
        return ""
    return (crs_of(":".join(code)) if code else "") or wkt


def _bounds(extent: dict[str, Any]) -> Bounds | None:
    numbers = [number_of(extent.get(name)) for name in ("xmin", "ymin", "xmax", "ymax")]
    values = [number for number in numbers if number is not None]
    if len(values) != 4 or values[0] > values[2] or values[1] > values[3]:
        return None
    return Bounds(*values)


def _lonlat(extent: dict[str, Any], crs: str) -> Bounds | None:
    box = _bounds(extent)
    if box is None or not crs:
        return None
    try:
        lonlat = transform_bounds(crs, WGS84, box)
    except (BadCRS, CannotBePlaced):
        return None
    return lonlat_box(list(lonlat) if lonlat.width < 360 else [-180.0, lonlat.bottom, 180.0, lonlat.top])


def _cache_grid(
    value: dict[str, Any], extent: dict[str, Any], problems: list[Phrase], title: str
) -> TileMatrixSet | None:
    """The grid of the cache of tiles; None where there is none, or none that can be used."""
    info = value.get("tileInfo")
    is_cached = value.get("singleFusedMapCache", "Map" not in str(value.get("cacheType", "Map")))
    if not isinstance(info, dict) or is_cached in (False, "false"):
        return None
    if _text(info, "format").upper() in _NO_PICTURES:
        problems.append(
            Phrase(
                "The tiles of {title} are {format}, which is not drawn: the server draws each map.",
                title=title,
                format=_text(info, "format"),
            )
        )
        return None
    crs = crs_of_reference(info.get("spatialReference"))
    origin, levels = info.get("origin"), info.get("lods")
    corner = [number_of(origin.get(axis)) for axis in ("x", "y")] if isinstance(origin, dict) else [None, None]
    left, top = corner
    size = whole_number(info.get("cols")) or 256, whole_number(info.get("rows")) or 256
    dpi = number_of(info.get("dpi")) or 96.0
    if not crs or left is None or top is None or not isinstance(levels, list):
        problems.append(
            Phrase("The grid of the tiles of {title} is not understood: the server draws each map.", title=title)
        )
        return None
    box = _in_crs(extent, crs)
    matrices = []
    for level in levels:
        matrix = _matrix(level, crs, (left, top), size, dpi, box) if isinstance(level, dict) else None
        if matrix is not None and matrix.is_sound():
            matrices.append(matrix)
    matrices.sort(key=lambda matrix: -matrix.resolution)
    least, most = (number_of(value.get(name)) for name in ("minLOD", "maxLOD"))
    kept = [
        matrix
        for matrix in matrices
        if (least is None or int(matrix.identifier) >= least) and (most is None or int(matrix.identifier) <= most)
    ]
    kept = _within_scales(kept, value, dpi)
    try:
        grid = TileMatrixSet(crs, tuple(kept or matrices), turn_of(crs))
    except BadTemplate:
        problems.append(
            Phrase("The grid of the tiles of {title} is not understood: the server draws each map.", title=title)
        )
        return None
    return limited_to(grid, box) if box is not None else grid


def _within_scales(matrices: list[TileMatrix], value: dict[str, Any], dpi: float) -> list[TileMatrix]:
    """The levels between the scales at which a cache was made; all where none lies between them."""
    coarsest, finest = (number_of(value.get(name)) or 0.0 for name in ("minScale", "maxScale"))
    unit_m = metres_of_unit(crs_of_reference(value["tileInfo"].get("spatialReference"))) or 1.0
    scales = {matrix.identifier: matrix.resolution * unit_m * dpi * _INCHES for matrix in matrices}
    return [
        matrix
        for matrix in matrices
        if (coarsest <= 0 or scales[matrix.identifier] <= coarsest * _NEARLY)
        and (finest <= 0 or scales[matrix.identifier] >= finest / _NEARLY)
    ]


def _in_crs(extent: dict[str, Any], crs: str) -> Bounds | None:
    box, own = _bounds(extent), crs_of_reference(extent.get("spatialReference")) or crs
    try:
        return box if box is None or own == crs else transform_bounds(own, crs, box)
    except (BadCRS, CannotBePlaced):
        return None


def _matrix(
    level: dict[str, Any], crs: str, corner: tuple[float, float], size: tuple[int, int], dpi: float, box: Bounds | None
) -> TileMatrix | None:
    """A level: by its resolution, else by its scale, from the corner to the end of the box, or of the world."""
    number = whole_number(level.get("level"))
    resolution, scale = number_of(level.get("resolution")), number_of(level.get("scale"))
    unit_m = metres_of_unit(crs)
    if not resolution and scale and unit_m:
        resolution = scale / (dpi * _INCHES) / unit_m
    if number is None or not resolution or resolution <= 0:
        return None
    resolution = well_known(crs, resolution, _SNAP) or resolution
    left, top = corner
    turn = turn_of(crs)
    right, bottom = (box.right, box.bottom) if box is not None else (left, top)
    if turn:
        right, bottom = turn / 2, -turn / (2 if crs == WEB_MERCATOR else 4)
    elif box is None:
        right, bottom = left + 1e7 / unit_m, top - 1e7 / unit_m
    width, height = resolution * size[0], resolution * size[1]
    columns = tiles_along(right - left, width)
    rows = tiles_along(top - bottom, height)
    return snapped(crs, TileMatrix(str(number), left, top, resolution, columns, rows, size[0], size[1]))


def _squares(value: dict[str, Any], crs: str, lonlat: Bounds | None) -> TileMatrixSet:
    """The squares in which a server is asked to draw, to the scales at which it does: those of Web Mercator, and of its
    own CRS where it shows a pole, which that map does not have.
    """
    own = _polar_squares(crs, lonlat)
    if own is not None:
        return own
    scales = [number_of(value.get(name)) or 0.0 for name in ("minScale", "maxScale")]
    first = max(0, math.floor(math.log2(_WHOLE_SCALE / scales[0]))) if scales[0] > 0 else 0
    last = min(_DEEPEST, math.ceil(math.log2(_WHOLE_SCALE / scales[1]))) if scales[1] > 0 else _finest_of(value, crs)
    grid = mercator_quadtree(256, 0 if first >= last else first, max(last, 1))
    if lonlat is None:
        return grid
    try:
        return limited_to(grid, transform_bounds(WGS84, WEB_MERCATOR, lonlat))
    except CannotBePlaced:
        return grid


def _finest_of(value: dict[str, Any], crs: str) -> int:
    """The level of Web Mercator that shows the pixels of images one by one; the deepest where they are not told."""
    side, unit_m = number_of(value.get("pixelSizeX")), metres_of_unit(crs) if crs else None
    if not side or side <= 0 or not unit_m:
        return _DEEPEST
    return min(_DEEPEST, max(1, math.ceil(math.log2(_WHOLE_M / (side * unit_m)))))


def _polar_squares(crs: str, lonlat: Bounds | None) -> TileMatrixSet | None:
    """The squares of a projection about a pole; None for any other one."""
    if lonlat is None or max(-lonlat.bottom, lonlat.top) <= _MOST_MERCATOR_LAT or not _code_of(crs):
        return None
    is_polar = crs != WEB_MERCATOR and not is_geographic(crs) and parse_crs(crs).coordinate_operation is not None
    return squares_of(crs, 256) if is_polar else None


def _code_of(crs: str) -> str:
    """The number by which a server knows a CRS; 102100 is Web Mercator for old servers, too. Empty without one."""
    authority, _, code = crs.partition(":")
    return "102100" if crs == WEB_MERCATOR else code if authority in ("EPSG", "ESRI") else ""


def _services(
    service: _Service,
    tiles: TileMatrixSet | None,
    squares: TileMatrixSet,
    times: ArcgisTimes | None,
    problems: list[Phrase],
) -> list[tuple[str, TileService]]:
    """The ways to draw the map, by name, the best one first: at a time, from its cache, and on request."""
    if not service.address:
        return []
    abilities = {word.strip().lower() for word in str(service.value.get("capabilities") or "Map,Image").split(",")}
    is_exported = bool(abilities & {"map", "image"})
    undated = "" if times is None else ", without a date"
    sides = [whole_number(str(service.value.get(name))) or 0 for name in ("maxImageWidth", "maxImageHeight")]
    ways = []
    if times is not None and is_exported:
        ways.append(("drawn on request", f"{_export(service, squares)}&{times.parameter}", squares))
        problems += [times.problem] if times.problem else []
    if tiles is not None:
        ways.append((f"tiles{undated}", f"{service.address}/tile/{{z}}/{{y}}/{{x}}", tiles))
    if is_exported:
        ways.append((f"drawn on request{undated}", _export(service, squares), squares))
    elif times is not None and ways:
        problems.append(Phrase("{title} has dates, but its tiles are the same for all.", title=service.title))
    services = []
    for words, template, grid in ways:
        try:
            made = TileService(
                title=service.title,
                template=template,
                max_level=len(grid.matrices) - 1,
                kind="arcgis",
                layer=service.title,
                capabilities=service.address,
                grid=grid,
                largest_px=min((side for side in sides if side > 0), default=0),
            )
        except BadTemplate as error:
            problems.append(Phrase("{title}: {why}", title=service.title, why=error.sentence))
            continue
        if times is not None and made.is_dated:
            made = replace(made, time=times.offered.initial, times=times.offered.text)
        services.append((words, made))
    return services


def _export(service: _Service, squares: TileMatrixSet) -> str:
    """The template of maps that are drawn on request."""
    code = _code_of(squares.crs)
    square = f"bbox={{bbox}}&bboxSR={code}&imageSR={code}&size={{width}},{{height}}"
    if service.is_image:
        return f"{service.address}/exportImage?{square}&format=jpgpng&f=image"
    return f"{service.address}/export?{square}&dpi=96&format=png32&transparent=true&f=image"


def full_address(address: str) -> str:
    """The address of a description in JSON, without what stands behind the name of the service."""
    match = _SERVER.match(address)
    query = address.partition("?")[2].partition("#")[0]
    head = match[1] if match is not None else address.partition("?")[0].rstrip("/")
    return with_parameters(linked("", f"{head}?{query}"), {"f": "json"})
