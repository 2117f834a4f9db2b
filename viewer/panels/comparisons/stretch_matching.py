"""Matches the stretch of the comparison that is shown, once what it compares has been read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer

from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.side_words import images_of
from viewer.canvas.comparison.stretches import StretchMatch, Styles, with_styles, without_styles
from viewer.canvas.widget import MapCanvas
from viewer.commands.comparisons import MADE


class StretchMatching(QObject):
    """Waits until the view is complete, and computes the stretch in a job.

    Images that wait for a permission are matched when they are there: until then the others are.
    """

    def __init__(
        self, canvas: MapCanvas, scene: ComparedScene, keep: Callable[[str, Sequence[Any]], None], parent: QObject
    ) -> None:
        """`keep` gets the series of the step that the stretch joins, and the frames with their styles."""
        super().__init__(parent)
        self._canvas, self._scene, self._keep = canvas, scene, keep
        self._is_awaited = False
        self._is_matching = False
        self._series = MADE
        self._left_out: frozenset[str] = frozenset()
        """Images that waited for a permission when the stretch was matched last."""
        canvas.scene_updated.connect(self._match_when_there)

    @property
    def is_idle(self) -> bool:
        """False while a stretch is being matched, or is to be."""
        return not (self._is_matching or (self._is_awaited and self._scene.sides.spec is not None))

    def begin(self, is_wanted: bool, series: str = MADE) -> None:
        """Match the stretch of the comparison that is shown, or give up what was to be matched."""
        self._is_awaited, self._series, self._left_out = is_wanted, series, frozenset()
        QTimer.singleShot(0, self, self._match_when_there)

    def _match_when_there(self) -> None:
        spec = self._scene.sides.spec
        if spec is None or not spec.match or self._is_matching or not (self._is_awaited or self._left_out):
            return
        if not all(pane.shown.is_complete(pane.viewport.view()) for pane in self._canvas.panes.all):
            return
        plain, frames = without_styles(spec), self._scene.frames
        images = (drawing for at, scene in enumerate(frames) for drawing in images_of(scene, plain, at))
        waiting = frozenset(drawing.layer_uuid for drawing in images if drawing.is_paused)
        if not self._is_awaited and waiting == self._left_out:
            return
        self._is_awaited, self._left_out = False, waiting
        match = StretchMatch.of(plain, frames)
        if match is not None:
            self._is_matching = True
            jobs, done = self._scene.context.jobs, partial(self._matched, spec.frames)
            jobs.run(lambda _: match.styles(), done, lambda _error: done({}), of_case=True)

    def _matched(self, frames: Sequence[Any], styles: Styles) -> None:
        self._is_matching = False
        spec = self._scene.sides.spec
        if spec is not None and spec.match and spec.frames == frames and styles:
            self._keep(self._series, with_styles(spec, styles).frames)
