"""The way of panels to the images behind marks: which one a mark lies on, chips of it, and its citation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from PySide6.QtGui import QImage


class ImageAccess(Struct, frozen=True):
    """Made by the window. Marks and chips are named by their uuids; the window's thread only."""

    choices: Callable[[str], list[tuple[str, str]]]
    """Uuid and name of the layers that a mark may lie on, the topmost first."""
    choose: Callable[[str, str], None]
    """Say that a mark was drawn on this layer; with an empty uuid on none that is known."""
    blended: Callable[[str], Sequence[str]]
    """The layers of which it is asked which one counts."""
    take_chip: Callable[[], None]
    """Take a chip of what is selected."""
    read_chips: Callable[[Sequence[str], str, Callable[[dict[str, QImage]], None]], None]
    """Pictures by uuid of a column of bytes of chips, decoded off the window's thread; what is none is left out."""
