"""Spectra of pictures, against sums written out."""

from __future__ import annotations

import math

import numpy as np

from layers.raster.spectra import (
    band_pass,
    both_halves,
    correlation_surface,
    likeness,
    peak_of,
    peaks_of,
    power_of,
    spectrum_of,
    spread_of,
)
from tests.support.shifted_pairs import ground, shifted


def test_spectra_of_single_precision_are_worked_out_in_it() -> None:
    pictures = np.random.default_rng(1).normal(size=(3, 40, 48)).astype(np.float32)
    found = spectrum_of(pictures)
    assert found.dtype == np.complex64
    exact = np.fft.rfft2(pictures.astype(np.float64)) / math.sqrt(40 * 48)
    assert np.abs(found - exact).max() < 1e-5
    assert not np.array_equal(found, exact.astype(np.complex64)), "rounded on the way: it was not done in double"


def test_the_likeness_of_pairs_is_the_weighted_sum_over_their_spectra() -> None:
    rng = np.random.default_rng(2)
    moving, fixed = (spectrum_of(rng.normal(size=(4, 32, 32)).astype(np.float32)) for _ in range(2))
    shifts = rng.uniform(-5, 5, (4, 2))
    weights = band_pass((32, 32), 16) * both_halves(32)
    spreads = spread_of(moving, (32, 32), 16) * spread_of(fixed, (32, 32), 16)
    found = likeness(fixed * moving.conj(), spreads, (32, 32), shifts, 16)
    fy, fx = np.fft.fftfreq(32)[:, None], np.fft.rfftfreq(32)[None, :]
    for at, (dx, dy) in enumerate(shifts):
        turned = fixed[at] * np.exp(2j * np.pi * (fx * dx + fy * dy))
        both = (weights * (turned * moving[at].conj()).real).sum()
        full = math.sqrt(float((weights * power_of(moving[at])).sum() * (weights * power_of(fixed[at])).sum()))
        assert math.isclose(found[at], both / full, abs_tol=1e-5)
    one = likeness(fixed[0] * moving[0].conj(), spreads[0], (32, 32), shifts, 16)
    assert one.shape == (4,)
    assert math.isclose(one[0], found[0], abs_tol=1e-5)


def test_the_peak_of_equal_pictures_is_one_and_lies_at_their_shift() -> None:
    rng = np.random.default_rng(3)
    moving = np.stack([ground(rng, 64, 1.2) for _ in range(3)])
    shifts = [(3.0, -2.0), (-31.25, 0.5), (0.0, 30.75)]
    fixed = np.stack([shifted(one, *shift) for one, shift in zip(moving, shifts, strict=True)])
    surfaces = correlation_surface(spectrum_of(fixed) * spectrum_of(moving).conj(), (64, 64))
    found = peaks_of(surfaces)
    assert np.abs(found - np.array(shifts)).max() < 0.05
    assert 0.8 < surfaces[0].max() <= 1.01
    for surface, place in zip(surfaces, found, strict=True):
        assert np.allclose(peak_of(surface), place)
    assert peaks_of(surfaces[:0]).shape == (0, 2)
    level = np.zeros((1, 8, 8), np.float32)
    assert peaks_of(level).tolist() == [[0.0, 0.0]]
