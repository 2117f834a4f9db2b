"""Tiles that are stored as they came are whole pictures, which is found out without decoding them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage

from layers.errors import ServerFault
from tests.support.tile_server import encoded
from viewer.network.decode import HalfPicture, decode_tile, judge_tile


def tile(kind: str) -> bytes:
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    for column in range(64):
        for row in range(64):
            picture.setPixelColor(column, row, QColor(3 * column, 3 * row, (column * row) % 256))
    return encoded(picture, kind)


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_a_picture_that_is_cut_off_is_half_a_picture_and_a_whole_one_is_taken(kind: str) -> None:
    body = tile(kind)
    judge_tile(body, "host")
    assert not decode_tile(body, "host").isNull()
    for length in (len(body) - 1, len(body) // 2, 40, 20):
        with pytest.raises(HalfPicture, match="damaged"):
            judge_tile(body[:length], "host")


def test_a_changed_byte_of_a_png_is_noticed() -> None:
    body = tile("png")
    for at in range(16, len(body), 41):
        with pytest.raises(HalfPicture):
            judge_tile(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :], "host")


@pytest.mark.parametrize("body", [b"<html>log in</html>", b"GIF89a" + bytes(20), b"", bytes(5000)])
def test_what_is_no_picture_is_refused_in_the_same_words_as_when_it_is_drawn(body: bytes) -> None:
    sentences = []
    for judge in (judge_tile, decode_tile):
        with pytest.raises(ServerFault) as fault:
            judge(body, "host")
        sentences.append(fault.value.sentence)
    assert sentences[0] == sentences[1]
