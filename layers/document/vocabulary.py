"""The fixed words of the domain (ICD 203, ICD 206, the Admiralty code) that fields may hold."""

from __future__ import annotations

from typing import NamedTuple

from layers.phrase import Phrase


class LikelihoodTerm(NamedTuple):
    """One ICD 203 term. Two rows of terms exist; a product never mixes them. Bounds in per cent."""

    term: str
    low: int
    high: int
    row: int


LIKELIHOOD_TERMS: tuple[LikelihoodTerm, ...] = (
    LikelihoodTerm("almost no chance", 1, 5, 1),
    LikelihoodTerm("very unlikely", 5, 20, 1),
    LikelihoodTerm("unlikely", 20, 45, 1),
    LikelihoodTerm("roughly even chance", 45, 55, 1),
    LikelihoodTerm("likely", 55, 80, 1),
    LikelihoodTerm("very likely", 80, 95, 1),
    LikelihoodTerm("almost certain", 95, 99, 1),
    LikelihoodTerm("remote", 1, 5, 2),
    LikelihoodTerm("highly improbable", 5, 20, 2),
    LikelihoodTerm("improbable", 20, 45, 2),
    LikelihoodTerm("roughly even odds", 45, 55, 2),
    LikelihoodTerm("probable", 55, 80, 2),
    LikelihoodTerm("highly probable", 80, 95, 2),
    LikelihoodTerm("nearly certain", 95, 99, 2),
)

ROLES = ("named in a claim", "setting", "other")
STATUSES = ("draft", "reviewed", "published")
REVIEWED = ("reviewed", "published")
"""Statuses of rows that somebody has reviewed."""
UNJUDGED = frozenset(
    {"notes", "folder", "aliases", "stroke_color", "fill_color", "stroke_width", "style_json", "props_json"}
)
"""Fields of a mark that no product prints as a finding and nobody judges: a change of them leaves its review."""
VOICES = ("speaker", "report's own", "analyst")
STATES = ("reported", "assessed", "verified", "withdrawn")
CONFIDENCES = ("low", "moderate", "high")
RELIABILITIES = ("A", "B", "C", "D", "E", "F")
CREDIBILITIES = (1, 2, 3, 4, 5, 6)
DATE_KINDS = ("instant", "interval", "composite", "published", "unknown")
"""*published*: the day of a release, as of a mosaic that is given out; it does not say when the image was taken."""
SOURCE_KINDS = ("news report", "official statement", "imagery", "data set", "book or paper", "web page", "other")
MACHINE_TASKS = ("translated", "transcribed", "described", "detected")
UNDATED = "n.d."
"""Word for the date of publication of a source without one."""
LAYER_KINDS = ("raster", "vector", "tiles")
PHOTO = "photo"
"""Kind of a mark that says where a camera stood."""
MARK_KINDS = ("site", "annotation", "measurement", "search area", PHOTO)
LIFECYCLES = ("planned", "agreed", "under construction", "in use", "closed", "unknown")
NOT_KNOWN_TO_EXIST = ("planned", "agreed", "closed")
"""Lifecycles of sites that may not exist: drawn dashed, and labelled with the word."""
BASE_OR_TOP = ("base", "top")
PRESENCES = ("present", "absent", "cannot tell")
CHANGES = ("first look", "none seen", "changed", "cannot tell")
VIEW_QUALITIES = ("clear", "partly obscured", "obscured")
WHYS = (
    "cloud",
    "haze",
    "shadow",
    "snow",
    "angle",
    "resolution",
    "not covered",
    "registration",
    "image fault",
    "layover",
    "radar shadow",
)
"""Reasons why something cannot be told on an image; the last two are a radar image's."""
BEARINGS = ("supports", "against", "context")
EVIDENCE_TABLES = ("observations", "chips", "searches", "site_point", "site_line", "site_polygon", "claims")
"""Tables of the file whose rows a claim may rest on; a judgement about reported claims rests on *claims*."""
RESPONSE_KINDS = ("answer", "declined", "no reply by a date", "not asked", "none in source")
DIRECT_SPEECH, AS_REPORTED = "direct speech", "as reported"
WORDS_KINDS = (DIRECT_SPEECH, AS_REPORTED)
"""Words that a source has in quotation marks as somebody's own, and those in which it reports them."""
COPY_KINDS = ("evidentiary", "working")
CUSTODY_TABLES = ("source_files", "chips")
"""Tables of the file whose rows have a custody."""
CUSTODY_EVENTS = ("taken", "kept", "verified", "handed over", "received", "merged")
PRODUCT_STATES = ("draft", "issued", "published", "withdrawn")
DATE_BASES = ("metadata", "catalogue", "file name", "caption", "analyst")
DATUMS = ("WGS 84", "GCJ-02", "BD-09", "not known")
CHIP_KINDS = ("pixels", "view")
SEARCH_KINDS = ("image", "catalogue")
SEARCH_RESULTS = ("found", "none seen", "not assessable", "none listed")
"""*None listed* is a catalogue's, *none seen* and *not assessable* are an image's."""
MARKINGS = ("", "UNCLASSIFIED", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")

SITE_CLASSES: dict[str, str] = {
    "launch_site": "Launch site",
    "ground_station": "Ground station",
    "gnss_station": "GNSS monitoring station",
    "ground_segment": "Ground segment",
    "company": "Company",
    "border_crossing": "Border crossing",
    "pipeline_node": "Pipeline node",
    "airfield": "Airfield",
    "port": "Port",
    "factory": "Factory",
    "depot": "Depot",
    "rail": "Railway",
    "road": "Road",
    "oil_pipeline": "Oil pipeline",
    "gas_pipeline": "Gas pipeline",
    "sea": "Sea route",
    "air": "Air route",
    "area": "Area",
    "launch_pad": "Launch pad",
    "antenna": "Antenna",
    "radome": "Radome",
    "radar": "Radar",
    "optical_telescope": "Optical telescope",
    "test_stand": "Test stand",
    "hangar": "Hangar",
    "runway": "Runway",
    "vehicle_park": "Vehicle park",
    "tank_farm": "Tank farm",
    "rail_spur": "Rail spur",
    "construction": "Construction",
    "other": "Other",
}
"""class_code to English title. A case may hold kinds of these, as "radar/early_warning", and codes that are none."""

MEASURED = "measured on the image"
BY_HAND = "placed by hand on the map"
"""Basis of a position that is only drawn by hand: on a map without an image, or moved from somewhere else."""
DEFAULT_BASIS = "default, not judged"
"""Basis of a position error that nobody judged: a class's or a program's own, which is never printed as a radius."""

POSITION_BASES = (
    "published coordinate of the site",
    MEASURED,
    BY_HAND,
    "centre of the city",
    "centre of the town",
    "centre of a large area",
    "estimate",
    DEFAULT_BASIS,
)
"""Suggestions for `position_basis`, which is free text."""

AREA_NOT_PIN_M = 1000.0
"""A site with a larger position error is drawn as an area, never as an exact pin."""

THINNEST_PX, WIDEST_PX = 0.1, 50.0
"""Thinnest and widest drawn stroke of a site's own width, in logical pixels."""


def class_of(code: str) -> str:
    """The class that a code is, or is a kind of; "other" for a code that we do not know."""
    base = code.partition("/")[0]
    return base if base in SITE_CLASSES else "other"


def class_words(code: str) -> str:
    """The English title of a code, "Radar: early warning" for a kind of a class, "Fence" for one of no other; the code
    itself where we do not know it.
    """
    base, _, kind = code.partition("/")
    if base not in SITE_CLASSES:
        return code
    if base == "other" and kind:
        own = kind.replace("_", " ")
        return own[:1].upper() + own[1:]  # "Other: fence" would say nothing more
    title = Phrase(SITE_CLASSES[base])
    return Phrase("{title}: {kind}", title=title, kind=kind.replace("_", " ")) if kind else title


def likelihood_band(term: str) -> tuple[int, int]:
    """(low, high) per cent of a term; raises KeyError for a word that is not ICD 203's."""
    for entry in LIKELIHOOD_TERMS:
        if entry.term == term:
            return entry.low, entry.high
    raise KeyError(term)
