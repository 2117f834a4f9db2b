"""Adds layers found in files to the open case, in one edit; signals ask for questions to the analyst."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from layers.errors import CannotBePlaced, GeoloupeError
from layers.geo.crs import PIXEL_SPACE
from layers.geo.lon_extent import around
from viewer.app.case.session import Session
from viewer.commands.found_layers import FoundLayer, chosen_unasked, edit_for, said_of_unasked
from viewer.support.messages import Messages


class LayerAdder(QObject):
    """Adds found layers. Used on the window's thread only."""

    added = Signal(object)
    """Bounds in lon, lat of new layers that the map should show. None: the first layers of a case have no place."""
    layer_added = Signal(str)
    """Uuid of the topmost of the newly added layers."""
    unplaced = Signal(object)
    """List of FoundLayer that were not added yet: the analyst must say where they lie."""
    choice_wanted = Signal(object, object)
    """A path and the list of FoundLayer in it, none added yet: the analyst must choose."""
    refused = Signal(object)
    """GeoloupeError of a file or service that cannot be opened."""

    def __init__(
        self,
        session: Session,
        allow: Callable[[Iterable[Mapping[str, Any]]], None],
        messages: Messages,
        parent: QObject | None = None,
        *,
        asks: bool = True,
    ) -> None:
        """`allow` gets the sources of layers: adding them is consent to their hosts and folders."""
        super().__init__(parent)
        self._session, self.allow, self._messages = session, allow, messages
        self.failures: list[str] = []
        """Sentences on what could not be opened since the program started."""
        self.asks = asks
        """False without an analyst to answer: layers that raise a question are shown in pixel space or refused."""
        self.needs_earth = False
        """True where a part of the Earth was asked for: pixel space is then no solution."""
        self.notices: list[str] = []
        """Sentences on decisions that were made without asking."""

    def add_files(self, files: Sequence[list[FoundLayer] | GeoloupeError], *, stays: bool = False) -> None:
        """Add the layers of several files in one edit, and report what cannot be opened.

        Where a file holds several layers, the analyst is asked which of them.
        """
        layers: list[FoundLayer] = []
        for outcome in files:
            if isinstance(outcome, GeoloupeError):
                self._refuse(outcome)
            elif len(outcome) > 1 and self.asks:
                self.choice_wanted.emit(Path(outcome[0].source["path"]), outcome)
            else:
                layers += chosen_unasked(outcome)
                self.notices += filter(None, (said_of_unasked(outcome),))
        self.add(layers, stays=stays)

    def add(self, layers: list[FoundLayer], *, stays: bool = False) -> None:
        """Add layers in one edit; for those without a place, ask where they lie.

        `stays`: the map does not move to the layers.
        """
        self.allow(layer.source for layer in layers)
        if not self.asks:
            layers = self._decided(layers)
        placed = [layer for layer in layers if layer.question is None]
        session = self._session
        was_empty = not session.document.layers and not session.document.sites
        if placed and session.push_or_say(edit := edit_for(session.document, placed, session.actor)):
            self.layer_added.emit(edit.changes[-1].uuid)
            bounds = around(layer.bounds_lonlat for layer in placed if layer.bounds_lonlat is not None)
            if not stays and (was_empty or bounds is not None):
                self.added.emit(bounds)
        if len(placed) < len(layers):
            self.unplaced.emit([layer for layer in layers if layer.question is not None])

    def _decided(self, layers: list[FoundLayer]) -> list[FoundLayer]:
        """Layers that can be added without asking: a lone picture in pixel space; anything else without a place is
        refused.
        """
        questions = [layer.question for layer in layers if layer.question is not None]
        if not questions:
            return layers
        question = layers[0].question
        is_one = all(layer.question is question for layer in layers)
        if is_one and question is not None and question.has_pixels and self._may_be_pixels:
            self.notices.append(question.notice)
            return [layer.placed(PIXEL_SPACE) for layer in layers]
        is_alone = len(layers) == 1 and not self._session.document.layers
        for refusal in dict.fromkeys(question.refusal(is_alone) for question in questions):
            self._refuse(CannotBePlaced(refusal))
        return [layer for layer in layers if layer.question is None]

    @property
    def _may_be_pixels(self) -> bool:
        return not (self.needs_earth or self._session.document.layers)

    def _refuse(self, error: GeoloupeError) -> None:
        self.failures.append(error.sentence)
        self.refused.emit(error)
        self._messages.show(f"open {error.sentence}", error.sentence, "error")
