"""The numbers of a match plate as the case has them, and the one that stands out."""

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
    """The pairs of a photograph. Each number that is set, moved or taken away is an undo step of the case.

    `changed`: the pairs were read anew. `chosen_changed`: another number stands out. `marked` carries the uuid of a
    marker that was just set on the map, `answered` the sentence on what was refused, empty where nothing was.
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
        """The number that stands out; 0 for none."""
        self._is_asked = False
        """True where the analyst has chosen that number to be set next."""

    @property
    def plate(self) -> MatchPlate:
        """The plate in the case; an empty one before the first number is set."""
        kept = plate_of_photo(self._panels.document, self._photo)
        return MatchPlate(self._photo) if kept is None else kept[1]

    @property
    def pair(self) -> Pair | None:
        """The pair that stands out."""
        return next((pair for pair in self.pairs if pair.number == self.chosen), None)

    @property
    def next_on_photo(self) -> int:
        """The number that is set next on the photograph: one that the analyst chose where it is lacking there."""
        pair = self.pair if self._is_asked else None
        return pair.number if pair is not None and pair.photo is None else next_on_photo(self.pairs)

    @property
    def next_on_map(self) -> int:
        """The number that is set next on the map: one that the analyst chose where it is lacking there."""
        pair = self.pair if self._is_asked else None
        return pair.number if pair is not None and not pair.markers else next_on_map(self.pairs)

    def refresh(self) -> None:
        """Read the pairs from the case again."""
        self.pairs = pairs_of(self.plate, self._panels.document)
        if self.pair is None:
            self.chosen = 0
        self.changed.emit()

    def choose(self, number: int) -> None:
        """Let a number stand out on both sides, and be set next where it is lacking; 0 for none."""
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
        """Take the chosen number from the photograph; it is set next there."""
        kept, pair = plate_of_photo(self._panels.document, self._photo), self.pair
        if kept is not None and pair is not None and pair.photo is not None:
            self._edit(pair.number, remove_photo_number, kept[0].uuid, pair.number, stays=True)

    def remove_from_map(self) -> None:
        """Delete the markers of the chosen number; it is set next on the map."""
        pair = self.pair
        if pair is not None and pair.markers:
            self._edit(pair.number, remove_map_number, pair.number, stays=True)

    def _edit(
        self, number: int, command: Callable[..., object], *args: object, stays: bool = False, **fields: object
    ) -> bool:
        """Push an edit. Its `number` stands out, and is set next where it `stays`. False where it was refused."""
        before = self.chosen, self._is_asked
        self.chosen, self._is_asked = number, stays
        refusal = self._panels.attempt(command, *args, **fields)  # type: ignore[arg-type]
        if refusal:
            self.chosen, self._is_asked = before
        self.answered.emit(refusal)
        return not refusal
