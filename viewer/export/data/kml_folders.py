"""The folders, times and views of a case in KML: the tree that the analyst keeps, as Google Earth has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from layers.document.json_fields import json_object
from layers.document.marks.earth_opacity import EARTH
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.requests.earth_file import EarthView
from layers.time.dates import is_partial
from viewer.commands.filing.earth_overlays import FOLDERS_APART

VIEWS = "Bookmarks"
"""Name of the folder of the case's bookmarks."""
MOST_DEEP = 50
"""Most folders in each other; the rest of a longer path is one name."""


class FiledElement(NamedTuple):
    """An element of KML with the path of its folder, and its place among all of the file that it came from."""

    folder: str
    order: float
    element: str


def filed_mark(site: Site, element: str) -> FiledElement:
    """The element of a mark, in the folder that the analyst keeps it in."""
    return FiledElement(site.folder, _order_of(site), element)


def folders_of(elements: Iterable[FiledElement], folder: Callable[[str, str], str]) -> str:
    """Folders in folders with elements, in the order of the file that they came from, else of the case.

    `folder` makes the element of a folder from its name and what is in it.
    """
    root: dict[str, Any] = {}
    for filed in sorted(elements, key=lambda filed: filed.order):
        inside = root
        for name in filter(None, filed.folder.split(FOLDERS_APART, MOST_DEEP)):
            inside = inside.setdefault(name, {})
        inside.setdefault("", []).append(filed.element)
    return _inside(root, folder)


def _inside(branch: dict[str, Any], folder: Callable[[str, str], str]) -> str:
    """The elements in a folder: folders in it, and the marks that lie in it alone."""
    parts: list[str] = []
    for name, part in branch.items():
        parts += part if isinstance(part, list) else [folder(name, _inside(part, folder))]
    return "".join(parts)


def views_of(views: Iterable[EarthView], folder: Callable[[str, str], str], name: Callable[[str], str]) -> str:
    """A folder of views in their order, each a placemark without a place, to which Google Earth flies.

    `folder` makes the element of a folder as for `folders_of`, `name` writes a name as KML has it.
    """
    inside = "".join(f"<Placemark><name>{name(view.name)}</name>{_look_at(view)}</Placemark>" for view in views)
    return folder(VIEWS, inside) if inside else ""


def _look_at(view: EarthView) -> str:
    return (
        f"<LookAt><longitude>{view.lon:.9f}</longitude><latitude>{view.lat:.9f}</latitude><altitude>0</altitude>"
        f"<heading>{view.heading_deg:.6f}</heading><tilt>0</tilt><range>{view.range_m:.4f}</range>"
        "<altitudeMode>clampToGround</altitudeMode></LookAt>"
    )


def _order_of(site: Site) -> float:
    order = _earth_of(site).get("order", 0)
    return float(order) if isinstance(order, int | float) else 0.0


def _earth_of(site: Site) -> dict[str, Any]:
    """The statements of Google Earth that a site keeps; empty for any other site."""
    try:
        kept = json_object(site.props_json, Phrase("It")).get(EARTH)
    except InvalidValue:
        return {}
    return kept if isinstance(kept, dict) else {}


def is_from_earth(site: Site) -> bool:
    """True for a mark that came from Google Earth."""
    return bool(_earth_of(site))


def time_of_mark(site: Site) -> str:
    """The time of a mark that came from Google Earth, as an element: how long it is valid, else when it was seen.

    Other marks have none: Google Earth would hide them for all other times.
    """
    if not _earth_of(site):
        return ""
    if site.valid_from or site.valid_to:
        return time_span(site.valid_from, site.valid_to)
    first, slash, last = site.observed_at.partition("/")
    return time_span(first, last) if slash else time_stamp(first)


def time_stamp(date: str) -> str:
    """The element of a day or moment; empty for none."""
    return f"<TimeStamp><when>{_written(date)}</when></TimeStamp>" if is_partial(date) else ""


def time_span(begin: str, end: str) -> str:
    """The element of the days between two, of which one may be open; empty for none."""
    sides = [f"<{tag}>{_written(date)}</{tag}>" for tag, date in (("begin", begin), ("end", end)) if is_partial(date)]
    return f"<TimeSpan>{''.join(sides)}</TimeSpan>" if sides else ""


def _written(date: str) -> str:
    """A date as KML writes it, which has seconds behind minutes."""
    return f"{date[:-1]}:00Z" if len(date) == len("2024-04-12T08:30Z") else date
