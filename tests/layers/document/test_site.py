"""The words of a site about whether it is there."""

from __future__ import annotations

import pytest
from shapely import Point

from layers.document.site import Site


@pytest.mark.parametrize(
    ("fields", "doubt"),
    [
        ({"lifecycle": "planned", "valid_from": "2030"}, "planned 2030"),
        ({"lifecycle": "planned", "valid_from": "2030-05-01", "lifecycle_as_of": "2015-09"}, "planned 2030"),
        ({"lifecycle": "agreed", "lifecycle_as_of": "2022-09"}, "agreed, as of 2022"),
        ({"lifecycle": "closed", "valid_from": "1996", "valid_to": "2007-02"}, "closed 2007"),
        ({"lifecycle": "closed", "valid_from": "1996"}, "closed"),
        ({"lifecycle": "planned", "valid_from": "20300 BC", "lifecycle_as_of": "soon"}, "planned"),
        ({"lifecycle": "in use", "valid_from": "2030"}, ""),
        ({"lifecycle": "Planned"}, ""),
        ({}, ""),
    ],
)
def test_what_may_not_exist_says_so(fields: dict[str, str], doubt: str) -> None:
    site = Site(uuid="a", geometry=Point(1, 2), **fields)
    assert site.doubt == doubt
    assert site.with_doubt("Pad") == (f"Pad ({doubt})" if doubt else "Pad")
    assert site.with_doubt("") == doubt


def test_a_name_that_says_it_itself_is_left_as_it_is() -> None:
    site = Site(uuid="a", geometry=Point(1, 2), lifecycle="planned", valid_from="2030")
    assert site.with_doubt("Pad (Planned)") == "Pad (Planned)"
