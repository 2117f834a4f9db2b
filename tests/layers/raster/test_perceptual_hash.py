"""Perceptual hashes of pictures that look alike, and of those that do not."""

from __future__ import annotations

import numpy as np

from layers.raster.perceptual_hash import SIDE, perceptual_hash


def picture(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rough = rng.integers(0, 255, (8, 8))
    return np.kron(rough, np.ones((4, 4))).astype(np.uint8)


def distance(first: str, second: str) -> int:
    """Number of bits that differ."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def test_lighter_and_noisier_pictures_look_alike() -> None:
    first = picture(1)
    noise = np.random.default_rng(2).integers(-4, 5, first.shape)
    later = np.clip(first.astype(int) // 2 + 40 + noise, 0, 255).astype(np.uint8)
    assert distance(perceptual_hash(first), perceptual_hash(later)) <= 6


def test_other_pictures_do_not() -> None:
    assert distance(perceptual_hash(picture(1)), perceptual_hash(picture(5))) >= 16


def test_a_hash_has_64_bits_also_of_a_plain_picture() -> None:
    for grey in (0, 128, 255):
        assert len(perceptual_hash(np.full((SIDE, SIDE), grey, np.uint8))) == 16
