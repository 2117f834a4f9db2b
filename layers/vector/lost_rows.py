"""Rows of a file that have no place on the canvas: all counted, the first ones listed with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from layers.phrase import Phrase, joined
from layers.text.counted import counted, grouped
from layers.vector.table import VectorInfo

MOST_LISTED = 50
_SAID = "could not be drawn"
NO_GEOMETRY, BROKEN, NO_PLACE = 1, 2, 3
_REASONS = {
    NO_GEOMETRY: Phrase("without a geometry that can be read"),
    BROKEN: Phrase("broken"),
    NO_PLACE: Phrase("outside what the map can show"),
}


class LostRows:
    """Counts and lists lost rows from the answers of a load, taken in any order."""

    def __init__(self) -> None:
        self.count = 0
        self._listed: list[tuple[int, int]] = []

    def take(self, count: int, lost: Sequence[tuple[int, int]]) -> None:
        """Add `count` rows of one answer; `lost` holds the first of them as (row as people count, reason)."""
        self.count += count
        self._listed = sorted([*self._listed, *lost[:MOST_LISTED]])[:MOST_LISTED]

    def told_in(self, info: VectorInfo) -> VectorInfo:
        """Return `info` with the sentence among its problems, in place of an earlier one; `info` itself where nothing
        changes.
        """
        sentence = self.sentence()
        before = [problem for problem in info.problems if _SAID in problem]
        if before == ([sentence] if sentence else []):
            return info
        others = (problem for problem in info.problems if problem not in before)
        return replace(info, problems=(*others, *([sentence] if sentence else [])))

    def sentence(self) -> str:
        """A sentence about lost rows; empty where there are none."""
        if not self.count:
            return ""
        lost = counted(self.count, "row could not be drawn", "rows could not be drawn")
        rows = {reason: [row for row, why in self._listed if why == reason] for reason in _REASONS}
        parts = [joined(": ", [_REASONS[reason], _numbers(numbers)]) for reason, numbers in rows.items() if numbers]
        if not parts:
            return Phrase("{lost}.", lost=lost)
        listed, more = joined("; ", parts), self.count - len(self._listed)
        if more > 0:
            listed = Phrase("{listed} and {count} more", listed=listed, count=grouped(more))
        return Phrase("{lost}: {listed}.", lost=lost, listed=listed)


def _numbers(rows: Sequence[int]) -> str:
    """Row 3; rows 3, 5 to 9."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    listed = joined(", ", [_run(first, last) for first, last in runs])
    return Phrase("row {listed}", listed=listed) if len(rows) == 1 else Phrase("rows {listed}", listed=listed)


def _run(first: int, last: int) -> str:
    if first == last:
        return grouped(first)
    if last == first + 1:
        return f"{grouped(first)}, {grouped(last)}"
    return Phrase("{first} to {last}", first=grouped(first), last=grouped(last))
