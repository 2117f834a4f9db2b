"""The labels of one vector layer: which features ask for one, kept in step with its data, its filter and its style."""

from __future__ import annotations

from collections.abc import Callable

from layers.vector.columns import Attributes
from layers.vector.content import VectorContent
from layers.vector.drawing.clusters import Clusters
from layers.vector.labels.label_source import LabelSource
from layers.vector.style.layer_style import VectorStyle
from viewer.rendering.vector.layer_labelling import LayerLabelling
from viewer.support.jobs import Jobs


class VectorLabels:
    """`changed` is called when other labels would be placed now."""

    def __init__(self, jobs: Jobs, changed: Callable[[], None]) -> None:
        self._jobs, self._changed = jobs, changed
        self._wanted: tuple[object, ...] = ()
        self._source: LabelSource | None = None
        self._is_waiting = False

    def update(self, content: VectorContent, attributes: Attributes | None, style: VectorStyle) -> None:
        """Make the source of labels anew where its data have changed; the one before serves until then."""
        labels = style.labels
        if not labels.text or attributes is None or not content.tables:
            self._wanted, self._source, self._is_waiting = (), None, False
            return
        hidden = frozenset(index for index, look in enumerate(content.symbols) if look is None)
        wanted = (*content.tables, content.classes, content.shown, attributes, hidden, labels.text, labels.priority)
        if _are_same(wanted, self._wanted):
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
        self, crs: str, style: VectorStyle, scale: float, clusters: Clusters | None = None
    ) -> LayerLabelling | None:
        """On a canvas of this CRS, on a map of 1 : `scale`; None where nothing is written."""
        source, labels = self._source, style.labels
        if source is None or not source.content.tables or source.content.tables[0].crs != crs:
            return None
        if 0 < labels.visible_from < scale:
            return None
        return LayerLabelling(source, labels, style.symbols, style.size_factor(scale), clusters)


def _are_same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Tables and arrays are the same only where they are one; values where they are equal."""
    plain = (str, frozenset)
    return len(one) == len(other) and all(
        a is b or (isinstance(a, plain) and a == b) for a, b in zip(one, other, strict=True)
    )
