"""Pairs of pictures of one ground: with a known shift, with the sun elsewhere, and of nothing but noise."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

Floats = NDArray[np.float32]
Pair = tuple[Floats, Floats, tuple[float, float]]
"""The moving picture, the fixed one, and what is to be added to the position of the first, x right, y down."""


def ground(rng: np.random.Generator, side: int, roughness: float) -> Floats:
    """A surface of all sizes of features, the smoother the larger `roughness` is."""
    f = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    f[0, 0] = 1.0
    spectrum = (rng.normal(size=f.shape) + 1j * rng.normal(size=f.shape)) / f**roughness
    spectrum[0, 0] = 0.0
    found = np.fft.irfft2(spectrum, (side, side))
    return (found / found.std()).astype(np.float32)


def shifted(picture: Floats, dx: float, dy: float) -> Floats:
    """The same `dx` further right and `dy` further down; what leaves at one edge comes in at the other."""
    fy, fx = np.fft.fftfreq(picture.shape[0])[:, None], np.fft.rfftfreq(picture.shape[1])[None, :]
    turned = np.fft.rfft2(picture) * np.exp(-2j * np.pi * (fx * dx + fy * dy))
    return np.fft.irfft2(turned, picture.shape).astype(np.float32)


def true_pair(seed: int, side: int = 320) -> Pair:
    """Ground with buildings, seen twice: another shift, brightness, contrast and noise for each seed."""
    rng = np.random.default_rng(seed)
    whole = ground(rng, side * 2, (1.0, 1.3, 1.6)[seed % 3])
    for _ in range(120 * (seed % 2)):
        x, y = rng.integers(0, 2 * side - 40, 2)
        wide, high = rng.integers(5, 40, 2)
        whole[y : y + high, x : x + wide] += rng.normal() * 2
    dx, dy = (float(v) for v in rng.uniform(-20, 20, 2))
    moving, fixed = _middle(whole, side), _middle(shifted(whole, dx, dy), side)
    fixed = fixed * rng.uniform(0.6, 1.6) + rng.uniform(-1, 1)
    noise = (0.03, 0.1, 0.2)[seed % 3]
    seen = [one + rng.normal(size=one.shape) * noise * one.std() for one in (moving, fixed)]
    return seen[0].astype(np.float32), seen[1].astype(np.float32), (dx, dy)


def unlike_shadows(seed: int, side: int = 256) -> Pair:
    """One ground under two suns, 60 to 180 degrees apart: slopes, or buildings with shadows on plain or rich ground."""
    rng = np.random.default_rng(1000 + seed)
    apart = (60.0, 90.0, 120.0, 180.0)[seed % 4]
    dx, dy = (float(v) for v in rng.uniform(-6, 6, 2))
    make = _slopes if seed % 3 == 0 else _buildings
    moving, fixed = make(rng, side * 2, apart, 0.05 if seed % 3 == 1 else 0.25)
    return _middle(moving, side), _middle(shifted(fixed, dx, dy), side), (dx, dy)


def pure_noise(seed: int, side: int = 256) -> Pair:
    """Two pictures that have nothing in common: white noise, blurred noise, or two grounds."""
    rng = np.random.default_rng(2000 + seed)

    def one() -> Floats:
        if seed % 3 == 2:
            return ground(rng, side, 1.5)
        white = rng.normal(size=(side, side)).astype(np.float32)
        return np.asarray(cv2.GaussianBlur(white, (0, 0), 2) if seed % 3 else white, np.float32)

    return one(), one(), (0.0, 0.0)


def write_pair(folder: Path, pair: Pair, pixel_m: float = 10.0, crs: str = "EPSG:32652") -> tuple[Path, Path]:
    """Both as 16-bit GeoTIFFs at the same place, "moving.tif" and "fixed.tif"."""
    paths = folder / "moving.tif", folder / "fixed.tif"
    for path, picture in zip(paths, pair[:2], strict=True):
        write_picture(path, picture, (500_000.0, 5_700_000.0), pixel_m, crs)
    return paths


def write_picture(path: Path, picture: Floats, corner: tuple[float, float], pixel_m: float, crs: str) -> Path:
    """A 16-bit GeoTIFF whose upper left corner lies at `corner`."""
    low, high = float(picture.min()), float(picture.max())
    values = ((picture - low) / (high - low) * 60_000 + 1).astype(np.uint16)
    profile = {"driver": "GTiff", "dtype": "uint16", "count": 1, "crs": crs}
    place = from_origin(*corner, pixel_m, pixel_m)
    with rasterio.open(path, "w", width=values.shape[1], height=values.shape[0], transform=place, **profile) as out:
        out.write(values, 1)
    return path


def _middle(picture: Floats, side: int) -> Floats:
    return picture[side // 2 : side // 2 + side, side // 2 : side // 2 + side]


def _slopes(rng: np.random.Generator, side: int, apart: float, _texture: float) -> tuple[Floats, Floats]:
    heights = ground(rng, side, 1.9) * 6
    down, right = np.gradient(heights)

    def lit(azimuth: float) -> Floats:
        turn, up = np.radians(azimuth), np.radians(35)
        light = (-right * np.sin(turn) + down * np.cos(turn)) * np.cos(up) + np.sin(up)
        return (light / np.sqrt(1 + right**2 + down**2)).clip(0).astype(np.float32)

    return lit(135.0), lit(135.0 + apart)


def _buildings(rng: np.random.Generator, side: int, apart: float, texture: float) -> tuple[Floats, Floats]:
    heights = np.zeros((side, side), np.float32)
    for _ in range(side // 2):
        x, y = rng.integers(30, side - 60, 2)
        wide, high = rng.integers(5, 18, 2)
        heights[y : y + high, x : x + wide] = rng.uniform(5, 20)
    surface = ground(rng, side, 1.2) * texture + (heights > 0) * texture + 1

    def lit(azimuth: float) -> Floats:
        turn, shade = np.radians(azimuth), np.zeros(heights.shape, bool)
        for step in range(1, 36):
            by = np.array([[1, 0, -np.sin(turn) * step], [0, 1, np.cos(turn) * step]], np.float32)
            thrown = cv2.warpAffine(heights, by, (side, side), flags=cv2.INTER_NEAREST)
            shade |= thrown - step * np.tan(np.radians(30)) > heights
        return (surface * np.where(shade, 0.35, 1.0) + rng.normal(size=shade.shape) * 0.01).astype(np.float32)

    return lit(135.0), lit(135.0 + apart)
