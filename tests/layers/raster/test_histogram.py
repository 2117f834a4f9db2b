import numpy as np
import pytest

from layers.raster.histogram import BINS, histogram
from layers.raster.stretch import Values

RANDOM = np.random.default_rng(5)


def values_of(array: np.ndarray) -> Values:
    values = Values.of([array])
    assert values is not None
    return values


@pytest.mark.parametrize(
    "band",
    [
        RANDOM.integers(0, 256, 5000).astype(np.uint8),
        RANDOM.normal(2000, 300, 9000).astype(np.uint16),
        RANDOM.normal(0, 1, 4000).astype(np.float32),
        np.full(50, 9, np.uint8),
        np.full(50, 0.25, np.float32),
    ],
    ids=["bytes", "words", "floats", "one byte", "one float"],
)
def test_the_counts_are_numpys(band: np.ndarray) -> None:
    found = histogram(values_of(band))
    clipped = np.clip(band.astype(float), found.low, found.high)
    expected, _ = np.histogram(clipped, found.counts.size, (found.low, found.high))
    # A float may fall to the other side of an edge, and none may be lost.
    assert np.abs(found.counts - expected).max() <= (0 if band.dtype.kind == "u" else 2)
    assert found.counts.sum() == band.size
    assert found.counts.size <= BINS + 1


def test_bins_of_whole_numbers_stand_for_equally_many_of_them() -> None:
    found = histogram(values_of(np.repeat(np.arange(0, 200, dtype=np.uint8), 3)))
    inner = found.counts[(found.counts > 0).argmax() + 1 : -4]
    assert len(set(inner[:80].tolist())) == 1


def test_a_lone_outlier_does_not_squeeze_the_rest() -> None:
    band = np.append(RANDOM.normal(100, 10, 20_000), 1e6).astype(np.float32)
    assert histogram(values_of(band)).high < 200


def test_the_stretch_is_always_in_the_picture() -> None:
    found = histogram(values_of(np.arange(100, dtype=np.uint8)), (-50.0, 400.0))
    assert found.low < -50
    assert found.high > 400
