"""The origin of features that a server sent, kept in the layer's source: evidence of what it had then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from layers.decoding import decoded_or_none
from layers.services.features.feature_question import FeatureQuestion

KEY = "fetched"
"""The member of a layer's source that holds its origin."""


class FeatureOrigin(Struct, frozen=True, kw_only=True):
    """The question that was asked, when, and how much of the answer came, in English words."""

    question: FeatureQuestion
    fetched_at: str
    words: str


def origin_of(source: Mapping[str, Any]) -> FeatureOrigin | None:
    """The origin in the source of a layer; None for a layer that was not fetched."""
    return decoded_or_none(source.get(KEY), FeatureOrigin)
