"""Tiles that are stored as they came are whole pictures, which is found out without decoding them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage

from layers.errors import ServerFault
from tests.support.tile_server import encoded
from viewer.network import decode
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


WRONG_KINDS = {
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><rect width="256" height="256"/></svg>',
    "svg without a head": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>',
    "tiff": b"II*\0\x08\0\0\0" + bytes(64),
    "big tiff": b"MM\0+\0\x08\0\0" + bytes(64),
    "animated gif": b"GIF89a\x01\0\x01\0\0\0\0"
    + b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    + b",\0\0\0\0\x01\0\x01\0\0;" * 2,
    "ico": b"\0\0\1\0\1\0\x10\x10\0\0\1\0 \0h\4\0\0\x16\0\0\0" + bytes(64),
    "bmp": b"BM" + bytes(64),
}


def test_f32_a_page_with_a_drawing_in_it_is_called_a_page() -> None:
    with pytest.raises(ServerFault, match="web page"):
        judge_tile(b"<!DOCTYPE html><html><body><svg></svg>log in</body></html>", "host")


@pytest.mark.parametrize("kind", WRONG_KINDS)
def test_f33_a_wrong_kind_of_image_is_refused_by_its_first_bytes(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No decoder sees it: SVG may lead to files, and others were never meant to come from strangers."""
    monkeypatch.setattr(decode, "QImageReader", lambda *_: pytest.fail("a decoder was begun"))
    for judge in (judge_tile, decode_tile):
        with pytest.raises(ServerFault, match="no PNG, JPEG or WEBP picture"):
            judge(WRONG_KINDS[kind], "host")
