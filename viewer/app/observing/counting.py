"""Counts by ticks on the map for the current cell of the sheet of observations."""

from __future__ import annotations

from PySide6.QtCore import QObject

from viewer.panels.observations.cell_words import image_date
from viewer.panels.observations.sheet_desk import SheetDesk
from viewer.panels.observations.sheet_view import SheetView
from viewer.panels.words import site_name
from viewer.support.language.text import one_line
from viewer.tools.toolbox import Toolbox

TOOL = "tool_count"


class Counting(QObject):
    """Hands the clicks of the counting tool to the sheet, and tells the tool what is counted."""

    def __init__(self, desk: SheetDesk, view: SheetView, toolbox: Toolbox, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._view, self._toolbox = desk, view, toolbox
        view.count_wanted.connect(lambda: toolbox.take(TOOL))
        toolbox.taken.connect(self._begin)
        toolbox.ticked.connect(self._tick)
        toolbox.tick_taken_back.connect(self._take_back)
        toolbox.count_stepped.connect(lambda right: view.step(0, right))
        for changed in (view.current_changed, desk.rows_changed, desk.sheet_changed):
            changed.connect(self._say)
        self._begin(toolbox.in_hand)

    def _begin(self, tool: str) -> None:
        if tool == TOOL:
            self._view.begin()
            self._say()

    def _tick(self, lon: float, lat: float) -> None:
        at = self._view.place
        if at is not None:
            self._desk.add_tick(at, lon, lat)

    def _take_back(self) -> None:
        at = self._view.place
        if at is not None:
            self._desk.take_tick_back(at)

    def _say(self) -> None:
        if self._toolbox.in_hand != TOOL:
            return
        at = self._view.place
        site = None if at is None else self._desk.site(at.row)
        if at is None or site is None or at.column >= len(self._desk.sheet.images):
            self._toolbox.say_count("", 0)
            return
        image = self._desk.sheet.images[at.column]
        words = f"{one_line(site_name(site), 40)}, {image_date(image)}"
        self._toolbox.say_count(words, len(self._desk.ticks(at)))
