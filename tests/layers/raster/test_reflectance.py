"""Row S18 of the rule book against the file itself: tags, pixels, and what a name alone does not tell."""

from __future__ import annotations

from typing import Any

import pytest

from layers.raster.reflectance import FileValues, StatedValues, judged_reflectance, names_sentinel2, product_facts

BEFORE = {"baseline": "03.01"}
SHIFTED = {"baseline": "05.09", "offset": -0.1}
TAKEN_OFF = {"baseline": "05.09", "shifted": True}
UNKNOWN = {"baseline": "05.09"}
NAMED = {"baseline_in_name": "05.09", "is_named_only": True}


def known(stated: dict[str, Any], **file: Any) -> tuple[float | None, bool, str]:
    found = judged_reflectance(StatedValues(**stated), FileValues(**file))
    return found.offset, found.established, found.words


@pytest.mark.parametrize(
    ("stated", "file", "offset"),
    [
        (BEFORE, {}, 0.0),
        (SHIFTED, {}, -0.1),
        (TAKEN_OFF, {}, 0.0),
        (SHIFTED, {"scale": 1e-4, "offset": -0.1}, -0.1),
        (UNKNOWN, {"scale": 1e-4, "offset": -0.1}, -0.1),
        (NAMED, {"scale": 1e-4, "offset": -0.1}, -0.1),
        (NAMED | {"baseline_in_name": "03.01"}, {"scale": 1e-4, "offset": 0.0}, 0.0),
        (SHIFTED, {"low": 950.0}, -0.1),
        (TAKEN_OFF, {"low": 120.0}, 0.0),
    ],
)
def test_s18_what_statement_and_file_establish_together(stated: Any, file: Any, offset: float) -> None:
    assert known(stated, **file)[:2] == (offset, True)


@pytest.mark.parametrize(
    ("stated", "file", "words"),
    [
        (UNKNOWN, {}, "Nothing says whether the shift by 1000 was taken off."),
        (UNKNOWN, {"scale": 1e-4, "offset": 0.0}, "Nothing says"),
        (NAMED, {}, "The file does not state the scale and offset of its values."),
        (NAMED | {"baseline_in_name": "03.01"}, {}, "does not state"),
        (NAMED | {"baseline_in_name": ""}, {"scale": 1e-4, "offset": -0.1}, "baseline is not stated"),
        (SHIFTED, {"scale": 1e-4, "offset": 0.0}, "an offset of -0.1, the file one of 0"),
        (TAKEN_OFF, {"scale": 1e-4, "offset": -0.1}, "all the same"),
        (BEFORE, {"scale": 1e-4, "offset": -0.1}, "it is stated that they are"),
        (SHIFTED, {"low": 120.0}, "those of the file begin at 120"),
        (SHIFTED, {"scale": 2.75e-5, "offset": -0.1}, "which is not Sentinel-2's"),
        (UNKNOWN, {"scale": 1e-4, "offset": -0.1, "has_several_offsets": True}, "Different offsets"),
        (SHIFTED, {"is_byte": True}, "a picture made of reflectance"),
    ],
)
def test_s18_what_is_unknown_or_contradicted_is_said(stated: Any, file: Any, words: str) -> None:
    offset, established, why = known(stated, **file)
    assert (offset, established) == (None, False)
    assert words in why


def test_values_that_are_reflectance_already_need_no_baseline() -> None:
    found = judged_reflectance(StatedValues(is_named_only=True), FileValues(is_float=True, unit="reflectance"))
    assert found[:3] == (1.0, 0.0, True)


def test_the_name_of_a_product_states_level_and_baseline() -> None:
    name = "S2A_MSIL2A_20220301T101411_N0400_R022_T33UUP_20220301T200027"
    assert product_facts(f"/data/{name}_B04.tif") == ("L2A", "04.00")
    assert product_facts("S2A_MSIL2A_of_a_day.tif") == ("", "")
    assert names_sentinel2(name)
    assert names_sentinel2("Sentinel-2A")
    assert not names_sentinel2("LC09_L2SP_025033", "landsat-9", "pics2_old")
