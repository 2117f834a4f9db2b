"""Searches the attributes of vector layers for the palette."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from layers.document.changes import Changes
from layers.places.names import name_key
from layers.pool.attribute_columns import read_attributes
from layers.pool.measures import Measured
from layers.vector.expression.quick_search import QuickSearch
from viewer.canvas.feature_query import bounds_of_features
from viewer.canvas.feature_selection import are_in
from viewer.canvas.scene import MapScene
from viewer.panels.context import PanelContext
from viewer.rendering.context import RenderContext
from viewer.rendering.vector.attribute_store import AttributeSource, LayerAttributes
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.language.text import one_line

if TYPE_CHECKING:
    from viewer.panels.search.hits import AttributeMatch

READ_AT_ONCE = 20_000
"""Most features that a search reads while the analyst waits.

Of a larger layer the first search only begins the reading; a later search has the features.
"""
MOST_RANKED = 2000
LONGEST_VALUE = 200


class LayerSearch(Struct, frozen=True):
    """Search of one vector layer; `find` is called in a job's thread."""

    layer_uuid: str
    title: str
    source: AttributeSource
    drawing: VectorDrawing
    scene: MapScene
    context: RenderContext

    def find(self, text: str, limit: int) -> Sequence[AttributeMatch]:
        """Find shown features whose attributes hold the words of `text`, at most `limit`; matching names come first."""
        # For start-up time: nothing is looked for yet, as below.
        from viewer.panels.search.hits import AttributeMatch

        attributes = self._attributes()
        if attributes is None:
            return []
        mask = attributes.search.mask(text)
        shown = self.scene.stack.filters.fids(self.layer_uuid)
        if shown is not None:
            mask &= are_in(attributes.table.fids, shown)
        ranked = sorted(self._ranked(attributes, text, row) for row in np.flatnonzero(mask)[:MOST_RANKED].tolist())
        matches: list[AttributeMatch] = []
        for _, row, column in ranked:
            fid = int(attributes.table.fids[row])
            bounds = bounds_of_features(self.drawing, np.array([fid], np.int64))
            if bounds is not None or self.drawing.plane:
                value = attributes.table.columns[column].shown(row, LONGEST_VALUE)
                matches.append(AttributeMatch(fid, column, value, bounds))
            if len(matches) == limit:
                break
        return matches

    def _attributes(self) -> LayerAttributes | None:
        store = self.scene.stack.attributes
        held = store.held(self.source)
        features = self.drawing.info.features if self.drawing.info is not None else 0
        if held is not None:
            return held
        if not 0 < features <= READ_AT_ONCE:
            self.context.mailbox.post(store.want, self.source, _do_nothing, _do_nothing)
            return None
        pool, source = self.context.pool, self.source.asked()
        table = read_attributes(pool, source)
        attributes = LayerAttributes(table, QuickSearch(table.columns), True, Measured(pool, source))
        self.context.mailbox.post(store.adopt, self.source, attributes)
        return attributes

    def _ranked(self, attributes: LayerAttributes, text: str, row: int) -> tuple[float, int, str]:
        """Best matching column of a row, as (score, row, column); a lower score is better."""
        from viewer.panels.search.hits import name_score  # for start-up time

        wanted, best = name_key(text), (9.0, row, next(iter(attributes.table.columns), ""))
        for name, column in attributes.table.columns.items():
            value = column.shown(row, LONGEST_VALUE)
            score = name_score(wanted, value) if value else None
            if score is not None and score < best[0]:
                best = (score, row, name)
        return best


class LayerSearches:
    """Searches of the vector layers shown now, as the panels know them. Iterate in any thread."""

    def __init__(self, scene: MapScene, panels: PanelContext) -> None:
        self._scene = scene
        self._sources: tuple[LayerSearch, ...] = ()
        panels.document_replaced.connect(self._follow)
        panels.changed.connect(self._follow_edit)

    def __iter__(self) -> Iterator[LayerSearch]:
        return iter(self._sources)

    def _follow_edit(self, changes: Changes) -> None:
        if changes.touches("layers"):
            self._follow()

    def _follow(self) -> None:
        """List the vector layers shown now. The scene knows an edit before the panels do."""
        searches = []
        for layer in self._scene.document.layers_in_order():
            drawing, source = self._scene.drawings.get(layer.uuid), self._scene.stack.attribute_source(layer.uuid)
            if layer.visible and source is not None and isinstance(drawing, VectorDrawing):
                title = one_line(layer.name, 60)
                searches.append(LayerSearch(layer.uuid, title, source, drawing, self._scene, self._scene.context))
        self._sources = tuple(searches)


def _do_nothing(_: object) -> None:
    """Do nothing once the attributes are read: the next search has them."""
