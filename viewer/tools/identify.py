"""Identify: what is known of the features under the pointer, in all vector layers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from viewer.canvas.pointer import PointerEvent
from viewer.tools.select_features import FeatureTool


class IdentifyTool(FeatureTool):
    """Click a place: `identified` carries all features there, topmost first."""

    identified = Signal(object)
    """A list of FeatureHit."""
    name = "identify"
    cursor = Qt.CursorShape.WhatsThisCursor
    takes_shift = False

    @property
    def hint(self) -> str:
        return self.tr("Click a feature to see its attributes; all layers under the pointer are listed.")

    @property
    def layer_meant(self) -> str:
        return ""  # all of them

    def click(self, event: PointerEvent) -> None:
        self.identified.emit(self.hits(event) + self.cluster_hits(event))

    def drag_end(self, event: PointerEvent) -> None:
        # A hand that slips while it clicks still means the click.
        self.click(event)

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        return False
