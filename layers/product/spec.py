"""A product as the analyst has set it: its layout, page, words, maps and moved parts. It is kept in the case."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from layers.decoding import encoded
from layers.document.comparison import MOST_FRAMES as MOST_COMPARED
from layers.document.comparison import ComparisonSpec, Frame, read_bounds, read_frame
from layers.document.json_fields import json_object
from layers.document.layer import Layer
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.phrase import Phrase

KIND = "map"
"""Kind that distinguishes these products from others in the same table, such as match plates."""
LAYOUTS: dict[str, str] = {
    "single": "Single image",
    "before-after": "Before and after",
    "panels": "Up to six panels",
    "insets": "Overview and insets",
    "site": "Site page",
    "plain": "Plain map",
}
"""The words that `--layout` takes, with their titles."""
MOST_MAPS: dict[str, int] = {"single": 1, "before-after": 2, "panels": 6, "insets": 5, "site": 1, "plain": 1}
MATCHED = ("before-after", "panels")
"""Layouts whose images can be made to look alike."""
GRATICULES = ("", "DD", "DMS", "UTM", "MGRS")
PARTS = (
    "legend",
    "scale bar",
    "north arrow",
    "date and place",
    "locator",
    "frame",
    "labels",
    "annotation",
    "key",
    "observations",
    "claims",
    "sources",
    "caveats",
    "imprint",
)
"""Parts of a page that can be left out. Without *annotation* it is the unannotated twin: no mark and no label."""
LONGEST_TEXT, LONGEST_JSON, MOST_MOVED, MOST_OVERRIDES, MOST_STRETCHES = 4000, 1_000_000, 2000, 200, 500
LEAST_DPI, MOST_DPI = 24, 1200
_WHAT = Phrase("The product")
_OF_MAP = re.compile(r":[0-9]{1,2}$")
"""End of the key of a thing that belongs to the map of this number."""
_PIXELS = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)x([0-9]{1,6}(?:\.[0-9]{1,3})?)")


class Page(NamedTuple):
    """Width and height in millimetres. One that is meant for a screen has them at 96 dpi."""

    name: str
    width_mm: float
    height_mm: float


def _screen(name: str, width_px: float, height_px: float) -> Page:
    return Page(name, width_px * 25.4 / 96, height_px * 25.4 / 96)


PAGES: dict[str, Page] = {
    page.name: page
    for page in (
        Page("A4 portrait", 210, 297),
        Page("A4 landscape", 297, 210),
        Page("A3 portrait", 297, 420),
        Page("A3 landscape", 420, 297),
        Page("Letter portrait", 215.9, 279.4),
        Page("Letter landscape", 279.4, 215.9),
        _screen("Slide 16:9", 1280, 720),
        _screen("Square", 1080, 1080),
        Page("Newspaper, 1 column", 45, 90),
        Page("Newspaper, 2 columns", 95, 110),
        Page("Newspaper, 4 columns", 195, 150),
    )
}
DEFAULT_PAGE = "A4 landscape"


class ProductMap(Struct, frozen=True):
    """One map of a product. `frame`: its layers, as in a comparison; None: those of the product.

    `bounds` are lon, lat; None: the product's. `marks`: uuids of the marks that are its own; None: all of the case.
    """

    frame: Frame | None = None
    bounds: Bounds | None = None
    title: str = ""
    marks: tuple[str, ...] | None = None


class Override(NamedTuple):
    """A finding of the check that the analyst lets pass: its rule and subject, the reason, the person and the time."""

    rule: str
    where: str
    reason: str
    by: str = ""
    at: str = ""


class ProductSpec(Struct, frozen=True):
    """Everything that makes a product again from its case. Empty words are left out of the page.

    `moved` has offsets in millimetres, x to the right and y down, from where a thing would stand by itself. Its keys
    are `label:UUID`, `callout:UUID`, `scale bar:0`, `legend` and so on, a map's number behind those of its furniture.
    """

    layout: str = "single"
    page: str = DEFAULT_PAGE
    dpi: int = 300
    style: str = ""
    """The name of a house style; empty: the first of those that are shipped."""
    dark: bool = False
    title: str = ""
    subtitle: str = ""
    bottom_line: str = ""
    """The product's finding in one sentence."""
    dateline: str = ""
    author: str = ""
    organisation: str = ""
    annotation_credit: str = ""
    """Credit for the annotation; empty: the author, then the organisation."""
    marking: str = ""
    caption: str = ""
    alt_text: str = ""
    processing_note: str = ""
    """Note on processing, in addition to those of the layers."""
    number: str = ""
    """Number as typed; empty: the next whole number of the case."""
    crs: str = ""
    """CRS of the maps; empty: the one that suits the bounds."""
    bounds: Bounds | None = None
    maps: tuple[ProductMap, ...] = (ProductMap(),)
    layers: tuple[str, ...] | None = None
    """Uuids of the layers that maps without layers of their own show; None: those that the tree shows. Layers that are
    added later stay out until they are taken in."""
    comparison: str = ""
    """The uuid of the comparison that the maps of before and after are from."""
    match: bool = False
    site: str = ""
    """The uuid of the site of a site page."""
    graticule: str = ""
    left_out: frozenset[str] = frozenset()
    """Names of `PARTS`."""
    grey: bool = False
    outlines: bool = False
    """True for SVG and PDF with letters as shapes, for programs without the fonts."""
    solar_time: bool = False
    """True where dates of images have the local solar time beside their UTC."""
    publish: bool = False
    """True for a product without case id, internal sources, names of people and paths."""
    moved: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    stretches: Mapping[str, str] = field(default_factory=dict)
    """Styles in which images were seen whose stretch follows the view (DRA), as rows have them in JSON; by layer."""

    @property
    def published_marking(self) -> str | None:
        """The marking of a published product, by which its rows are judged; None: it is not published, and every row
        may stand in it.
        """
        return self.marking if self.publish else None

    def shows(self, part: str) -> bool:
        """True where a part of the page is wanted."""
        return part not in self.left_out

    def with_moved(self, key: str, x_mm: float, y_mm: float) -> ProductSpec:
        """The same with one thing moved that far from its own place; 0, 0 puts it back."""
        others = {name: offset for name, offset in self.moved.items() if name != key}
        return replace(self, moved=others | ({key: (x_mm, y_mm)} if (x_mm, y_mm) != (0.0, 0.0) else {}))

    def rows_kept(self, rows: Sequence[Layer]) -> list[Layer]:
        """The layers of a case as the product shows them where its maps have no layers of their own."""
        if self.layers is None:
            return list(rows)
        kept = frozenset(self.layers)
        return [row if row.visible == (row.uuid in kept) else replace(row, visible=row.uuid in kept) for row in rows]

    def with_maps(self, maps: Sequence[ProductMap]) -> ProductSpec:
        """The same with other maps, or in another order: things that were moved on a map go back to their places."""
        moved = {key: offset for key, offset in self.moved.items() if not _OF_MAP.search(key)}
        return replace(self, maps=tuple(maps), moved=moved)

    def with_comparison(self, uuid: str, compared: ComparisonSpec) -> ProductSpec:
        """The same of a comparison that the case keeps: a map for each of its frames, in its bounds."""
        return replace(
            self,
            bounds=compared.bounds,
            maps=maps_of_comparison(compared.frames),
            comparison=uuid,
            match=compared.match,
        )

    @property
    def page_mm(self) -> tuple[float, float]:
        """Width and height of a page."""
        page = PAGES.get(self.page) or page_of_pixels(self.page)
        assert page is not None, self.page
        return page.width_mm, page.height_mm

    def to_json(self) -> str:
        """Text for `layout_json`; `read_spec` gives back an equal value."""
        data: dict[str, Any] = {"kind": KIND}
        for name in (*_WORDS, *_FLAGS, "layout", "page", "dpi", "graticule"):
            data[name] = getattr(self, name)
        data["bounds"] = None if self.bounds is None else list(self.bounds)
        data["maps"] = encoded(self.maps)
        data["layers"] = None if self.layers is None else list(self.layers)
        data["left_out"] = sorted(self.left_out)
        data["moved"] = {key: list(offset) for key, offset in sorted(self.moved.items())}
        data["stretches"] = dict(sorted(self.stretches.items()))
        return json.dumps(data)


_WORDS = (
    "style",
    "title",
    "subtitle",
    "bottom_line",
    "dateline",
    "author",
    "organisation",
    "annotation_credit",
    "marking",
    "caption",
    "alt_text",
    "processing_note",
    "number",
    "crs",
    "comparison",
    "site",
)
_FLAGS = ("dark", "match", "grey", "outlines", "solar_time", "publish")


def page_of_pixels(text: str) -> Page | None:
    """A page for "1600x1000": pixels at 96 dpi, with up to three decimals. None where the text is no such size."""
    match = _PIXELS.fullmatch(text)
    if match is None:
        return None
    width, height = float(match[1]), float(match[2])
    if not (0 < width <= 100_000 and 0 < height <= 100_000):
        return None
    return _screen(text, width, height)


def page_of_words(text: str) -> Page | None:
    """The page that "A4", "a3 portrait" or "slide" means, the landscape one where the word leaves that open."""
    words = " ".join(text.lower().replace("-", " ").replace(",", " ").split())
    names = {name.lower().replace(",", ""): page for name, page in PAGES.items()}
    pages = [page for name, page in names.items() if words and name.startswith(words)]
    return next((page for page in pages if "landscape" in page.name), pages[0] if pages else None)


def page_named(text: str) -> str:
    """The page that a typed text means: one of `PAGES` in any case, or pixels as "1600 × 1000 px"; empty for none."""
    name = " ".join(text.split())
    for page in PAGES:
        if page.casefold() == name.casefold():
            return page
    pixels = re.sub(r"\s+", "", name.casefold().removesuffix("px").replace("×", "x"))
    return pixels if page_of_pixels(pixels) is not None else ""


def read_spec(text: str) -> ProductSpec | None:
    """The product that `layout_json` holds; None for anything else.

    Odd members count as not stated: a foreign case may hold any JSON.
    """
    if len(text) > LONGEST_JSON:
        return None
    try:
        data = json_object(text, _WHAT)
    except InvalidValue:
        return None
    layout = data.get("layout")
    if data.get("kind") != KIND or not isinstance(layout, str) or layout not in LAYOUTS:
        return None
    words: dict[str, Any] = {name: _text(data.get(name)) for name in _WORDS}
    flags: dict[str, Any] = {name: data.get(name) is True for name in _FLAGS}
    rows = data.get("maps")
    maps = [_map_of(row) for row in rows[: MOST_MAPS[layout]]] if isinstance(rows, list) else []
    left_out = data.get("left_out")
    moved, graticule, dpi = data.get("moved"), data.get("graticule"), data.get("dpi")
    page = _text(data.get("page"))
    spec = ProductSpec(
        layout=layout,
        page=page if page in PAGES or page_of_pixels(page) else DEFAULT_PAGE,
        dpi=min(max(dpi, LEAST_DPI), MOST_DPI) if isinstance(dpi, int) and not isinstance(dpi, bool) else 300,
        bounds=read_bounds(data.get("bounds")),
        maps=tuple(maps) or (ProductMap(),),
        layers=_uuids(data.get("layers")),
        graticule=graticule if graticule in GRATICULES else "",
        left_out=frozenset(part for part in left_out if part in PARTS) if isinstance(left_out, list) else frozenset(),
        moved=dict(_offsets(moved)) if isinstance(moved, dict) else {},
        stretches=_styles(data.get("stretches")),
    )
    return replace(spec, **words, **flags)


def overrides_json(overrides: Sequence[Override]) -> str:
    """Text for `overrides_json`; `read_overrides` gives back an equal value."""
    return json.dumps({"overrides": [override._asdict() for override in overrides]}) if overrides else ""


def read_overrides(text: str) -> tuple[Override, ...]:
    """The findings that were let pass; entries without a rule or a reason are left out."""
    try:
        rows = json_object(text, _WHAT).get("overrides") if len(text) <= LONGEST_JSON else None
    except InvalidValue:
        return ()
    overrides = []
    for row in rows[:MOST_OVERRIDES] if isinstance(rows, list) else ():
        if isinstance(row, dict):
            override = Override(*(_text(row.get(name)) for name in Override._fields))
            if override.rule and override.reason.strip():
                overrides.append(override)
    return tuple(overrides)


def maps_of(spec: ProductSpec) -> tuple[ProductMap, ...]:
    """The maps that a layout shows: two at least where two are set against each other."""
    maps = spec.maps or (ProductMap(),)
    return maps * 2 if spec.layout == "before-after" and len(maps) == 1 else maps


def maps_of_comparison(frames: Sequence[Frame]) -> tuple[ProductMap, ...]:
    """A map for each frame of a comparison."""
    return tuple(ProductMap(frame) for frame in frames[:MOST_COMPARED])


def _map_of(data: Any) -> ProductMap:
    if not isinstance(data, dict):
        return ProductMap()
    marks = _uuids(data.get("marks"))
    return ProductMap(read_frame(data.get("frame")), read_bounds(data.get("bounds")), _text(data.get("title")), marks)


def _uuids(data: Any) -> tuple[str, ...] | None:
    return tuple(uuid for uuid in data if isinstance(uuid, str)) if isinstance(data, list) else None


def _offsets(data: Mapping[str, Any]) -> list[tuple[str, tuple[float, float]]]:
    offsets = []
    for key, offset in list(data.items())[:MOST_MOVED]:
        is_pair = isinstance(offset, list) and len(offset) == 2
        if is_pair and all(type(value) in (int, float) and abs(value) < 10_000 for value in offset):
            offsets.append((key[:LONGEST_TEXT], (float(offset[0]), float(offset[1]))))
    return [(key, offset) for key, offset in offsets if all(map(math.isfinite, offset))]


def _styles(data: Any) -> dict[str, str]:
    """Texts that may be styles: whether one suits its image shows only when that is drawn."""
    rows = list(data.items())[:MOST_STRETCHES] if isinstance(data, dict) else []
    return {uuid: text for uuid, text in rows if isinstance(text, str) and len(text) <= LONGEST_TEXT}


def _text(value: Any) -> str:
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""
