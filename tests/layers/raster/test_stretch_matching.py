"""A matched stretch is linear, band by band: with it the bands have the mean and the deviation of the first image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.raster.acquisition import Acquisition
from layers.raster.statement import Statement
from layers.raster.stretch_matching import LEAST_VALUES, Moments, alike, matched_limits, moments_of

MEANS, SPREADS = st.floats(-1e4, 1e4), st.floats(0.5, 1e4)


@given(MEANS, SPREADS, MEANS, SPREADS, MEANS, SPREADS)
def test_what_is_shown_has_the_same_moments(
    mean: float, std: float, low: float, span: float, other: float, spread: float
) -> None:
    ((first, last),) = matched_limits([Moments(mean, std)], [(low, low + span)], [Moments(other, spread)])
    assert (other - first) / (last - first) == pytest.approx((mean - low) / span, rel=1e-6, abs=1e-6)
    assert spread / (last - first) == pytest.approx(std / span, rel=1e-6)


def test_an_image_is_matched_to_itself_by_its_own_limits() -> None:
    same = Moments(100.0, 12.0)
    assert matched_limits([same], [(3.0, 250.0)], [same]) == ((3.0, 250.0),)


def test_a_flat_band_is_shifted_only() -> None:
    assert matched_limits([Moments(10, 0)], [(0.0, 255.0)], [Moments(30, 5)]) == ((20.0, 275.0),)


def test_moments_of_parts_are_those_of_the_whole_and_few_tell_nothing() -> None:
    values = np.random.default_rng(1).normal(50, 9, 1000).astype(np.float32)
    found = moments_of([values[:300], np.array([np.nan, np.inf], np.float32), values[300:]])
    assert found is not None
    assert (found.mean, found.std) == pytest.approx((values.mean(), values.std()), rel=1e-4)
    assert moments_of([values[: LEAST_VALUES - 1]]) is None
    assert moments_of([]) is None


@pytest.mark.parametrize("is_cloud_in_first", [False, True])
@pytest.mark.parametrize("cloud", [0.0, 0.1, 0.25, 0.4])
def test_a_cloud_in_one_image_changes_no_gain(cloud: float, is_cloud_in_first: bool) -> None:
    """White roofs became brown: each band got another gain from the cloud."""
    rng = np.random.default_rng(5)
    gain, offset = np.array([[1.3], [1.1], [0.9]]), np.array([[200.0], [350.0], [100.0]])
    count = 40_000
    first = rng.normal([[700], [900], [600]], [[150], [120], [200]], (3, count)) + rng.normal(0, 60, count)
    roofs = rng.random(count) < 0.02
    first[:, roofs] = rng.normal(6000, 300, roofs.sum())
    second = gain * first + offset + rng.normal(0, 60, (3, count))
    clouded = np.arange(count) < cloud * count
    (first if is_cloud_in_first else second)[:, clouded] = rng.normal(8000, 1500, clouded.sum()).clip(0, 12_000)
    kept = alike(first, second)
    assert (kept & clouded).sum() <= 0.01 * count
    assert kept[~clouded].mean() > 0.97
    both = ([moments_of([band]) for band in values[:, kept]] for values in (first, second))
    gains = np.array([theirs.std / ours.std for ours, theirs in zip(*both, strict=True) if ours and theirs])
    assert gains == pytest.approx(gain[:, 0], rel=0.15)
    assert gains / gains.mean() == pytest.approx(gain[:, 0] / gain.mean(), rel=0.05), "what is white stays white"


def test_what_differs_nowhere_and_what_is_flat_is_kept_whole() -> None:
    rng = np.random.default_rng(2)
    first = rng.normal(50, 9, (1, 5000))
    assert alike(first, 2 * first + 3).all()
    assert alike(np.zeros((3, 500), np.uint8), np.full((3, 500), 7, np.uint8)).all()
    assert alike(first[:, :10], -first[:, :10]).all()


def test_not_stated_is_not_the_same() -> None:
    fields = ("sensor", "level", "units", "resampling")
    assert len(Statement().unlike(Statement(), *fields)) == 4
    tags = {"processing_level": "L2A", "units": "reflectance"}
    one = Statement.of(Acquisition(platform="S9", sensor="MSI"), tags, shown_with="bilinear")
    assert one == Statement("S9 MSI", "L2A", "reflectance", "bilinear")
    assert one.unlike(one, *fields) == []
    assert one.unlike(Statement.of(Acquisition(platform="S9"), tags), "sensor") == [
        "the sensor of the second image is not stated"
    ]


@pytest.mark.parametrize(
    ("product", "level"),
    [
        ("LC08_L2SP_025033_20200801_20200914_02_T1", "L2SP"),
        ("S2A_MSIL1C_20200801T170851_N0209_R112_T14SQH_20200801T204735", "L1C"),
        ("some_L2A_thing", ""),
    ],
)
def test_the_names_of_official_products_state_their_level(product: str, level: str) -> None:
    assert Statement.of(Acquisition(product_id=product), {}).level == level
