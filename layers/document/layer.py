"""A layer: a source file or service as shown in the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from layers.document.json_fields import json_object
from layers.document.rows import Row
from layers.document.vocabulary import DATE_KINDS
from layers.errors import InvalidValue
from layers.phrase import Phrase

LOWEST_M, HIGHEST_M = -1000.0, 10_000.0
"""Heights above the ellipsoid at which a picture may be placed by its RPC."""
TERMS_STATED = ("own_licence", "own_link", "own_export")
"""Terms of a service that the analyst states: in words, their address, and whether files may show it."""
STATED = ("sensor", "provider", *TERMS_STATED)
"""Facts of an image that the analyst states; they are kept in its source, but locate no data."""
LONGEST_STATED, LONGEST_TERMS = 120, 600
ALLOWED, FORBIDDEN = "yes", "no"
EXPORT_CHOICES = ("", ALLOWED, FORBIDDEN)
"""Answers to whether files may show a layer; empty: not known."""


class Layer(Row, frozen=True, kw_only=True):
    """Layers stand in ascending `order_key`, the highest on top; sites are drawn above all layers.

    `source_json` says where the data are:
    ``{"path": "/abs/file.tif"}`` a file (in a case's file, paths below its folder are relative to that), with
    ``"content"``, a `layers.disk.content_mark.ContentMark` of it as it was added, ``"table"`` for one of several, and
    ``"height_m"`` where the analyst has chosen the height at which its RPC places it, ``"band_names"``
    (``{"4": "nir"}``) where analyst or catalogue say what bands see of which the file does not, ``"sensor"`` and
    ``"provider"`` where the analyst says by what it was taken and who gave it out, ``"fetched"`` where a server sent
    it, a `layers.services.features.feature_origin.FeatureOrigin`, ``"page"`` where it is a picture of a page of a web
    map, a `layers.document.placing.page_origin.PageOrigin`, ``"earth"`` where it was an overlay of Google Earth, what
    that states besides, a `viewer.commands.filing.earth_overlays.KeptOverlay`;
    ``{"address": "https://host/file.tif"}`` a Cloud Optimized GeoTIFF on a host, read by ranges, with ``"catalogue"``
    of one that an archive listed: the item's id, collection and address, and of Sentinel-2 ``"values"``, what is stated
    of them, a `layers.raster.reflectance.StatedValues`;
    ``"band_files"`` beside these, for a scene with a file for each band: see `layers.raster.band_files`;
    ``{"shipped": "blue_marble.tif"}`` a file of the sample data;
    ``{"combined": [{"path": ..., "name": "1985", "bands": 4, ...}, ...]}`` several images as one, as
    `layers.raster.combined.Member.to_json` writes them;
    ``{"template": "https://...{z}/{x}/{y}", "min_level": 0, "max_level": 9, "time": "2024-04-12", ...}`` tiles, as
    `layers.services.catalog.TileService.to_json` writes it, with ``"packs": [{"path": ...}, ...]``, the MBTiles files
    beside the case that hold tiles of it for work without a network, and ``"time_range"``, a
    `layers.services.times.time_range.TimeRange`, the days between which one steps through its times; of all that a host
    serves, ``"own_licence"``, ``"own_link"`` and ``"own_export"`` are the terms as the analyst states them.
    `style_json` is a `RasterStyle` or `VectorStyle` in JSON; empty: the default for what the file holds.
    """

    kind: str
    name: str
    order_key: float = 0.0
    source_json: str = "{}"
    visible: bool = True
    opacity: float = 1.0
    blend: str = "normal"
    style_json: str = ""
    crs: str = ""
    """CRS given by the analyst where the file says nothing, or `PIXEL_SPACE`; empty: the file's own."""
    credit: str = ""
    acquired_at: str = ""
    date_kind: str = "unknown"
    date_basis: str = ""
    nudge_json: str = ""
    """A shift in metres by hand, with its author and date."""
    control_points_json: str = ""
    """Points by which the analyst placed it, as `layers.document.placing.control_points` reads them; empty: none."""
    datum: str = ""

    @property
    def drawn_opacity(self) -> float:
        """0 to 1, whatever the row says."""
        return min(max(self.opacity, 0.0), 1.0) if self.opacity == self.opacity else 1.0  # nan differs from itself

    @property
    def known_date_kind(self) -> str:
        """One of DATE_KINDS; an unknown word counts as not stated."""
        return self.date_kind if self.date_kind in DATE_KINDS else "unknown"

    @property
    def source(self) -> dict[str, Any]:
        """`source_json` as a dictionary; empty where it cannot be understood."""
        return _or_empty(self.read_source)

    def read_source(self) -> dict[str, Any]:
        """The same; raises InvalidValue where it cannot be understood."""
        return json_object(self.source_json, Phrase("Its source"))

    @property
    def height_m(self) -> float | None:
        """Height above the ellipsoid at which its RPC places it; None: the RPC's own."""
        return height_of(self.source)

    @property
    def sensor(self) -> str:
        """Sensor that took it, as the analyst states it; empty: nothing is stated."""
        return self._stated("sensor")

    @property
    def licence(self) -> str:
        """Licence that the analyst or an archive states, or that none is stated; empty where nothing is known."""
        return self.own_licence or self._stated("licence")

    @property
    def own_licence(self) -> str:
        """Terms in words, as the analyst states them; empty: nothing is stated."""
        return self._stated("own_licence", LONGEST_TERMS)

    @property
    def own_link(self) -> str:
        """Address of the terms, as the analyst states it."""
        return self._stated("own_link", LONGEST_TERMS)

    @property
    def own_export(self) -> str:
        """The analyst's answer to whether files may show it: one of EXPORT_CHOICES."""
        stated = self._stated("own_export")
        return stated if stated in EXPORT_CHOICES else ""

    @property
    def provider(self) -> str:
        """Provider of the image, as the analyst states it; empty: nothing is stated."""
        return self._stated("provider")

    def _stated(self, key: str, longest: int = LONGEST_STATED) -> str:
        value = self.source.get(key)
        return value.strip()[:longest] if isinstance(value, str) else ""

    @property
    def style(self) -> dict[str, Any]:
        """`style_json` as a dictionary; empty for the default style, also where it cannot be understood."""
        return _or_empty(self.read_style)

    def read_style(self) -> dict[str, Any]:
        """The same; raises InvalidValue where it cannot be understood."""
        return json_object(self.style_json, Phrase("it"))


def height_of(source: Mapping[str, Any]) -> float | None:
    """The height in metres that a layer's source states; None where there is none that makes sense."""
    value = source.get("height_m")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if LOWEST_M <= value <= HIGHEST_M else None  # which no infinity is, nor what is no number


def _or_empty(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read()
    except InvalidValue:
        return {}
