"""The words typed for a product, and the same without paths, as a published product may have them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from layers.product.own_paths import without_paths
from layers.product.spec import ProductSpec

TYPED = (
    "title",
    "subtitle",
    "bottom_line",
    "dateline",
    "organisation",
    "annotation_credit",
    "caption",
    "alt_text",
    "processing_note",
    "number",
)
"""Fields of a product that are printed as they were typed."""


def as_published(spec: ProductSpec) -> ProductSpec:
    """The product whose words have no paths in them, where it is published; else the same."""
    changed: dict[str, Any] = {name: without_paths(words) for name, words in typed_with_paths(spec)}
    return replace(spec, **changed) if changed else spec


def typed_with_paths(spec: ProductSpec) -> Iterator[tuple[str, str]]:
    """The typed fields, with their words, that hold a path which a published product may not have."""
    for name in TYPED if spec.publish else ():
        words = getattr(spec, name)
        if without_paths(words) != words:
            yield name, words
