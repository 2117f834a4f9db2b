"""The picture of a vector layer as one value: its features, its clusters, the selected features, its labels.

`resolved` computes it from what is wanted (style, filter, resolution) and known (features, attributes, selection). A
part whose inputs are the same is kept, the others are made anew; the painter compares the parts and applies those that
have changed.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.vector.columns import Attributes
from layers.vector.drawing.clusters import Clusters, clustered
from layers.vector.drawing.content import FeatureClasses, VectorContent
from layers.vector.labels.label_source import LabelSource
from layers.vector.style.symbol import Symbol
from layers.vector.table import FeatureTable

SELECTED_COLOR = "#ffd400"

type _Symbols = tuple[Symbol | None, ...]
type Fids = NDArray[np.int64]

NO_FIDS: Fids = np.zeros(0, np.int64)
_EMPTY = VectorContent()
_PLAIN = (int, str, float, frozenset, tuple)
"""Types of inputs that are compared by value; all others are compared as objects."""


class Wanted(Struct, frozen=True, eq=False):
    """All inputs of a picture."""

    tables: tuple[FeatureTable, ...] = ()
    symbols: _Symbols = (Symbol(),)
    """Symbols by class; None is not painted."""
    classes: FeatureClasses | None = None
    shown: Fids | None = None
    """Fids of a filter, ascending; None shows everything."""
    selected: Fids = field(default_factory=lambda: NO_FIDS)
    """Fids of the selected features, ascending."""
    cell: float = 0.0
    """Side of the squares, in world units, whose points are drawn as one; 0: every point is drawn."""
    attributes: Attributes | None = None
    label_text: str = ""
    label_priority: str = ""


class Effort(IntEnum):
    """Amount of work that is allowed; a part that would take more stays as it is."""

    AT_ONCE = 0
    """Work that takes no longer than a frame: for the window's thread."""
    FEATURES = 1
    """All work except that on labels, which may come a little later."""
    ALL = 2


class _Part[T](Struct, frozen=True, eq=False):
    """A part of a picture, and the inputs that it was made of."""

    value: T
    made_of: tuple[object, ...] = ()


class VectorPicture(Struct, frozen=True, eq=False):
    """The parts that are painted of a layer; two pictures share an equal part as the same object."""

    features: _Part[VectorContent] = _Part(_EMPTY)
    clustering: _Part[tuple[VectorContent, Clusters | None]] = _Part((_EMPTY, None))
    selection: _Part[VectorContent] = _Part(_EMPTY)
    labelling: _Part[LabelSource | None] = _Part(None)
    is_whole: bool = True
    """False while a part is not yet as wanted."""

    @property
    def content(self) -> VectorContent:
        """All features that pass the filter, in clusters or not."""
        return self.features.value

    @property
    def drawn(self) -> VectorContent:
        """Features that have a sign of their own."""
        return self.clustering.value[0]

    @property
    def clusters(self) -> Clusters | None:
        return self.clustering.value[1]

    @property
    def selected(self) -> VectorContent:
        """The selected features, in symbols of their own."""
        return self.selection.value

    @property
    def labels(self) -> LabelSource | None:
        return self.labelling.value

    def differs_from(self, other: VectorPicture) -> bool:
        """True where the change is to be announced, as it is visible or completes the picture."""
        return self.is_whole != other.is_whole or any(
            part is not other_part
            for part, other_part in (
                (self.drawn, other.drawn),
                (self.clusters, other.clusters),
                (self.selected, other.selected),
                (self.labels, other.labels),
            )
        )


def resolved(wanted: Wanted, before: VectorPicture, effort: Effort) -> VectorPicture:
    """Compute the picture that is wanted, as far as the effort allows; other parts stay those of `before`."""
    parts = _Parts(effort)
    features = _features(wanted, before.features, parts)
    if not parts.are_whole:  # nothing else can be made of what is not there
        return replace(before, is_whole=False)
    clustering = _clustering(wanted, features, before.clustering, parts)
    selection = _selection(wanted, features, before.selection, parts)
    labelling = _labelling(wanted, clustering.value[0], before.labelling, parts)
    return VectorPicture(features, clustering, selection, labelling, parts.are_whole)


class _Parts:
    """Makes the parts that have changed, as far as the effort allows."""

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self.are_whole = True

    def of[T](
        self, before: _Part[T], made_of: tuple[object, ...], make: Callable[[], T], takes: Effort = Effort.AT_ONCE
    ) -> _Part[T]:
        """The part of these inputs: `before` where they are the same, else made by `make`, if its effort is allowed."""
        if _are_same(made_of, before.made_of):
            return before
        if takes > self._effort:
            self.are_whole = False
            return before
        return _Part(make(), made_of)


def _features(wanted: Wanted, before: _Part[VectorContent], parts: _Parts) -> _Part[VectorContent]:
    """The features, with all that has to be computed feature by feature."""
    content = VectorContent(wanted.tables, wanted.symbols, wanted.classes, wanted.shown)
    made_of = (*wanted.tables, wanted.classes, wanted.shown, len(wanted.symbols))
    if content.is_ready:
        part = parts.of(before, made_of, lambda: content)
    else:
        part = parts.of(before, made_of, content.prepared, Effort.FEATURES)
    if not parts.are_whole or part.value.symbols == wanted.symbols:
        return part
    return _Part(replace(part.value, symbols=wanted.symbols), made_of)  # with all that is known of them


def _clustering(
    wanted: Wanted,
    features: _Part[VectorContent],
    before: _Part[tuple[VectorContent, Clusters | None]],
    parts: _Parts,
) -> _Part[tuple[VectorContent, Clusters | None]]:
    """The features without the points that are in clusters, and the clusters."""
    content, cell = features.value, wanted.cell
    if not cell or not content.tables:
        return before if before.value == (content, None) else _Part((content, None), features.made_of)
    made_of = (*features.made_of, _hidden(wanted.symbols), cell)
    part = parts.of(before, made_of, lambda: clustered(content, cell), Effort.FEATURES)
    drawn, clusters = part.value
    if drawn.symbols == wanted.symbols or not _are_same(part.made_of, made_of):
        return part
    return _Part((replace(drawn, symbols=wanted.symbols), clusters), made_of)


def _selection(
    wanted: Wanted, features: _Part[VectorContent], before: _Part[VectorContent], parts: _Parts
) -> _Part[VectorContent]:
    """The selected features alone."""
    content, fids = features.value, wanted.selected
    if not len(fids):
        return _Part(_EMPTY)
    made_of = (*features.made_of, wanted.symbols, fids)
    return parts.of(before, made_of, lambda: selected_content(content, fids), Effort.FEATURES)


def _labelling(
    wanted: Wanted, drawn: VectorContent, before: _Part[LabelSource | None], parts: _Parts
) -> _Part[LabelSource | None]:
    """The features that may have a label, in their order; those before serve until these are there."""
    attributes, text, priority = wanted.attributes, wanted.label_text, wanted.label_priority
    if not text or attributes is None or not drawn.tables:
        return _Part(None)
    made_of = (*drawn.tables, drawn.classes, drawn.shown, _hidden(drawn.symbols), attributes, text, priority)
    return parts.of(before, made_of, lambda: LabelSource.of(drawn, attributes, text, priority), Effort.ALL)


def _hidden(symbols: _Symbols) -> frozenset[int]:
    """The classes that are not painted."""
    return frozenset(index for index, symbol in enumerate(symbols) if symbol is None)


def selected_content(content: VectorContent, selected: Fids) -> VectorContent:
    """The selected features (ascending fids) among those that are shown, in symbols that stand out."""
    shown = content.shown
    fids = selected if shown is None else np.intersect1d(selected, shown, assume_unique=True)
    parts = [table.taken(rows) for table in content.tables if (rows := table.rows_of(fids)).size]
    symbols = tuple(None if symbol is None else selected_symbol(symbol) for symbol in content.symbols)
    return VectorContent(tuple(parts), symbols, content.classes).prepared()


def selected_symbol(symbol: Symbol) -> Symbol:
    """A symbol that stands out anywhere: the same shape in the colour of the selection, with a dark edge."""
    return replace(
        symbol,
        stroke_color=SELECTED_COLOR,
        stroke_width_px=max(symbol.stroke_width_px, 1.2) + 1.2,
        fill_color="#99ffd400",
        casing_color="#1a1a1a",
        casing_width_px=1.0,
        ground_color="",
        dash=(),
        size_px=symbol.size_px + 2.0,
    )


def _are_same(first: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """True where two inputs are the same: tables and arrays as objects, other values by equality."""
    return len(first) == len(other) and all(
        value is other_value or (isinstance(value, _PLAIN) and value == other_value)
        for value, other_value in zip(first, other, strict=True)
    )
