"""WMS 1.0 to 1.3.0: reads capabilities into layers, with their CRSs, styles, times, scales and boxes.

What a layer does not say itself it has from the layers above it. The words of all versions are read in each: servers
answer in another version than they were asked for, and mix them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import BadCRS, CannotBePlaced, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from layers.phrase import Phrase
from layers.services.offers.crs_names import crs_of, crs_texts, is_north_first
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
from layers.services.offers.offer import OfferedDimension, OfferedLayer, OfferedStyle, ServiceOffer
from layers.services.offers.service_door import bare_address, service_door
from layers.services.offers.service_exceptions import EXCEPTION_ROOTS, words_of_exception
from layers.services.offers.wms_maps import PIXEL_M, MapServer, drawn
from layers.services.times.offered_times import OfferedTimes

_ROOTS = frozenset(("WMT_MS_Capabilities", "WMS_Capabilities", "WMS_MS_Capabilities"))
_VERSION_OF_ROOT = {"WMS_Capabilities": "1.3.0"}
_USUAL_FORMAT = "image/png"
"""Asked for where a document names no format: every server draws it."""
_TRUE = frozenset(("1", "true", "yes"))
_NO_TERMS = frozenset(("", "none", "no", "n/a", "-", "null", "no conditions apply"))
_GEOGRAPHIC = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
_CORNERS = ("minx", "miny", "maxx", "maxy")
_A_BIT_BEYOND = 90.5
"""Latitude up to which numbers are the poles written carelessly."""
_MOST_WORDS = 4000
"""Most characters of a layer's description."""


class _Dimension(Struct, frozen=True):
    name: str
    values: str = ""
    default: str = ""
    units: str = ""
    nearest: bool = False


class _Inherited(Struct, frozen=True):
    """All that a layer hands down to the layers in it."""

    group: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    styles: tuple[OfferedStyle, ...] = ()
    dimensions: tuple[_Dimension, ...] = ()
    bounds: Bounds | None = None
    scales: tuple[float, float] | None = None
    attribution: str = ""
    link: str = ""


def read_wms(document: bytes, address: str) -> ServiceOffer:
    """The layers of a capabilities document that came from `address`. Raises NotReadable where it is none."""
    root = xml_tree(unpacked(document))
    if root.tag in EXCEPTION_ROOTS:
        raise NotReadable(
            "The service answers: “{words}”. Check the address.", words=words_of_exception(unpacked(document))
        )
    capability = root.find("Capability")
    if root.tag not in _ROOTS or capability is None:
        raise NotReadable(no_such("capabilities document of WMS"))
    about = root.find("Service")
    about = Element("Service") if about is None else about
    text = root.get("version") or _VERSION_OF_ROOT.get(root.tag, "1.1.1")
    title = text_in(about, "Title") or text_in(about, "Name")
    door = service_door(_declared_address(capability), address)
    sides = (whole_number(text_in(about, name)) or 0 for name in ("MaxWidth", "MaxHeight"))
    operator = text_in(about, "ContactInformation", "ContactPersonPrimary", "ContactOrganization")
    terms = (text_in(about, name) for name in ("Fees", "AccessConstraints"))
    formats = tuple(_formats(capability))
    server = MapServer(
        version=_version(text),
        door=door,
        formats=formats or (_USUAL_FORMAT,),
        largest_px=min((side for side in sides if side > 0), default=0),
        title=title,
        licence=" · ".join(words for words in terms if words.casefold() not in _NO_TERMS),
        operator=operator,
        address=bare_address(address) if is_web(address) else "",
    )
    layers = tuple(
        layer for top in capability.iterfind("Layer") for layer in _layers(top, _Inherited(), server, address)
    )
    problems = [] if door.problem is None else [door.problem]
    if not formats:
        problems.append(Phrase("The service says no format of its maps: PNG is asked for."))
    if not layers:
        problems.append(Phrase("The service offers no layer."))
    return ServiceOffer(
        service="wms",
        title=title,
        version=text,
        layers=layers,
        attribution=operator,
        licence=server.licence,
        link=_link(about, address),
        problems=tuple(problems),
    )


def _version(text: str) -> tuple[int, ...]:
    """A version as three numbers; 1.1.1 where it is none that there is."""
    numbers = [int(part) for part in text.strip().split(".")[:3] if part.isdecimal() and part.isascii()]
    version = (*numbers, 0, 0, 0)[:3]
    return version if (1, 0, 0) <= version < (2, 0, 0) else (1, 1, 1)


def _request(capability: Element) -> Element | None:
    """The element that describes how maps are asked for; GetMap was Map at first."""
    return next((node for name in ("GetMap", "Map") for node in capability.iterfind(f"Request/{name}")), None)


def _declared_address(capability: Element) -> str:
    request = _request(capability)
    if request is None:
        return ""
    for get in request.iterfind("DCPType/HTTP/Get"):
        node = get.find("OnlineResource")
        href = get.get("onlineResource", "") if node is None else node.get("href") or node.text or ""
        if href.strip():
            return href.strip()
    return ""


def _formats(capability: Element) -> Iterator[str]:
    """Formats of maps; version 1.0 has them as elements."""
    request = _request(capability)
    for node in () if request is None else request.iterfind("Format"):
        if len(node):
            yield from (child.tag for child in node)
        elif node.text and node.text.strip():
            yield node.text.strip()


def _layers(element: Element, above: _Inherited, server: MapServer, address: str) -> Iterator[OfferedLayer]:
    """A layer and all layers in it; one without a name is a heading."""
    name, title = _text_of(element, "Name"), _text_of(element, "Title")
    problems: list[Phrase] = []
    here = _inherited(element, above, server, address, problems)
    if name:
        times, dimensions = _times(here.dimensions)
        layer = OfferedLayer(
            name=name,
            title=title or name,
            abstract=_text_of(element, "Abstract")[:_MOST_WORDS],
            group=above.group,
            crs=crs_texts(here.spellings),
            bounds_lonlat=here.bounds,
            formats=server.formats,
            styles=here.styles,
            times=times,
            dimensions=dimensions,
            scales=here.scales,
            attribution=here.attribution,
            link=here.link,
            licence=server.licence,
            address=server.door.first,
            problems=tuple(problems),
        )
        yield drawn(layer, here.spellings, server)
    below = replace(here, group=(*above.group, title or name)) if title or name else here
    for child in element.iterfind("Layer"):
        yield from _layers(child, below, server, address)


def _text_of(element: Element, tag: str) -> str:
    child = element.find(tag)
    return "" if child is None or not child.text else " ".join(child.text.split())


def _inherited(
    element: Element, above: _Inherited, server: MapServer, address: str, problems: list[Phrase]
) -> _Inherited:
    """Join the properties of a layer with those of the layers above it; its own ones go first."""
    spellings: list[str] = []
    styles: list[OfferedStyle] = []
    dimensions: list[Element] = []
    changed: dict[str, object] = {}
    for child in element:
        match child.tag:
            case "CRS" | "SRS":
                spellings += _spellings(child.text or "")
            case "Style":
                styles.append(OfferedStyle(_text_of(child, "Name"), _text_of(child, "Title")))
            case "Dimension" | "Extent":
                dimensions.append(child)
            case "Attribution":
                changed |= {"attribution": _text_of(child, "Title"), "link": _link(child, address)}
    if spellings:
        changed["spellings"] = tuple(dict.fromkeys((*above.spellings, *spellings)))
    if styles:
        own = {style.name: style for style in styles if style.name}
        changed["styles"] = (*(style for style in above.styles if style.name not in own), *own.values())
    if dimensions:
        changed["dimensions"] = _dimensions(dimensions, above.dimensions)
    bounds = _bounds(element, server.has_own_axes, problems)
    if bounds is not None:
        changed["bounds"] = bounds
    scales = _scales(element)
    if scales is not None:
        changed["scales"] = scales
    return replace(above, **changed) if changed else above


def _spellings(text: str) -> list[str]:
    """The CRSs of an element: one, or several with blanks between as in version 1.1.0."""
    words = text.split()
    is_list = len(words) > 1 and all(":" in word.strip(":") for word in words)
    return words if is_list else ["".join(words)] if words else []


def _dimensions(elements: list[Element], above: tuple[_Dimension, ...]) -> tuple[_Dimension, ...]:
    """Dimensions by name. Until version 1.1.1 an Extent holds the values of a Dimension, which may stand further up."""
    known = {dimension.name.lower(): dimension for dimension in above}
    for element in elements:
        name = (element.get("name") or "").strip()
        if not name:
            continue
        before = known.get(name.lower(), _Dimension(name))
        values = " ".join((element.text or "").split())
        known[name.lower()] = _Dimension(
            before.name,
            values or before.values,
            (element.get("default") or before.default).strip(),
            element.get("unitSymbol") or element.get("units") or before.units,
            _is_true(element.get("nearestValue")) if element.get("nearestValue") else before.nearest,
        )
    return tuple(known.values())


def _is_true(value: str | None) -> bool:
    return (value or "").strip().casefold() in _TRUE


def _times(dimensions: tuple[_Dimension, ...]) -> tuple[OfferedTimes | None, tuple[OfferedDimension, ...]]:
    times, others = None, []
    for dimension in dimensions:
        if dimension.name.lower() == "time":
            times = OfferedTimes(dimension.values, dimension.default, dimension.nearest)
        else:
            values = tuple(word for value in dimension.values.split(",") if (word := value.strip()))
            others.append(OfferedDimension(dimension.name, values, dimension.default, dimension.units))
    return times, tuple(others)


def _scales(element: Element) -> tuple[float, float] | None:
    """Least and most scale denominator. A hint of version 1.1.1 is the diagonal of a pixel in metres."""
    least = number_of(_text_of(element, "MinScaleDenominator")) or 0.0
    most = number_of(_text_of(element, "MaxScaleDenominator")) or 0.0
    hint = element.find("ScaleHint")
    if hint is not None and not (least or most):
        least, most = ((number_of(hint.get(name)) or 0.0) / (math.sqrt(2) * PIXEL_M) for name in ("min", "max"))
    least, most = max(least, 0.0), most if most > 0 else math.inf
    if (least, most) == (0.0, math.inf):
        return None
    return min(least, most), max(least, most)


def _bounds(element: Element, has_own_axes: bool, problems: list[Phrase]) -> Bounds | None:
    """The box of a layer in degrees: as stated in degrees, else from a box in another CRS; None where all are odd."""
    box = element.find("EX_GeographicBoundingBox")
    numbers = [] if box is None else [number_of(_text_of(box, name)) for name in _GEOGRAPHIC]
    if box is None:
        box = element.find("LatLonBoundingBox")
        numbers = [] if box is None else [number_of(box.get(name)) for name in _CORNERS]
    bounds = _lonlat(numbers, problems)
    others = [] if bounds is not None else element.findall("BoundingBox")
    for other in others:
        bounds = _bounds_of(other, has_own_axes)
        if bounds is not None:
            return bounds
    if bounds is None and (numbers or others):
        problems.append(Phrase("Its bounding box makes no sense: it is left out."))
    return bounds


def _lonlat(numbers: list[float | None], problems: list[Phrase]) -> Bounds | None:
    """West, south, east, north as bounds. Latitudes beyond the poles are longitudes in the wrong place."""
    stated = [number for number in numbers if number is not None]
    if len(stated) != 4:
        return None
    if max(abs(stated[1]), abs(stated[3])) > _A_BIT_BEYOND:
        if max(abs(stated[0]), abs(stated[2])) > _A_BIT_BEYOND:
            return None
        stated = [stated[1], stated[0], stated[3], stated[2]]
        problems.append(Phrase("Its bounding box has latitude and longitude in the wrong order: it is turned round."))
    bounds = lonlat_box(stated)
    return None if bounds is None or (bounds.width == 0 and bounds.height == 0) or bounds.width > 720 else bounds


def _bounds_of(box: Element, has_own_axes: bool) -> Bounds | None:
    """The bounds in degrees of a box in any CRS, which stands in the CRS's own order from version 1.3.0 on."""
    crs = crs_of(box.get("CRS") or box.get("SRS") or "")
    numbers = [number_of(box.get(name)) for name in _CORNERS]
    if not crs or None in numbers:
        return None
    left, bottom, right, top = (float(number or 0) for number in numbers)
    try:
        if has_own_axes and is_north_first(crs):
            left, bottom, right, top = bottom, left, top, right
        bounds = transform_bounds(crs, WGS84, Bounds(left, bottom, right, top))
    except (BadCRS, CannotBePlaced):
        return None
    return _lonlat(list(bounds), []) if bounds.is_finite() else None


def _link(element: Element, address: str) -> str:
    node = element.find("OnlineResource")
    href = "" if node is None else (node.get("href") or node.text or "").strip()
    return linked(address, href) if href else ""
