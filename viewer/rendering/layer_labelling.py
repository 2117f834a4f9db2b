"""The labelling of a layer: its features, the style of their names, and the sizes of their signs."""

from __future__ import annotations

from msgspec import Struct

from layers.document.placing.nudge import Nudge
from layers.grid.tile_grid import View
from layers.vector.drawing.clusters import Clusters
from layers.vector.labels.label_source import LabelSource
from layers.vector.style.label_style import LabelStyle
from layers.vector.style.symbol import Symbol, marker_radius_px
from layers.vector.table import POINT
from viewer.rendering.nudged import own_view


class LayerLabelling(Struct, frozen=True):
    """The labels of a layer's features. `size_factor` is the factor of signs and lines on a map of this scale."""

    source: LabelSource
    style: LabelStyle
    symbols: tuple[Symbol | None, ...]
    """Symbols by class; None is not painted."""
    size_factor: float = 1.0
    clusters: Clusters | None = None
    """Clusters, which labels keep clear of."""
    nudge: Nudge | None = None
    """Shift of the layer on the map."""

    def seen(self, view: View) -> View:
        """The view of the layer's own ground that a view of the map shows."""
        return view if self.nudge is None else own_view(view, self.nudge)

    def radius_px(self, class_index: int, kind: int) -> float:
        """Half of what a mark covers, or half of a line's width, in logical pixels."""
        symbol = self.symbols[class_index] if 0 <= class_index < len(self.symbols) else None
        return 0.0 if symbol is None else _radius_px(symbol, kind) * self.size_factor


def _radius_px(symbol: Symbol, kind: int) -> float:
    if kind == POINT:
        return marker_radius_px(symbol)
    return symbol.stroke_width_px / 2 + (symbol.casing_width_px if symbol.casing_color else 0.0)
