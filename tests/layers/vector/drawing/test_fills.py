from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.vector.drawing.fills import Fills

WIDTH, HEIGHT = 40, 30
_X, _Y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
PIXELS = shapely.box(_X, _Y, _X + 1, _Y + 1)


def rings(random: np.random.Generator) -> list[np.ndarray]:
    """One to three convex rings about the picture, also partly outside, either way round."""
    made = []
    for _ in range(random.integers(1, 4)):
        turns = np.sort(random.uniform(0, 2 * np.pi, random.integers(3, 9)))
        reach = random.choice([0.3, 1.0, 5.0, 40.0])
        middle = random.uniform(-5, 45), random.uniform(-5, 35)
        ring = np.stack([middle[0] + reach * np.cos(turns), middle[1] + reach * np.sin(turns)], axis=1)
        ring = ring[::-1] if random.random() < 0.5 else ring
        made.append(np.concatenate([ring, ring[:1]]).astype(np.float32))
    return made


@pytest.mark.bounded_after(20)
@pytest.mark.sampled(7)
@pytest.mark.parametrize("seed", range(40))
def test_pixels_hold_the_areas_that_shapely_finds_in_them(seed: int) -> None:
    made = rings(np.random.default_rng(seed))
    xy = np.concatenate(made)
    fills = Fills(WIDTH, HEIGHT)
    fills.add(xy[:, 0], xy[:, 1], np.cumsum([0] + [len(ring) for ring in made]))
    expected = sum(shapely.area(shapely.intersection(shapely.Polygon(ring), PIXELS)) for ring in made)
    assert np.abs(fills.sums() - expected).max() < 1e-3


def test_tiny_areas_lie_about_their_middles_with_all_they_have() -> None:
    fills = Fills(WIDTH, HEIGHT)
    x, y = np.array([10.5, 20.25, -0.4, 39.9], np.float32), np.array([10.5, 8.0, 5.5, 29.9], np.float32)
    fills.add_tiny(x, y, np.array([0.5, 0.8, 1.0, 1.0], np.float32))
    sums = fills.sums()
    assert sums[10, 10] == pytest.approx(0.5)
    assert sums[7:9, 19:21] == pytest.approx(np.array([[0.1, 0.3], [0.1, 0.3]]))
    assert sums[5, 0] == pytest.approx(0.1, abs=1e-6)
    assert sums[29, 39] == pytest.approx(0.36, abs=1e-5)
    assert sums.sum() == pytest.approx(0.5 + 0.8 + 0.1 + 0.36, abs=1e-4)
