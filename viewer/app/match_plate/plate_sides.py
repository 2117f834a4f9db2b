"""The two sides of a match plate: the photograph in its own pixels, and the map of the case without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.placing.in_pixels import row_in_pixels
from layers.geo.bounds import Bounds
from layers.geo.crs import is_off_earth
from layers.grid.tile_grid import View
from viewer.app.match_plate.plate_numbers import PlateNumbers
from viewer.app.paired_points.point_pane import FIT_MARGIN, PaneHeading, show_whole
from viewer.app.paired_points.point_tool import PointSide, PointTool, PointVerbs, PointWords, off_the_map
from viewer.canvas.furniture.overlays import paint_crosshair
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.photo_numbers import NumberAt, paint_number_at, paint_numbers
from viewer.canvas.widget import MapCanvas
from viewer.commands.stamps import new_uuid
from viewer.panels.widgets.form_page import muted
from viewer.rendering.context import RenderContext
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label

_REACH_PX = 13.0


class PlateSource(Struct, frozen=True):
    """The case and the map that a plate is made of."""

    document: Document
    context: RenderContext
    base_folder: Path | None
    size: tuple[int, int]
    """Columns and rows of the photograph."""
    view: View
    """The view of the map in the window."""
    extent: Bounds | None
    """Bounds of all other layers in lon, lat: shown where the window's view is off the Earth. None where unknown."""
    frozen: dict[str, str]
    """Styles as they are on the screen now, by layer."""


def photo_side(layer: Layer, source: PlateSource, numbers: PlateNumbers) -> PointSide[NumberAt]:
    """Make the side of the photograph, regardless of its place on the map: its numbers are stored in the plate."""
    row = row_in_pixels(layer, new_uuid())

    def paint(tool: PointTool[NumberAt], painter: QPainter, view: View) -> None:
        resting = [number for number in tool.points if number is not tool.dragged]
        paint_numbers(painter, view, resting, numbers.chosen)
        _paint_dragged(tool, painter, view)

    return PointSide(
        scene=MapScene(Document({"layers": [row]}), source.context.for_frame(), source.base_folder),
        size=source.size,
        begin=partial(show_whole, source.size),
        words=_words(
            lambda: (numbers.next_on_photo, translate("MatchPlate", "on the photograph")),
            translate("MatchPlate", "That is outside the photograph: set the number inside it."),
        ),
        verbs=PointVerbs(numbers.set_on_photo, numbers.move_on_photo, numbers.choose, numbers.remove_from_photo),
        points=lambda: [NumberAt(*pair.photo) for pair in numbers.pairs if pair.photo is not None],
        paint=paint,
        reach_px=_REACH_PX,
    )


def map_side(layer: Layer, source: PlateSource, numbers: PlateNumbers) -> PointSide[NumberAt]:
    """Make the side of the map, as in the window but without the photograph. Its numbers are markers of the case."""
    scene = MapScene(
        source.document,
        source.context.for_frame(),
        source.base_folder,
        frozen=source.frozen,
        arrange=partial(_without, layer.uuid),
    )
    return PointSide(
        scene=scene,
        size=None,
        begin=partial(_show_map, source),
        words=_words(lambda: (numbers.next_on_map, translate("MatchPlate", "on the map")), off_the_map()),
        verbs=PointVerbs(numbers.set_on_map, numbers.move_on_map, numbers.choose, numbers.remove_from_map),
        points=lambda: [
            NumberAt(pair.number, site.place.x, site.place.y) for pair in numbers.pairs for site in pair.markers
        ],
        paint=_paint_dragged,
        reach_px=_REACH_PX,
    )


def heading(title: str) -> PaneHeading:
    """Make a title with the hint below it."""
    name, hint, layout = plain_label(title), muted(), QVBoxLayout()
    hint.setWordWrap(False)  # both panes stay of one height
    hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    layout.setContentsMargins(0, 0, 0, 3)
    layout.setSpacing(3)
    for label in (name, hint):
        layout.addWidget(label)
    return PaneHeading(name, hint, hint.setText, layout)


def _words(coming: Callable[[], tuple[int, str]], outside: str) -> PointWords:
    """Make the sentences of a side; `coming` gives the number that is set next, and where."""
    ways = translate("MatchPlate", "A click, or Enter at the crosshair, sets number {0} {1}. Drag to move it.")
    keys = translate("MatchPlate", "Arrow keys pan, plus and minus zoom, Enter sets the next number in the middle")
    return PointWords(lambda: ways.format(*coming()), keys, outside)


def _show_map(source: PlateSource, canvas: MapCanvas) -> None:
    """Move the canvas to the middle of the window's view; where that is off the Earth, to all layers."""
    view, viewport = source.view, canvas.viewport
    if not is_off_earth(view.grid.crs):
        viewport.set_crs(view.grid.crs)
        x, y = view.to_world(view.width / 2, view.height / 2)
        viewport.centre_on(x, y, view.grid.resolution)
    elif source.extent is None:
        viewport.fit_world()
    else:
        viewport.fit_lonlat(source.extent, FIT_MARGIN)
    canvas.motion.come_to_rest()


def _paint_dragged(tool: PointTool[NumberAt], painter: QPainter, view: View) -> None:
    if tool.dragged is not None and tool.to is not None:
        for pixel in tool.pixels_of(view, tool.to):
            paint_number_at(painter, view, tool.dragged.number, pixel.x(), pixel.y())
    if tool.canvas.hasFocus():
        paint_crosshair(painter, view)


def _without(uuid: str, rows: Sequence[Layer]) -> list[Layer]:
    """The same layers with the photograph hidden."""
    return [replace(row, visible=False) if row.uuid == uuid else row for row in rows]
