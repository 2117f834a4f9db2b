"""The question for everything in a file of Google Earth, and its answer: the tree of folders, and what lies in them."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from layers.requests.earth_own import OwnMark
from layers.requests.question import Question

ROOT = -1
"""Number of the folder that holds what lies in none."""
STAYS_BEHIND = (
    "network link",
    "screen overlay",
    "tour",
    "region",
    "model",
    "no place",
    "bad place",
    "overlay elsewhere",
    "picture inside",
    "unused picture",
    "picture elsewhere",
    "folder text",
    "folder time",
    "empty folder",
    "several kinds",
    "heights",
    "track values",
    "long text",
    "bad time",
    "no time zone",
    "overlay time",
    "overlay height",
    "overlay colour",
    "overlay text",
    "photo frame",
    "view time",
    "view look",
    "icon",
    "balloon",
    "highlight",
    "names and lists",
    "style elsewhere",
    "transparent",
    "hidden",
    "update",
    "other element",
)
"""Kinds of what stays in the file, or comes in as less than it is there."""


class EarthFolder(Struct, frozen=True):
    """A folder. `parent` is the number of the folder that holds it."""

    name: str
    parent: int = ROOT


class EarthStyle(Struct, frozen=True):
    """A style with its shared part put in: colours as #rrggbb, empty where none is stated; `hot_spot` as written: x, y
    and their units.
    """

    icon: str = ""
    icon_color: str = ""
    icon_scale: float | None = None
    hot_spot: tuple[str, ...] = ()
    stroke_color: str = ""
    stroke_width_px: float | None = None
    fill_color: str = ""
    stroke_opacity: float = 1.0
    fill_opacity: float = 1.0


class EarthView(Struct, frozen=True):
    """A view on the ground: its middle, the distance of the eye from it, and where the eye looks.

    `owner` is the kind of element that has it: folder, place, overlay or tour.
    """

    name: str
    owner: str
    folder: int
    lon: float
    lat: float
    range_m: float
    heading_deg: float = 0.0
    tilt_deg: float = 0.0


class EarthPlace(Struct, frozen=True):
    """A placemark, or a photograph that stands in the landscape. `shapes` counts its geometries in the arrays: one for
    its points, one for its lines, one for its areas. Dates are as a case writes them.
    """

    name: str
    folder: int
    shapes: int
    is_photo: bool = False
    notes: str = ""
    data: tuple[tuple[str, str], ...] = ()
    time_kind: str = ""
    """*span* of a TimeSpan, *stamp* of a TimeStamp, *track* of the times along a track; empty without any."""
    begin: str = ""
    end: str = ""
    height_m: float | None = None
    """Height of a single point."""
    style: EarthStyle = EarthStyle()
    photos: tuple[str, ...] = ()
    """Pictures of the archive that it shows."""
    order: int = 0
    """Its place among all elements of the file."""
    own: OwnMark | None = None
    """The fields of a mark that Geoloupe wrote there; None for what others wrote."""


class EarthOverlay(Struct, frozen=True):
    """A picture on the ground, within degrees, that lies in the archive as `part`, or beside a KML at that path."""

    name: str
    folder: int
    part: str
    bounds: tuple[float, float, float, float]
    notes: str = ""
    opacity: float = 1.0
    is_visible: bool = True
    order: int = 0
    corners: tuple[tuple[float, float], ...] = ()
    """Places of its lower left, lower right, upper right and upper left corner."""
    box: tuple[float, ...] = ()
    """North, south, east, west and the turn in degrees as the file states them; empty for one laid by its corners."""
    begin: str = ""
    end: str = ""
    time_kind: str = ""
    is_beside: bool = False
    """True for a picture in a file of its own, beside a KML."""


class EarthLeft(Struct, frozen=True):
    """Something that does not come in as it is. `kind` is one of `STAYS_BEHIND`; `more` is an address or a reason."""

    kind: str
    name: str = ""
    more: str = ""


class EarthFile(Struct, frozen=True):
    """The answer's header. Its arrays are the WKB of all geometries in a row, and the start of each, with the end."""

    name: str
    folders: tuple[EarthFolder, ...] = ()
    places: tuple[EarthPlace, ...] = ()
    overlays: tuple[EarthOverlay, ...] = ()
    views: tuple[EarthView, ...] = ()
    left: tuple[EarthLeft, ...] = ()
    problems: tuple[str, ...] = ()

    def path_of(self, folder: int) -> tuple[str, ...]:
        """The names of a folder and of those that hold it, the outermost first."""
        names: list[str] = []
        while 0 <= folder < len(self.folders):
            names.append(self.folders[folder].name)
            parent = self.folders[folder].parent
            folder = parent if parent < folder else ROOT
        return tuple(reversed(names))


class EarthPicture(Struct, frozen=True):
    """The header of a photo; its size in pixels."""

    content_type: str
    width: int
    height: int


class ReadEarthPicture(Question, frozen=True):
    """A photo in a KMZ, or a picture in a file of its own: its bytes, and a small picture of it as RGB. Header
    `EarthPicture`.
    """

    op: ClassVar[str] = "earth_picture"
    part: str = ""
    """The member of the archive; empty for the file itself."""

    @classmethod
    def facts_kind(cls) -> Any:
        return EarthPicture


class ReadEarthFile(Question, frozen=True):
    """All that a KML or KMZ holds, with its tree. Header `EarthFile`."""

    op: ClassVar[str] = "earth_file"

    @classmethod
    def facts_kind(cls) -> Any:
        return EarthFile
