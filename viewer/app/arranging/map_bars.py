"""The bars above and below the map: that of a filter, of a search which is gone through, and of a comparison."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.canvas.furniture.overlays import ARROW_ROOM_PX
from viewer.canvas.furniture.taken_top import TakenTop
from viewer.canvas.widget import MapCanvas
from viewer.panels.comparisons.bar_place import BarPlace
from viewer.panels.comparisons.comparison_desk import ComparisonDesk
from viewer.panels.context import PanelContext
from viewer.panels.searches.search_desk import SearchDesk
from viewer.panels.searches.shown_searches import ShownSearches
from viewer.panels.searches.walk_place import WalkPlace
from viewer.panels.shell.message_bar import MessageBar


class MapBars(QObject):
    """Puts the bars into the column of the map. They take no room while nothing is filtered, searched or compared."""

    def __init__(
        self, column: QVBoxLayout, comparisons: ComparisonDesk, panels: PanelContext, canvas: MapCanvas, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.searches = SearchDesk(panels, canvas, self)
        self.search_bar = WalkPlace(self.searches)
        column.insertWidget(0, self.search_bar)
        self.shown_searches = ShownSearches(panels, self)
        self.searches.shown_changed.connect(lambda: self.shown_searches.set_walking(self.searches.walk is not None))
        self.comparison_bar = BarPlace(comparisons)
        self.comparison_bar.keyboard_left.connect(canvas.setFocus)
        column.addWidget(self.comparison_bar)
        self._column, self._panels = column, panels
        panels.mark_filter.changed.connect(self._make_filter_bar)

    def lay_messages(self, bar: MessageBar, host: QWidget, words: TakenTop) -> MessageBar:
        """Lay the lines of messages over the upper edge of `host`, beside the north arrow and below these words."""
        bar.lie_over(host, round(ARROW_ROOM_PX), words)
        return bar

    def _make_filter_bar(self) -> None:
        from viewer.panels.finding.filter_bar import FilterBar  # for start-up time: nothing is filtered yet

        self._panels.mark_filter.changed.disconnect(self._make_filter_bar)
        self._column.insertWidget(0, FilterBar(self._panels))

    def make_search_list(self) -> QWidget:
        """Make the panel of searches."""
        from viewer.panels.searches.search_list import SearchListPanel  # for start-up time: another is in front

        panel = SearchListPanel(self.searches)
        panel.listed.connect(self.shown_searches.show_listed)
        return panel
