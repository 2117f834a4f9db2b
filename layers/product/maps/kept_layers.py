"""The layers that a product keeps: those shown by the layer tree when it was made, until the analyst takes others."""

from __future__ import annotations

from typing import NamedTuple

from layers.document.document import Document
from layers.product.spec import ProductSpec


class OtherLayers(NamedTuple):
    """Names of the layers by which the tree differs from a product, the topmost first."""

    new: tuple[str, ...] = ()
    """Shown by the tree, and not by the product."""
    hidden: tuple[str, ...] = ()
    """Shown by the product, and not by the tree."""


def shown_layers(document: Document) -> tuple[str, ...]:
    """Uuids of the layers that the tree shows, from the lowest to the topmost."""
    return tuple(row.uuid for row in document.layers_in_order() if row.visible)


def other_layers(spec: ProductSpec, document: Document) -> OtherLayers:
    """The layers by which the tree differs from a product.

    Images count only where a map has no layers of its own: no other map follows the tree in them.
    """
    if spec.layers is None:
        return OtherLayers()
    kept, framed = frozenset(spec.layers), [shown.frame.layers for shown in spec.maps if shown.frame is not None]
    follows = len(framed) < max(len(spec.maps), 1)
    rows = [
        row
        for row in reversed(document.layers_in_order())
        if follows or (row.kind == "vector" and not any(row.uuid in layers for layers in framed))
    ]
    return OtherLayers(
        tuple(row.name for row in rows if row.visible and row.uuid not in kept),
        tuple(row.name for row in rows if not row.visible and row.uuid in kept),
    )
