"""Which features of vector layers are selected: one answer for the canvas, the tables and the tools."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

type Fids = NDArray[np.int64]
type How = Literal["replace", "add", "toggle", "remove"]

NONE: Fids = np.empty(0, np.int64)


class FeatureSelection(QObject):
    """Ascending fids by layer uuid. `changed` carries the uuid of a layer, only when its selection differs."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fids: dict[str, Fids] = {}

    def of(self, layer_uuid: str) -> Fids:
        return self._fids.get(layer_uuid, NONE)

    @property
    def layers(self) -> tuple[str, ...]:
        """Those with something selected."""
        return tuple(self._fids)

    def __len__(self) -> int:
        return sum(len(fids) for fids in self._fids.values())

    def set(self, layer_uuid: str, fids: Fids | Sequence[int], how: How = "replace") -> None:
        """Select these of one layer; the other layers stay as they are."""
        wanted = np.unique(np.asarray(fids, np.int64))
        before = self.of(layer_uuid)
        match how:
            case "add":
                wanted = np.union1d(before, wanted)
            case "toggle":
                wanted = np.setxor1d(before, wanted)
            case "remove":
                wanted = np.setdiff1d(before, wanted)
        if np.array_equal(wanted, before):
            return
        if len(wanted):
            self._fids[layer_uuid] = wanted
        else:
            self._fids.pop(layer_uuid, None)
        self.changed.emit(layer_uuid)

    def clear(self, but: str = "") -> None:
        """Nothing is selected any more, except in layer `but`."""
        for uuid in [uuid for uuid in self._fids if uuid != but]:
            self.set(uuid, NONE)

    def keep_only(self, layer_uuids: Collection[str]) -> None:
        """Drop the layers that no longer exist."""
        for uuid in [uuid for uuid in self._fids if uuid not in layer_uuids]:
            self.set(uuid, NONE)
