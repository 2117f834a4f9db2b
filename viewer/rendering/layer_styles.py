"""What the styles of vector layers need to know: their attributes, read when a class or a label asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QObject

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.vector.columns import Attributes
from layers.vector.style import VectorStyle
from viewer.rendering.attribute_store import AttributeSource, AttributeStore, LayerAttributes
from viewer.support.jobs import Jobs


@dataclass(frozen=True, eq=False, slots=True)
class ColumnReader:
    """Attributes of one layer for whoever wants to make something of them."""

    store: AttributeStore
    jobs: Jobs
    source: AttributeSource

    def run(
        self,
        columns: Sequence[str] | None,
        work: Callable[[Attributes], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None],
    ) -> None:
        """Read the columns (None: all), do `work` with them off the window's thread, then call one of the others."""

        def say(error: GeoloupeError) -> None:
            failed(error.sentence)

        def read(found: LayerAttributes) -> None:
            self.jobs.run(lambda context: work(found.table), done, say)

        self.store.want(self.source, read, say, columns)


@runtime_checkable
class Styled(Protocol):
    """What draws features by class and names them: `viewer.rendering.vector_drawing.VectorDrawing`."""

    columns: ColumnReader | None

    @property
    def layer(self) -> Layer: ...

    def set_attributes(self, attributes: Attributes) -> None:
        """Take columns that hold what the style needs."""

    def attributes_failed(self, sentence: str) -> None: ...


class LayerStyles(QObject):
    """Keeps the drawings of vector layers in the attributes that their styles need."""

    def __init__(self, store: AttributeStore, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._jobs = store, jobs
        self._asked: dict[str, tuple[Styled, AttributeSource, tuple[str, ...]]] = {}
        self._waiting: set[str] = set()

    def follow(self, drawings: Mapping[str, tuple[Styled, AttributeSource]]) -> None:
        """Take over the drawings as they are now, by layer uuid."""
        self._asked = {uuid: asked for uuid, asked in self._asked.items() if uuid in drawings}
        self._waiting &= set(drawings)
        for uuid, (drawing, source) in drawings.items():
            columns = columns_of(drawing.layer)
            before = self._asked.get(uuid)
            if before is not None and before[0] is drawing and before[1] == source and set(columns) <= set(before[2]):
                continue
            drawing.columns = ColumnReader(self._store, self._jobs, source)
            self._asked[uuid] = asked = (drawing, source, columns)
            if columns:
                self._waiting.add(uuid)
                done, failed = partial(self._read, uuid, asked), partial(self._failed, uuid, asked)
                self._store.want(source, done, failed, columns)

    def is_settled(self) -> bool:
        return not self._waiting

    def _read(self, uuid: str, asked: tuple[Styled, AttributeSource, tuple[str, ...]], found: LayerAttributes) -> None:
        if self._asked.get(uuid) is asked:
            self._waiting.discard(uuid)
            asked[0].set_attributes(found.table)

    def _failed(self, uuid: str, asked: tuple[Styled, AttributeSource, tuple[str, ...]], error: GeoloupeError) -> None:
        if self._asked.get(uuid) is asked:
            self._waiting.discard(uuid)
            asked[0].attributes_failed(error.sentence)


def columns_of(layer: Layer) -> tuple[str, ...]:
    """The columns that the style of a layer needs; none where it cannot be understood."""
    try:
        style = VectorStyle.from_json(layer.style) if layer.style else VectorStyle()
    except GeoloupeError:
        return ()
    return tuple(dict.fromkeys((*style.columns, *style.labels.columns)))
