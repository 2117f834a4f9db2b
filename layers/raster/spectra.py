"""Spectra of pictures: the surface of their phase correlation, and the peaks and troughs in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]

_FINE, _OF_GRAIN = 0.4, 4.0
"""Frequency in cycles a pixel above which there is grain, and the distance above it at which others count in full."""


@lru_cache(maxsize=16)
def hann(size: int) -> Singles:
    return np.hanning(size + 2)[1:-1].astype(np.float32)


def frequencies_of(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Frequencies of the half spectrum of a picture, in cycles a pixel."""
    return np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None, :])


@lru_cache(maxsize=16)
def band_pass(shape: tuple[int, ...], side: int = 0) -> Singles:
    """Weights of frequencies, without those wider than a third of the picture, and with little of the finest grain.

    `side`: the side of a part of the picture, where a part is meant.
    """
    f, low = frequencies_of(shape), 3.0 / (side or min(shape))
    return ((1 - np.exp(-((f / low) ** 2))) * np.exp(-((f / 0.25) ** 2))).astype(np.float32)


@lru_cache(maxsize=16)
def both_halves(size: int) -> Singles:
    """The half spectrum stands for both halves: all columns but the first and the last count twice."""
    weights = np.full((1, size // 2 + 1), 2, np.float32)
    weights[0, 0] = weights[0, -1] = 1
    return weights


def spectrum_of(pictures: NDArray[Any]) -> NDArray[Any]:
    """The half spectrum of a picture or of each of several, in single precision where they are.

    NumPy works in double precision, twice as long and more, where it is not asked to scale.
    """
    return np.fft.rfft2(pictures, norm="ortho")


def power_of(spectrum: NDArray[Any]) -> Singles:
    return (spectrum.real**2 + spectrum.imag**2).astype(np.float32, copy=False)


def correlation_surface(cross: NDArray[Any], shape: tuple[int, ...]) -> Singles:
    """Phase correlation; the peak of equal pictures is about 1. Frequencies hardly stronger than the grain count less:
    most frequencies of smooth ground hold only noise.
    """
    size, fine = np.abs(cross), is_fine(shape)
    grain = _weighted(size, fine) / fine.sum()
    scale = band_pass(shape) / (size + np.float32(_OF_GRAIN) * grain + np.float32(1e-30))
    back = np.fft.irfft2(cross * scale, shape)
    full = 2 * _weighted(size, scale)
    back *= np.float32(shape[0] * shape[1]) / np.maximum(full, np.float32(1e-30))
    return back.astype(np.float32, copy=False)


def _weighted(values: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    """Sums over the last two axes, which are kept."""
    return np.einsum("...ij,...ij->...", values, weights)[..., None, None]


@lru_cache(maxsize=16)
def is_fine(shape: tuple[int, ...]) -> Singles:
    """1 for the frequencies of the finest grain, of which noise has the largest share, and 0 for others."""
    return (frequencies_of(shape) > _FINE).astype(np.float32)


def signed_shift(at: int, size: int) -> int:
    return at - size if at > size // 2 else at


def peaks_of(surfaces: Singles) -> NDArray[np.float64]:
    """Find the highest place of each surface, (n, 2) x and y, between pixels by the vertex of a paraboloid through its
    neighbours.

    The surfaces are smooth, as little of the finest grain is let through: around a peak they look like a bell.
    """
    count, rows, cols = surfaces.shape
    row, col = np.divmod(surfaces.reshape(count, rows * cols).argmax(axis=1), cols)
    steps = np.arange(-1, 2)
    near_rows, near_cols = (row[:, None] + steps) % rows, (col[:, None] + steps) % cols
    near = surfaces[np.arange(count)[:, None, None], near_rows[:, :, None], near_cols[:, None, :]].astype(np.float64)
    logs = np.log(np.maximum(near, near.max(axis=(1, 2), keepdims=True) * 1e-3 + 1e-12))
    dx, dy = _vertices(logs[:, 1, :]), _vertices(logs[:, :, 1])
    return np.column_stack([_signed(col, cols) + dx, _signed(row, rows) + dy])


def peak_of(surface: Singles) -> tuple[float, float]:
    """`peaks_of` one surface."""
    x, y = peaks_of(surface[None])[0].tolist()
    return x, y


def _signed(at: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.where(at > size // 2, at - size, at)


def _vertices(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The place, within half a step of the middle, of the vertices of parabolas through three values each."""
    before, at, after = values.T
    bend = before - 2 * at + after
    return np.where(bend < 0, (before - after) / np.where(bend < 0, 2 * bend, 1), 0).clip(-0.5, 0.5)


def shift_phases(shape: tuple[int, ...], shifts: NDArray[Any]) -> tuple[NDArray[np.complex64], NDArray[np.complex64]]:
    """Phases (n, h) of y and (n, w // 2 + 1) of x whose products take each of n shifts back."""
    frequencies = np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1])
    y, x = (np.exp(2j * np.pi * f * shifts[:, 1 - axis, None]) for axis, f in enumerate(frequencies))
    return y.astype(np.complex64), x.astype(np.complex64)


def likeness(
    cross: NDArray[Any], spreads: Any, shape: tuple[int, ...], shifts: NDArray[Any], side: int = 0
) -> NDArray[np.float64]:
    """Correlations of n pairs with these cross spectra, each at its shift; of one pair, at each of n shifts.

    `spreads`: the product of the two spreads. `side`: as that of `band_pass`.
    """
    y, x = shift_phases(shape, shifts)
    weighted = cross * (band_pass(shape, side) * both_halves(shape[1]))
    correlations = np.einsum("...i,...i->...", np.einsum("...ij,...j->...i", weighted, x), y).real
    return correlations.astype(np.float64) / spreads


def spread_of(spectrum: NDArray[Any], shape: tuple[int, ...], side: int = 0) -> NDArray[Any]:
    """Spread of a picture's values, without the finest grain and wide shade."""
    power = np.einsum("...ij,ij->...", power_of(spectrum), band_pass(shape, side) * both_halves(shape[1]))
    return np.sqrt(power) + np.float32(1e-12)


def trough_and_rival(surface: Singles) -> tuple[float, float]:
    """Depth of the trough within some pixels of the peak, and the next peak, as shares of its height."""
    rows, cols = surface.shape
    row, col = (int(at) for at in np.unravel_index(int(surface.argmax()), surface.shape))
    peak = float(surface[row, col])
    if peak <= 0:
        return 1.0, 1.0
    moved = np.roll(surface, (rows // 2 - row, cols // 2 - col), (0, 1))
    middle = moved[rows // 2 - 6 : rows // 2 + 7, cols // 2 - 6 : cols // 2 + 7]
    trough = max(0.0, -float(middle.min())) / peak
    rest = moved.copy()
    rest[rows // 2 - 3 : rows // 2 + 4, cols // 2 - 3 : cols // 2 + 4] = 0
    return trough, float(rest.max()) / peak


def deepest_trough(power: Singles) -> float:
    """Depth of the deepest trough in the self-correlation of a picture with these powers, 0 to 1."""
    size = power.shape[0]
    surface = np.fft.irfft2(power * band_pass((size, size)), (size, size))
    if not surface[0, 0] > 0:
        return 0.0
    reach = np.arange(-(size // 3), size // 3 + 1) % size
    return max(0.0, -float(surface[np.ix_(reach, reach)].min() / surface[0, 0]))


def highest_repeat(power: Singles) -> float:
    """Height of the highest peak but the one at no shift in the self-correlation of a picture with these powers."""
    size = power.shape[0]
    surface = np.fft.irfft2(power * band_pass((size, size)), (size, size))
    if not surface[0, 0] > 0:
        return 0.0
    steps = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
    is_peak = np.logical_and.reduce([surface > np.roll(surface, step, (0, 1)) for step in steps])
    is_peak[np.ix_(*2 * (np.arange(-2, 3) % size,))] = False
    return float(surface[is_peak].max(initial=0.0) / surface[0, 0])
