"""The two sides of the georeferencing dialog: pixels of control points on the picture, and their places on the map."""

from __future__ import annotations

from functools import partial
from typing import Literal

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.placing.in_pixels import row_in_pixels
from viewer.app.georeferencing.picture_preview import MapSource, PicturePreview
from viewer.app.georeferencing.point_draft import PointDraft
from viewer.app.georeferencing.point_marks import PointMark, marks_on_map, marks_on_picture, paint_points
from viewer.app.paired_points.point_pane import PaneHeading, show_whole
from viewer.app.paired_points.point_tool import PointSide, PointVerbs, PointWords, off_the_map
from viewer.canvas.scene import MapScene
from viewer.commands.stamps import new_uuid
from viewer.panels.widgets.form_page import side_by_side
from viewer.support.elided import ElidedLabel
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label

_REACH_PX = 9.0


def picture_side(layer: Layer, source: MapSource, draft: PointDraft) -> PointSide[PointMark]:
    """Make the side of the picture, in its own pixels, regardless of its place on the map."""
    pixels = Document({"layers": [row_in_pixels(layer, new_uuid())]})
    return PointSide(
        scene=MapScene(pixels, source.context, source.base_folder, make_drawing=source.make_drawing),
        size=draft.size,
        begin=partial(show_whole, draft.size),
        words=_words(
            translate(
                "Georeferencing",
                "Click a pixel that you know on the map, or Enter at the crosshair. Drag a point to move it.",
            ),
            translate("Georeferencing", "That is outside the picture: set the point inside it."),
        ),
        verbs=_verbs(draft, "pixel"),
        points=partial(marks_on_picture, draft),
        paint=paint_points,
        reach_px=_REACH_PX,
    )


def map_side(preview: PicturePreview, draft: PointDraft) -> PointSide[PointMark]:
    """Make the side of the map, with the picture over it where the fit puts it."""
    return PointSide(
        scene=preview.scene,
        size=None,
        begin=preview.begin,
        words=_words(
            translate("Georeferencing", "Click the place of that pixel, or Enter at the crosshair."), off_the_map()
        ),
        verbs=_verbs(draft, "place"),
        points=partial(marks_on_map, draft),
        paint=paint_points,
        reach_px=_REACH_PX,
    )


def heading(title: str) -> PaneHeading:
    """Make a title with the hint beside it."""
    name, hint = plain_label(title), ElidedLabel()
    hint.setObjectName("muted")
    layout = side_by_side(name, hint, stretch=1)
    layout.setContentsMargins(0, 0, 0, 4)
    return PaneHeading(name, hint, hint.say, layout)


def _words(hint: str, outside: str) -> PointWords:
    keys = translate("Georeferencing", "Arrow keys pan, plus and minus zoom, Enter sets the point in the middle")
    return PointWords(lambda: hint, keys, outside)


def _verbs(draft: PointDraft, field: Literal["pixel", "place"]) -> PointVerbs:
    """Actions on points for the side that sets this field."""
    return PointVerbs(
        place=lambda x, y: draft.set_next(**{field: (x, y)}),
        move=lambda number, x, y: draft.change(number - 1, **{field: (x, y)}),
        choose=lambda number: draft.choose(number - 1),
        remove=draft.remove_current,
    )
