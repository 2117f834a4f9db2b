"""A request to a server as a value: whoever makes one asks nobody, the window's fetcher does."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class BodyKind(StrEnum):
    """The kind of answer that is expected, by which its size is bounded."""

    TILE = "tile"
    DOCUMENT = "document"
    """Capabilities, items, a page of a search."""
    RANGE = "range"
    """A part of a file, asked for by its bytes."""


class HttpRequest(Struct, frozen=True):
    """One request. The address is sent byte for byte; `headers` are names and values beside those of the fetcher."""

    address: str
    method: str = "GET"
    """GET or POST."""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    kind: BodyKind = BodyKind.DOCUMENT
