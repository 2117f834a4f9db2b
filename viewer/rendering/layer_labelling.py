"""What a drawing says of the labels of its layer: which features, how they are written, how large their marks are."""

from __future__ import annotations

from dataclasses import dataclass

from layers.vector.label_source import LabelSource
from layers.vector.label_style import LabelStyle


@dataclass(frozen=True, slots=True)
class LayerLabelling:
    """Radii are half of what a mark covers, or half of a line's width, in logical pixels, by class."""

    source: LabelSource
    style: LabelStyle
    radii_px: tuple[float, ...]

    def radius_px(self, class_index: int) -> float:
        return self.radii_px[class_index] if 0 <= class_index < len(self.radii_px) else self.largest_radius_px

    @property
    def largest_radius_px(self) -> float:
        return max(self.radii_px, default=0.0)
