"""WMTS 1.0.0: reads capabilities into layers of tiles, with their grids, styles, times and addresses.

A layer is asked for by the template that it declares (REST), else by a query (KVP). Of several grids the one in Web
Mercator comes first, then one in degrees; of those in one CRS the one with the finest level. The others are choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote
from xml.etree.ElementTree import Element

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import BadCRS, BadTemplate, CannotBePlaced, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, is_geographic, transform_bounds
from layers.phrase import Phrase
from layers.services.offers.crs_names import crs_of, is_north_first
from layers.services.offers.documents import (
    is_web,
    linked,
    lonlat_box,
    no_such,
    numbers_of,
    text_in,
    unpacked,
    whole_number,
    with_parameters,
    xml_tree,
)
from layers.services.offers.formats import drawn_formats
from layers.services.offers.offer import OfferedDimension, OfferedLayer, OfferedStyle, ServiceOffer
from layers.services.offers.service_door import without_keys
from layers.services.offers.tile_grids import DeclaredMatrix, MendedGrid, mended_grid, zoom_levels
from layers.services.tile_matrix import TileMatrix, TileMatrixSet
from layers.services.tile_service import TileService
from layers.services.times.offered_times import OfferedTimes

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SENDABLE = re.compile(r"[0-9][0-9A-Za-z:.+/_-]{3,80}")
"""A time that an address may carry."""
_IN_PATH = ":,;+@!$'()*~-"
_MOST_KEPT_TIMES = 20_000
"""Most characters of times that a layer's row keeps."""
_DEFAULT = "default"
"""Style or time that is asked for where the document names none."""
_TRUE = ("true", "1")


class _Grid(NamedTuple):
    """A set of matrices as the document has it, mended."""

    identifier: str
    crs_text: str
    crs: str
    """The CRS as our code writes it; empty where PROJ knows none."""
    mended: MendedGrid


class _Doors(Struct, frozen=True):
    """The ways to ask the whole service: the address of its document, and that of queries, if it declares one."""

    address: str
    query: str
    declares_query: bool


def read_wmts(document: bytes, address: str) -> ServiceOffer:
    """The layers of a capabilities document. Raises NotReadable where it is none."""
    root = xml_tree(unpacked(document))
    contents = root.find("Contents")
    if root.tag != "Capabilities" or contents is None:
        raise NotReadable(no_such(Phrase("capabilities document of WMTS")))
    doors = _doors(root, address)
    about, provider = root.find("ServiceIdentification"), root.find("ServiceProvider")
    grids = _grids(contents)
    offer = ServiceOffer(
        service="wmts",
        title="" if about is None else text_in(about, "Title"),
        version=root.get("version", ""),
        attribution="" if provider is None else text_in(provider, "ProviderName"),
        licence="" if about is None else _licence(about),
        link=_href(root, "ServiceProvider/ProviderSite", doors.address),
    )
    layers, problems = [], [problem for grid in grids.values() for problem in grid.mended.problems]
    for element in contents.iterfind("Layer"):
        if text_in(element, "Identifier"):
            layers.append(_LayerReader(element, grids, doors, offer).layer())
        else:
            problems.append(Phrase("A layer has no identifier: it cannot be asked for, and is left out."))
    if not layers:
        problems.append(Phrase("The service offers no layer."))
    return replace(offer, layers=tuple(layers), problems=tuple(dict.fromkeys(problems)))


def _licence(about: Element) -> str:
    words = [text_in(about, name) for name in ("AccessConstraints", "Fees")]
    return "; ".join(word for word in words if word and word.lower() not in ("none", "no", "n/a", "unknown"))


def _href(element: Element, path: str, base: str) -> str:
    target = element.find(path)
    return "" if target is None else linked(base, target.get("href", ""))


def _doors(root: Element, address: str) -> _Doors:
    own = [_href(root, "ServiceMetadataURL", "")]
    gets = {}
    for operation in root.iterfind("OperationsMetadata/Operation"):
        gets[operation.get("name", "").lower()] = list(operation.iterfind("DCP/HTTP/Get"))
    own += [linked("", get.get("href", "")) for get in gets.get("getcapabilities", [])]
    base = address if is_web(address) else next(filter(None, own), "")
    queries = [
        linked(base, get.get("href", ""))
        for get in gets.get("gettile", [])
        if not (encodings := [value.text or "" for value in get.iter("Value")])
        or any(encoding.strip().upper() == "KVP" for encoding in encodings)
    ]
    query = next(filter(None, queries), "")
    return _Doors(without_keys(base), without_keys(query or base), bool(query))


def _grids(contents: Element) -> dict[str, _Grid]:
    """The sets of the document by their identifiers."""
    places = _places(contents)
    grids = {}
    for element in contents.iterfind("TileMatrixSet"):
        name = text_in(element, "Identifier")
        grids[name] = _grid(name, element, places.get(name))
    return grids


def _places(contents: Element) -> dict[str, Bounds]:
    """The box in longitude and latitude around the layers of each set."""
    places: dict[str, Bounds] = {}
    for layer in contents.iterfind("Layer"):
        box = _lonlat(layer)
        if box is None:
            continue
        for link in layer.iterfind("TileMatrixSetLink"):
            name = text_in(link, "TileMatrixSet")
            places[name] = places.get(name, box).union(box)
    return places


def _grid(name: str, element: Element, place: Bounds | None) -> _Grid:
    crs_text = text_in(element, "SupportedCRS")
    crs = crs_of(crs_text)
    if not crs:
        problem = Phrase("The grid of tiles {name} is in {crs}, which is not known.", name=name, crs=crs_text[:80])
        return _Grid(name, crs_text, "", MendedGrid(None, (problem,)))
    north_first = is_north_first(crs)
    corners = [numbers_of(text_in(element, "BoundingBox", corner)) for corner in ("LowerCorner", "UpperCorner")]
    box = None
    if all(len(corner) == 2 for corner in corners):
        (left, bottom), (right, top) = (corner[::-1] if north_first else corner for corner in corners)
        box = Bounds(left, bottom, right, top) if left < right and bottom < top else None
    levels = [level for matrix in element.iterfind("TileMatrix") if (level := _declared(matrix)) is not None]
    mended = mended_grid(name, crs, levels, box, _in_crs(place, crs), north_first)
    if len(levels) < sum(1 for _ in element.iterfind("TileMatrix")):
        problem = Phrase("Levels of the grid {name} lack a corner or a size: they are left out.", name=name)
        mended = replace(mended, problems=(problem, *mended.problems))
    return _Grid(name, crs_text, crs, mended)


def _in_crs(place: Bounds | None, crs: str) -> Bounds | None:
    if place is None:
        return None
    try:
        return transform_bounds(WGS84, crs, place)
    except (BadCRS, CannotBePlaced):
        return None


def _declared(element: Element) -> DeclaredMatrix | None:
    corner = numbers_of(text_in(element, "TopLeftCorner"))
    columns, rows = (whole_number(text_in(element, f"Matrix{side}")) for side in ("Width", "Height"))
    identifier = text_in(element, "Identifier")
    if not identifier or len(corner) != 2 or columns is None or rows is None:
        return None
    scale = numbers_of(text_in(element, "ScaleDenominator"))
    return DeclaredMatrix(
        identifier,
        (corner[0], corner[1]),
        scale[0] if len(scale) == 1 and scale[0] > 0 else None,
        columns,
        rows,
        whole_number(text_in(element, "TileWidth")) or 256,
        whole_number(text_in(element, "TileHeight")) or 256,
    )


def _lonlat(layer: Element) -> Bounds | None:
    """The layer's box in longitude and latitude; None where it declares none, or none that can be."""
    corners = [numbers_of(text_in(layer, "WGS84BoundingBox", corner)) for corner in ("LowerCorner", "UpperCorner")]
    if all(len(corner) == 2 for corner in corners):
        return lonlat_box([*corners[0], *corners[1]])
    for box in layer.iterfind("BoundingBox"):
        crs = crs_of(box.get("crs", ""))
        corners = [numbers_of(text_in(box, corner)) for corner in ("LowerCorner", "UpperCorner")]
        if not crs or not all(len(corner) == 2 for corner in corners):
            continue
        if is_north_first(crs):
            corners = [corner[::-1] for corner in corners]
        try:
            return lonlat_box(list(transform_bounds(crs, WGS84, Bounds(*corners[0], *corners[1]))))
        except (BadCRS, CannotBePlaced):
            continue
    return None


class _LayerReader:
    """Reads one layer; what is wrong with it is kept in `problems`."""

    def __init__(self, element: Element, grids: dict[str, _Grid], doors: _Doors, offer: ServiceOffer) -> None:
        self.element, self.grids, self.doors, self.offer = element, grids, doors, offer
        self.problems: list[Phrase] = []
        self.name = text_in(element, "Identifier")
        self.title = text_in(element, "Title") or self.name
        self.bounds = _lonlat(element)
        self.styles = _styles(element)
        self.times, self.time = self._times()
        self.dimensions = self._dimensions()
        self.resources = [
            (entry.get("format", "").strip(), without_keys(linked(doors.address, template)))
            for entry in element.iterfind("ResourceURL")
            if entry.get("resourceType", "tile").strip().lower() == "tile"
            and (template := entry.get("template", "").strip())
        ]
        formats = [*(text_in(entry) for entry in element.iterfind("Format")), *(kind for kind, _ in self.resources)]
        self.formats = tuple(dict.fromkeys(filter(None, formats)))

    def layer(self) -> OfferedLayer:
        """The layer as it is offered."""
        links = [link for link in self.element.iterfind("TileMatrixSetLink") if text_in(link, "TileMatrixSet")]
        known = [grid for link in links if (grid := self.grids.get(text_in(link, "TileMatrixSet"))) is not None]
        services = list(self._services(links))
        best = services[0][1] if services else None
        if best is None and not self.problems:
            self.problems.append(Phrase("{title} has no tiles that can be drawn.", title=self.title))
        if best is not None and self.time and not best.is_dated:
            self.problems.append(
                Phrase(
                    "{title} has dates, but its address has no place for one: the server chooses it.", title=self.title
                )
            )
        return OfferedLayer(
            name=self.name,
            title=self.title,
            abstract=text_in(self.element, "Abstract"),
            crs=tuple(dict.fromkeys(grid.crs or grid.crs_text for grid in known)),
            bounds_lonlat=self.bounds,
            formats=self.formats,
            styles=self.styles if self.element.find("Style") is not None else (),
            times=self.times,
            dimensions=self.dimensions,
            levels=zoom_levels(best.grid) if best is not None and best.grid is not None else None,
            address=best.template if best is not None else self.doors.query,
            attribution=self.offer.attribution,
            link=self.offer.link,
            licence=self.offer.licence,
            service=best,
            choices=tuple(services[1:]),
            problems=tuple(dict.fromkeys(self.problems)),
        )

    def _times(self) -> tuple[OfferedTimes | None, str]:
        """The times that are offered, and the one that is drawn at first; empty where none can be sent."""
        entries = (entry for entry in self.element.iterfind("Dimension") if _dimension_name(entry) == "time")
        element = next(entries, None)
        if element is None:
            return None, ""
        texts = (text_in(entry) for entry in element.iterfind("Value"))
        values = [value for text in texts for value in re.split(r"\s*,\s*", text) if value]
        times = OfferedTimes(",".join(values), text_in(element, "Default"))
        initial = times.initial if _SENDABLE.fullmatch(times.initial) else ""
        if initial and not times.default:
            self.problems.append(
                Phrase(
                    "{title} names no date to begin with: its last one, {time}, is drawn.",
                    title=self.title,
                    time=initial,
                )
            )
        return times, initial

    def _dimensions(self) -> tuple[OfferedDimension, ...]:
        """Dimensions other than time; where one has no default, its first value is."""
        dimensions = []
        for element in self.element.iterfind("Dimension"):
            name = text_in(element, "Identifier")
            if not name or _dimension_name(element) == "time":
                continue
            values = tuple(value for entry in element.iterfind("Value") if (value := text_in(entry)))
            default = text_in(element, "Default")
            if not default and values:
                default = values[0]
                self.problems.append(
                    Phrase(
                        "{title} has no default of {dimension}: its first value, {value}, is drawn.",
                        title=self.title,
                        dimension=name,
                        value=default,
                    )
                )
            dimensions.append(OfferedDimension(name, values, default, text_in(element, "UOM")))
        return tuple(dimensions)

    def _services(self, links: Sequence[Element]) -> Iterator[tuple[str, TileService]]:
        """All ways to draw the layer, by name, the best one first."""
        usable = []
        for link in links:
            name = text_in(link, "TileMatrixSet")
            grid = self.grids.get(name)
            if grid is None:
                self.problems.append(
                    Phrase("{title} is on a grid {name} that is not described.", title=self.title, name=name)
                )
            elif grid.mended.grid is None:
                self.problems.append(Phrase("{title}: {why}", title=self.title, why=grid.mended.problems[-1]))
            else:
                usable.append((grid, self._limited(grid.mended.grid, link)))
        usable.sort(key=_rank)
        for grid, tiles in usable:
            services = []
            for words, template in self._templates(grid.identifier):
                try:
                    services.append((f"{grid.identifier}{words}", self._service(template, tiles)))
                except BadTemplate as error:
                    self.problems.append(Phrase("{title}: {why}", title=self.title, why=error.sentence))
            yield from _each_other_s_fallback(services)

    def _service(self, template: str, tiles: TileMatrixSet) -> TileService:
        """The service of one template and grid. Raises BadTemplate."""
        times = self.times.text if self.times is not None else ""
        is_dated = "{time}" in template
        return TileService(
            title=self.title,
            template=template,
            max_level=len(tiles.matrices) - 1,
            time=self.time if is_dated else "",
            attribution=self.offer.attribution,
            link=self.offer.link,
            licence=self.offer.licence,
            operator=self.offer.attribution,
            kind="wmts",
            layer=self.name,
            capabilities=self.doors.address,
            grid=tiles,
            times=times if is_dated and len(times) <= _MOST_KEPT_TIMES else "",
            bounds=self.bounds,
        )

    def _limited(self, grid: TileMatrixSet, link: Element) -> TileMatrixSet:
        """The grid with the layer's limits: levels without any are not there. Limits that cannot be are passed over."""
        entries = {
            text_in(entry, "TileMatrix"): entry for entry in link.iterfind("TileMatrixSetLimits/TileMatrixLimits")
        }
        matrices = [
            replace(matrix, limits=_limits(entries[matrix.identifier], matrix))
            for matrix in grid.matrices
            if matrix.identifier in entries
        ]
        if entries and (not matrices or not _are_sound(matrices, _in_crs(self.bounds, grid.crs))):
            self.problems.append(
                Phrase("{title} has limits of tiles that cannot be: they are passed over.", title=self.title)
            )
            matrices = [replace(matrix, limits=None) for matrix in matrices]
        return replace(grid, matrices=tuple(matrices)) if matrices else grid

    def _templates(self, grid: str) -> Iterator[tuple[str, str]]:
        """The templates of addresses on a grid, that of REST first, each with words that tell it from the first."""
        dimensions = {dimension.name: dimension.default for dimension in self.dimensions}
        names = {"style": self.styles[0].name, "tilematrixset": grid, "layer": self.name}
        names |= {name.lower(): value for name, value in dimensions.items()}
        names |= {"time": self.times.default or _DEFAULT} if self.times is not None else {}
        drawn = drawn_formats([kind for kind, _ in self.resources])
        resources = [template for kind in drawn for of_kind, template in self.resources if of_kind == kind]
        resources.sort(key=lambda template: bool(self.time) and "{time}" not in template.lower())
        words = ""
        for template in resources:
            try:
                yield words, _filled(template, names, self.time)
            except BadTemplate as error:
                self.problems.append(Phrase("{title}: {why}", title=self.title, why=error.sentence))
            else:
                words = ", KVP"
                break
        formats = drawn_formats(self.formats)
        if self.formats and not formats:
            self.problems.append(
                Phrase(
                    "{title} has no pictures, but {formats}.", title=self.title, formats=", ".join(self.formats)[:80]
                )
            )
        elif self.doors.query and (self.doors.declares_query or not resources):
            yield words, self._query(formats[0] if formats else "image/png", grid, dimensions)

    def _query(self, picture_format: str, grid: str, dimensions: dict[str, str]) -> str:
        """The template of a query."""
        parameters = {
            "SERVICE": "WMTS",
            "REQUEST": "GetTile",
            "VERSION": "1.0.0",
            "LAYER": self.name,
            "STYLE": self.styles[0].name,
            "FORMAT": picture_format,
            "TILEMATRIXSET": grid,
        }
        parameters |= {name.upper(): value for name, value in dimensions.items()}
        encoded = {name: quote(value, safe="") for name, value in parameters.items()}
        encoded |= {"TILEMATRIX": "{z}", "TILEROW": "{y}", "TILECOL": "{x}"}
        return with_parameters(self.doors.query, encoded | ({"TIME": "{time}"} if self.time else {}))


def _each_other_s_fallback(services: list[tuple[str, TileService]]) -> list[tuple[str, TileService]]:
    """Both ways to the same tiles, each with the other one as its fallback, where they are on one host."""
    if len(services) != 2:
        return services
    (_, first), (_, second) = services
    if first.hosts != second.hosts or first.is_dated != second.is_dated:
        return services
    spares = second.template, first.template
    return [(name, replace(made, fallback=spare)) for (name, made), spare in zip(services, spares, strict=True)]


def _styles(element: Element) -> tuple[OfferedStyle, ...]:
    """The styles of a layer, the default one first; never none."""
    entries = list(element.iterfind("Style"))
    entries.sort(key=lambda entry: entry.get("isDefault", "").strip().lower() not in _TRUE)
    styles = tuple(OfferedStyle(text_in(entry, "Identifier"), text_in(entry, "Title")) for entry in entries)
    return styles or (OfferedStyle(_DEFAULT),)


def _dimension_name(element: Element) -> str:
    return text_in(element, "Identifier").lower()


def _rank(usable: tuple[_Grid, TileMatrixSet]) -> tuple[int, float, int]:
    grid, tiles = usable
    order = 0 if tiles.crs == WEB_MERCATOR else 1 if is_geographic(tiles.crs) else 2
    return order, tiles.matrices[-1].resolution, len(grid.mended.problems)


def _limits(entry: Element, matrix: TileMatrix) -> tuple[int, int, int, int] | None:
    """First and last column and row that a layer has of a matrix, within it; None where there are none such."""
    names = ("MinTileCol", "MaxTileCol", "MinTileRow", "MaxTileRow")
    numbers = [whole_number(text_in(entry, name)) for name in names]
    first_column, last_column, first_row, last_row = (-1 if number is None else number for number in numbers)
    first_column, first_row = max(first_column, 0), max(first_row, 0)
    last_column, last_row = min(last_column, matrix.columns - 1), min(last_row, matrix.rows - 1)
    is_some = None not in numbers and first_column <= last_column and first_row <= last_row
    return (first_column, last_column, first_row, last_row) if is_some else None


def _are_sound(matrices: Sequence[TileMatrix], place: Bounds | None) -> bool:
    """False where a level has limits that leave no tile, or those of the finest one are away from the layer."""
    if any(matrix.limits is None for matrix in matrices):
        return False
    columns_rows = matrices[-1].tile_range
    first = matrices[-1].tile_bounds(columns_rows[0], columns_rows[2])
    last = matrices[-1].tile_bounds(columns_rows[1], columns_rows[3])
    return place is None or first.union(last).intersects(place)


def _filled(template: str, names: dict[str, str], time: str) -> str:
    """A template of REST as one of ours. Raises BadTemplate for a name in braces that nothing stands for."""

    def fill(match: re.Match[str]) -> str:
        name = match[1].strip().lower()
        match name:
            case "tilematrix":
                return "{z}"
            case "tilerow":
                return "{y}"
            case "tilecol":
                return "{x}"
            case "time" if time:
                return "{time}"
        if name not in names:
            raise BadTemplate("the address of its tiles has {{{name}}}, which stands for nothing.", name=match[1][:40])
        return quote(names[name], safe=_IN_PATH)

    return _PLACEHOLDER.sub(fill, template)
