"""Refuses figures of a map on which a layer is not drawn: the time of what is not there says nothing."""

from __future__ import annotations

from layers.errors import ExportFailed
from viewer.canvas.scene import MapScene
from viewer.rendering.drawing import FailedDrawing
from viewer.support.text import one_line


def refuse_undrawn(scene: MapScene) -> None:
    """Raise ExportFailed where a visible layer is paused, cannot be read, or lacks all its tiles in the last view."""
    problems, lost = scene.problems(), scene.lost_layers()
    for uuid, drawing in scene.drawings.items():
        is_there = uuid not in lost and not isinstance(drawing, FailedDrawing)
        if drawing.layer.visible and not is_there:
            name, why = one_line(drawing.layer.name, 60), lost.get(uuid) or problems.get(uuid, "")
            raise ExportFailed(f"Not measured: “{name}” would not be in the picture. {why}".rstrip())
