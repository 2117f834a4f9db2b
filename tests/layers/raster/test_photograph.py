"""EXIF of a photograph: place, date with its ground, camera; nothing where it says nothing sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.raster.photograph import photograph_in
from tests.support.readers.tiny_photograph import TAGS


def test_place_date_and_camera() -> None:
    found = photograph_in(TAGS)
    assert found is not None
    assert (found.lon, found.lat) == pytest.approx((31.5, 50.2508333))
    assert found.camera == "Canon EOS R5"
    assert (found.taken, found.basis) == ("2024-05-06T07:08:09", "EXIF: the camera's clock, its zone not stated")
    assert found.words.startswith("taken at 50.25083, 31.50000 with Canon EOS R5, 2024-05-06T07:08:09 (")


@pytest.mark.parametrize(
    ("more", "taken", "basis"),
    [
        ({"EXIF_OffsetTimeOriginal": "+03:00"}, "2024-05-06T04:08:09Z", "EXIF: the camera's clock and zone"),
        ({"EXIF_OffsetTimeOriginal": "-05:30"}, "2024-05-06T12:38:09Z", "EXIF: the camera's clock and zone"),
        (
            {"EXIF_GPSDateStamp": "2024:05:06", "EXIF_GPSTimeStamp": "(4) (8) (9.7)"},
            "2024-05-06T04:08:09Z",
            "EXIF: time of GPS",
        ),
        ({"EXIF_DateTimeOriginal": "2024:13:06 07:08:09"}, "", ""),
        ({"EXIF_DateTimeOriginal": "0000:00:00 00:00:00"}, "", ""),
    ],
)
def test_the_ground_of_the_date_is_said(more: dict[str, str], taken: str, basis: str) -> None:
    found = photograph_in(TAGS | more)
    assert found is not None
    assert (found.taken, found.basis) == (taken, basis)


@pytest.mark.parametrize(
    "more",
    [
        {"EXIF_GPSLatitude": ""},
        {"EXIF_GPSLatitude": "(95) (0) (0)"},
        {"EXIF_GPSLatitudeRef": ""},
        {"EXIF_GPSLongitudeRef": "X"},
        {"EXIF_GPSLatitude": "(0) (0) (0)", "EXIF_GPSLongitude": "(0) (0) (0)"},
        {"EXIF_GPSLatitude": "(1) (2) (3) (4)"},
    ],
)
def test_without_a_sound_position_it_is_none(more: dict[str, str]) -> None:
    assert photograph_in(TAGS | more) is None


@given(st.dictionaries(st.sampled_from([*TAGS, "EXIF_GPSTimeStamp", "EXIF_GPSDateStamp"]), st.text(max_size=30)))
def test_no_text_is_an_error(more: dict[str, str]) -> None:
    found = photograph_in(TAGS | more)
    assert found is None or (abs(found.lat) <= 90 and abs(found.lon) <= 180)


def test_south_and_west_and_the_direction() -> None:
    more = {"EXIF_GPSLatitudeRef": "S", "EXIF_GPSLongitudeRef": "W", "EXIF_GPSImgDirection": "(123.4)"}
    found = photograph_in(TAGS | more)
    assert found is not None
    assert (found.lon, found.lat, found.direction_deg) == pytest.approx((-31.5, -50.2508333, 123.4))
    magnetic = photograph_in(TAGS | more | {"EXIF_GPSImgDirectionRef": "M"})
    assert magnetic is not None
    assert magnetic.direction_deg is None
