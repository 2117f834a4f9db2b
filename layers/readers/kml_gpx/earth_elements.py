"""Makes places, overlays and views of the elements of KML, and counts what does not come in as it is."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import shapely

from layers.errors import TooLarge
from layers.readers.kml_gpx.earth_styles import EarthStyles, says_more
from layers.readers.kml_gpx.earth_times import time_in, time_of_view
from layers.readers.kml_gpx.earth_views import view_in
from layers.readers.kml_gpx.ground_overlays import GroundOverlay, picture_inside, stated_box
from layers.readers.kml_gpx.kml import OWN, one_line, own_fields
from layers.readers.kml_gpx.kml_shapes import hrefs, wkb_of
from layers.readers.kml_gpx.plain_text import pictures_in_html, text_of_html
from layers.requests.earth_file import (
    ROOT,
    EarthFile,
    EarthFolder,
    EarthLeft,
    EarthOverlay,
    EarthPlace,
    EarthStyle,
    EarthView,
)
from layers.requests.earth_own import OWN_DATA, OwnMark, own_mark
from layers.text.counted import grouped

LONGEST_NAME, LONGEST_NOTES, LONGEST_VALUE = 200, 4000, 1000
MOST_VALUES = 100
MOST_PLACES = 20_000
"""Most places of one file: more are data rather than an analyst's marks."""
_MOST_CHARS = 24_000_000
"""Most characters of all texts, which have to fit into one answer."""
MOST_LEFT = 5000
"""Most things left behind that are named one by one; the answer has room for no more."""
_MOST_PHOTOS = 20
_FLAT_POINT_BYTES = 21
"""Bytes of the WKB of a point without a height: it is in most files, and goes on as it is."""
_VIEWS = ("LookAt", "Camera")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
_QUIET = frozenset({"open", "styleUrl", "Schema", "balloonVisibility"})
"""Children of folders that say nothing about places: how the list looked."""
_TEXTS = frozenset(
    {"description", "ExtendedData", "address", "phoneNumber", "Snippet", "author", "link", "AddressDetails"}
)
"""Children that are texts or data about a feature, or about a folder."""
_GEOMETRIES = frozenset(
    {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track", "MultiTrack"}
)
_OF_PLACES = (
    _GEOMETRIES
    | _TEXTS
    | _QUIET
    | {"name", "visibility", "Style", "TimeSpan", "TimeStamp", "Region", "Carousel", "LookAt", "Camera"}
)
"""Children of placemarks that are read, named or quiet."""
_OF_PHOTOS = _OF_PLACES | {"Icon"}
_FRAMES = frozenset({"ViewVolume", "ImagePyramid", "shape", "rotation", "color", "drawOrder"})
"""Children of a photo in the landscape that say how it stands there."""
_ALONG_TRACKS = ("angles", "ExtendedData", "Model")


class EarthElements:
    """The elements of one file, or of all KML files in an archive, as they come in."""

    def __init__(
        self, overlays: Mapping[str, GroundOverlay], members: Container[str], listed: Iterable[str] = ()
    ) -> None:
        """`overlays` are those that can be drawn, by their part; `members` the files of the archive, or those beside a
        KML; `listed` the files that the archive was made to hold.
        """
        self.shapes: list[bytes] = []
        self._overlays, self._members, self._listed = dict(overlays), members, sorted(listed)
        self._folders: list[EarthFolder] = []
        self._filled: set[int] = set()
        self._places: list[EarthPlace] = []
        self._laid: list[EarthOverlay] = []
        self._views: list[EarthView] = []
        self._left: list[EarthLeft] = []
        self._links: dict[str, tuple[str, int]] = {}
        self._icons: set[str] = set()
        self._used: set[str] = set()
        """Pictures of the archive that something shows."""
        self._order = self._chars = 0

    def file(self, name: str) -> EarthFile:
        """Everything that was added."""
        for member, (title, _folder) in self._links.items():
            self._leave("network link", title, member)
        held = self._filled | {folder.parent for folder in self._folders}
        for number, folder in enumerate(self._folders):
            if number not in held:
                self._leave("empty folder", folder.name)
        for member in self._listed:
            if member not in self._used and member.lower().endswith(_PICTURES):
                self._leave("unused picture", member)
        return EarthFile(
            name,
            tuple(self._folders),
            tuple(self._places),
            tuple(self._laid),
            tuple(self._views),
            tuple(self._left[:MOST_LEFT]),
        )

    def add_folder(self, name: str, parent: int) -> int:
        """Add a folder; return its number."""
        self._folders.append(EarthFolder(name[:LONGEST_NAME], parent))
        return len(self._folders) - 1

    def take_link(self, member: str) -> tuple[str, int] | None:
        """Take the link that leads to a member: its name and folder. What it leads to is in the file."""
        return self._links.pop(member, None)

    def add_tree(
        self, folders: Sequence[EarthFolder], elements: Iterable[tuple[int, Element]], kml: str, below: int
    ) -> None:
        """Add the elements of the file `kml`, whose outermost folders lie in the folder `below`."""
        first = len(self._folders)
        for folder in folders:
            parent = below if folder.parent == ROOT else folder.parent + first
            self._folders.append(EarthFolder(folder.name, parent))
        numbered = [(below if number == ROOT else number + first, element) for number, element in elements]
        styles, first_place = EarthStyles(), len(self._places)
        for _number, element in numbered:
            if element.tag in ("Style", "StyleMap"):
                styles.take(element)
        for number, element in numbered:
            self._order += 1
            self._add(number, element, kml, styles)
            self._check_size()
        self._left += [EarthLeft("balloon")] * styles.balloons + [EarthLeft("highlight")] * styles.highlights
        if not any(place.own for place in self._places[first_place:]):
            self._left += [EarthLeft("names and lists")] * styles.others

    def _check_size(self) -> None:
        if len(self._places) + len(self._laid) > MOST_PLACES or self._chars > _MOST_CHARS:
            raise TooLarge(
                "The file holds more than {most} places, or too long texts, which are data rather than marks: open"
                " it as a layer.",
                most=grouped(MOST_PLACES),
            )

    # -- elements -------------------------------------------------------------------------------------------------

    def _add(self, folder: int, element: Element, kml: str, styles: EarthStyles) -> None:
        name = (one_line(element.find("name")) or "")[:LONGEST_NAME]
        match element.tag:
            case "Placemark" | "PhotoOverlay":
                self._filled.add(folder)
                self._add_place(folder, name, element, kml, styles)
            case "GroundOverlay":
                self._filled.add(folder)
                self._add_overlay(folder, name, element, kml)
            case "NetworkLink":
                self._add_link(folder, name, element, kml)
            case "ScreenOverlay":
                self._leave("screen overlay", name, next(iter(hrefs(element)), ""))
                self._use(next(iter(hrefs(element)), ""), kml)
            case "Tour":
                self._add_tour(folder, name, element)
            case "LookAt" | "Camera":
                self._add_view(folder, self._folder_name(folder), element, "folder")
            case "Region":
                self._leave("region", self._folder_name(folder))
            case "TimeSpan" | "TimeStamp":
                self._leave("folder time", self._folder_name(folder), " ".join("".join(element.itertext()).split()))
            case "visibility":
                if (one_line(element) or "") in ("0", "false"):
                    self._leave("hidden", self._folder_name(folder))
            case tag if tag in _TEXTS:
                if "".join(element.itertext()).strip() or element.get("href", "").strip():
                    self._leave("folder text", self._folder_name(folder))
            case "NetworkLinkControl" | "Update":
                self._leave("update", element.tag)
            case "Style" | "StyleMap" | "name":
                pass
            case tag if tag not in _QUIET:
                self._leave("other element", tag[:LONGEST_NAME])

    def _folder_name(self, folder: int) -> str:
        return self._folders[folder].name if folder >= 0 else ""

    def _add_place(self, folder: int, name: str, element: Element, kml: str, styles: EarthStyles) -> None:
        parts = {child.tag: child for child in reversed(element)}
        shapes, height_m = self._shapes_of(name, element, parts)
        style, is_elsewhere = styles.style_of((one_line(parts.get("styleUrl")) or "")[:500], parts.get("Style"))
        own = _own_mark(parts)
        if own is None:
            self._tell_style(name, style, is_elsewhere, parts)
        self._use(style.icon, kml)
        notes, photos = self._words_of(name, element, parts, kml)
        time = time_in(parts)
        for fault, text in time.faults:
            self._leave(fault, name, text)
        for photo in photos if not shapes else photos[_MOST_PHOTOS:]:
            self._leave("picture inside", name, photo)
        if not shapes and not parts.keys() & set(_VIEWS):
            self._leave("no place", name)
        if shapes:
            place = EarthPlace(
                name,
                folder,
                len(shapes),
                element.tag == "PhotoOverlay",
                notes,
                self._data_of(name, element, parts),
                time.kind,
                time.begin,
                time.end,
                height_m,
                style,
                photos[:_MOST_PHOTOS],
                self._order,
                own,
            )
            self._chars += len(notes) + sum(len(key) + len(value) for key, value in place.data)
            self.shapes += shapes
            self._places.append(place)
            if len(shapes) > 1 and own is None:
                self._leave("several kinds", name)
        for tag in _VIEWS:
            if tag in parts:
                self._add_view(folder, name, parts[tag], "place" if shapes else "folder")
        if "Region" in parts:
            self._leave("region", name)
        self._tell_unread(name, element)

    def _tell_unread(self, name: str, element: Element) -> None:
        """Name the children of a place that nothing reads."""
        is_photo = element.tag == "PhotoOverlay"
        tags = {child.tag for child in element}
        if is_photo and tags & _FRAMES:
            self._leave("photo frame", name)
        for tag in sorted(tags - (_OF_PHOTOS | _FRAMES if is_photo else _OF_PLACES)):
            self._leave("other element", name, tag[:LONGEST_NAME])

    def _shapes_of(self, name: str, element: Element, parts: dict[str, Element]) -> tuple[list[bytes], float | None]:
        """The geometries of a place, one a kind, and the height of a single point."""
        if element.tag == "PhotoOverlay" and "Point" not in parts and (camera := parts.get("Camera")) is not None:
            try:
                place = shapely.Point(
                    float(camera.findtext("longitude") or ""), float(camera.findtext("latitude") or "")
                )
            except ValueError:
                return [], None
            return [shapely.to_wkb(place, byte_order=1)], None
        try:
            wkb, lacking = wkb_of(element)
        except (ValueError, shapely.errors.ShapelyError) as error:
            self._leave("bad place", name, str(error)[:200])
            return [], None
        if wkb is None:
            return [], None
        if "Model" in parts or element.find(".//Model") is not None:
            self._leave("model", name, next((href for model in element.iter("Model") for href in hrefs(model)), ""))
        for track in element.iter("Track"):
            if len(track.findall("when")) > 2 or any(track.find(tag) is not None for tag in _ALONG_TRACKS):
                self._leave("track values", name)
        if lacking:
            self._leave("heights", name)
        if len(wkb) == _FLAT_POINT_BYTES:
            return [wkb], None
        shape = shapely.from_wkb(wkb)
        height_m = float(shape.z) if shape.geom_type == "Point" and shape.has_z else None
        if shape.has_z and height_m is None:
            self._leave("heights", name)
        return [bytes(shapely.to_wkb(part, byte_order=1)) for part in by_kind(shapely.force_2d(shape))], height_m

    def _tell_style(self, name: str, style: EarthStyle, is_elsewhere: bool, parts: dict[str, Element]) -> None:
        if is_elsewhere:
            self._leave("style elsewhere", name, (one_line(parts.get("styleUrl")) or "")[:200])
        if style.icon and style.icon not in self._icons:
            self._icons.add(style.icon)
            self._leave("icon", "", style.icon)
        if "Point" not in parts and (style.stroke_opacity < 1 or (style.fill_color and style.fill_opacity == 1)):
            self._leave("transparent", name)
        if (one_line(parts.get("visibility")) or "") in ("0", "false"):
            self._leave("hidden", name)
        own = parts.get("Style")
        if own is not None and own.find("BalloonStyle") is not None:
            self._leave("balloon", name)
        if own is not None and says_more(own):
            self._leave("names and lists", name)

    def _words_of(
        self, name: str, element: Element, parts: dict[str, Element], kml: str
    ) -> tuple[str, tuple[str, ...]]:
        """The description as plain text, and the pictures of the archive that it shows."""
        html = parts["description"].text or "" if "description" in parts else ""
        notes = text_of_html(html)
        if len(notes) > LONGEST_NOTES:
            self._leave("long text", name)
            notes = notes[: LONGEST_NOTES - 1] + "…"
        addresses = pictures_in_html(html)
        if element.tag == "PhotoOverlay":
            addresses += [href for icon in element.findall("Icon") for href in hrefs(icon)]
        images = (image for image in element.iter() if image.tag.lower() == "imageurl")  # of Google Earth on the web
        addresses += [address for image in images if (address := one_line(image))]
        photos: list[str] = []
        for address in dict.fromkeys(addresses):
            inside = self._member(address, kml)
            if inside:
                photos.append(inside)
            else:
                self._leave("picture elsewhere", name, address[:200])
        return notes, tuple(photos)

    def _data_of(self, name: str, element: Element, parts: dict[str, Element]) -> tuple[tuple[str, str], ...]:
        """Names and values of what a place states besides its description, as plain text."""
        values: dict[str, str] = {}
        for tag, text in own_fields(element, parts).items():
            if text and tag.removeprefix(OWN) in ("address", "phoneNumber", "snippet"):
                values[tag.removeprefix(OWN)] = text
        if "author" in parts and (author := one_line(parts["author"].find("name"))):
            values["author"] = author
        if "link" in parts and (address := parts["link"].get("href", "").strip()):
            values["link"] = address
        for tag in _VIEWS:
            if tag in parts and (slider := time_of_view(parts[tag])):
                values["time slider"] = slider
        mode = next((text for point in element.iter("Point") if (text := one_line(point.find("altitudeMode")))), "")
        if mode and mode != "clampToGround":
            values["altitude mode"] = mode
        if "AddressDetails" in parts:
            values["address details"] = " ".join("".join(parts["AddressDetails"].itertext()).split())
        for data in (*element.iter("Data"), *element.iter("SimpleData"), *_own_data(parts.get("ExtendedData"))):
            value = data.findtext("value") if data.tag == "Data" else "".join(data.itertext())
            name_of_data = data.get("name", "") or ("data" if data.tag in ("Data", "SimpleData") else data.tag)
            if name_of_data == OWN_DATA and own_mark(value or ""):
                continue
            values[name_of_data[:LONGEST_NAME]] = text_of_html(value or "")
        if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in values.values()):
            self._leave("long text", name)
        return tuple((key, value[:LONGEST_VALUE]) for key, value in list(values.items())[:MOST_VALUES] if value)

    def _add_overlay(self, folder: int, name: str, element: Element, kml: str) -> None:
        parts = {child.tag: child for child in reversed(element)}
        part = picture_inside(element, kml, self._members)
        laid = self._overlays.pop(part, None) if part else None
        self._use(part, "")
        if laid is None:
            self._leave("overlay elsewhere", name, part or next(iter(hrefs(element)), "")[:200])
        else:
            lons, lats = zip(*laid.corners, strict=True)
            colour = (one_line(parts.get("color")) or "").lstrip("#")
            time = time_in(parts)
            overlay = EarthOverlay(
                name,
                folder,
                part,
                (min(lons), min(lats), max(lons), max(lats)),
                text_of_html(element.findtext("description") or "")[:LONGEST_NOTES],
                _opacity(colour),
                (one_line(parts.get("visibility")) or "") not in ("0", "false"),
                self._order,
                laid.corners,
                stated_box(element),
                time.begin,
                time.end,
                time.kind,
                not self._listed,
            )
            self._laid.append(overlay)
            self._chars += len(overlay.notes)
            for fault, text in time.faults:
                self._leave(fault, name, text)
            if time.kind:
                self._leave("overlay time", name, "/".join(filter(None, (time.begin, time.end))))
            self._tell_overlay(name, parts, colour)
        for tag in _VIEWS:
            if tag in parts:
                self._add_view(folder, name, parts[tag], "overlay")
        if "Region" in parts:
            self._leave("region", name)

    def _tell_overlay(self, name: str, parts: dict[str, Element], colour: str) -> None:
        """Note what an overlay states beside its picture, its place and its time: a layer has no room for it."""
        height_m = one_line(parts.get("altitude")) or "0"
        if (one_line(parts.get("altitudeMode")) or "").startswith("absolute") and height_m not in ("0", "0.0"):
            self._leave("overlay height", name, height_m[:40])
        if len(colour) == 8 and colour[2:].lower() != "ffffff":
            self._leave("overlay colour", name)
        if any(tag != "description" and "".join(parts[tag].itertext()).strip() for tag in _TEXTS & parts.keys()):
            self._leave("overlay text", name)

    def _add_link(self, folder: int, name: str, element: Element, kml: str) -> None:
        address = next(iter(hrefs(element)), "")
        inside = self._member(address, kml, (".kml",))
        if inside and inside not in self._links:
            self._links[inside] = (name, folder)
            self._filled.add(folder)
            self._tell_link(folder, name, element)
        else:
            self._leave("network link", name, address[:200])

    def _tell_link(self, folder: int, name: str, element: Element) -> None:
        """Note what the link to a file of the archive states, whose places come in its folder."""
        tags = {child.tag: child for child in element}
        if "Region" in tags:
            self._leave("region", name)
        if any("".join(tags[tag].itertext()).strip() for tag in _TEXTS & tags.keys()):
            self._leave("folder text", name)
        for tag in _VIEWS:
            if tag in tags:
                self._add_view(folder, name, tags[tag], "folder")

    def _add_tour(self, folder: int, name: str, element: Element) -> None:
        self._leave("tour", name)
        for fly in element.iter("FlyTo"):
            for tag in _VIEWS:
                if (view := fly.find(tag)) is not None:
                    self._add_view(folder, name, view, "tour")

    def _add_view(self, folder: int, name: str, element: Element, owner: str) -> None:
        if (view := view_in(element, name, owner, folder)) is not None:
            self._views.append(view)
        if owner != "place" and (slider := time_of_view(element)):
            self._leave("view time", name, slider)
        roll = one_line(element.find("roll")) or "0"
        options = [option.get("name", "") for option in element.iter("option")]
        if options or roll.strip("-0."):
            self._leave(
                "view look", name, ", ".join(filter(None, (*options, f"roll {roll}" if roll.strip("-0.") else "")))
            )

    def _member(self, address: str, kml: str, endings: tuple[str, ...] = _PICTURES) -> str:
        """The member of the archive that an address means; empty for any other place."""
        href = unquote(address.strip()).replace("\\", "/")
        if ":" in href or not href.lower().endswith(endings):
            return ""
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(kml.replace("\\", "/")), href))
        inside = next((name for name in (beside, posixpath.normpath(href)) if name in self._members), "")
        self._used.add(inside)
        return inside

    def _use(self, address: str, kml: str) -> None:
        """Note that the picture at an address is shown, if it is in the archive."""
        if address:
            self._member(address, kml)

    def _leave(self, kind: str, name: str = "", more: str = "") -> None:
        self._left.append(EarthLeft(kind, name[:LONGEST_NAME], more[:200]))


def _own_mark(parts: Mapping[str, Element]) -> OwnMark | None:
    """The fields that Geoloupe wrote to a place."""
    if (extended := parts.get("ExtendedData")) is None:
        return None
    texts = (data.findtext("value") or "" for data in extended.iter("Data") if data.get("name") == OWN_DATA)
    return next((own for text in texts if (own := own_mark(text))), None)


def _own_data(extended: Element | None) -> Iterable[Element]:
    """Data in elements of the writer's own, which KML allows beside its own kinds."""
    known = ("Data", "SchemaData")
    return () if extended is None else (child for child in extended if child.tag not in known)


def by_kind(shape: Any) -> list[Any]:
    """The points, the lines and the areas of a geometry, each as one geometry."""
    groups: dict[str, list[Any]] = {"Point": [], "LineString": [], "Polygon": []}
    for part in _singles(shape):
        kind = "LineString" if part.geom_type == "LinearRing" else part.geom_type
        if kind in groups and not part.is_empty:
            groups[kind].append(shapely.LineString(part.coords) if part.geom_type == "LinearRing" else part)
    joined = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
    return [parts[0] if len(parts) == 1 else joined[kind](parts) for kind, parts in groups.items() if parts]


def _singles(shape: Any) -> Iterable[Any]:
    parts = list(shapely.get_parts(shape))
    while any(hasattr(part, "geoms") for part in parts):
        parts = [single for part in parts for single in shapely.get_parts(part)]
    return parts


def _opacity(colour: str) -> float:
    """The opacity of a colour of KML, which begins with it; 1 where none is stated."""
    try:
        return round(int(colour[:2], 16) / 255, 3) if len(colour) == 8 else 1.0
    except ValueError:
        return 1.0
