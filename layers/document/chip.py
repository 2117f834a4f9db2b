"""A chip: the image evidence kept with a site. Immutable but for caption, marking and NIIRS: inserted or tombstoned.

Its bytes are in the file only, never in memory: `layers.project.saving.blobs`.
"""

from __future__ import annotations

from layers.document.image import Image
from layers.document.rows import Row
from layers.phrase import Phrase


class Chip(Row, frozen=True, kw_only=True):
    """Sizes in pixels; `bounds_json` and `transform_json` in the CRS of `crs_wkt`.

    One capture makes two, each the other's `pair_uuid`: the exact pixels, and the view as it was drawn. `phash` is a
    perceptual hash of 64 bits in hexadecimal.
    """

    content_type: str
    site_uuid: str = ""
    source_uuid: str = ""
    layer_uuid: str = ""
    layer_title: str = ""
    width: int = 0
    height: int = 0
    srs_id: int = 0
    crs_wkt: str = ""
    bounds_json: str = ""
    transform_json: str = ""
    stretch_json: str = ""
    acquired_at: str = ""
    date_kind: str = "unknown"
    credit: str = ""
    niirs_scale: str = ""
    niirs_rating: float | None = None
    niirs_by: str = ""
    sha256: str = ""
    caption: str = ""
    marking: str = ""
    kind: str = ""
    pair_uuid: str = ""
    image_uuid: str = ""
    phash: str = ""
    machine_json: str = ""
    """The machine that made or worked on it: tool, version, task, and who checked it."""

    def later_credit(self, image: Image | None) -> str:
        """The credit that its image has now and its own stamp has not; empty where that says it."""
        credit = image.credit.strip() if image is not None else ""
        return "" if credit in self.credit else credit

    @property
    def what(self) -> str:
        """The chip in a few words, for the list of what was deleted."""
        parts = (
            self.caption or self.layer_title,
            self.acquired_at,
            Phrase("{width} x {height} pixels", width=self.width, height=self.height),
        )
        return "image chip: " + ", ".join(part for part in parts if part)
