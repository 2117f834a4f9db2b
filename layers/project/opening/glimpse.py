"""A glimpse of a case while it is being opened: the sites in its saved view, long before the rest is loaded."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from layers.document.kept_view import KeptView
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_off_earth, transform_bounds
from layers.project.opening.case_reader import CaseReader, Chunk
from layers.project.opening.migrations import migrate
from layers.project.opening.opening_watch import Glimpse, OpeningStep, OpeningWatch
from layers.project.opening.rows import read_rows
from layers.project.storage.integrity import Integrity
from layers.project.storage.tables import SPECS
from layers.project.storage.versions import schema_version_in

LEAST_SITES = 10_000
"""Fewest sites of a case with a glimpse: smaller cases are loaded before anybody could look at it."""
MOST_SITES = 4_000
"""Most sites of each table; of more, an even sample."""
_SITES = tuple(spec.name for spec in SPECS if spec.table == "sites")


class Told:
    """The tables of a case, which also report to a watch how many of its sites have been read, and show it the glimpse
    once all bytes of the case have been read and judged: of a damaged case nothing is shown.
    """

    def __init__(self, reader: CaseReader, watch: OpeningWatch, glimpse: Glimpse, judge: Callable[[], object]) -> None:
        """`judge` waits for the last of the bytes, and raises where the case is damaged."""
        self._reader, self._watch, self._glimpse, self._judge = reader, watch, glimpse, judge
        self._sites = glimpse.sites
        self._done = 0
        self._is_read, self._is_shown = False, False

    def judge_and_show(self) -> None:
        """Judge the bytes and show the glimpse, where it is not shown yet. Raises what `judge` raises."""
        if not self._is_shown:
            self._judge()
            self.show()

    def show(self) -> None:
        """Show the glimpse of a case whose bytes were judged, where it is not shown yet."""
        if not self._is_shown:
            self._is_shown = True
            self._watch.show(self._glimpse)

    def tell_copied(self, done: int, of: int) -> None:
        """Report that `done` of the sites have been copied; show the glimpse once the bytes are known to be whole."""
        self._watch.tell(OpeningStep.COPIED, done, of)
        if not self._is_shown and self._reader.known() is Integrity.INTACT:
            self.show()

    def filled(self, table: str, columns: Sequence[str]) -> dict[str, int]:
        if self._is_read:
            self.judge_and_show()
        self._watch.tell(OpeningStep.READ, self._done, self._sites)
        return self._reader.filled(table, columns)

    def each_chunk(
        self, table: str, columns: Mapping[str, int], take: Callable[[Chunk], None], geometry: str = ""
    ) -> None:
        def take_and_tell(chunk: Chunk) -> None:
            take(chunk)
            self._is_read = chunk.known is not None
            if chunk.known is Integrity.INTACT:  # else there is more to ask, between two tables
                self.show()
            if table in _SITES:
                self._done += len(chunk.numbers)
            self._watch.tell(OpeningStep.READ, self._done, self._sites)

        self._reader.each_chunk(table, columns, take_and_tell, geometry)


def glimpse_of(reader: CaseReader, size_px: tuple[int, int], name: str) -> Glimpse | None:
    """The sites that the view of a case shows on a map of this size; None for a case that is loaded soon. Raises as
    `read_case`.
    """
    opened = reader.opened
    tables = [table for table in _SITES if "geom" in opened.tables.get(table, ())]
    if sum(map(reader.count, tables)) < LEAST_SITES:
        return None
    bounds = bounds_seen(opened.meta.get("viewport", ""), size_px)
    near = {table: reader.near(table, bounds, MOST_SITES) for table in tables}
    there = {table: opened.tables[table] for table in (*tables, "loupe_meta") if table in opened.tables}
    version = schema_version_in(opened.meta)
    only = {table: numbers for table, (numbers, _count) in near.items()}
    document = read_rows(_SomeRows(reader, only), there, version=version).document
    migrate(document, version, name)
    return Glimpse(document, sum(count for _numbers, count in near.values()))


class _SomeRows:
    """The tables of a case with only these rows of some of them."""

    def __init__(self, reader: CaseReader, only: Mapping[str, Sequence[int]]) -> None:
        self._reader, self._only = reader, only

    def filled(self, table: str, columns: Sequence[str]) -> dict[str, int]:
        return self._reader.filled(table, columns, self._only.get(table))

    def each_chunk(
        self, table: str, columns: Mapping[str, int], take: Callable[[Chunk], None], geometry: str = ""
    ) -> None:
        self._reader.each_chunk(table, columns, take, geometry, only=self._only.get(table))


def bounds_seen(viewport_json: str, size_px: tuple[int, int]) -> Bounds | None:
    """Bounds in lon, lat of all that a kept view may show on a map of this size; None where there is no such view."""
    try:
        kept = KeptView.from_json(viewport_json)
        if kept.bounds_lonlat is not None or is_off_earth(kept.crs):
            return kept.bounds_lonlat
        half = kept.resolution * math.hypot(*size_px) / 2  # however it is turned
        around = Bounds(kept.x - half, kept.y - half, kept.x + half, kept.y + half)
        return transform_bounds(kept.crs, WGS84, around)
    except GeoloupeError:
        return None
