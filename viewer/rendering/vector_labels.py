"""The labels of one vector layer: which features ask for one, kept in step with its data, its filter and its style."""

from __future__ import annotations

from collections.abc import Callable

from layers.grid.tile_grid import View
from layers.vector.columns import Attributes
from layers.vector.content import VectorContent
from layers.vector.label_source import LabelSource
from layers.vector.style import VectorStyle
from viewer.rendering.layer_labelling import LayerLabelling
from viewer.support.jobs import Jobs


class VectorLabels:
    """`changed` is called when other labels would be placed now."""

    def __init__(self, jobs: Jobs, changed: Callable[[], None]) -> None:
        self._jobs, self._changed = jobs, changed
        self._wanted: object = None
        self._source: LabelSource | None = None
        self._is_waiting = False

    def update(self, content: VectorContent, attributes: Attributes | None, style: VectorStyle) -> None:
        """Make the source of labels anew where its data have changed; the one before serves until then."""
        labels = style.labels
        if not labels.text or attributes is None or not content.tables:
            self._wanted = self._source = None
            self._is_waiting = False
            return
        wanted = (content, attributes, labels.text, labels.priority)
        if wanted == self._wanted:
            return
        self._wanted, self._is_waiting = wanted, True

        def done(source: LabelSource) -> None:
            if self._wanted is wanted:
                self._source, self._is_waiting = source, False
                self._changed()

        self._jobs.run(lambda context: LabelSource.of(content, attributes, labels.text, labels.priority), done)

    @property
    def is_settled(self) -> bool:
        """True where the source is that of what was wanted last."""
        return not self._is_waiting

    def labelling(
        self, view: View, style: VectorStyle, scale: float, size_factor: float = 1.0
    ) -> LayerLabelling | None:
        """`scale` is that of the map, 1 : so many; `size_factor` what signs shrink to at it."""
        source, labels = self._source, style.labels
        if source is None or not source.content.tables or source.content.tables[0].crs != view.grid.crs:
            return None
        if 0 < labels.visible_from < scale:
            return None
        return LayerLabelling(source, labels, size_factor)
