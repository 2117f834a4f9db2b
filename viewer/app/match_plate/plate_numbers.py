"""The numbered pairs of a match plate, as stored in the case, and the highlighted one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from layers.document.imagery.match_plate import (
    MatchPlate,
    Pair,
    next_on_map,
    next_on_photo,
    pairs_of,
    plate_of_photo,
)
from viewer.commands.imagery.match_plates import (
    remove_map_number,
    remove_photo_number,
    set_map_number,
    set_photo_number,
)
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext


class PlateNumbers(QObject):
    """The pairs of a photograph. Each number set, moved or removed is an undo step of the case.

    `changed`: the pairs were read anew. `chosen_changed`: another number is highlighted. `marked` carries the uuid of a
    marker that was just set on the map, `answered` the sentence on a refused edit, empty after an accepted one.
    """

    changed = Signal()
    chosen_changed = Signal()
    marked = Signal(str)
    answered = Signal(str)

    def __init__(self, panels: PanelContext, photo: str, parent: QObject) -> None:
        """`photo`: the uuid of the photograph's layer."""
        super().__init__(parent)
        self._panels, self._photo = panels, photo
        self.pairs: list[Pair] = []
        self.chosen = 0
        """The highlighted number; 0 for none."""
        self._is_asked = False
        """True where the analyst has chosen the highlighted number to be set next."""

    @property
    def plate(self) -> MatchPlate:
        """The plate stored in the case; an empty one before the first number is set."""
        kept = plate_of_photo(self._panels.document, self._photo)
        return MatchPlate(self._photo) if kept is None else kept[1]

    @property
    def pair(self) -> Pair | None:
        """The highlighted pair; None for none."""
        return next((pair for pair in self.pairs if pair.number == self.chosen), None)

    @property
    def next_on_photo(self) -> int:
        """Number to set next on the photograph: the analyst's choice where missing there, else by `next_on_photo`."""
        pair = self.pair if self._is_asked else None
        return pair.number if pair is not None and pair.photo is None else next_on_photo(self.pairs)

    @property
    def next_on_map(self) -> int:
        """Number to set next on the map: the analyst's choice where missing there, else by `next_on_map`."""
        pair = self.pair if self._is_asked else None
        return pair.number if pair is not None and not pair.markers else next_on_map(self.pairs)

    def refresh(self) -> None:
        """Read the pairs from the case again."""
        self.pairs = pairs_of(self.plate, self._panels.document)
        if self.pair is None:
            self.chosen = 0
        self.changed.emit()

    def choose(self, number: int) -> None:
        """Highlight a number on both sides; where it is missing, it is set next. 0 for none."""
        self.chosen, self._is_asked = number, True
        self.chosen_changed.emit()

    # -- edits ----------------------------------------------------------------------------------------------------

    def set_on_photo(self, x: float, y: float) -> None:
        """Set the next number at a pixel of the photograph."""
        self.move_on_photo(self.next_on_photo, x, y)

    def move_on_photo(self, number: int, x: float, y: float) -> None:
        self._edit(number, set_photo_number, self._photo, number, x, y)

    def set_on_map(self, lon: float, lat: float) -> None:
        """Set a marker of the next number on the map."""
        number, uuid = self.next_on_map, new_uuid()
        if self._edit(number, set_map_number, number, lon, lat, uuid=uuid):
            self.marked.emit(uuid)

    def move_on_map(self, number: int, lon: float, lat: float) -> None:
        self._edit(number, set_map_number, number, lon, lat)

    def remove_from_photo(self) -> None:
        """Remove the highlighted number from the photograph; it is set there next."""
        kept, pair = plate_of_photo(self._panels.document, self._photo), self.pair
        if kept is not None and pair is not None and pair.photo is not None:
            self._edit(pair.number, remove_photo_number, kept[0].uuid, pair.number, stays=True)

    def remove_from_map(self) -> None:
        """Delete the markers of the highlighted number; it is set on the map next."""
        pair = self.pair
        if pair is not None and pair.markers:
            self._edit(pair.number, remove_map_number, pair.number, stays=True)

    def _edit(
        self, number: int, command: Callable[..., object], *args: object, stays: bool = False, **fields: object
    ) -> bool:
        """Push an edit and highlight its `number`; with `stays`, that is set next. False where the edit was refused."""
        before = self.chosen, self._is_asked
        self.chosen, self._is_asked = number, stays
        refusal = self._panels.attempt(command, *args, **fields)  # type: ignore[arg-type]
        if refusal:
            self.chosen, self._is_asked = before
        self.answered.emit(refusal)
        return not refusal
