"""Palettes are told apart by people with any colour vision."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from layers.colour.palettes import PALETTES, QUALITATIVE, SEQUENTIAL, palette_colors

# Viénot, Brettel and Mollon (1999): linear RGB as protanopes and deuteranopes see it.
SEEN = {
    "normal": np.eye(3),
    "protan": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    "deutan": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
}


def lab(color: str, seen: str) -> np.ndarray:
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(SEEN[seen] @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(np.maximum(xyz / np.array([0.9505, 1.0, 1.089]), 1e-6))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("seen", sorted(SEEN))
@pytest.mark.parametrize("name", sorted(QUALITATIVE))
def test_no_two_classes_look_alike(name: str, seen: str) -> None:
    least = min(np.linalg.norm(lab(a, seen) - lab(b, seen)) for a, b in combinations(QUALITATIVE[name], 2))
    assert least > 9.0, f"{name} as {seen}: {least:.1f}"


@pytest.mark.parametrize("name", sorted(SEQUENTIAL))
def test_a_ramp_goes_from_dark_to_light_or_back(name: str) -> None:
    light = [lab(color, "normal")[0] for color in palette_colors(name, 9)]
    steps = np.diff(light)
    assert (steps > 0).all() or (steps < 0).all()


@pytest.mark.parametrize("name", sorted(PALETTES))
@pytest.mark.parametrize("count", [1, 2, 7, 24])
def test_as_many_as_wanted(name: str, count: int) -> None:
    colors = palette_colors(name, count)
    assert len(set(colors)) == count


def test_an_unknown_palette_is_the_first() -> None:
    assert palette_colors("from the future", 3) == palette_colors("okabe-ito", 3)
