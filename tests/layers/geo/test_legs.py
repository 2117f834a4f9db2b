"""Lengths, bearings and legs as people write them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import InvalidValue
from layers.geo.legs import bearing_of, factor_of, leg_of, length_of


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("120", 120),
        ("120 m", 120),
        ("1.2km", 1200),
        ("1,5 km", 1500),
        ("10 ft", 3.048),
        ("2 NM", 3704),
        ("1 mi", 1609.344),
    ],
)
def test_lengths(text, metres):
    assert length_of(text) == pytest.approx(metres)


@pytest.mark.parametrize("text", ["", "m", "12 parsec", "-3", "1e9", "1e999", "nan", "12 13"])
def test_no_lengths(text):
    with pytest.raises(InvalidValue):
        length_of(text)


@pytest.mark.parametrize(
    ("text", "degrees"), [("45", 45), ("45.5°", 45.5), ("-90", 270), ("360", 0), ("312,5 deg", 312.5)]
)
def test_bearings(text, degrees):
    assert bearing_of(text) == pytest.approx(degrees)


@pytest.mark.parametrize("text", ["", "north", "400", "1e999", "45 46"])
def test_no_bearings(text):
    with pytest.raises(InvalidValue):
        bearing_of(text)


@pytest.mark.parametrize("text", ["120 m 45", "120 45", "120m, 45°", "0.12 km @ 45", "120 m;45"])
def test_legs(text):
    assert leg_of(text) == pytest.approx((120.0, 45.0))


@pytest.mark.parametrize("text", ["", "120", "120 m", "m 45", "120 m 45 46", "120 m north"])
def test_no_legs(text):
    with pytest.raises(InvalidValue):
        leg_of(text)


@pytest.mark.parametrize(("text", "factor"), [("1.2", 1.2), ("120 %", 1.2), ("0,5", 0.5), ("50%", 0.5)])
def test_factors(text, factor):
    assert factor_of(text) == pytest.approx(factor)


@pytest.mark.parametrize("text", ["", "0", "-1", "twice", "1e999"])
def test_no_factors(text):
    with pytest.raises(InvalidValue):
        factor_of(text)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for read in (length_of, bearing_of, leg_of, factor_of):
        with contextlib.suppress(InvalidValue):
            read(text)
