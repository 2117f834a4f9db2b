"""Encodes a picture anew in a reader process, as somebody else may have made its bytes."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable

from layers.errors import GeoloupeError, ReaderCrashed
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.product.shown_picture import ShownPicture, shown_picture
from layers.requests.pictures import RecodePicture

_LOOK_S = 0.05
_TYPES = ("image/png", "image/jpeg")


def recoded(picture: ShownPicture, pool: ReaderPool, check: Callable[[], None]) -> ShownPicture | GeoloupeError:
    """The picture as a reader encodes it, or the error for one that cannot be. What `check` raises ends the reader."""
    arrived = threading.Event()
    results: list[Answer | GeoloupeError] = []

    def done(result: Answer | GeoloupeError) -> None:
        results.append(result)
        arrived.set()

    data = b64encode(picture.data).decode()
    request = Request(RecodePicture("", data, picture.content_type, *picture.size), done)
    pool.submit(request)
    try:
        check()
        while not arrived.wait(_LOOK_S):
            check()
    except BaseException:
        pool.give_up(request)
        raise
    result = results[0]
    if isinstance(result, GeoloupeError):
        return result
    return _check_picture(result, picture.size)


def _check_picture(answer: Answer, size: tuple[int, int]) -> ShownPicture | GeoloupeError:
    """Check the answer of a reader as strictly as the chip was checked, which may have taken the reader over."""
    data = answer.arrays[0].tobytes() if answer.arrays else b""
    picture = shown_picture(data)
    if picture is None or picture.content_type not in _TYPES or picture.size != size:
        return ReaderCrashed("A reader sent something that is no picture.")
    return picture
