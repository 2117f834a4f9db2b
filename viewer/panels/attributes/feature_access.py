"""The access of panels to the features of vector layers; the window puts it together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from layers.pool.pool import ReaderPool
from viewer.canvas.feature_selection import FeatureSelection, Fids
from viewer.rendering.vector.attribute_store import AttributeSource, AttributeStore
from viewer.rendering.vector.layer_filters import LayerFilters
from viewer.support.jobs import Jobs


@dataclass(frozen=True)
class FeatureAccess:
    """`source_of` gives whose attributes a layer has, None for what has none; `zoom_to` shows features of a layer;
    `make_sites` asks how the selected features become sites; `read` gives the attributes of a few features by fid.
    """

    pool: ReaderPool
    jobs: Jobs
    store: AttributeStore
    filters: LayerFilters
    selection: FeatureSelection
    source_of: Callable[[str], AttributeSource | None]
    zoom_to: Callable[[str, Fids], None]
    make_sites: Callable[[str], None]
    read: Callable[[str, Sequence[int], Callable[[dict[int, dict[str, Any]]], None]], None]
