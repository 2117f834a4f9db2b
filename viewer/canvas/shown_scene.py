"""The scene that a picture shows: one map, or several put together, as in a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from layers.document.layer import Layer
from layers.grid.tile_grid import View
from viewer.canvas.pointer import Handle
from viewer.canvas.scene import MapScene
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing, credit_on_map, may_be_shown_in_files
from viewer.rendering.layer_date import lacks_date
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.support.language.text import LONGEST_CREDIT, one_line


class PictureSides(Protocol):
    """Finds what the pointer meets on a picture: the maps that are seen at a pixel, and what it drags there."""

    word_boxes: Sequence[QRectF]
    """Boxes of the words on the sides of the picture, as they were painted last; none where it has one side."""

    def seen_at(self, view: View, px: float, py: float) -> list[MapScene]:
        """The maps that are seen at a place of the picture, the stronger first: several where they are blended."""

    def handle_at(self, view: View, px: float, py: float) -> Handle | None:
        """The part of the picture itself that the mouse can drag there, before any tool; None without one."""

    def follow_pointer(self, view: View, px: float, py: float) -> None:
        """Move whatever follows the pointer, such as a spyglass, to that pixel."""


class ShownScene(Protocol):
    """A scene as panes, products and commands see it: a `MapScene`, or a `ComparedScene` of several."""

    context: RenderContext
    updated: Any
    edited: Any
    unfinished: Any
    recomposed: Any

    @property
    def frames(self) -> Sequence[MapScene]:
        """The maps, first of all the one that knows all layers; in linked panes each is painted in its own."""

    @property
    def painted(self) -> Sequence[MapScene]:
        """The frames that this picture is put together of."""

    @property
    def sides(self) -> PictureSides: ...

    def set_view(self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True) -> None: ...
    def is_open(self) -> bool: ...
    def is_complete(self, view: View) -> bool: ...
    @property
    def awaits_labels(self) -> bool: ...
    def preview_layer(self, layer: Layer) -> None: ...
    def close(self) -> None: ...
    def deleteLater(self) -> None: ...
    def paint_map(
        self,
        painter: QPainter,
        view: View,
        *,
        selection: frozenset[str] = ...,
        settled: bool = ...,
        in_haste: bool = ...,
    ) -> None: ...


def map_at(shown: ShownScene, view: View, px: float, py: float) -> MapScene:
    """The map that is seen at a place of the picture, the strongest where several are blended."""
    return shown.sides.seen_at(view, px, py)[0]


def shown_drawing(shown: ShownScene, uuid: str) -> LayerDrawing | None:
    """The drawing that shows a layer; for a service it may show another day than the layer's row."""
    drawings = [frame.drawings[uuid] for frame in shown.frames if uuid in frame.stack.visible()]
    return drawings[0] if drawings else shown.frames[0].drawings.get(uuid)


def credits_of(shown: ShownScene, view: View) -> list[str]:
    """Credits with dates of all layers in a picture, each once."""
    return list(dict.fromkeys(text for frame in shown.painted for text in frame.stack.credits(view)))


def dated_credits(shown: ShownScene, view: View) -> dict[str, str]:
    """The layers in a picture whose date can be chosen or stated, by their credits in one line, as the map has them."""
    drawings = [frame.drawings[uuid] for frame in shown.painted for uuid in frame.stack.in_view(view)]
    dated = ((credit_on_map(drawing), drawing.layer_uuid) for drawing in drawings if _has_date_field(drawing))
    return {one_line(credit, LONGEST_CREDIT): uuid for credit, uuid in dated if credit}


def _has_date_field(drawing: LayerDrawing) -> bool:
    """True for a service with dates, and for an image whose date is not known and can be stated."""
    if isinstance(drawing, TilesDrawing) and drawing.service.is_dated:
        return True
    return drawing.layer.kind in ("tiles", "raster") and lacks_date(drawing.acquisition)


def withheld_in(shown: ShownScene, view: View) -> list[Layer]:
    """The layers in a picture whose terms do not allow a file or a copy that shows them, each once."""
    drawings = [frame.drawings[uuid] for frame in shown.painted for uuid in frame.stack.in_view(view)]
    return list(
        {drawing.layer_uuid: drawing.layer for drawing in drawings if not may_be_shown_in_files(drawing)}.values()
    )


def read_view(shown: ShownScene, view: View) -> None:
    """Read all that is said of a picture in words; a picture of several maps is made ready to be painted."""
    shown.read(view) if isinstance(shown, MapScene) else shown.set_view(view)


def is_view_read(shown: ShownScene, view: View) -> bool:
    """True when all is known that is said of a picture in words, whether it can be painted or not."""
    return shown.stack.is_read(view) if isinstance(shown, MapScene) else shown.is_complete(view)


def tiles_come(scenes: Iterable[ShownScene]) -> int:
    """The number of tiles of services that have come for pictures which are still being loaded."""
    drawings = {drawing for shown in scenes for frame in shown.painted for drawing in frame.drawings.values()}
    return sum(drawing.progress[0] for drawing in drawings if isinstance(drawing, TilesDrawing))


def late_layers(shown: ShownScene, view: View | None = None) -> list[str]:
    """Names of the layers that a picture of this view waits for; without a view, of those not open yet."""
    names = [name for frame in shown.painted for name in frame.stack.late(view)]
    return names if len(shown.painted) == 1 else list(dict.fromkeys(names))
