"""The places of ticks on the strip: dated ones at their time, undated ones side by side behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from layers.scenes.passes import Pass
from viewer.panels.axis.time_axis import DAY_S, TimeAxis

TICK_PX = 9.0
BESIDE_PX = 6.0
"""Distance in logical pixels between ticks of one day, which are side by side."""
MOST_BESIDE = 3
MOST_APART, PILE_PX = 300, 3.0
"""Most dated ticks that are painted each by itself; of more, those within so many logical pixels are one pile."""
UNDATED_PX = 15.0
GAP_PX = 12.0
LEAST_UNDATED_PX = 104.0
"""Least width in logical pixels for undated ticks, so that their heading below can be read."""
MOST_UNDATED_SHARE = 0.35
"""Greatest part of the strip's width for ticks without a date."""


class PlacedTick(Struct, frozen=True):
    """A tick from `left` to `right`; `at` is the place of its time."""

    tick: Pass
    left: float
    right: float

    @property
    def at(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True)  # no Struct: it computes a field
class StripPlaces:
    """All ticks in sight, from left to right; the dated ones end at `divider`."""

    dated: tuple[PlacedTick, ...] = ()
    undated: tuple[PlacedTick, ...] = ()
    divider: float = 0.0
    hidden: int = 0
    """Number of undated ticks without room."""
    all: tuple[PlacedTick, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "all", (*self.dated, *self.undated))

    def painted(self, current: str) -> list[PlacedTick]:
        """The dated ticks to paint: of many that would lie on one another the one that covers most, of each form and
        of those in the case. The current one is always there.
        """
        if len(self.dated) <= MOST_APART:
            return list(self.dated)
        piles: dict[tuple[object, ...], PlacedTick] = {}
        for placed in self.dated:
            tick = placed.tick
            place = (placed.left // PILE_PX, placed.right // PILE_PX)
            pile = (*place, tick.date_kind, bool(tick.layers), tick.key == current)
            known = piles.get(pile)
            if known is None or tick.part > known.tick.part:
                piles[pile] = placed
        return list(piles.values())

    def near(self, x: float, reach: float) -> PlacedTick | None:
        """The tick at `x`, or the nearest within `reach` of it, both in logical pixels; of several the narrowest."""
        distances = [
            (max(placed.left - x, x - placed.right, 0.0), placed.right - placed.left, placed) for placed in self.all
        ]
        best = min(distances, key=lambda entry: entry[:2], default=None)
        return best[2] if best is not None and best[0] <= reach else None

    def of(self, key: str) -> PlacedTick | None:
        return next((placed for placed in self.all if placed.tick.key == key), None)


def divider_of(ticks: Sequence[Pass], width: float) -> float:
    """The x, in logical pixels, at which the axis of time ends, and the room for undated ticks begins."""
    undated = sum(not tick.is_dated for tick in ticks)
    if not undated:
        return width
    if undated == len(ticks):
        return 0.0
    return width - min(max(undated * UNDATED_PX + 2 * GAP_PX, LEAST_UNDATED_PX), MOST_UNDATED_SHARE * width)


def places_of(ticks: Sequence[Pass], axis: TimeAxis, width: float, current: str = "") -> StripPlaces:
    """Lay out ticks on a strip of this width, whose axis goes from 0 to the divider.

    `current` is the key of the tick that stays in sight among the undated ones.
    """
    dated: list[PlacedTick] = []
    day, beside = -1.0, 0
    for tick in ticks:
        if tick.span is None:
            continue
        left, right = axis.x_of(tick.span.begin), axis.x_of(tick.span.end)
        if tick.date_kind == "instant" or right - left < TICK_PX:
            here = tick.span.middle // DAY_S
            beside = min(beside + 1, MOST_BESIDE) if here == day else 0
            day = here
            middle = (left + right) / 2 + beside * BESIDE_PX
            left, right = middle - TICK_PX / 2, middle + TICK_PX / 2
        if right >= 0 and left <= axis.width:
            dated.append(PlacedTick(tick, left, right))
    divider = divider_of(ticks, width)
    waiting = [tick for tick in ticks if not tick.is_dated]
    start = divider + GAP_PX if waiting else width
    room = max(1, int((width - start) / UNDATED_PX)) if waiting else 0
    at = next((at for at, tick in enumerate(waiting) if tick.key == current), 0)
    first = min(max(0, at - room // 2), max(0, len(waiting) - room))
    shown = waiting[first : first + room]
    undated = [
        PlacedTick(tick, start + n * UNDATED_PX, start + n * UNDATED_PX + UNDATED_PX - 4)
        for n, tick in enumerate(shown)
    ]
    return StripPlaces(tuple(dated), tuple(undated), divider, len(waiting) - len(shown))
