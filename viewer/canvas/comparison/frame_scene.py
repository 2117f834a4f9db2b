"""The scene of one frame of a comparison: its images, whatever the tree shows, below the marks of the case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from layers.document.comparison import ComparisonSpec, frame_rows
from layers.document.document import Document
from layers.document.layer import Layer
from viewer.canvas.layer_stack import DrawingFactory
from viewer.canvas.scene import MapScene
from viewer.rendering.context import RenderContext
from viewer.rendering.layers.drawings import drawing_for


def frame_scene(
    document: Document,
    context: RenderContext,
    base_folder: Path | None,
    spec: ComparisonSpec,
    at: int,
    *,
    make_drawing: DrawingFactory = drawing_for,
    beside: MapScene | None = None,
    parent: QObject | None = None,
) -> MapScene:
    """Make a scene of frame `at`, with tiles of its own; `show_frame` lets it show another frame.

    `beside` may be a scene of the same document.
    """
    arrange = partial(_shown_rows, spec, at)
    scene = MapScene(
        document,
        context.for_frame(),
        base_folder,
        make_drawing=make_drawing,
        arrange=arrange,
        beside=beside,
        parent=parent,
    )
    scene.show_solid_on(spec.frames[at].layers)
    return scene


def show_frame(scene: MapScene, spec: ComparisonSpec, at: int) -> None:
    """Let a scene show frame `at` of a comparison; drawings of layers that are shown before and after are kept."""
    scene.arrange(partial(_shown_rows, spec, at))
    scene.show_solid_on(spec.frames[at].layers)


def _shown_rows(spec: ComparisonSpec, at: int, rows: Sequence[Layer]) -> list[Layer]:
    """The visible layers of frame `at`; no other layers are read."""
    return [row for row in frame_rows(spec, at, rows) if row.visible]
