"""The first question about a file: its content, and where it lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from msgspec import field
from msgspec.structs import replace

from layers.requests.question import Question

if TYPE_CHECKING:
    from layers.raster.point_fit.control_point import PointSet


class Probe(Question, frozen=True):
    """Asks for the contents of a file or a delivery: header `Probed`."""

    op: ClassVar[str] = "probe"
    part: str = ""
    """One picture of a file that holds several."""
    options: dict[str, Any] = field(default_factory=dict)
    """Options for reading the file, as the source of a layer keeps them."""
    height_m: float | None = None
    """Height on which a raster lies that is placed by its RPC."""
    control_points: PointSet | None = None
    """Control points that place a raster, in place of its own georeferencing."""
    canvas_crs: str | None = None
    """CRS of the canvas for which the file is drawn ("" for pixel space); None when a file is opened."""
    preview: bool = False
    """True to describe also tables without a place."""
    known: tuple[int, ...] = ()
    """State of the file for which the answer is known already."""

    @classmethod
    def facts_kind(cls) -> Any:
        from layers.requests.probed import Probed  # numpy: for start-up time, the window starts its readers before

        return Probed

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        from layers.raster.point_fit.control_point import points_of  # PROJ: only in readers, and not at their start

        question = super().of(params)
        return replace(question, control_points=points_of(params))
