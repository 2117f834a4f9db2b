"""Words and figures as people read them."""

from __future__ import annotations

import pytest

from viewer.panels.words import error_text


@pytest.mark.parametrize(
    ("error_m", "shown"), [(None, "–"), (30.0, "30 m"), (999.0, "999 m"), (1000.0, "1 km"), (2500.0, "2.5 km")]
)
def test_a_position_error_is_in_metres_or_kilometres(error_m: float | None, shown: str) -> None:
    assert error_text(error_m) == shown
