"""The marks that a filter leaves on the map, and those whose symbols would cover what is looked at."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from viewer.canvas.sites.site_index import SiteIndex


class BareMarks(Struct, frozen=True):
    """Marks whose symbols are not painted, as what lies below them is to be judged."""

    uuids: frozenset[str] = frozenset()
    are_all: bool = False
    """True for all marks, whatever `uuids` has."""

    @property
    def are_none(self) -> bool:
        return not (self.are_all or self.uuids)


class ShownOnly(Struct, eq=False):
    """The marks that a filter leaves, with their mask. Rows of an index keep their marks, so that only new ones are
    looked at.
    """

    uuids: frozenset[str]
    _known: tuple[SiteIndex, NDArray[np.bool_]] | None = None

    def points(self, index: SiteIndex) -> NDArray[np.bool_]:
        """(rows,) Mask of the points of an index that are shown."""
        known = np.zeros(0, np.bool_)
        if self._known is not None and self._known[0] is index:
            known = self._known[1]
        new = index.uuids[len(known) :]
        if new:
            known = np.concatenate([known, np.fromiter(map(self.uuids.__contains__, new), np.bool_, len(new))])
        self._known = index, known
        return known

    def shapes(self, uuids: list[str]) -> list[str]:
        """Lines and areas among `uuids` that are shown."""
        return [uuid for uuid in uuids if uuid in self.uuids]
