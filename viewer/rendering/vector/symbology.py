"""The symbology of a vector layer: its style, the class of each feature, and the sizes of signs at a map's scale.

A class is found by `layers.vector.style.classes`; the colours of new classes come from `layers.vector.style.automatic`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.colour.palettes import layer_seed
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.grid.map_scale import map_scale
from layers.grid.tile_grid import View
from layers.vector.columns import Attributes
from layers.vector.drawing.content import FeatureClasses
from layers.vector.style.layer_style import ClassKey, VectorStyle
from layers.vector.style.symbol import Symbol
from layers.vector.table import VectorInfo

NO_CLASSES = FeatureClasses(np.zeros(0, np.int64), np.zeros(0, np.uint16))
"""Classes that are not known yet: all features are in no class."""


def automatic_style(layer: Layer, info: VectorInfo) -> VectorStyle:
    """The default style of a layer without one: from its data, in a colour of its own."""
    return VectorStyle.default(info, layer_seed(layer.uuid))


class Symbology:
    """Holds the style of a layer, which changes at once, and the classes of its features, which are known later.

    Until then the features are in no class.
    """

    def __init__(self) -> None:
        self.style = VectorStyle()
        self.attributes: Attributes | None = None
        """Columns with what the style needs, once they are read."""
        self.others_known: tuple[ClassKey, bool] | None = None
        """A key of classes, and True where any feature is in none of them; None until that is known."""
        self._classes: tuple[ClassKey, FeatureClasses | None] = ("single", "", ()), None

    def take_style(self, layer: Layer, info: VectorInfo) -> str:
        """Set the style of a layer's row, else the default for its data.

        Returns a sentence on the style's problem, which is empty where it has none.
        """
        try:
            style = layer.read_style()
            self.style = VectorStyle.from_json(style) if style else automatic_style(layer, info)
            self.style.check_rules()
        except GeoloupeError as error:
            if not layer.style or self.style.mode != "rules":
                self.style = VectorStyle()
            return error.sentence
        return ""

    def take_classes(
        self, attributes: Attributes, key: ClassKey, classes: FeatureClasses | None, features: int
    ) -> None:
        """Set the class of each of `features` features, for styles of this key."""
        self.attributes, self._classes = attributes, (key, classes)
        self.others_known = None if classes is None else (key, classes.has_others(len(key[2]), features))

    @property
    def symbols(self) -> tuple[Symbol | None, ...]:
        """Symbols by class; None is not painted."""
        return self.style.symbols

    @property
    def classes(self) -> FeatureClasses | None:
        """Class of each feature; None where all features have one symbol."""
        key, classes = self._classes
        if self.style.mode == "single":
            return None
        return classes if classes is not None and key == self.style.class_key else NO_CLASSES

    def painted(self, fids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The features among `fids` whose class is shown."""
        classes, symbols = self.classes, self.symbols
        shown = np.array([symbol is not None for symbol in symbols])
        codes = np.zeros(len(fids), np.uint16) if classes is None else classes.codes_of(fids, len(symbols) - 1)
        seen: NDArray[np.int64] = fids[shown[codes]]
        return seen

    def scale_at(self, view: View) -> float:
        """Picture pixels a logical pixel of the symbols; 0 where the style shows nothing at the map's scale."""
        style = self.style
        if not (style.visible_from or style.visible_to or style.full_size_at):
            return view.ratio
        scale = map_scale(view)
        return view.ratio * style.size_factor(scale) if style.is_shown_at(scale) else 0.0

    def sign_px(self, view: View) -> float:
        """Width of the largest sign, in picture pixels."""
        return max((symbol.size_px for symbol in self.symbols if symbol is not None), default=0.0) * self.scale_at(view)
