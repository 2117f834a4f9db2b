"""Names of imagery that tell the day of a release give it; all other days in names are none."""

from __future__ import annotations

import pytest

from layers.services.times.release_days import release_day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("World Imagery (Wayback 2014-02-20)", "2014-02-20"),
        ("WORLD IMAGERY (WAYBACK 2024-01-11)", "2024-01-11"),
        ("Mosaic, released 2023-07-01", "2023-07-01"),
        ("Mosaic release: 2023-07-01", "2023-07-01"),
        ("Ortho published on 2023-07-01", "2023-07-01"),
        ("Ortho 2023-07-01", ""),
        ("Wayback 2023-02-30", ""),
        ("Wayback 2023-02-1234", ""),
        ("", ""),
    ],
)
def test_days_of_release(name: str, day: str) -> None:
    assert release_day(name) == day
