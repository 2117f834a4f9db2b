"""A batch of products: one a site, a class or a bookmark, in an order that depends on nothing but the case."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from functools import reduce
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from layers.document.bookmark_state import state_of
from layers.document.comparison import Frame
from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.json_fields import json_object
from layers.document.kept_view import KeptView
from layers.document.rows import Bookmark
from layers.document.site import Site
from layers.document.vocabulary import class_words
from layers.errors import GeoloupeError, InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_MAX_LAT, WGS84, is_off_earth, transform_bounds
from layers.phrase import Phrase
from layers.product.publishing import DRAFT, Publishing, State
from layers.product.site_words import subtitle_of
from layers.product.spec import ProductMap, ProductSpec

type Each = Literal["site", "class", "bookmark"]
EACH: tuple[Each, ...] = ("site", "class", "bookmark")
REACH_M = 10_000.0
"""Distance from a site to the edges of its map, where its place is known well."""
ERRORS_SHOWN = 3.0
"""Distance shown around a site, as a multiple of its position error."""
VIEW_PX = (1200, 800)
"""Size of the window in which a bookmark without an extent is taken to have been made."""
_OF_NO_PAGE = ("products", "product_rows", "meta", "bookmarks")
"""Tables whose changes change no page, as when a batch is issued."""
_METRES_A_DEGREE, _LEAST_COS, _LONGEST_STEM = 111_320.0, 0.05, 60
_MOST_ERROR_M = 1_000_000.0
_MOST_LAT = MERCATOR_MAX_LAT - 0.1


class BatchItem(Struct, frozen=True):
    """One product; `stem` is its file's name without the ending, and there is no other one of that name."""

    stem: str
    spec: ProductSpec


def batch_of(document: Document, each: Each, like: ProductSpec) -> list[BatchItem]:
    """Make a product for each of them, with the page, style and words of `like`. Raises InvalidValue where there is
    none.

    Sites, classes or bookmarks that may not stand in a published product get none.
    """
    match each:
        case "site":
            pairs = [(site.label, site_spec(document, site, like)) for site in sites_of_products(document, like)]
        case "class":
            pairs = _class_specs(document, like)
        case "bookmark":
            pairs = [
                pair for row in bookmarks_in_tour(document) if (pair := bookmark_spec(document, row, like)) is not None
            ]
    if not pairs:
        raise InvalidValue("There is no {each} in the case of which a product could be made.", each=each)
    return _named(pairs)


def batch_digest(document: Document, items: Sequence[BatchItem], suffix: str, state: State = DRAFT) -> str:
    """A text that stays the same while the batch, its state and the case do: then a stopped batch can continue.

    It does so also where the screen, which stretches follow, has moved since.
    """
    digest = hashlib.sha256(f"{suffix}\0{state}\0".encode())
    for item in items:
        digest.update(f"{item.stem}\0{replace(item.spec, stretches={}).to_json()}\0".encode())
    for table in TABLES:
        rows = document.table(table).values() if table not in _OF_NO_PAGE else ()
        last, revs = max((row.modified_at for row in rows), default=""), sum(row.rev for row in rows)
        digest.update(f"{table}\0{len(rows)}\0{revs}\0{last}\0".encode())
    return digest.hexdigest()


def file_stem(text: str) -> str:
    """A file's name made of a title: its letters and digits, with hyphens."""
    words = re.findall(r"\w+", " ".join(text[:500].split()).casefold())
    return "-".join(words)[:_LONGEST_STEM].rstrip("-_")


def bounds_around(site: Site) -> Bounds | None:
    """The part of the Earth that shows a site with its surroundings, or with all of its error; None off the Earth."""
    if site.geometry.is_empty:
        return None
    left, bottom, right, top = site.geometry.bounds
    if not all(map(math.isfinite, (left, bottom, right, top))):
        return None
    error = site.position_error_m if site.position_error_m is not None else 0.0
    shown_m = ERRORS_SHOWN * error if 0 <= error <= _MOST_ERROR_M else 0.0
    reach = max(shown_m, REACH_M) / _METRES_A_DEGREE
    room = max(reach, 0.4 * (top - bottom))
    middle = min(max((bottom + top) / 2, -_MOST_LAT), _MOST_LAT)
    across = max(reach / max(math.cos(math.radians(middle)), _LEAST_COS), 0.4 * (right - left))
    return _on_map(Bounds(left - across, bottom - room, right + across, top + room))


def _on_map(box: Bounds) -> Bounds | None:
    south, north = max(box.bottom, -_MOST_LAT), min(box.top, _MOST_LAT)
    return Bounds(box.left, south, box.right, north) if south < north else None


def sites_of_products(document: Document, like: ProductSpec) -> list[Site]:
    """Sites that have a product, by their names."""
    admitted = Publishing(like.marking if like.publish else None).admitted_marks(document)
    shown = (site for site in document.sites.values() if site.is_site and bounds_around(site) is not None)
    return sorted(
        (site for site in shown if site.uuid in admitted), key=lambda site: (site.label.casefold(), site.uuid)
    )


def site_spec(document: Document, site: Site, like: ProductSpec) -> ProductSpec:
    """A site page. Its subtitle is about the site, unless the analyst typed one for all: not that of another site."""
    title = site.label or class_words(site.class_code)
    is_of_another = like.site not in ("", site.uuid)
    is_own = is_of_another or like.subtitle == document.meta("subtitle")
    subtitle = subtitle_of(site) if is_own else like.subtitle
    spec = replace(like, layout="site", site=site.uuid, title=title, subtitle=subtitle, moved={})
    return replace(spec, bounds=bounds_around(site), maps=(ProductMap(),))


def _class_specs(document: Document, like: ProductSpec) -> list[tuple[str, ProductSpec]]:
    """A map of each class, with the marks of that class alone."""
    classes: dict[str, list[Site]] = {}
    for site in sites_of_products(document, like):
        classes.setdefault(site.class_code, []).append(site)
    specs = []
    for code in sorted(classes, key=lambda code: (class_words(code).casefold(), code)):
        boxes = [box for site in classes[code] if (box := bounds_around(site)) is not None]
        whole = _on_map(reduce(Bounds.union, boxes))
        marks, title = tuple(site.uuid for site in classes[code]), class_words(code) or "Without a class"
        spec = replace(
            like, layout="single", site="", title=title, bounds=whole, maps=(ProductMap(marks=marks),), moved={}
        )
        specs.append((title, spec))
    return specs


def bookmarks_in_tour(document: Document) -> list[Bookmark]:
    """All bookmarks in the order of their tour."""
    rows = document.bookmarks.values()
    return sorted(rows, key=lambda row: (row.order_key if math.isfinite(row.order_key) else 0.0, row.uuid))


def bookmark_spec(document: Document, row: Bookmark, like: ProductSpec) -> tuple[str, ProductSpec] | None:
    """The map that a bookmark remembers, with its layers, dates and styles; None for one that shows no place."""
    try:
        view = KeptView.from_json(row.viewport_json)
        bounds = view.bounds_lonlat or _seen(view)
    except GeoloupeError:
        return None
    whole = _on_map(bounds) if bounds is not None else None
    if whole is None:
        return None
    shown = ProductMap(frame=_frame(document, row))
    spec = replace(like, layout="single", site="", title=row.name, bounds=whole, maps=(shown,), moved={})
    return row.name, spec


def _seen(view: KeptView) -> Bounds | None:
    if is_off_earth(view.crs):
        return None
    across, down = (side * view.resolution / 2 for side in VIEW_PX)
    box = Bounds(view.x - across, view.y - down, view.x + across, view.y + down)
    return transform_bounds(view.crs, WGS84, box)


def _frame(document: Document, row: Bookmark) -> Frame | None:
    """The layers that it shows, as they were; None where it remembers none, or none of them is left."""
    remembered = [layer for layer in state_of(row.state_json).layers if layer.visible and layer.uuid in document.layers]
    if not remembered:
        return None
    dates = {layer.uuid: layer.time for layer in remembered if layer.time}
    styles = {layer.uuid: style for layer in remembered if (style := _style(layer.style_json))}
    return Frame(tuple(layer.uuid for layer in remembered), dates=dates, styles=styles)


def _style(text: str) -> dict[str, Any]:
    try:
        return json_object(text, Phrase("The style"))
    except InvalidValue:
        return {}


def _named(pairs: Sequence[tuple[str, ProductSpec]]) -> list[BatchItem]:
    """Add a number before each name, so that no page takes the name of another."""
    digits = len(str(len(pairs)))
    return [
        BatchItem("-".join(filter(None, (f"{at:0{digits}}", file_stem(title)))), spec)
        for at, (title, spec) in enumerate(pairs, start=1)
    ]
