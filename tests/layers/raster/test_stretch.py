import json

import numpy as np
import pytest

from layers.decoding import encoded
from layers.errors import InvalidValue
from layers.raster.stretch import MAX_SORTED, StretchRule, Values

RANDOM = np.random.default_rng(3)
BANDS = [
    RANDOM.integers(0, 4000, 9001).astype(np.uint16),
    RANDOM.normal(-5, 30, 7000).astype(np.float32),
    RANDOM.integers(-90, 90, 500).astype(np.int32),
]


def values_of(array: np.ndarray) -> Values:
    values = Values.of([array])
    assert values is not None
    return values


@pytest.mark.parametrize("band", BANDS, ids=lambda band: str(band.dtype))
@pytest.mark.parametrize(("low", "high"), [(2, 98), (0, 100), (0.5, 99.9), (33.3, 33.4)])
def test_percentiles_are_numpys(band: np.ndarray, low: float, high: float) -> None:
    found = StretchRule(low_percent=low, high_percent=high).limits([values_of(band)])[0]
    expected = np.percentile(band, (low, high))
    if expected[1] > expected[0]:
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)
    else:
        assert found == (expected[0], expected[0] + 1)


def test_extremes_and_deviations_are_numpys() -> None:
    values = [values_of(band) for band in BANDS]
    for band, found in zip(BANDS, StretchRule("minmax").limits(values), strict=True):
        assert found == (band.min(), band.max())
    for band, found in zip(BANDS, StretchRule("deviations", deviations=1.5).limits(values), strict=True):
        mean, std = band.mean(dtype=float), band.std(dtype=float)
        assert found == pytest.approx((mean - 1.5 * std, mean + 1.5 * std))


@pytest.mark.parametrize("method", ["percentile", "minmax", "deviations"])
def test_jointly_all_bands_are_one(method: str) -> None:
    found = StretchRule(method, joint=True).limits([values_of(band) for band in BANDS])
    everything = np.concatenate([band.astype(np.float64) for band in BANDS])
    assert len(set(found)) == 1
    assert found[0] == pytest.approx(StretchRule(method).limits([values_of(everything)])[0], rel=1e-6)
    apart = StretchRule(method).limits([values_of(band) for band in BANDS])
    assert len(set(apart)) == 3


def test_what_is_no_number_has_no_say_and_nothing_is_none() -> None:
    parts = [np.array([[1.0, np.nan], [np.inf, 3.0]]), np.array([-np.inf, 2.0])]
    values = Values.of(parts)
    assert values is not None
    assert values.sorted.tolist() == [1, 2, 3]
    assert Values.of([np.array([np.nan])]) is None
    assert Values.of([]) is None


def test_of_many_values_a_part_is_sorted_and_the_extremes_are_of_all() -> None:
    many = np.arange(3 * MAX_SORTED, dtype=np.float32)
    many[-1] = 1e9
    values = values_of(many)
    assert values.sorted.size <= MAX_SORTED
    assert (values.least, values.most) == (0, 1e9)
    assert values.percentile(50) == pytest.approx(1.5 * MAX_SORTED, rel=1e-4)


def test_an_even_area_still_has_a_stretch() -> None:
    for method in ("percentile", "minmax", "deviations"):
        ((low, high),) = StretchRule(method).limits([values_of(np.full(10, 7, np.uint8))])
        assert (low, high) == (7, 8)


def test_json_there_and_back_and_nonsense_is_refused() -> None:
    rule = StretchRule("deviations", 1.0, 97.5, 1.5, True, "view")
    assert encoded(rule)["from"] == "view"
    assert StretchRule.from_json(json.loads(json.dumps(encoded(rule)))) == rule
    assert StretchRule.from_json({}) == StretchRule()
    for broken in (
        {"method": "magic"},
        {"from": "heaven"},
        {"low_percent": 98, "high_percent": 2},
        {"high_percent": 101},
        {"low_percent": "x"},
        {"deviations": 0},
        {"deviations": float("nan")},
        {"low_percent": float("nan")},
    ):
        with pytest.raises(InvalidValue):
            StretchRule.from_json(broken)
