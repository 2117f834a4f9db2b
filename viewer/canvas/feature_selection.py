"""The selected features of vector layers, which the canvas, the tables and the tools share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from layers.vector.columns import ascending

type Fids = NDArray[np.int64]
type How = Literal["replace", "add", "toggle", "remove"]

NONE: Fids = np.empty(0, np.int64)


def are_in(fids: Fids, others: Fids) -> NDArray[np.bool_]:
    """(n,) Mask of the fids that are among `others`, which are in ascending order."""
    if not len(others):
        return np.zeros(len(fids), bool)
    is_among: NDArray[np.bool_] = others[np.minimum(np.searchsorted(others, fids), len(others) - 1)] == fids
    return is_among


class FeatureSelection(QObject):
    """The selected features: ascending fids by layer uuid.

    `changed` is emitted with the uuid of a layer whose selection changes.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fids: dict[str, Fids] = {}

    def of(self, layer_uuid: str) -> Fids:
        return self._fids.get(layer_uuid, NONE)

    @property
    def layers(self) -> tuple[str, ...]:
        """Uuids of the layers with selected features."""
        return tuple(self._fids)

    def __len__(self) -> int:
        return sum(len(fids) for fids in self._fids.values())

    def set(self, layer_uuid: str, fids: Fids | Sequence[int], how: How = "replace") -> None:
        """Change the selection of one layer by `fids` as `how` says; other layers keep theirs."""
        wanted, before = ascending(fids), self.of(layer_uuid)
        match how:
            case "add":
                wanted = ascending(np.concatenate((before, wanted)))
            case "toggle":
                wanted = ascending(np.concatenate((before[~are_in(before, wanted)], wanted[~are_in(wanted, before)])))
            case "remove":
                wanted = before[~are_in(before, wanted)]
        if np.array_equal(wanted, before):
            return
        if len(wanted):
            self._fids[layer_uuid] = wanted
        else:
            self._fids.pop(layer_uuid, None)
        self.changed.emit(layer_uuid)

    def clear(self, but: str = "") -> None:
        """Clear the selections of all layers, except of layer `but`."""
        for uuid in [uuid for uuid in self._fids if uuid != but]:
            self.set(uuid, NONE)

    def keep_only(self, layer_uuids: Collection[str]) -> None:
        """Drop the selections of layers that no longer exist."""
        for uuid in [uuid for uuid in self._fids if uuid not in layer_uuids]:
            self.set(uuid, NONE)
