"""The page of a product as plain values, as it was laid out: the check and the metadata need no painter for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec import Struct, field

from layers.geo.bounds import Bounds
from layers.time.image_dates import date_details

SCALE_CHANGES_M = 1_000_000.0
"""Ground width of a frame from which on its scale bar states for which latitude it holds."""


class ImageFact(Struct, frozen=True):
    """An image, or other data, as one map shows it: words as they are printed. Empty and None are "not stated"."""

    layer: str
    """The uuid of its layer."""
    name: str = ""
    kind: str = "raster"
    """*raster*, *tiles* or *vector*: of the last only name, credit and licence count."""
    date: str = ""
    """The words of its date as they are printed, "date unknown" among them."""
    acquired_at: str = ""
    """Time of acquisition in its row or its metadata, ISO 8601; empty: not known."""
    date_kind: str = "unknown"
    date_basis: str = ""
    """The basis of the date: a word of the vocabulary, or any other text."""
    sensor: str = ""
    provider: str = ""
    credit: str = ""
    """Credit as printed on the page: empty where the page does not carry it, whatever the row says."""
    credit_of_row: str = ""
    """Credit as the layer, or its collection, states it."""
    licence: str = ""
    may_export: bool = True
    """False where the terms of its service keep it out of products."""
    sun_elevation_deg: float | None = None
    sun_azimuth_deg: float | None = None
    view_angle_deg: float | None = None
    view_angle_kind: str = ""
    """*off nadir at the satellite* or *incidence at the ground*: they differ."""
    gsd_m: float | None = None
    """Ground metres of a pixel of the image itself in the middle of the frame."""
    colours: str = ""
    """Words on colours that are not natural, such as *false colour (near infrared, red, green)*."""
    units: str = ""
    """Units of its values, such as *reflectance* or *digital numbers*."""
    processing: str = ""
    stretch: str = ""
    """The words of its stretch, equal for an equal stretch."""
    tells_match: bool = False
    """True where these words, or those on processing, tell how its stretch goes with another image's, or why not."""
    nudge: str = ""
    """The words of a shift by hand; empty: none."""
    is_placed_by_hand: bool = False
    placement: str = ""
    """Words on the address of a web page that places it, and how well."""
    date_note: str = ""
    """Words on the date that a server was asked for, where it drew another one, or may have."""
    solar_time: str = ""
    """Local solar time in the middle of the frame, where the product wants it and the time of day is known."""
    share: float = 1.0
    """Share of the frame that its pixels fill, 0 to 1."""
    draws_boundaries: bool = False
    """True for lines or areas of states and their parts, of which each map takes somebody's view."""
    lacks_terms: bool = False
    """True for an image that a host serves, of which nobody has stated on what terms it may be used."""
    pixel_mm: float = 0.0
    """Size on the page of a pixel of the image, in mm; 0 where it is not known."""
    is_reference: bool = False
    """True for a basemap of no date of its own, such as a map of streets: nothing is read from it."""

    @property
    def date_details(self) -> str:
        """The exactness and the basis of its date, in words for small type; empty without a date."""
        return date_details(self.acquired_at, self.date_kind, self.date_basis)


class ScaleBarFact(Struct, frozen=True):
    """The scale bar of a map: its printed words, and its length."""

    words: str = ""
    length_m: float = 0.0
    holds_at_lat: float | None = None
    """Latitude for which it holds, where the scale differs within the frame; else None."""
    shown: bool = True


class GraticuleFact(Struct, frozen=True):
    """The lines of a grid over a map: the notation, how many lines, and their labels."""

    notation: str
    lines: int = 0
    labels: tuple[str, ...] = ()


class SitesFact(Struct, frozen=True):
    """Uuids of the marks of a map by the way in which the page tells their names.

    `named` have a label beside them, `keyed` the printed number that leads to a line in the key; `uncounted` have
    neither and are not counted: an honest page has none. `left_out` is the number that the page prints of those it does
    not name.
    """

    named: frozenset[str] = frozenset()
    keyed: Mapping[str, int] = field(default_factory=dict)
    uncounted: frozenset[str] = frozenset()
    left_out: int = 0
    drawn: frozenset[str] = frozenset()
    """All whose symbols are painted."""
    pinned: frozenset[str] = frozenset()
    """The part of `drawn` that is painted as an exact pin."""


class MapFact(Struct, frozen=True):
    """One map of a page."""

    number: int = 0
    page: int = 0
    title: str = ""
    """Title printed above it, "Before", "A" and so on."""
    side: str = ""
    """*before* or *after* where the page calls it so by its date, else its letter; empty for a single map."""
    bounds: Bounds | None = None
    """Left, bottom, right, top in lon, lat; None off the Earth."""
    crs: str = ""
    crs_words: str = ""
    """Projection and datum as printed."""
    width_m: float = 0.0
    """Ground width of the frame at its middle."""
    resolution: float = 0.0
    """Units of the CRS a millimetre of the page."""
    images: tuple[ImageFact, ...] = ()
    """Topmost first; only those with pixels in the frame."""
    scale_bar: ScaleBarFact | None = None
    arrow: bool = False
    """A north arrow that points to true north."""
    arrow_left_out: str = ""
    """The reason that is printed where a map of a continent has none."""
    graticule: GraticuleFact | None = None
    legend_missing: tuple[str, ...] = ()
    """Words of things that are drawn in the frame and missing in the legend."""
    legend_unseen: tuple[str, ...] = ()
    """Words of things that are in the legend and not drawn."""
    locator: bool = False
    sites: SitesFact = field(default_factory=SitesFact)
    halo: bool = True
    """Labels have one."""
    covered: tuple[str, ...] = ()
    """Words of marks that a label, a callout or furniture covers."""
    centre: str = ""
    """Coordinates of the middle as printed."""
    is_difference: bool = False
    alt_text: str = ""
    is_inset: bool = False
    least_side_mm: float = 0.0
    """The shorter side of its frame on the page; 0: not laid out."""


class TextFact(NamedTuple):
    """A text of the page: the part it belongs to (a name of `spec.PARTS`, title, caption ...), its words and size."""

    part: str
    words: str
    page: int = 0
    size_pt: float = 0.0
    """0: not laid out."""
    is_cut: bool = False
    is_part: bool = False
    """True where it continues on another page: a file of this page alone has a part of it."""


class Overlap(NamedTuple):
    """Two things of a page that lie on each other, by the keys under which they are moved."""

    one: str
    other: str
    page: int = 0


class Alike(NamedTuple):
    """Two things of the legend that only their colours distinguish."""

    one: str
    other: str


class ProductFacts(Struct, frozen=True):
    """All of the laid out page that the check and the metadata need."""

    maps: tuple[MapFact, ...] = ()
    texts: tuple[TextFact, ...] = ()
    """Every text that is painted, in reading order."""
    beside: tuple[TextFact, ...] = ()
    """The words that the file of each page carries beside its picture: titles, descriptions, alternative texts."""
    is_one_file: bool = False
    """True where all pages are one file, as a PDF; else each is taken for a file of its own, as a picture is."""
    overlaps: tuple[Overlap, ...] = ()
    alike_in_grey: tuple[Alike, ...] = ()
    faint_in_grey: tuple[str, ...] = ()
    """Names of letters that can hardly be told from their ground."""
    locator_credit: str = ""
    """Credit of boundaries that only the locator draws: it speaks for no layer of a map."""
    pages: int = 1
    marking_top: str = ""
    marking_bottom: str = ""
    """Marking printed at the bottom; empty: none is."""
    number: str = ""
    """Number of the product in the case."""
    version: int = 0
    made_on: str = ""
    """The day of the product as printed."""
    printed: Callable[[str], str] = str
    """A text as the page has it: phrases in the language in which it was laid out."""
    is_laid_out: bool = True

    def words_of(self, *parts: str) -> str:
        """The words of these parts of the page, in reading order; of all of them without any."""
        return "\n".join(text.words for text in self.texts if not parts or text.part in parts)
