"""Colour ramps: one table for bands and for classes."""

from __future__ import annotations

import subprocess
import sys

import cmap
import numpy as np
import pytest

from layers.colour.palettes import PALETTES
from layers.colour.ramps import RAMPS, ramp_pixels
from layers.raster.style import COLORMAPS

FROM_CMAP = {
    "viridis": "bids:viridis",
    "inferno": "bids:inferno",
    "turbo": "google:turbo",
    "coolwarm": "matplotlib:coolwarm",
    "cividis": "cividis:cividis",
    "iridescent": "tol:iridescent",
    "sunset": "tol:sunset",
    "yellow to brown": "tol:YlOrBr",
    "blue to red": "tol:BuRd",
}
"""The published ramp by the name in the package `cmap`; `terrain` and `blues` are our own."""


def channels(name: str) -> np.ndarray:
    """(256, 3) of a ramp as it is painted, 0..255."""
    pixels = ramp_pixels(name)
    assert (pixels >> 24 == 255).all()
    return np.stack([(pixels >> shift) & 255 for shift in (16, 8, 0)], axis=1).astype(int)


@pytest.mark.parametrize("name", sorted(FROM_CMAP))
def test_a_ramp_is_the_published_one(name: str) -> None:
    published = np.asarray(cmap.Colormap(FROM_CMAP[name])(np.linspace(0, 1, 256)))[:, :3] * 255
    assert np.abs(channels(name) - published).max() < 4.5  # cividis has a bend between two control points
    assert np.abs(channels(name) - published).mean() < 0.6


@pytest.mark.parametrize("name", sorted(RAMPS))
def test_pixels_begin_and_end_with_the_ramp(name: str) -> None:
    ends = ["#{:02x}{:02x}{:02x}".format(*channels(name)[at]) for at in (0, -1)]
    assert ends == [RAMPS[name][0], RAMPS[name][-1]]


def test_names_that_styles_keep_are_all_known() -> None:
    """A style in a file names its ramp: a name that is gone would paint another picture."""
    assert {"viridis", "inferno", "turbo", "terrain", "coolwarm"} == set(COLORMAPS) <= set(RAMPS)
    classes = {"viridis", "cividis", "iridescent", "yellow to brown", "blues", "sunset", "blue to red"}
    assert classes == set(PALETTES) & set(RAMPS)


def test_the_program_does_not_import_cmap() -> None:
    code = "import sys, layers.raster.style, layers.colour.palettes; print('cmap' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
