"""The scene that a list points at: its outline stands out on the map, and its tick on the strip."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from layers.scenes.found_scene import FoundScene


class PointedScene(QObject):
    """The scene under the pointer in a list, where there is one."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.scene: FoundScene | None = None

    @property
    def key(self) -> str:
        """The key of the scene; empty for none."""
        return "" if self.scene is None else self.scene.key

    def point_at(self, scene: FoundScene | None) -> None:
        """Point at a scene, or at none any more."""
        if scene is not self.scene:
            self.scene = scene
            self.changed.emit()
