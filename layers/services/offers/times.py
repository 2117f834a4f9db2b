"""Times that a service offers: lists of instants, intervals and periods in the server's spelling, read lazily."""

from __future__ import annotations

from msgspec import Struct

from layers.phrase import Phrase


class OfferedTimes(Struct, frozen=True):
    """The time dimension of a layer. `text` holds its values in the server's own spelling, with commas between them."""

    text: str
    default: str = ""
    nearest: bool = False
    """True where the server says that it may serve the nearest time instead of the one that was asked for."""
    problems: tuple[Phrase, ...] = ()
