"""Compares scenes, whether they are layers of the case or not: those that are not are added first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from layers.scenes.found_scene import FoundScene
from viewer.panels.comparisons.comparison_desk import ComparisonDesk
from viewer.panels.context import PanelContext
from viewer.panels.time_strip.case_scenes import CaseScenes


class SceneComparing(QObject):
    """Waits for scenes until they are layers, and compares these."""

    def __init__(
        self,
        context: PanelContext,
        case: CaseScenes,
        add: Callable[[Sequence[FoundScene]], None],
        comparisons: ComparisonDesk,
        parent: QObject,
    ) -> None:
        """`add` adds scenes as layers."""
        super().__init__(parent)
        self._case, self._add, self._comparisons = case, add, comparisons
        self._awaited: tuple[str, ...] = ()
        """Keys of the scenes to be compared."""
        context.changed.connect(lambda _: self._compare_when_there())
        context.document_replaced.connect(self._give_up)

    def compare(self, scenes: Sequence[FoundScene]) -> None:
        """Add the scenes that are no layers, and set all of them against each other, the first one at the left."""
        self._awaited = tuple(scene.key for scene in scenes)
        missing = [scene for scene in scenes if not self._case.layer_of(scene.key)]
        if missing:
            self._add(missing)
        self._compare_when_there()

    def _compare_when_there(self) -> None:
        layers = [self._case.layer_of(key) for key in self._awaited]
        if layers and all(layers):
            self._awaited = ()
            self._comparisons.compare(layers)

    def _give_up(self) -> None:
        self._awaited = ()
