"""The first reader is chosen by the words of the command line, and spawned before anything of Qt is imported."""

from __future__ import annotations

import pytest

from layers.pool.protocol import Profile
from viewer.app.main import first_asked


@pytest.mark.parametrize(
    ("files", "profile"),
    [
        ([], Profile.LOCAL),
        (["a.tif"], Profile.LOCAL),
        (["case.gpkg"], Profile.LOCAL),
        (["a.geojson", "B.KML"], Profile.FEATURES),
        (["a.geojson", "a.tif"], Profile.LOCAL),
    ],
)
def test_the_first_reader_is_one_that_will_be_asked(files: list[str], profile: Profile) -> None:
    assert first_asked(files) is profile
