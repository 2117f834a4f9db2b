"""The images that layers of the case show, as the sheet and the rows of the case need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layers.document.document import Document
from layers.document.image import image_key_of
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.observing.sheet import SheetScene
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.layers.image_facts import image_facts

type DrawingOf = Callable[[str], LayerDrawing | None]


class LayerImages:
    """The images of all layers that are known; each is looked at again only when its layer or its drawing changes."""

    def __init__(self, document: Callable[[], Document], drawing_of: DrawingOf) -> None:
        self._document, self._drawing_of = document, drawing_of
        self._known: dict[str, tuple[tuple[object, ...], SheetScene | None]] = {}
        """The image of each layer, with the values that it was made from."""

    def scenes(self) -> tuple[SheetScene, ...]:
        """The images of files with pixels, and of services on a known day, the layer at the bottom first."""
        layers = self._document().layers
        self._known = {uuid: known for uuid, known in self._known.items() if uuid in layers}
        scenes = (self._scene_of(layer) for layer in self._document().layers_in_order() if layer.kind != "vector")
        return tuple(scene for scene in scenes if scene is not None)

    def facts_of(self, layer_uuid: str) -> dict[str, Any] | None:
        """The fields of the row of `images` for a layer's image; None where it is not known yet."""
        drawing = self._drawing_of(layer_uuid)
        return None if drawing is None else image_facts(drawing)

    def _scene_of(self, layer: Layer) -> SheetScene | None:
        drawing = self._drawing_of(layer.uuid)
        if drawing is None or "shipped" in layer.source:
            return None
        bounds = drawing.shown_bounds()
        made_of = (layer, drawing, drawing.is_open, bounds, drawing.acquisition)
        known = self._known.get(layer.uuid)
        if known is None or known[0] != made_of:
            facts = image_facts(drawing)
            self._known[layer.uuid] = known = made_of, None if facts is None else _scene(layer, facts, bounds)
        return known[1]


def _scene(layer: Layer, facts: dict[str, Any], bounds: Bounds | None) -> SheetScene | None:
    """The image with these facts; None where nothing identifies it, and for a service of no day in particular."""
    identity = (facts.get(name, "") for name in ("product_id", "sha256", "service", "acquired_at"))
    key = facts.get("image_key") or image_key_of(*identity)
    if not key or (layer.kind == "tiles" and not facts["acquired_at"]):
        return None
    return SheetScene(
        layer_uuid=layer.uuid,
        image_key=key,
        title=layer.name,
        sensor=facts["sensor"],
        acquired_at=facts["acquired_at"],
        date_kind=facts["date_kind"],
        bounds=bounds,
    )
