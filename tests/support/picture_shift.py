"""By how much one picture is moved against another."""

from __future__ import annotations

import numpy as np


def shift_of(picture: np.ndarray, reference: np.ndarray) -> tuple[float, float]:
    """By how many pixels a picture is moved to the right and down, from the reference's slopes (least squares)."""
    a, b = (image[..., :3].astype(float).mean(axis=2) for image in (picture, reference))
    down, right = np.gradient(b)
    inner = (slice(4, -4), slice(4, -4))
    slopes = np.stack((right[inner].ravel(), down[inner].ravel()), axis=1)
    found = np.linalg.lstsq(slopes, (b - a)[inner].ravel(), rcond=None)[0]
    return float(found[0]), float(found[1])
