"""Warnings by which servers say that a map is of another date."""

from __future__ import annotations

import pytest

from layers.services.times.served_time import served_time


@pytest.mark.parametrize(
    ("warning", "served"),
    [
        ("99 Nearest value used: time=2012-02-12T00:00:00.000Z ISO8601 (sf:tracks)", "2012-02-12T00:00:00.000Z"),
        ("99 Default value used: time=2012-02-12 ISO8601", "2012-02-12"),
        ('99 example.org "Nearest value used: time=2012-02-12"', "2012-02-12"),
        ("99 nearest value used", ""),
        ("110 - stale, 99 Nearest value used: time=2012-02-12", "2012-02-12"),
        ("99 Nearest value used: time=2012-04-10T00:00:00Z ISO8601", None),
        ("99 Default value used: elevation=0.0 EPSG:5030", None),
        ("99 No nearest value found on layer sky: time", None),
        ("110 anderson/1.3.37 Response is stale", None),
        ("", None),
    ],
)
def test_w17_the_date_that_was_served_is_read_from_the_warning(warning: str, served: str | None) -> None:
    assert served_time(warning, "2012-04-10") == served
