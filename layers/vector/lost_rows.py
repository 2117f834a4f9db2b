"""Rows of a file that have no place on the canvas: all counted, the first ones listed with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from layers.phrase import Phrase
from layers.text.counted import grouped
from layers.vector.table import VectorInfo

MOST_LISTED = 50
_SAID = "could not be drawn"
NO_GEOMETRY, BROKEN, NO_PLACE = 1, 2, 3
_REASONS = {
    NO_GEOMETRY: "without a geometry that can be read",
    BROKEN: "broken",
    NO_PLACE: "outside what the map can show",
}


class LostRows:
    """Counts and lists lost rows from the answers of a load, taken in any order."""

    def __init__(self) -> None:
        self.count = 0
        self._listed: list[tuple[int, int]] = []

    def take(self, count: int, lost: Sequence[tuple[int, int]]) -> None:
        """So many rows of one answer, the first of them as (row as people count, reason)."""
        self.count += count
        self._listed = sorted([*self._listed, *lost[:MOST_LISTED]])[:MOST_LISTED]

    def told_in(self, info: VectorInfo) -> VectorInfo:
        """With the sentence among its problems, in place of an earlier one; the same object where nothing is to say."""
        said = self.sentence()
        before = [problem for problem in info.problems if _SAID in problem]
        if before == ([said] if said else []):
            return info
        others = (problem for problem in info.problems if problem not in before)
        return replace(info, problems=(*others, *([said] if said else [])))

    def sentence(self) -> str:
        """A sentence about lost rows; empty where there are none."""
        if not self.count:
            return ""
        begin = f"{grouped(self.count)} {'row' if self.count == 1 else 'rows'} {_SAID}"
        rows = {reason: [row for row, why in self._listed if why == reason] for reason in _REASONS}
        parts = [f"{_REASONS[reason]}: {_numbers(found)}" for reason, found in rows.items() if found]
        more = (
            Phrase(" and {count} more", count=grouped(self.count - len(self._listed)))
            if self.count > len(self._listed)
            else ""
        )
        return f"{begin}: {'; '.join(parts)}{more}." if parts else f"{begin}."


def _numbers(rows: Sequence[int]) -> str:
    """Row 3; rows 3, 5 to 9."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    texts = [
        grouped(a) if a == b else f"{grouped(a)}, {grouped(b)}" if b == a + 1 else f"{grouped(a)} to {grouped(b)}"
        for a, b in runs
    ]
    return f"{'row' if len(rows) == 1 else 'rows'} {', '.join(texts)}"
