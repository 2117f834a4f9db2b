"""The nudge of a layer's row: read back as it was written, and absent for whatever else a case may hold there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.document.placing.nudge import MOST_M, Nudge, read_nudge, without_mover

_TEXT = st.text(st.characters(codec="ascii", exclude_categories=("C", "Z")), min_size=1, max_size=30)
_M = st.floats(-20_000, 20_000)
_GOOD = {"dx_m": 12.4, "dy_m": -3.0, "lon": 128.3, "lat": 51.9}


@given(_M, _M, st.floats(-360, 360), st.floats(-89, 89), _TEXT, st.sampled_from(["hand", "phase correlation"]), _TEXT)
def test_what_is_written_is_read(dx: float, dy: float, lon: float, lat: float, by: str, how: str, against: str) -> None:
    nudge = Nudge(dx, dy, lon, lat, by, "2026-11-27T10:00:00Z", how, against, 1.5)
    assert read_nudge(nudge.to_json()) == (None if nudge.is_none else nudge)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "{",
        "[]",
        "null",
        "12",
        "[" * 50_000,
        '{"a":' * 5000,
        json.dumps(_GOOD | {"by": "x" * 30_000}),
        json.dumps(_GOOD | {"dx_m": "12"}),
        json.dumps(_GOOD | {"dx_m": True}),
        json.dumps(_GOOD | {"dx_m": None}),
        json.dumps(_GOOD | {"dx_m": MOST_M * 2}),
        json.dumps(_GOOD | {"dx_m": 10**400}),
        json.dumps(_GOOD | {"dx_m": 0, "dy_m": 0}),
        json.dumps(_GOOD | {"lat": 90}),
        json.dumps(_GOOD | {"lon": 1e9}),
        json.dumps({"dx_m": 1, "dy_m": 1}),
        '{"dx_m": NaN, "dy_m": 1, "lon": 1, "lat": 1}',
        '{"dx_m": 1e999, "dy_m": 1, "lon": 1, "lat": 1}',
        '{"dx_m": 1, "dy_m": Infinity, "lon": 1, "lat": 1}',
    ],
)
def test_what_is_none_counts_as_absent(text: str) -> None:
    assert read_nudge(text) is None


def test_odd_words_beside_sound_numbers_are_left_out() -> None:
    odd = _GOOD | {"by": ["x"], "at": {"a": 1}, "how": ["hand"], "against": "two\nlines\t here", "residual_m": "nan"}
    found = read_nudge(json.dumps(odd))
    assert found == Nudge(12.4, -3.0, 128.3, 51.9, "", "", "hand", "two lines here", None)


@given(st.text(max_size=80))
def test_nothing_raises(text: str) -> None:
    assert read_nudge(text) is None


def test_words_say_how_far_who_and_when() -> None:
    hand = Nudge(12.04, 3.0, 0.0, 0.0, "A. Analyst", "2026-11-27T10:00:00Z")
    assert hand.words == "moved by hand 12 m east, 3 m north, A. Analyst, 2026-11-27"
    found = Nudge(-0.25, -140.6, 0.0, 0.0, how="phase correlation", against="Scene B", residual_m=2.0)
    assert found.words == ("moved by phase correlation onto “Scene B” 0.25 m west, 140.6 m south, parts differ by 2 m")


@given(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\n;\r", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1
    ),
    st.sampled_from(("", "Scene B")),
    st.none() | st.floats(0, 50),
)
def test_the_words_are_told_without_who_moved_it(by: str, against: str, residual_m: float | None) -> None:
    signed = Nudge(12.4, -3.0, 0.0, 0.0, by[:200], "2026-11-27T10:00:00Z", "hand", against, residual_m)
    said = signed.unsigned_words
    assert said == Nudge(12.4, -3.0, 0.0, 0.0, "", "2026-11-27T10:00:00Z", "hand", against, residual_m).words
    if not by.strip().startswith("2026") and ", 2026" not in by:
        assert without_mover(f"read off; {signed.words}; was: estimate") == f"read off; {said}; was: estimate"
    assert without_mover(said) == said
