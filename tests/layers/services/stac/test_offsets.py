"""Row S18 of the rule book: Sentinel-2's offset, where it is established, unknown or contradicted."""

from __future__ import annotations

from typing import Any

import pytest

from layers.services.stac.item import read_item
from layers.services.stac.offsets import Reflectance, reflectance_of
from tests.layers.services.stac.made import HOST, item

KEYS = ("red", "green", "blue")


def judged(
    baseline: str | None = None,
    offset: float | None = None,
    shifted: bool | None = None,
    name: str = "scene",
    scale: float | None = None,
    **changes: Any,
) -> Reflectance:
    properties: dict[str, Any] = {"s2:processing_baseline": baseline} if baseline else {}
    if shifted is not None:
        properties["earthsearch:boa_offset_applied"] = shifted
    raster = {key: value for key, value in (("scale", scale), ("offset", offset)) if value is not None}
    assets = {
        key: {
            "href": f"https://x.org/{key}.tif",
            "eo:bands": [{"name": key, "common_name": key}],
            "raster:bands": [raster],
        }
        for key in KEYS
    }
    assets["visual"] = {
        "href": "https://x.org/v.tif",
        "roles": ["visual"],
        "eo:bands": [{"common_name": key} for key in KEYS],
    }
    assets["aot"] = {"href": "https://x.org/aot.tif", "raster:bands": [{"scale": 0.001, "offset": 0}]}
    return reflectance_of(
        read_item(item(name, properties=properties | changes.pop("more", {}), **({"assets": assets} | changes)), HOST)
    )


def of_safe(end: str) -> dict[str, Any]:
    href = "https://x.org/S2B_MSIL2A_20260301T101029_N0511_R022_T33UUP_20260301T1300.SAFE/GRANULE/IMG_DATA/R10m/T33UUP_B04."
    return {"B04_10m": {"href": href + end}}


@pytest.mark.parametrize("baseline", ["02.09", "03.01", "0301", "N0301", "3.01"[:0] or "00.01"])
def test_s18_before_baseline_4_the_values_are_not_shifted(baseline: str) -> None:
    for facts in ({}, {"offset": 0.0, "scale": 0.0001}, {"shifted": False}):
        known = judged(baseline, **facts)
        assert (known.scale, known.offset, known.established) == (0.0001, 0.0, True)
        assert known.words


def test_s18_from_baseline_4_on_an_offset_that_is_stated_alike_is_established() -> None:
    for baseline in ("04.00", "05.00", "05.11", "N0511"):
        known = judged(baseline, offset=-0.1, scale=0.0001)
        assert (known.scale, known.offset, known.established) == (0.0001, -0.1, True)


def test_s18_a_provider_that_took_the_shift_off_and_states_no_offset_is_established() -> None:
    for offset in (None, 0.0):
        assert judged("05.09", offset=offset, shifted=True)[:3] == (0.0001, 0.0, True)
    assert judged("05.09", more={"sentinel:boa_offset_applied": "true"})[:3] == (0.0001, 0.0, True)


@pytest.mark.parametrize(
    "facts",
    [
        {"baseline": "05.09", "offset": -0.1, "shifted": True},
        {"baseline": "05.09", "offset": -0.1, "shifted": False},
        {"baseline": "05.09", "shifted": False},
        {"baseline": "05.09", "offset": 0.0},
        {"baseline": "05.09", "offset": -0.1, "scale": 0.001},
        {"baseline": "03.01", "offset": -0.1},
        {"baseline": "03.01", "shifted": True},
        {"baseline": "03.01", "name": "S2A_MSIL2A_20260301T101411_N0511_R022_T33UUP_20260301T200027"},
    ],
    ids=[
        "taken off and stated",
        "not taken off",
        "not taken off, silent",
        "none",
        "scale",
        "too early",
        "too early 2",
        "name",
    ],
)
def test_s18_what_contradicts_itself_or_has_been_wrong_is_not_established(facts: dict[str, Any]) -> None:
    known = judged(**facts)
    assert not known.established
    assert known.offset is None
    assert known.words.endswith(".")


@pytest.mark.parametrize(
    "facts", [{}, {"offset": -0.1}, {"baseline": "05.09"}, {"baseline": "99.99", "offset": -0.1}, {"baseline": "new"}]
)
def test_s18_what_is_not_stated_is_unknown(facts: dict[str, Any]) -> None:
    known = judged(**facts)
    assert (known.established, known.offset) == (False, None)


def test_s18_different_offsets_of_bands_contradict_each_other() -> None:
    assets = {
        key: {"href": f"https://x.org/{key}.tif", "bands": [{"eo:common_name": key, "raster:offset": offset}]}
        for key, offset in (("red", -0.1), ("green", 0))
    }
    assert not judged("05.09", assets=assets).established
    assert not judged("03.01", assets=assets).established


def test_s18_the_baseline_in_the_products_name_counts_where_none_is_stated() -> None:
    known = judged(name="S2A_MSIL2A_20260301T101411_N0209_R022_T33UUP_20260301T200027")
    assert known[:3] == (0.0001, 0.0, True)


def test_s18_original_files_are_shifted_though_nothing_is_stated_and_converted_ones_are_unknown() -> None:
    assert judged("05.11", assets=of_safe("jp2"))[:3] == (0.0001, -0.1, True)
    assert not judged("05.11", assets=of_safe("tif")).established


def test_s18_other_satellites_have_what_is_stated_and_nothing_is_established() -> None:
    landsat = {"more": {"platform": "landsat-9"}, "collection": "landsat-c2-l2"}
    assert judged(scale=2.75e-5, offset=-0.2, **landsat)[:3] == (2.75e-5, -0.2, False)
    assert judged(**landsat)[:3] == (None, None, False)
