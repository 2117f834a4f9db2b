"""A preview of a case that is still being opened: a map of its first sites that takes no mouse and no key."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget, QWidget

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from layers.project.opening.opening_watch import Glimpse
from layers.text.counted import grouped
from viewer.app.navigation.map_views import MapViews
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.rendering.context import RenderContext
from viewer.support.messages import Messages

KEY = "glimpse"


class _Shown(Struct, frozen=True):
    glimpse: Glimpse
    scene: MapScene
    canvas: MapCanvas
    views: MapViews


class CaseGlimpse(QObject):
    """Shows the preview as a page of its own; map and start page stay as they are until the case is open.

    It shows sites only: layers read files, and nothing may be read for a case that may still be refused.
    """

    def __init__(
        self,
        pages: QStackedWidget,
        context: RenderContext,
        messages: Messages,
        others: Callable[[], list[QWidget]],
        parent: QObject,
    ) -> None:
        """`others` gives the parts of the window that are disabled meanwhile."""
        super().__init__(parent)
        self._pages, self._context, self._messages, self._others = pages, context, messages, others
        self._shown: _Shown | None = None
        self._resting: list[QWidget] = []

    @property
    def is_shown(self) -> bool:
        return self._shown is not None

    @property
    def canvas(self) -> MapCanvas | None:
        """Canvas of the preview; None while there is none."""
        return self._shown.canvas if self._shown is not None else None

    def show(self, glimpse: Glimpse, held: Bounds | None = None) -> None:
        """Show a case in its kept view, or at the bounds `held`, which apply to all that is opened."""
        self.end()
        scene = MapScene(glimpse.document, self._context, parent=self)
        canvas = MapCanvas(scene)
        canvas.setEnabled(False)
        canvas.setAccessibleName(self.tr("Map of a case that is being opened"))
        self._pages.addWidget(canvas)
        self._pages.setCurrentWidget(canvas)
        self._resting = [widget for widget in self._others() if widget.isEnabled()]
        for widget in self._resting:
            widget.setEnabled(False)
        views = MapViews(canvas, self._messages, canvas)
        self._shown = _Shown(glimpse, scene, canvas, views)
        if held is not None:
            views.show_bounds(held, 0.0)
        else:
            views.show_case(glimpse.document.meta("viewport"))
        sentence = self.tr(
            "{0} of {1} marks are shown while the case is being opened. It can be edited once it is whole."
        )
        count = len(glimpse.document.sites)
        self._messages.show(KEY, sentence.format(grouped(count), grouped(glimpse.sites)), "info")

    def end(self, document: Document | None = None) -> View | None:
        """Remove the preview; returns its view where it was a preview of `document`, else None."""
        shown, self._shown = self._shown, None
        if shown is None:
            return None
        view = shown.canvas.viewport.view()
        for widget in self._resting:
            widget.setEnabled(True)
        self._resting = []
        self._pages.removeWidget(shown.canvas)
        shown.scene.close()
        shown.canvas.hide()
        shown.canvas.deleteLater()
        shown.scene.deleteLater()
        self._messages.clear(KEY)
        is_its = document is not None and not shown.glimpse.document.sites.keys().isdisjoint(document.sites)
        return view if is_its else None
