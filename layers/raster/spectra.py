"""Spectra of pictures: the surface of their phase correlation, and the peaks and troughs in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Mask = NDArray[np.bool_]

_FINE, _OF_GRAIN = 0.4, 4.0
"""Frequencies in cycles a pixel above which there is grain, and how far above it others count in full."""


@lru_cache(maxsize=16)
def hann(size: int) -> Singles:
    return np.hanning(size + 2)[1:-1].astype(np.float32)


def frequencies_of(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Of the half spectrum of a picture, in cycles a pixel."""
    return np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None, :])


@lru_cache(maxsize=16)
def band_pass(shape: tuple[int, ...]) -> Singles:
    """Weights of frequencies: nothing that is wider than a third of the picture, little of the finest grain."""
    f, low = frequencies_of(shape), 3.0 / min(shape)
    return ((1 - np.exp(-((f / low) ** 2))) * np.exp(-((f / 0.25) ** 2))).astype(np.float32)


@lru_cache(maxsize=16)
def both_halves(size: int) -> Singles:
    """The half spectrum stands for both halves: all columns but the first and the last count twice."""
    weights = np.full((1, size // 2 + 1), 2, np.float32)
    weights[0, 0] = weights[0, -1] = 1
    return weights


def power_of(spectrum: NDArray[Any]) -> Singles:
    return (spectrum.real**2 + spectrum.imag**2).astype(np.float32, copy=False)


def correlation_surface(cross: NDArray[Any], shape: tuple[int, ...]) -> Singles:
    """Phase correlation, the peak of equal pictures being about 1.

    What is hardly stronger than the grain counts less: of smooth ground most frequencies hold nothing but noise.
    """
    weights = band_pass(shape)
    size = np.abs(cross)
    grain = size[..., is_fine(shape)].mean(axis=-1)[..., None, None]
    whitened = cross / (size + _OF_GRAIN * grain + np.float32(1e-30)) * weights
    back = np.fft.irfft2(whitened, shape)
    most = np.abs(whitened)
    full = 2 * most.sum(axis=(-2, -1), keepdims=True)
    return (back * (shape[0] * shape[1] / np.maximum(full, 1e-30))).astype(np.float32, copy=False)


@lru_cache(maxsize=16)
def is_fine(shape: tuple[int, ...]) -> Mask:
    """The frequencies of the finest grain, of which noise has the largest share."""
    return frequencies_of(shape) > _FINE


def signed_shift(at: int, size: int) -> int:
    return at - size if at > size // 2 else at


def peak_of(surface: Singles) -> tuple[float, float]:
    """x and y of the highest place, between pixels by the vertex of a paraboloid through its neighbours.

    The surface is smooth, as little of the finest grain is let through: around its peak it is that of a bell.
    """
    rows, cols = surface.shape
    row, col = (int(at) for at in np.unravel_index(int(surface.argmax()), surface.shape))
    near = surface[np.ix_(np.arange(row - 1, row + 2) % rows, np.arange(col - 1, col + 2) % cols)].astype(np.float64)
    logs = np.log(np.maximum(near, near.max() * 1e-3 + 1e-12))
    dy = _vertex(logs[0, 1], logs[1, 1], logs[2, 1])
    dx = _vertex(logs[1, 0], logs[1, 1], logs[1, 2])
    return signed_shift(col, cols) + dx, signed_shift(row, rows) + dy


def _vertex(before: float, at: float, after: float) -> float:
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else min(max((before - after) / (2 * bend), -0.5), 0.5)


def shift_phases(size: int, peaks: NDArray[np.float64]) -> NDArray[np.complex64]:
    """Phases that take each tile's own shift back."""
    fy, fx = np.fft.fftfreq(size), np.fft.rfftfreq(size)
    x, y = (np.exp(2j * np.pi * f[None, :] * peaks[:, axis, None]) for axis, f in ((0, fx), (1, fy)))
    return (y[:, :, None] * x[:, None, :]).astype(np.complex64)


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
