"""WFS 1.0 to 2.0: reads capabilities into layers of features, and asks for features of a view as the version has it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlsplit
from xml.etree.ElementTree import Element

from layers.errors import CannotBePlaced, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_geographic, transform_bounds
from layers.phrase import Phrase
from layers.services.offers.crs_names import crs_of, crs_texts, is_north_first, unknown_crs_problem
from layers.services.offers.documents import (
    lonlat_box,
    no_such,
    number_of,
    numbers_of,
    text_in,
    unpacked,
    with_parameters,
    xml_tree,
)
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.offers.service_door import service_door
from layers.services.offers.service_exceptions import EXCEPTION_ROOTS, words_of_exception

_VERSIONS = ("1.0.0", "1.1.0", "2.0.0")
_JSON = ("application/geo+json", "application/json", "json", "geojson", "application/vnd.geo+json")
_DEGREES = ("EPSG:4326", "OGC:CRS84")
_CORNERS = ("minx", "miny", "maxx", "maxy")
_MOST_WORDS = 4000


def read_wfs(document: bytes, address: str) -> ServiceOffer:
    """The layers of a capabilities document that came from `address`. Raises NotReadable where it is none."""
    root = xml_tree(unpacked(document))
    if root.tag in EXCEPTION_ROOTS:
        raise NotReadable(
            "The service answers: “{words}”. Check the address.", words=words_of_exception(unpacked(document))
        )
    listed = root.find("FeatureTypeList")
    if root.tag != "WFS_Capabilities" or listed is None:
        raise NotReadable(no_such("capabilities document of WFS"))
    stated = root.get("version", "").strip()
    version = max((known for known in _VERSIONS if known <= stated), default=_VERSIONS[0])
    about = next((node for tag in ("ServiceIdentification", "Service") for node in root.iterfind(tag)), root)
    door = service_door(_declared_address(root), address)
    formats = tuple(dict.fromkeys(_formats(root)))
    layers = tuple(
        layer
        for entry in listed.iterfind("FeatureType")
        if (layer := _layer(entry, version, door.first, formats)) is not None
    )
    problems = [] if door.problem is None else [door.problem]
    if not layers:
        problems.append(Phrase("The service offers no layer."))
    return ServiceOffer(
        service="wfs",
        title=text_in(about, "Title") or text_in(about, "Name"),
        version=stated,
        layers=layers,
        attribution=text_in(root, "ServiceProvider", "ProviderName"),
        licence=" · ".join(
            words
            for tag in ("Fees", "AccessConstraints")
            if (words := text_in(about, tag)) and words.casefold() not in ("none", "-", "n/a")
        ),
        problems=tuple(problems),
    )


def _operation(root: Element) -> Element | None:
    """The element that describes how features are asked for."""
    old = root.find("Capability/Request/GetFeature")
    news = (node for node in root.iterfind("OperationsMetadata/Operation") if node.get("name") == "GetFeature")
    return old if old is not None else next(news, None)


def _declared_address(root: Element) -> str:
    operation = _operation(root)
    gets = () if operation is None else operation.iter("Get")
    return next((href for get in gets if (href := (get.get("href") or get.get("onlineResource") or "").strip())), "")


def _formats(root: Element) -> Iterator[str]:
    operation = _operation(root)
    if operation is None:
        return
    for node in operation.iterfind("ResultFormat/*"):
        yield node.tag
    for parameter in operation.iterfind("Parameter"):
        if (parameter.get("name") or "").lower() == "outputformat":
            yield from (text for node in parameter.iter("Value") if (text := text_in(node)))


def _layer(entry: Element, version: str, door: str, formats: tuple[str, ...]) -> OfferedLayer | None:
    name = text_in(entry, "Name")
    if not name:
        return None
    tags = ("DefaultSRS", "DefaultCRS", "SRS", "OtherSRS", "OtherCRS")
    spellings = tuple(text for tag in tags for node in entry.iterfind(tag) if (text := text_in(node)))
    own = (text for node in entry.iterfind("OutputFormats/Format") if (text := text_in(node)))
    formats = tuple(dict.fromkeys((*own, *formats)))
    problems: list[Phrase] = []
    spelling = _asked_crs(spellings, version)
    if not door:
        problems.append(Phrase("It names no address to ask: open it by its own address."))
    elif spellings and not spelling:
        problems.append(unknown_crs_problem(spellings[0]))
    bounds, is_odd = _bounds(entry, next(filter(None, map(crs_of, spellings)), ""))
    if is_odd:
        problems.append(Phrase("Its bounding box makes no sense: it is left out."))
    words = {"SERVICE": "WFS", "VERSION": version, "REQUEST": "GetFeature"}
    words["TYPENAMES" if version >= "2" else "TYPENAME"] = quote(name, safe=":")
    as_json = next((text for known in _JSON for text in formats if text.lower().partition(";")[0] == known), "")
    if as_json:
        words["OUTPUTFORMAT"] = quote(as_json, safe="/")
    if spelling:
        words["SRSNAME"] = quote(spelling, safe=":/")
    return OfferedLayer(
        name=name,
        title=text_in(entry, "Title") or name,
        abstract=text_in(entry, "Abstract")[:_MOST_WORDS],
        crs=crs_texts(spellings),
        bounds_lonlat=bounds,
        formats=formats,
        address=with_parameters(door, words) if door and (spelling or not spellings) else "",
        problems=tuple(problems),
    )


def _asked_crs(spellings: tuple[str, ...], version: str) -> str:
    """The CRS to ask for: degrees where they are offered, else the first known one; version 1.0 has only its own."""
    known = [(spelling, crs) for spelling in spellings if (crs := crs_of(spelling))]
    degrees = [spelling for spelling, crs in known if crs in _DEGREES and version > "1.0.0"]
    return (degrees or [spelling for spelling, _ in known] or [""])[0]


def _bounds(entry: Element, crs: str) -> tuple[Bounds | None, bool]:
    """The box in degrees, and whether there is one that makes no sense. `crs` is the layer's own, empty for none.

    By version 1.0 the old box stands in that CRS, whatever its name says; most servers write degrees nevertheless.
    """
    box, old = entry.find("WGS84BoundingBox"), entry.find("LatLongBoundingBox")
    if box is not None:
        numbers = [*numbers_of(text_in(box, "LowerCorner")), *numbers_of(text_in(box, "UpperCorner"))]
    elif old is not None:
        numbers = [number for name in _CORNERS if (number := number_of(old.get(name))) is not None]
    else:
        return None, False
    are_degrees = len(numbers) == 4 and max(abs(numbers[1]), abs(numbers[3])) <= 90.5
    if box is None and len(numbers) == 4 and not are_degrees and crs and not is_geographic(crs):
        try:
            placed = transform_bounds(crs, WGS84, Bounds(*numbers))
        except CannotBePlaced:
            return None, True
        numbers, are_degrees = list(placed), placed.is_finite()
    bounds = lonlat_box(numbers) if are_degrees and numbers != [0.0] * 4 else None
    return bounds, bounds is None


def features_request(layer: OfferedLayer, bounds_lonlat: Bounds | None, limit: int, offset: int = 0) -> str:
    """The address of at most `limit` features within bounds, from the one numbered `offset` on; of all where the bounds
    are None. Raises BadCRS and CannotBePlaced where the bounds have no place in the layer's CRS.

    From version 1.1 on a box stands in the order of axes of a CRS that is spelled as a URN or in OGC's register, and
    names that CRS; short codes mean x before y, and so does all of version 1.0.
    """
    asked_for = {name.upper(): value for name, value in parse_qsl(urlsplit(layer.address).query)}
    version, spelling = asked_for.get("VERSION", _VERSIONS[0]), asked_for.get("SRSNAME", "")
    words = {"COUNT" if version >= "2" else "MAXFEATURES": str(limit)}
    words |= {"STARTINDEX": str(offset)} if offset else {}
    if bounds_lonlat is None:
        return with_parameters(layer.address, words)
    crs = crs_of(spelling) or WGS84
    box = transform_bounds(WGS84, crs, bounds_lonlat)
    if not box.is_finite():
        raise CannotBePlaced("The view has no place in {crs}, the layer's CRS: move it.", crs=crs)
    numbers = list(box)
    if version > "1.0.0" and has_own_axes(spelling) and is_north_first(crs):
        numbers = [box.bottom, box.left, box.top, box.right]
    text = ",".join(f"{number:.7f}".rstrip("0").rstrip(".") for number in numbers)
    if version > "1.0.0" and spelling:
        text += f",{quote(spelling, safe=':/')}"
    return with_parameters(layer.address, {"BBOX": text} | words)


def has_own_axes(spelling: str) -> bool:
    """True for a spelling of a CRS that wants places in the CRS's own order of axes; short codes mean x before y."""
    return spelling.lower().startswith("urn:") or "/def/crs/" in spelling.lower()
