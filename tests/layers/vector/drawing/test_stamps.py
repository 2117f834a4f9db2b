from __future__ import annotations

import numpy as np
import pytest

from layers.vector.drawing.blending import over
from layers.vector.drawing.stamps import Sprite, stamp


def disc(radius: float, rgb: int, opacity: float = 1.0) -> Sprite:
    reach = int(np.ceil(radius)) + 1
    at = np.arange(2 * reach) - reach + 0.5
    alpha = np.rint(np.clip(radius + 0.5 - np.hypot(at[:, None], at[None, :]), 0, 1) * 255 * opacity).astype(np.uint32)
    argb = alpha << 24
    for shift in (0, 8, 16):
        argb |= (alpha * (rgb >> shift & 255) // 255) << shift
    return Sprite(argb.astype(np.uint32))


def one_by_one(width: int, height: int, px, py, symbol, sprites) -> np.ndarray:
    """What a painter would do."""
    margin = 20
    picture = np.zeros((height + 2 * margin, width + 2 * margin), np.uint32)
    for x, y, index in zip(px, py, symbol, strict=True):
        sprite = sprites[index]
        if sprite is not None and -margin + 9 < x < width + margin - 9 and -margin + 9 < y < height + margin - 9:
            top, left, side = y + margin - sprite.reach, x + margin - sprite.reach, 2 * sprite.reach
            part = picture[top : top + side, left : left + side]
            part[:] = over(part.copy(), sprite.argb)
    return picture[margin:-margin, margin:-margin]


def channels(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(picture).view(np.uint8).reshape(*picture.shape, 4).astype(int)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("seed", range(6))
def test_stamps_show_what_painting_one_by_one_shows(seed: int) -> None:
    random = np.random.default_rng(seed)
    sprites = [disc(4.0, 0xCC3300), None, disc(2.5, 0x3366FF), Sprite(np.full((6, 2), 0, np.uint32)[:2])]
    count = int(random.choice([5, 200, 3000]))
    px, py = (random.integers(-8, size + 8, count).astype(np.int32) for size in (80, 60))
    symbol = random.integers(0, 3, count).astype(np.uint8)
    found = channels(stamp(80, 60, px, py, symbol, sprites[:3]))
    off = np.abs(found - channels(one_by_one(80, 60, px, py, symbol, sprites)))
    # Where three smooth edges lie on each other only the two topmost count, and one colour a pixel hides a larger sign
    # of the same class at the same place.
    assert (off.max(axis=2) <= 40).mean() > 0.9
    assert off.mean() < 6


def test_the_last_is_on_top_whatever_its_class() -> None:
    sprites = [disc(4.0, 0xFF0000), disc(4.0, 0x0000FF)]
    px, py = np.array([20, 20, 22], np.int32), np.array([20, 20, 20], np.int32)
    for symbol, expected in ((np.array([0, 1, 0]), 0xFFFF0000), (np.array([0, 0, 1]), 0xFF0000FF)):
        assert stamp(40, 40, px, py, symbol, sprites)[20, 21] == expected


def test_a_small_sign_hides_no_larger_one_at_its_place() -> None:
    sprites = [disc(6.0, 0xFF0000), disc(2.0, 0x0000FF)]
    px, py = np.array([20, 20], np.int32), np.array([20, 20], np.int32)
    picture = stamp(40, 40, px, py, np.array([0, 1]), sprites)
    assert picture[20, 20] == 0xFF0000FF
    assert picture[20, 24] == 0xFFFF0000


def test_see_through_signs_deepen_where_they_are_many() -> None:
    sprite = disc(4.0, 0xFF0000, 0.3)
    alphas = []
    for count in (1, 2, 8):
        where = np.full(count, 20, np.int32)
        picture = stamp(40, 40, where, where, None, [sprite])
        alphas.append(int(picture[20, 20] >> 24))
        by_hand = channels(one_by_one(40, 40, where.tolist(), where.tolist(), [0] * count, [sprite]))
        off = np.abs(channels(picture) - by_hand)
        assert off.mean() < 1
        assert off[18:22, 18:22].max() <= 8
    assert alphas[0] < alphas[1] < alphas[2]


def test_nothing_in_view_is_nothing() -> None:
    none = np.zeros(0, np.int32)
    assert not stamp(20, 20, none, none, None, [disc(3.0, 0)]).any()
    far = np.array([500], np.int32)
    assert not stamp(20, 20, far, far, None, [disc(3.0, 0xFF)]).any()
