"""Places on the strip: each tick at its time, those of one day side by side, and none lost."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.scenes.passes import Pass
from layers.time.time_span import TimeSpan
from tests.support.many_scenes import scene
from viewer.panels.axis.time_axis import TimeAxis
from viewer.panels.time_strip.strip_places import BESIDE_PX, MOST_APART, PILE_PX, divider_of, places_of

BOX = Bounds(0.0, 0.0, 1.0, 1.0)


def tick(key: str, acquired: str = "") -> Pass:
    one = scene(key, BOX, acquired)
    return Pass((one,), one.span, one.date_kind, 1.0)


@pytest.mark.parametrize("width", [120.0, 316.0, 1200.0])
def test_no_tick_is_lost_and_each_stands_at_its_time(width: float) -> None:
    days = [f"{2000 + n % 24}-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(168)]
    ticks = [tick(day, day) for day in sorted(set(days))]
    axis = TimeAxis.around([one.span for one in ticks if one.span], width)
    places = places_of(ticks, axis, width)
    assert [placed.tick for placed in places.dated] == ticks
    assert all(abs(p.at - axis.x_of(p.tick.span.middle)) < 1e-6 for p in places.dated if p.tick.span)


def test_ticks_of_one_day_stand_side_by_side() -> None:
    ticks = [tick("a", "2020-05-05"), tick("b", "2020-05-05"), tick("c", "2020-05-06")]
    axis = TimeAxis.around([one.span for one in ticks if one.span], 400.0)
    a, b, c = places_of(ticks, axis, 400.0).dated
    assert b.at - a.at == pytest.approx(BESIDE_PX)
    assert c.at == pytest.approx(axis.x_of(c.tick.span.middle if c.tick.span else 0.0))


def test_undated_ticks_stand_behind_the_axis_and_the_current_one_is_among_them() -> None:
    ticks = [tick("a", "2020-05-05"), *(tick(f"u{number:02}") for number in range(40))]
    divider = divider_of(ticks, 300.0)
    assert 0 < divider < 300
    axis = TimeAxis.around([one.span for one in ticks if one.span], divider)
    places = places_of(ticks, axis, 300.0, "u33")
    assert all(placed.left >= divider for placed in places.undated)
    assert places.of("u33") is not None
    assert places.hidden == 40 - len(places.undated) > 0
    assert divider_of(ticks[1:], 300.0) == 0.0, "without dates there is no axis"
    assert divider_of(ticks[:1], 300.0) == 300.0


def test_of_thousands_of_ticks_as_many_are_painted_as_there_is_room_for() -> None:
    """In each pile the one that covers most, and always those of another form, of the case, and the current one."""
    start = date(2015, 1, 1)
    spans = [TimeSpan(at, at) for at in (86_400.0 * n for n in range(4000))]
    ticks = [
        Pass((scene(f"t{n}", BOX, (start + timedelta(days=n)).isoformat()),), span, "instant", n % 10 / 10)
        for n, span in enumerate(spans)
    ]
    ticks[77] = replace(ticks[77], date_kind="composite")
    of_case = scene("of case", BOX, "2015-05-05")
    ticks[88] = replace(ticks[88], scenes=(dataclasses.replace(of_case, layer_uuid="l1"),), part=0.0)
    places = places_of(ticks, TimeAxis.around(spans, 600.0), 600.0)
    painted = places.painted("t99")
    assert len(painted) < 600 / PILE_PX * 2
    assert {"t77", "of case", "t99"} <= {placed.tick.key for placed in painted}
    others = [placed.tick.part for placed in painted if placed.tick.key not in ("t77", "of case", "t99")]
    assert others.count(0.9) > 0.9 * len(others)
    few = places_of(ticks[:MOST_APART], TimeAxis.around(spans, 600.0), 600.0)
    assert few.painted("") == list(few.dated)
