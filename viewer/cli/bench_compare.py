"""Measures comparisons on the real canvas, offscreen: a bar that is dragged, pictures that blink, panes that pan.

All sides are warm: everything in view has been read, styled and painted once. A figure ends when the frame has been
painted.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from layers.document.comparison import ComparisonSpec, spec_of
from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.lon_extent import around
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.linked_panes import LinkedPanes
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.cli.bench_view import READERS, spin_until, warm
from viewer.cli.compared_pictures import images_of_files
from viewer.export.headless import Studio
from viewer.support.qt_application import make_application

SIZE = (1920, 1080)
STEPS = 120
PANS, PAN_PX = 60, 8
Left = Qt.MouseButton.LeftButton


def measure_compare(first: str, second: str) -> dict[str, Any]:
    """The figures of `bench compare --json`."""
    sys.setswitchinterval(0.0005)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or make_application(QApplication, lambda: None)
    with Studio(workers=READERS) as studio:
        warm(studio)
        document, frames = images_of_files([first, second], studio.pool)
        spec = spec_of(*frames)
        gc.freeze()
        swipe, blink, single = _on_one_canvas(studio, document, spec)
        panes = _on_panes(studio, document, replace(spec, frames=spec.frames * 2))
        application.processEvents()
    return {
        "swipe_p95_ms": _p95(swipe),
        "blink_p95_ms": _p95(blink),
        "panes4_pan_ms": round(median(panes), 2),
        "single_pan_ms": round(median(single), 2),
    }


def _on_one_canvas(
    studio: Studio, document: Document, spec: ComparisonSpec
) -> tuple[list[float], list[float], list[float]]:
    scene = studio.scene_made(ComparedScene, document)
    scene.compare(spec)
    canvas = MapCanvas(scene)
    canvas.resize(*SIZE)
    canvas.show()
    _show(canvas, [scene], spec)
    swipe = [_timed(partial(_move, canvas, 0.1 + 0.8 * step / STEPS)) for step in _dragged(canvas)]
    _mouse(canvas, QEvent.Type.MouseButtonRelease, QPointF(0.9 * SIZE[0], 200), Left, Qt.MouseButton.NoButton)
    scene.compare(replace(spec, mode="blink"))
    spin_until(canvas.is_idle)
    blink = [_timed(partial(_blink, canvas, scene, step % 2)) for step in range(STEPS)]
    scene.compare(None)
    spin_until(canvas.is_idle)
    single = _pan(canvas)
    _close(canvas)
    return swipe, blink, single


def _dragged(canvas: MapCanvas) -> range:
    """Takes the bar in the hand; the steps of the drag."""
    middle = QPointF(SIZE[0] / 2, 200)
    _mouse(canvas, QEvent.Type.MouseButtonPress, middle, Left, Left)
    for at in (0.4, 0.3, 0.2, 0.1):
        _move(canvas, at)
    return range(STEPS)


def _move(canvas: MapCanvas, part: float) -> None:
    _mouse(canvas, QEvent.Type.MouseMove, QPointF(part * SIZE[0], 200), Qt.MouseButton.NoButton, Left)
    _paint(canvas)


def _blink(canvas: MapCanvas, scene: ComparedScene, phase: int) -> None:
    scene.show_phase(phase)
    _paint(canvas)


def _paint(canvas: MapCanvas) -> None:
    """The frame that the event loop would paint next, at once: all of a window that asked for it."""
    QApplication.sendPostedEvents(canvas.window(), QEvent.Type.UpdateRequest.value)


def _on_panes(studio: Studio, document: Document, spec: ComparisonSpec) -> list[float]:
    """Four panes of the same area together, two images in turn, that move as one."""
    scene = studio.scene_made(ComparedScene, document)
    canvas = MapCanvas(scene)
    LinkedPanes(canvas, scene, canvas)
    canvas.resize(*SIZE)
    canvas.show()
    scene.compare(replace(spec, mode="panes"))
    _show(canvas, [scene], spec)
    times = _pan(canvas)
    _close(canvas)
    return times


def _show(canvas: MapCanvas, scenes: Sequence[MapScene], spec: ComparisonSpec) -> None:
    """The middle of what all images show, at half its size, so that there is something to pan into."""
    boxes = [scene.layer_bounds(uuid) for scene in scenes for uuid in spec.layers if uuid in scene.drawings]
    everything = around(box for box in boxes if box is not None)
    assert everything is not None, "an image that is open knows where it is"
    canvas.show_overlays = False
    canvas.zoom_to_bounds(_scaled(everything), 0.0)
    spin_until(canvas.is_idle)


def _scaled(box: Bounds) -> Bounds:
    return box.scaled(0.5)


def _pan(canvas: MapCanvas) -> list[float]:
    """To and fro, so that all tiles are there."""
    for way in (1, -1):
        for _ in range(PANS):
            _step(canvas, way)
        spin_until(canvas.is_idle)
    times = []
    for way in (1, -1):
        times += [_timed(partial(_step, canvas, way)) for _ in range(PANS)]
        spin_until(canvas.is_idle)
    return times


def _step(canvas: MapCanvas, way: int) -> None:
    canvas.pan_by(way * PAN_PX, 0, resting=False)
    _paint(canvas)


def _timed(do: Callable[[], None]) -> float:
    start = time.perf_counter()
    do()
    return (time.perf_counter() - start) * 1000


def _p95(times: Sequence[float]) -> float:
    return round(sorted(times)[int(0.95 * (len(times) - 1))], 2)


def _mouse(canvas: MapCanvas, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    everywhere = QPointF(canvas.mapToGlobal(at))
    event = QMouseEvent(kind, at, everywhere, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)


def _close(canvas: MapCanvas) -> None:
    canvas.close()
    canvas.deleteLater()
