"""Access of panels to the images behind marks: the image of a mark, its chips, and its citation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from PySide6.QtGui import QImage


class ImageAccess(Struct, frozen=True):
    """Made by the window. Marks and chips are named by their uuids; for the window's thread only."""

    choices: Callable[[str], list[tuple[str, str]]]
    """Returns uuid and name of the layers that a mark may lie on, the topmost first."""
    choose: Callable[[str, str], None]
    """Set the layer that a mark was drawn on; with an empty uuid no known one."""
    blended: Callable[[str], Sequence[str]]
    """Returns the layers among which the analyst is asked for the one that counts."""
    take_chip: Callable[[], None]
    """Take a chip of the selection."""
    read_chips: Callable[[Sequence[str], str, Callable[[dict[str, QImage]], None]], None]
    """Reads pictures by uuid from a column of chips' bytes, off the window's thread; invalid ones are left out."""
