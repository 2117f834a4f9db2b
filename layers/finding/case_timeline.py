"""The timeline of a case: its dated rows in lanes, each with what its date is the date of, and the rows without one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import cast

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.checkpoint import Checkpoint, unchecked
from layers.document.changes import Changes
from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.observation import Observation, seen_dates
from layers.document.rows import ClaimSite, ClaimSource, Response, ResponseClaim, Row
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import IMAGERY, Source
from layers.finding.about_sites import sites_about
from layers.raster.acquisition import Acquisition
from layers.time.dates import precision_of
from layers.time.time_span import TimeSpan, span_of

LANES: tuple[Table, ...] = ("claims", "responses", "observations", "images", "sites", "searches", "sources")
"""The lanes from the top down, by the table that most of their rows are of."""
SAID, TAKEN, SEARCHED, PUBLISHED = "said", "taken", "searched", "published"
OBSERVED, VALID, AS_OF = "observed", "valid", "as of"
"""Events whose date a row has: words that were said, an image taken, a catalogue searched, a publication; a mark that
was observed, the time in which it is valid, the day for which its lifecycle is stated.
"""
_TABLES: tuple[Table, ...] = (*LANES, "chips", "layers")
AT_ONCE = 50
"""Rows of one edit that are read at once; after a larger one the whole case is read in a job."""
BEYOND = 0.03
"""The part of the time of all dates by which a stretch of time without a stated end reaches beyond them."""
MOST_CHANGED = 20_000
"""Rows of a timeline that is brought up to date at once; a longer one is read again in a job."""

type ShowsRow = Callable[[Row], bool]
type Dates = Mapping[str, Acquisition]


class TimelineRow(Struct, frozen=True):
    """A row of the case on its timeline. `span` is None where the row has no date, or one of an unknown kind."""

    table: Table
    uuid: str
    lane: int
    date: str = ""
    """The date as the case has it."""
    date_of: str = SAID
    date_kind: str = ""
    """The kind of the date of an image; empty for dates of anything else."""
    date_basis: str = ""
    span: TimeSpan | None = None
    sites: tuple[str, ...] = ()
    """The marks that the row is about."""

    @property
    def key(self) -> tuple[Table, str, str]:
        """Names the row on the timeline, where a site has a row for each of its dates."""
        return self.table, self.uuid, self.date_of

    @property
    def opens_before(self) -> bool:
        """True for a stretch of time whose begin is not stated."""
        return self.date.startswith("/")

    @property
    def opens_after(self) -> bool:
        """True for a stretch of time whose end is not stated."""
        return self.date.endswith("/")

    @property
    def precision(self) -> str:
        """The unit to which its date is stated: year, month, day, or empty for an instant and for a stretch of time."""
        return unit if (unit := precision_of(self.date)) in ("year", "month", "day") else ""


class Timeline(Struct, frozen=True, eq=False):
    """The rows of a case by lane and date, with their dates as numbers.

    `rows` are the dated ones, sorted by lane and by the middle of their span; `begin` and `end` hold the seconds of
    their spans. `lane_ends` has the place behind the last row of each lane.
    """

    rows: tuple[TimelineRow, ...] = ()
    undated: tuple[TimelineRow, ...] = ()
    begin: NDArray[np.float64] = np.zeros(0)
    end: NDArray[np.float64] = np.zeros(0)
    lane_ends: tuple[int, ...] = (0,) * len(LANES)
    sites: tuple[tuple[str, ...], ...] = ()
    """The marks that each dated row is about."""

    @classmethod
    def of(cls, rows: Iterable[TimelineRow]) -> Timeline:
        """The timeline of rows in any order."""
        dated: list[TimelineRow] = []
        undated: list[TimelineRow] = []
        for row in rows:
            (undated if row.span is None else dated).append(row)
        spans = np.array([row.span for row in dated], dtype=np.float64).reshape(-1, 2)
        lanes = np.array([row.lane for row in dated], dtype=np.int8)
        order = np.lexsort((spans[:, 0], spans.sum(axis=1), lanes))
        ends = np.searchsorted(lanes[order], np.arange(len(LANES)), side="right")
        sorted_rows = tuple(dated[at] for at in order.tolist())
        undated.sort(key=lambda row: row.lane)
        begin, end, sites = spans[order, 0], spans[order, 1], tuple(row.sites for row in sorted_rows)
        _open_ends(sorted_rows, begin, end)
        return cls(sorted_rows, tuple(undated), begin, end, tuple(ends.tolist()), sites)

    def lane(self, number: int) -> slice:
        """The places of a lane's rows."""
        return slice(self.lane_ends[number - 1] if number else 0, self.lane_ends[number])

    def all_rows(self) -> Iterator[TimelineRow]:
        """All rows, the dated ones first."""
        yield from self.rows
        yield from self.undated

    def about(self, sites: Collection[str]) -> NDArray[np.bool_]:
        """True for each dated row that is about one of these marks."""
        wanted = sites if isinstance(sites, frozenset) else frozenset(sites)
        return ~np.fromiter(map(wanted.isdisjoint, self.sites), dtype=np.bool_, count=len(self.sites))


def _open_ends(rows: Sequence[TimelineRow], begin: NDArray[np.float64], end: NDArray[np.float64]) -> None:
    """Let stretches of time without a stated end, or begin, reach a little beyond the last, or first, date of all."""
    if not rows:
        return
    first, last = begin.min(), end.max()
    beyond = (last - first) * BEYOND
    begin[[at for at, row in enumerate(rows) if row.opens_before]] = first - beyond
    end[[at for at, row in enumerate(rows) if row.opens_after]] = last + beyond


def read_timeline(
    document: Document, shows: ShowsRow = lambda row: True, known: Dates | None = None, check: Checkpoint = unchecked
) -> Timeline:
    """The timeline of a case. Safe in a job: rows are values, and a table is listed in one step.

    `shows` is False for rows that are kept from who looks; `known` are the dates of layers that their files state, by
    the uuid of their row.
    """
    about = _AboutSites(document, shows)
    rows: list[TimelineRow] = []
    shown_images = {image.layer_uuid for image in list(document.images.values())}
    for table in _TABLES:
        check()
        for row in list(document.table(table).values()):
            if not shows(row) or (isinstance(row, Layer) and row.uuid in shown_images):
                continue
            if isinstance(row, Site):
                rows += _site_rows(document, row, about.observations.get(row.uuid, ()))
            else:
                dated = _timeline_row(document, table, row, about.of, known or {})
                rows += [dated] if dated is not None else []
    return Timeline.of(rows)


def changed_timeline(timeline: Timeline, document: Document, changes: Changes, shows: ShowsRow) -> Timeline | None:
    """The timeline after an edit of a few rows; None where all has to be read again, as links or images changed.

    The same timeline is returned where the edit concerns none of its rows.
    """
    edit = changes.edit
    if changes.everything or edit is None:
        return None
    touched: dict[tuple[Table, str], None] = {}
    for change in edit.changes:
        if change.table in ("claims", "responses", "observations", "searches", "sources"):
            touched[change.table, change.uuid] = None
            if isinstance(change.row, Observation):
                touched["sites", change.row.site_uuid] = None
        elif _moves_others(change.table, change.before, change.after):
            return None
        elif _is_dated_site(change.before) or _is_dated_site(change.after):
            touched["sites", change.uuid] = None
    if not touched:
        return timeline
    if len(touched) > AT_ONCE or len(timeline.rows) > MOST_CHANGED:
        return None
    before = {row.key[:2]: row.sites for row in timeline.all_rows() if row.key[:2] in touched}
    kept = [row for row in timeline.all_rows() if row.key[:2] not in touched]
    for table, uuid in touched:
        row = document.table(table).get(uuid)
        if row is None or not shows(row):
            continue
        if isinstance(row, Site):
            kept += _site_rows(document, row, document.links.observations_of_site(uuid))
            continue
        sites = before.get((table, uuid))
        if sites is None or isinstance(row, Observation | Search):
            sites = tuple(sites_about(document, table, uuid))
        dated = _timeline_row(document, table, row, partial(_same, sites), {})
        kept += [dated] if dated is not None else []
    return Timeline.of(kept)


def _same(sites: tuple[str, ...], _row: Row) -> tuple[str, ...]:
    return sites


def _moves_others(table: Table, before: Row | None, after: Row | None) -> bool:
    """True for a change by which other rows get another date, or are about other marks."""
    if table in ("claim_sites", "claim_sources", "response_claims", "images", "chips"):
        return True
    if table == "layers":
        return _stated(before) != _stated(after)
    if table == "sites":
        return _leads(before) != _leads(after)
    return False


def _stated(row: Row | None) -> tuple[str, ...]:
    return (row.acquired_at, row.date_kind, row.date_basis, row.kind) if isinstance(row, Layer) else ()


def _leads(row: Row | None) -> tuple[str, ...]:
    return (row.image_uuid, row.position_source_uuid) if isinstance(row, Site) else ()


def _is_dated_site(row: Row | None) -> bool:
    """True for a mark with a date of its own: an edit of it changes its rows, or their names."""
    return isinstance(row, Site) and bool(row.observed_at or row.valid_from or row.valid_to or row.lifecycle_as_of)


def _site_rows(document: Document, site: Site, observations: Iterable[Observation]) -> Iterator[TimelineRow]:
    """The rows of a mark: one for each of its own dates. Dates that follow from observations stand with these."""
    if not _is_dated_site(site):
        return
    dates = {OBSERVED: site.observed_at, VALID: f"{site.valid_from}/{site.valid_to}"}
    if (site.observed_at, site.valid_from, site.valid_to) == seen_dates(observations, document.images):
        dates = {}
    for date_of, date in {**dates, AS_OF: site.lifecycle_as_of}.items():
        if date.strip("/"):
            lane, about = LANES.index("sites"), (site.uuid,)
            yield TimelineRow("sites", site.uuid, lane, date, date_of, span=_open_span(date), sites=about)


def _open_span(date: str) -> TimeSpan | None:
    """The span of a date; of a stretch of time without begin or end, that of the date that is stated."""
    first, slash, last = date.partition("/")
    return _span(date if (first and last) or not slash else first or last)


def _timeline_row(
    document: Document, table: Table, row: Row, about: Callable[[Row], tuple[str, ...]], known: Dates
) -> TimelineRow | None:
    """A row of the case on the timeline; None where it has no place there, with a date or without."""
    date_of, kind, basis = SAID, "", ""
    match row:
        case Claim() | Response():
            lane, date = table, row.made_at
        case Observation():
            image = document.images.get(row.image_uuid)
            lane, date_of, (date, kind, basis) = "observations", TAKEN, _date_of_image(image)
        case Image():
            lane, date_of, (date, kind, basis) = "images", TAKEN, _date_of_image(row)
        case Chip():
            if row.image_uuid in document.images or (row.kind == "view" and row.pair_uuid):
                return None  # the image is there itself, or the other chip of the same capture
            lane, date_of, date, kind = "images", TAKEN, row.acquired_at, row.date_kind
        case Layer():
            stated = _date_of_layer(row, known)
            if stated is None:
                return None
            lane, date_of, (date, kind, basis) = "images", TAKEN, stated
        case Search():
            image = document.images.get(row.image_uuid)
            lane, (date, kind, basis) = "searches", _date_of_image(image)
            date_of = TAKEN if image is not None else SEARCHED
            date, kind = (date, kind) if image is not None else (row.at, "")
        case Source():
            is_image = row.kind == IMAGERY and bool(row.acquired_at)
            lane, date_of = ("images", TAKEN) if is_image else ("sources", PUBLISHED)
            date, basis = (row.acquired_at, row.date_basis) if is_image else (row.published_at, "")
            kind = ("interval" if "/" in date else "instant") if is_image else ""
        case _:
            return None
    is_dated = date_of != TAKEN or kind in ("instant", "interval", "composite")
    span = _span(date) if date and is_dated else None
    sites = about(row)
    return TimelineRow(table, row.uuid, LANES.index(lane), date, date_of, kind, basis, span, sites)


@lru_cache(maxsize=4096)
def _span(date: str) -> TimeSpan | None:
    return span_of(date)


def _date_of_image(image: Image | None) -> tuple[str, str, str]:
    return ("", "unknown", "") if image is None else (image.acquired_at, image.date_kind, image.date_basis)


def _date_of_layer(layer: Layer, known: Dates) -> tuple[str, str, str] | None:
    """The date of a layer that is an image, as its row or its file states it; None where neither does."""
    if layer.kind not in ("raster", "tiles"):
        return None
    if layer.acquired_at:
        kind = "interval" if "/" in layer.acquired_at and layer.known_date_kind == "unknown" else layer.known_date_kind
        return layer.acquired_at, kind, layer.date_basis
    stated = known.get(layer.uuid)
    if stated is None or not stated.at:
        return None
    date = f"{stated.at}/{stated.until}" if stated.until and stated.until != stated.at else stated.at
    return date, stated.date_kind, "catalogue" if layer.kind == "tiles" else "metadata"


class _AboutSites:
    """The marks that each row is about, from one walk over the links of the case: asked row by row it takes seconds."""

    def __init__(self, document: Document, shows: ShowsRow) -> None:
        self._claims, self._responses = defaultdict[str, dict[str, None]](dict), defaultdict[str, dict[str, None]](dict)
        self._sources, self._images = defaultdict[str, dict[str, None]](dict), defaultdict[str, dict[str, None]](dict)
        self.observations = defaultdict[str, list[Observation]](list)
        """The observations of each mark, also those that are kept from who looks."""
        for of_site in cast("list[ClaimSite]", list(document.table("claim_sites").values())):
            self._claims[of_site.claim_uuid][of_site.site_uuid] = None
        for answered in cast("list[ResponseClaim]", list(document.table("response_claims").values())):
            self._responses[answered.response_uuid].update(self._claims.get(answered.claim_uuid, {}))
        for cited in cast("list[ClaimSource]", list(document.table("claim_sources").values())):
            self._sources[cited.source_uuid].update(self._claims.get(cited.claim_uuid, {}))
        for site in list(document.sites.values()):
            if site.position_source_uuid:
                self._sources[site.position_source_uuid][site.uuid] = None
            if site.image_uuid:
                self._images[site.image_uuid][site.uuid] = None
        for seen in list(document.observations.values()):
            self.observations[seen.site_uuid].append(seen)
            if shows(seen):
                self._images[seen.image_uuid][seen.site_uuid] = None
        for chip in list(document.chips.values()):
            if chip.image_uuid and chip.site_uuid:
                self._images[chip.image_uuid][chip.site_uuid] = None

    def of(self, row: Row) -> tuple[str, ...]:
        match row:
            case Claim():
                return tuple(self._claims.get(row.uuid, ()))
            case Response():
                return tuple(self._responses.get(row.uuid, ()))
            case Source():
                return tuple(self._sources.get(row.uuid, ()))
            case Image():
                return tuple(self._images.get(row.uuid, ()))
            case Observation() | Chip():
                return (row.site_uuid,) if row.site_uuid else ()
            case Search():
                return (row.area_uuid,) if row.area_uuid else ()
        return ()
