"""Web maps whose addresses tell what they show, as data: the shipped list, and the form of a user's own.

Nothing here contacts anybody.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from layers.decoding import decoded
from layers.errors import BadCRS, BadTemplate, GeoloupeError, NotReadable
from layers.geo.crs import WEB_MERCATOR, check_map_crs
from layers.phrase import Phrase
from layers.services.view_links import DATUMS, ViewLink
from layers.services.web_views.page_pattern import check_pattern

MOST_BYTES = 2**20
MOST_ENTRIES = 1000
DATE_KINDS = ("instant", "published")
"""Kinds of a date in an address: the day that was asked for, or that of a release."""
_PLACES = ({"lat", "lon"}, {"x", "y"}, {"west", "south", "east", "north"})


class WebViewer(Struct, frozen=True):
    """A web map: which addresses are its own, and where these tell what it shows.

    Of `views`, `dates` and `flat_never` the first pattern that fits counts; of `layers` all that fit. A pattern is a
    text with words in braces, as `layers.services.web_views.page_pattern` reads it.
    """

    title: str
    hosts: tuple[str, ...]
    """Hosts with all that stand below them: bing.com is also www.bing.com."""
    views: tuple[str, ...]
    path: str = ""
    """Beginning of the paths of its pages."""
    crs: str = WEB_MERCATOR
    """The projection of its map."""
    crs_key: str = ""
    """Parameter by which an address names another projection, among `crs_names`."""
    crs_names: dict[str, str] = {}
    datum: str = "WGS 84"
    zoom: str = "web"
    """Meaning of {z}: "web" for levels of Web Mercator, "baidu" for Baidu's."""
    tile_px: int = 256
    """Pixels of the page across the whole world at level 0."""
    dates: tuple[str, ...] = ()
    date_kind: str = "instant"
    layers: tuple[str, ...] = ()
    flat_never: tuple[str, ...] = ()
    """Patterns of pages that show no map from above."""
    credit: str = ""
    warning: str = ""

    def owns(self, host: str, path: str) -> bool:
        """True for the addresses of this web map."""
        is_host = any(host == own or host.endswith(f".{own}") for own in self.hosts)
        return is_host and path.startswith(self.path)


class WebMaps(Struct, frozen=True):
    """The entries of a list: web maps in which a view can be opened, and those whose addresses can be read.

    `problems` has a sentence for each entry that is none.
    """

    links: tuple[ViewLink, ...] = ()
    viewers: tuple[WebViewer, ...] = ()
    problems: tuple[Phrase, ...] = ()


def read_web_maps(text: str) -> WebMaps:
    """The entries of a list in TOML, [[link]] and [[viewer]]. A bad one costs itself.

    Raises NotReadable where the text is no such list at all.
    """
    if len(text) > MOST_BYTES:
        raise NotReadable("The list of web maps is larger than {size} MB: take entries out.", size=MOST_BYTES // 2**20)
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotReadable("The list of web maps is not in its form ({error}): mend it there.", error=error) from error
    links: list[ViewLink] = []
    viewers: list[WebViewer] = []
    problems: list[Phrase] = []
    for kind in ("link", "viewer"):
        entries = tables.get(kind, [])
        for values in entries[:MOST_ENTRIES] if isinstance(entries, list) else [entries]:
            try:
                if kind == "link":
                    links.append(ViewLink.from_json(_table(values)))
                else:
                    viewers.append(viewer_of(_table(values)))
            except GeoloupeError as error:
                title = values.get("title") if isinstance(values, dict) else None
                name = title[:60] if isinstance(title, str) and title else Phrase("An entry without a title")
                problems.append(Phrase("{name} is left out of the list: {why}", name=name, why=error.sentence))
    return WebMaps(tuple(links), tuple(viewers), tuple(problems))


def _table(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise BadTemplate("it is no table of keys and values.")
    return values


def viewer_of(values: dict[str, Any]) -> WebViewer:
    """The web map of an entry. Raises BadTemplate."""
    unknown = values.keys() - set(WebViewer.__struct_fields__)
    if unknown:
        raise BadTemplate("its “{name}” is no key that is known.", name=min(unknown))
    viewer = decoded(values, WebViewer, _not_a_viewer)
    if not (viewer.title.strip() and viewer.hosts and all(viewer.hosts) and viewer.views):
        raise BadTemplate("it lacks its title, its hosts or its views.")
    for pattern in viewer.views:
        names = check_pattern(pattern)
        if not any(place <= names for place in _PLACES):
            raise BadTemplate("its view “{pattern}” tells no place.", pattern=pattern)
    for pattern in (*viewer.dates, *viewer.layers, *viewer.flat_never):
        check_pattern(pattern)
    for value, words, name in (
        (viewer.datum, DATUMS, "datum"),
        (viewer.zoom, ("web", "baidu"), "zoom"),
        (viewer.tile_px, (256, 512), "tile_px"),
        (viewer.date_kind, DATE_KINDS, "date_kind"),
    ):
        if value not in words:
            raise BadTemplate(
                "its {name} is none of {words}.", name=Phrase(name), words=", ".join(str(word) for word in words)
            )
    for crs in (viewer.crs, *viewer.crs_names.values()):
        try:
            check_map_crs(crs)
        except BadCRS as error:
            raise BadTemplate("its projection is none: {why}", why=error.sentence) from error
    return viewer


def _not_a_viewer(member: str) -> Phrase:
    if member:
        return Phrase("its {name} is missing, or not of the right kind.", name=member)
    return Phrase("it is no table of keys and values.")


@cache
def shipped_web_maps() -> WebMaps:
    """The shipped lists of both kinds."""
    folder = files("layers.services")
    texts = (folder / "view_links.toml", folder / "web_views" / "web_viewers.toml")
    parts = [read_web_maps(text.read_text(encoding="utf-8")) for text in texts]
    problems = [problem for part in parts for problem in part.problems]
    if problems:
        raise NotReadable("The shipped list of web maps is damaged ({problem}): install it again.", problem=problems[0])
    return joined_maps(*parts)


def joined_maps(*parts: WebMaps) -> WebMaps:
    """Lists as one, the first ones first; of viewers that own an address the first one reads it."""
    return WebMaps(
        tuple(link for part in parts for link in part.links),
        tuple(viewer for part in parts for viewer in part.viewers),
        tuple(problem for part in parts for problem in part.problems),
    )
