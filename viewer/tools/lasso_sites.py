"""Selects sites in an area that is drawn by a drag, or corner by corner by clicks."""

from __future__ import annotations

from PySide6.QtCore import Qt

from viewer.canvas.mark_query import marks_in_ring
from viewer.canvas.pointer import PointerEvent
from viewer.support.language.translation import translate
from viewer.tools.select_features import LassoFeaturesTool

_Modifier = Qt.KeyboardModifier


class LassoSitesTool(LassoFeaturesTool):
    """Selects the sites inside a drag; Shift adds, Control toggles, else the selection is replaced."""

    name = "lasso_sites"

    @property
    def hint(self) -> str:
        if self._ring and not self._is_free:
            return self.tr("Click the corners; Enter or double-click selects. Backspace: one back. Esc: give up.")
        hint = self.tr("Drag round the sites, or click the corners of an area. Shift adds, Ctrl toggles.")
        count = len(self.canvas.selection)
        if not count:
            return hint
        return (
            self.tr("{0} selected.").format(translate("LassoSitesTool", "{count} sites", "{count} site", count))
            + " "
            + hint
        )

    def activate(self) -> None:
        self.canvas.selection.changed.connect(self.hint_changed)

    def deactivate(self) -> None:
        self.canvas.selection.changed.disconnect(self.hint_changed)
        self.cancel()

    def hover(self, event: PointerEvent) -> None:
        self._at = (event.px, event.py)
        if self._ring:
            self.canvas.update()

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        # Without a ring Esc ends at Select, with what is selected: that is what it was drawn for.
        return super().key(key, modifiers) if self._ring else False

    def _finish(self) -> None:
        ring, modifiers, selection = list(self._ring), self._modifiers, self.canvas.selection
        self.cancel()
        if len(ring) < 3:
            return
        uuids = frozenset(marks_in_ring(self.canvas.scene, self.view, ring))
        if modifiers & _Modifier.ControlModifier:
            selection.set(selection.uuids ^ uuids)
        elif modifiers & _Modifier.ShiftModifier:
            selection.add(uuids)
        else:
            selection.set(uuids)
