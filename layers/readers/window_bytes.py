"""The reader's end of the line to the window, by which it asks for bytes of files at addresses.

Nothing here loads a library: each reader imports this module at its start.
"""

from __future__ import annotations

from collections.abc import Callable

from layers.errors import NotAFile
from layers.requests.addresses import ServedRanges, WantedRanges, name_of

type AskWindow = Callable[[WantedRanges], ServedRanges]
"""Asks the window for bytes, and waits for them. Raises the GeoloupeError for which there are none."""


def _nobody(wanted: WantedRanges) -> ServedRanges:
    raise NotAFile("{name} lies on a host, and this process has no way to it.", name=name_of(wanted.address))


class Line:
    """The way to the window of this process; there is one."""

    def __init__(self) -> None:
        self.ask: AskWindow = _nobody

    def cut(self) -> None:
        """End the way: there is nobody to ask any more."""
        self.ask = _nobody


LINE = Line()
