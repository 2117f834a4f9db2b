"""Counts by ticks on the map for the current cell of the sheet of observations."""

from __future__ import annotations

from PySide6.QtCore import QObject

from viewer.panels.observations.cell_words import image_called
from viewer.panels.observations.observation_sheet import ObservationSheet
from viewer.panels.observations.sheet_desk import SheetPlace
from viewer.panels.words import site_name
from viewer.support.language.text import one_line
from viewer.tools.toolbox import Toolbox

TOOL = "tool_count"


class Counting(QObject):
    """Hands the clicks of the counting tool to the sheet, and tells the tool what is counted.

    While the tool is in hand the map shows the image of the current cell; a click on any other image counts nothing.
    """

    def __init__(self, sheet: ObservationSheet, toolbox: Toolbox) -> None:
        super().__init__(sheet)
        self._sheet, self._view, self._desk, self._toolbox = sheet, sheet.view, sheet.desk, toolbox
        self._is_by_key = False
        """True while the tool is taken by the key of a cell, which is the one to count in."""
        self._view.count_wanted.connect(self._take_tool)
        toolbox.taken.connect(self._begin)
        toolbox.ticked.connect(self._tick)
        toolbox.tick_taken_back.connect(self._take_back)
        toolbox.count_stepped.connect(self._step)
        for changed in (self._view.current_changed, self._desk.rows_changed, self._desk.sheet_changed):
            changed.connect(self._say)
        sheet.switched.connect(self._say)
        self._begin(toolbox.in_hand)

    @property
    def _place(self) -> SheetPlace | None:
        """The cell that is counted in: one that somebody has chosen, in a sheet that is in sight."""
        at, sheet = self._view.place, self._desk.sheet
        is_there = at is not None and at.column < len(sheet.images) and self._desk.site(at.row) is not None
        return at if is_there and self._sheet.isVisible() and not self._view.is_unasked else None

    def _begin(self, tool: str) -> None:
        if tool == TOOL and not self._is_by_key:
            self._take_chosen_image()
        self._say()
        self._sheet.set_counting(tool == TOOL and self._place is not None)

    def _take_tool(self) -> None:
        self._is_by_key = True
        self._toolbox.take(TOOL)
        self._is_by_key = False

    def _take_chosen_image(self) -> None:
        """Go to the image of the layer that is chosen in the list: whoever picks the tool means that one."""
        layer = self._desk.context.layer_uuid
        columns = [at for at, image in enumerate(self._desk.sheet.images) if layer and image.layer_uuid == layer]
        at = self._view.place
        if columns and at is not None and at.column != columns[0]:
            self._view.go_to(SheetPlace(at.row, columns[0]))

    def _tick(self, lon: float, lat: float) -> None:
        at = self._place
        if at is None:
            return
        outside = self._desk.why_outside(at, lon, lat)
        sentence = outside or self._sheet.cell_image.why_not_seen(at, lon, lat)
        if sentence:
            self._sheet.cell_image.show_now(at)
            self._desk.refuse(sentence)
        else:
            self._desk.add_tick(at, lon, lat)

    def _take_back(self) -> None:
        at = self._place
        if at is not None:
            self._desk.take_tick_back(at)

    def _step(self, right: int) -> None:
        if self._place is not None:
            self._view.step(0, right)

    def _say(self) -> None:
        if self._toolbox.in_hand != TOOL:
            return
        at = self._place
        site = None if at is None else self._desk.site(at.row)
        self._sheet.set_counting(at is not None)
        if at is None or site is None:
            self._toolbox.say_count("", 0)
            return
        name = one_line(site_name(site, self._desk.context.document), 40)
        place = f"{name}, {image_called(self._desk.sheet.images[at.column])}"
        thing = one_line(self._desk.target, 40)
        words = self.tr("“{0}” at {1}").format(thing, place) if thing else place
        self._toolbox.say_count(words, len(self._desk.ticks(at)))
