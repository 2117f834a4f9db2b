"""Functions through which panels reach the images behind marks, and chips."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from PySide6.QtGui import QImage


class ImageAccess(Struct, frozen=True):
    """Functions on images and chips. Marks and chips are named by their uuids; for the window's thread only."""

    choices: Callable[[str], list[tuple[str, str]]]
    """Returns uuid and name of the layers that a mark may lie on, the topmost first."""
    choose: Callable[[str, str], None]
    """Set the layer (second) that a mark (first) was drawn on; an empty one for none of the known layers."""
    blended: Callable[[str], Sequence[str]]
    """Returns the layers, drawn over each other, of which the analyst is asked on which one a mark was drawn."""
    take_chip: Callable[[], None]
    """Take a chip of the selection."""
    read_chips: Callable[[Sequence[str], str, Callable[[dict[str, QImage]], None]], None]
    """Reads pictures by uuid from a column of chips' bytes, off the window's thread; invalid ones are left out."""
