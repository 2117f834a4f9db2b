"""Dates in names of files, and what only looks like one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.scenes.name_dates import EARLIEST, date_in_name
from layers.time.typed_dates import typed_date
from layers.time.written_dates import written_date

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("S2A_MSIL2A_20210820T100031_N0301", "2021-08-20"),
        ("m_4709963_se_14_1_20200831.tif", "2020-08-31"),
        ("landsat8_2015-08-04_10band_cog.tif", "2015-08-04"),
        ("1985.tif", "1985"),
        ("site_2019_v2.tif", "2019"),
        ("mosaic 2018-07.tif", "2018-07"),
        ("20210230.tif", ""),
        ("20210101_20210601_change.tif", ""),
        ("12345678.tif", ""),
        ("x1920.tif", ""),
        ("scene_3857.tif", ""),
        ("", ""),
        ("planet_scene_20200831.tif", "2020-08-31"),
        ("site 2020-08-31.jpg", "2020-08-31"),
        ("31AUG2020.tif", "2020-08-31"),
        ("NAIP_31-Aug-2020_v2", "2020-08-31"),
        ("3 august 2020.png", "2020-08-03"),
        ("2020AUG31_IKONOS.ntf", "2020-08-31"),
        ("Aug 31, 2020.png", "2020-08-31"),
        ("Sept_2020_mosaic.tif", "2020-09"),
        ("31.08.2020.tif", "2020-08-31"),
        ("08-31-2020.tif", "2020-08-31"),
        ("05-08-2020.tif", ""),
        ("08.08.2020.tif", "2020-08-08"),
        ("31FEB2020.tif", ""),
        ("18381231.tif", ""),
        ("18390819_daguerre.tif", "1839-08-19"),
        ("20261201.tif", ""),
        ("20261130.tif", "2026-11-30"),
        ("plan_2031.tif", ""),
        ("T36UYA_20200831T084601_B04.jp2", "2020-08-31"),
        ("Mayport_12.tif", ""),
        ("decision2020.tif", ""),
        ("Pasted 2020-08-31 01.54.07Z.png", ""),
        ("Screenshot from 2020-08-31 10-11-12.png", ""),
    ],
)
def test_a_date_in_a_name(name: str, written: str) -> None:
    assert date_in_name(name, TODAY) == written


def test_the_clock_says_what_lies_in_the_future() -> None:
    assert not date_in_name(f"{date.today() + timedelta(days=3):%Y%m%d}.tif")
    assert date_in_name(f"{date.today():%Y%m%d}.tif")


@given(
    st.dates(EARLIEST, TODAY),
    st.sampled_from(["x_{0:%Y%m%d}", "{0:%Y-%m-%d}b", "a{0.day}{1}{0.year:04}", "{0:%Y%m%d}T101112"]),
)
def test_a_day_that_is_written_in_a_name_is_found(day: date, form: str) -> None:
    name = form.format(day, written_date(day.isoformat()).split()[1][:3].upper())
    assert date_in_name(name, TODAY) == day.isoformat()


@given(st.dates(date(1000, 1, 1)))
def test_a_date_as_people_write_it_is_read_again(day: date) -> None:
    for iso in (day.isoformat(), day.isoformat()[:7]):
        assert typed_date(written_date(iso)) == iso


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2020-08-31", "31 August 2020"),
        ("2020", "2020"),
        ("2020-08-31T10:12:30Z", "31 August 2020, 10:12 UTC"),
        ("2020-08-01/2020-09", "1 August 2020 to September 2020"),
        ("", ""),
        ("soon", "soon"),
    ],
)
def test_words_of_dates(iso: str, words: str) -> None:
    assert written_date(iso) == words
