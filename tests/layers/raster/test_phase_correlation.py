"""Phase correlation: true shifts to within 0.2 pixel, and "not reliable" for what does not match."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert

from layers.decoding import encoded
from layers.raster import phase_correlation
from layers.raster.phase_correlation import GreyPicture, LocalShift, Registered, register
from tests.support.shifted_pairs import Floats, ground, pure_noise, shifted, true_pair, unlike_shadows


def _whole(values: Floats) -> GreyPicture:
    return GreyPicture(values.astype(np.float32), np.ones(values.shape, bool))


def _off(found: Registered, shift: tuple[float, float]) -> float:
    assert found.dx is not None
    assert found.dy is not None
    return math.hypot(found.dx - shift[0], found.dy - shift[1])


@pytest.mark.bounded_after(7)
@pytest.mark.sampled(5)
@pytest.mark.parametrize("seed", range(20))
def test_a_true_pair_is_registered_to_within_a_fifth_of_a_pixel(seed: int) -> None:
    moving, fixed, shift = true_pair(seed)
    found = register(_whole(moving), _whole(fixed))
    assert found.reliable, found.why
    assert _off(found, shift) < 0.2
    assert found.residual_px is not None
    assert found.residual_px < 0.5
    assert sum(one.agrees for one in found.local) >= len(found.local) * 0.55


@pytest.mark.bounded_after(2)
@pytest.mark.sampled(6)
@pytest.mark.parametrize("seed", range(20))
def test_unlike_shadows_are_not_reliable(seed: int) -> None:
    moving, fixed, _ = unlike_shadows(seed)
    found = register(_whole(moving), _whole(fixed))
    assert not found.reliable, found
    assert found.why.endswith(".")


@pytest.mark.bounded_after(8)
@pytest.mark.sampled(5)
@pytest.mark.parametrize("seed", range(20))
def test_pure_noise_is_not_reliable(seed: int) -> None:
    moving, fixed, _ = pure_noise(seed)
    found = register(_whole(moving), _whole(fixed))
    assert not found.reliable, found
    assert found.why.endswith(".")


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("seed", range(4))
def test_smooth_ground_under_heavy_grain_is_found_in_smaller_pictures(seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = ground(rng, 1000, 1.7)
    moving, fixed = whole[200:800, 200:800], shifted(whole, 5.4, -7.3)[200:800, 200:800]
    seen = [_whole(one + rng.normal(size=one.shape) * 0.25 * one.std()) for one in (moving, fixed)]
    found = register(*seen)
    assert found.reliable, found.why
    assert _off(found, (5.4, -7.3)) < 0.2


@pytest.mark.bounded
def test_unlike_pictures_are_not_looked_at_smaller_but_grainy_ones_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look at smaller pictures takes as long again: that is for pairs that may gain by it."""
    made: list[int] = []
    plain = phase_correlation.reduced

    def counted(picture: GreyPicture, by: int) -> GreyPicture:
        made.append(by)
        return plain(picture, by)

    monkeypatch.setattr(phase_correlation, "reduced", counted)
    rng = np.random.default_rng(3)
    whole = ground(rng, 1700, 1.9)
    moving, fixed = whole[60:1600, 60:1600], shifted(whole, 5.4, -7.3)[60:1600, 60:1600]
    seen = [_whole(one + rng.normal(size=one.shape) * 0.2 * one.std()) for one in (moving, fixed)]
    found = register(*seen)
    assert found.reliable, found.why
    assert _off(found, (5.4, -7.3)) < 0.2
    assert made == [4, 4, 2, 2]
    made.clear()
    other = ground(rng, 1540, 1.3)
    apart = register(seen[0], _whole(other))
    assert not apart.reliable
    assert apart.local
    assert made == [4, 4], "the wide look alone"


@pytest.mark.bounded
@given(st.floats(-15, 15), st.floats(-15, 15), st.integers(0, 2**31))
@settings(max_examples=12, deadline=None)
def test_there_and_back_are_opposite(dx: float, dy: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = ground(rng, 300, 1.3)
    moving, fixed = _whole(whole[50:250, 50:250]), _whole(shifted(whole, dx, dy)[50:250, 50:250])
    there, back = register(moving, fixed), register(fixed, moving)
    assert there.reliable
    assert back.reliable
    assert _off(there, (dx, dy)) < 0.1
    assert _off(back, (-dx, -dy)) < 0.1


def test_a_common_hole_and_a_common_edge_are_no_ground() -> None:
    """The same nodata in both would else fit at no shift at all."""
    rng = np.random.default_rng(5)
    whole = ground(rng, 500, 1.3)
    moving, fixed = whole[100:400, 100:400], shifted(whole, 9.3, -6.2)[100:400, 100:400]
    y, x = np.mgrid[0:300, 0:300]
    valid = (x + y > 150) & (np.hypot(x - 150, y - 200) > 30)
    found = register(
        GreyPicture(np.where(valid, moving, 0).astype(np.float32), valid),
        GreyPicture(np.where(valid, fixed, 0).astype(np.float32), valid),
    )
    assert found.reliable, found.why
    assert _off(found, (9.3, -6.2)) < 0.2
    other = ground(rng, 300, 1.3)
    apart = register(
        GreyPicture(np.where(valid, moving, 0).astype(np.float32), valid),
        GreyPicture(np.where(valid, other, 0).astype(np.float32), valid),
    )
    assert not apart.reliable


def test_what_is_no_shift_or_repeats_itself_is_refused() -> None:
    rng = np.random.default_rng(8)
    whole = ground(rng, 400, 1.2)
    turned = np.rot90(whole).copy()
    assert not register(_whole(whole), _whole(turned)).reliable
    y, x = np.mgrid[0:300, 0:300]
    fields = (np.sin(x * 2 * np.pi / 12) * np.sin(y * 2 * np.pi / 12)).astype(np.float32)
    assert not register(_whole(fields), _whole(shifted(fields, 3.0, 0.0))).reliable
    even = np.full((200, 200), 7.0, np.float32)
    assert not register(_whole(even), _whole(even)).reliable
    small = ground(rng, 40, 1.2)
    found = register(_whole(small), _whole(small))
    assert (found.dx, found.reliable) == (None, False)


def test_bands_count_alike_and_what_is_no_number_not_at_all() -> None:
    bands = np.stack([np.arange(16.0).reshape(4, 4), np.full((4, 4), 3.0), np.arange(16.0).reshape(4, 4) * 1000])
    bands[0, 1, 1] = np.nan
    found = GreyPicture.of_bands(bands, np.ones((4, 4), bool))
    assert not found.valid[1, 1]
    assert found.valid.sum() == 15
    assert np.isfinite(found.grey).all()
    alone = GreyPicture.of_bands(bands[2:] / 1000, found.valid).grey
    assert np.allclose(found.grey[found.valid] * 3, alone[found.valid] * 2, rtol=1e-4)


def test_an_answer_crosses_as_json() -> None:
    local = (LocalShift(1.0, 2.0, 3.5, -4.5, True), LocalShift(5.0, 6.0, 0.0, 0.0, False))
    for answer in (Registered(3.5, -4.5, True, 0.2, "Fine.", local), Registered(None, None, False, None, "No.")):
        assert convert(json.loads(json.dumps(encoded(answer))), Registered) == answer


def test_a_picture_is_the_mean_of_bands_of_one_spread_also_with_holes() -> None:
    random = np.random.default_rng(4)
    for bands in (random.integers(0, 255, (3, 40, 50)).astype(np.uint8), random.normal(size=(2, 40, 50))):
        holes = bands.copy()
        if bands.dtype.kind == "f":
            holes[0, 3, 4], holes[1, 5, 6] = np.nan, np.inf
        valid = random.random((40, 50)) < 0.8
        picture = GreyPicture.of_bands(holes, valid)
        there, parts = valid.copy(), []
        for band in holes.astype(np.float32):
            there &= np.isfinite(band)
            parts.append(band / band[there].std())
        assert np.array_equal(picture.valid, there)
        assert np.array_equal(picture.grey, np.where(there, np.mean(parts, axis=0, dtype=np.float32), np.float32(0)))
    whole = np.full((1, 40, 50), 7, np.uint16)
    assert not GreyPicture.of_bands(whole, np.ones((40, 50), bool)).grey.any(), "an even surface has no spread"
