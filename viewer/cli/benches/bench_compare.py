"""Measures comparisons on the real canvas, offscreen: a bar that is dragged, pictures that blink, panes that pan.

All sides are warm: everything in view has been read, styled and painted once. A figure ends when the frame has been
painted. Panes and the one canvas stand side by side and pan in turns: a machine that slows down does so for both.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from layers.document.comparison import ComparisonSpec, spec_of
from layers.document.document import Document
from layers.geo.lon_extent import around
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.linked_panes import LinkedPanes
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.cli.benches.bench_view import READERS, spin_until, warm
from viewer.cli.products.compared_pictures import images_of_files
from viewer.export.headless import Studio
from viewer.rendering.context import RenderContext
from viewer.support.qt_application import make_application

SIZE = (1920, 1080)
STEPS = 120
ROUNDS, PANS, PAN_PX = 6, 20, 8
Left = Qt.MouseButton.LeftButton
type Took = tuple[float, float]
"""Milliseconds by the clock, and of CPU in the window's thread, which hardly depends on other programs."""


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
        single, scene = _opened(studio, document)
        panes, beside = _opened(studio, document)
        scene.compare(spec)
        _show(single, scene, spec)
        swipe, blink = _swipe_and_blink(single, scene, spec)
        scene.compare(None)
        LinkedPanes(panes, beside, panes)
        beside.compare(replace(spec, frames=spec.frames * 2, mode="panes"))
        _show(panes, beside, spec)
        spin_until(single.is_idle)
        panned = _pan_in_turns([panes, single])
        for canvas in (single, panes):
            canvas.close()
            canvas.deleteLater()
        application.processEvents()
    (panes_ms, panes_cpu), (single_ms, single_cpu) = (_medians(times) for times in panned)
    return {
        "swipe_p95_ms": _p95([wall for wall, _ in swipe]),
        "blink_p95_ms": _p95([wall for wall, _ in blink]),
        "panes4_pan_ms": panes_ms,
        "single_pan_ms": single_ms,
        "panes4_pan_cpu_ms": panes_cpu,
        "single_pan_cpu_ms": single_cpu,
    }


def _opened(studio: Studio, document: Document) -> tuple[MapCanvas, ComparedScene]:
    """Open a canvas with its own tile cache, so that two canvases do not evict each other's tiles."""
    scene = studio.scene_made(_own_scene, document)
    canvas = MapCanvas(scene)
    canvas.resize(*SIZE)
    canvas.show()
    return canvas, scene


def _own_scene(document: Document, context: RenderContext, folder: Path | None) -> ComparedScene:
    return ComparedScene(MapScene(document, context.for_frame(), folder))


def _swipe_and_blink(canvas: MapCanvas, scene: ComparedScene, spec: ComparisonSpec) -> tuple[list[Took], list[Took]]:
    swipe = [_timed(partial(_move, canvas, 0.1 + 0.8 * step / STEPS)) for step in _dragged(canvas)]
    _mouse(canvas, QEvent.Type.MouseButtonRelease, QPointF(0.9 * SIZE[0], 200), Left, Qt.MouseButton.NoButton)
    scene.compare(replace(spec, mode="blink"))
    spin_until(canvas.is_idle)
    blink = [_timed(partial(_blink, canvas, scene, step % 2)) for step in range(STEPS)]
    return swipe, blink


def _dragged(canvas: MapCanvas) -> range:
    """Begin a drag of the bar, and return the numbers of the steps to measure."""
    middle = QPointF(SIZE[0] / 2, 200)
    _mouse(canvas, QEvent.Type.MouseButtonPress, middle, Left, Left)
    for at in (0.4, 0.3, 0.2, 0.1):
        _move(canvas, at)
    return range(STEPS)


def _move(canvas: MapCanvas, part: float) -> None:
    _mouse(canvas, QEvent.Type.MouseMove, QPointF(part * SIZE[0], 200), Qt.MouseButton.NoButton, Left)
    _paint(canvas)


def _blink(canvas: MapCanvas, scene: ComparedScene, phase: int) -> None:
    scene.sides.show_phase(phase)
    _paint(canvas)


def _paint(canvas: MapCanvas) -> None:
    """Paint at once what the event loop would paint next: the part of the window that needs an update."""
    QApplication.sendPostedEvents(canvas.window(), QEvent.Type.UpdateRequest.value)


def _show(canvas: MapCanvas, scene: ComparedScene, spec: ComparisonSpec) -> None:
    """Show the middle of the bounds of all images, at half their size, so that there is something to pan into."""
    boxes = [scene.map.stack.bounds_of(uuid) for uuid in spec.layers]
    everything = around(box for box in boxes if box is not None)
    assert everything is not None, "an image that is open knows where it is"
    canvas.show_overlays = False
    canvas.motion.zoom_to_bounds(everything.scaled(0.5), 0.0)
    spin_until(canvas.is_idle)


def _pan_in_turns(canvases: Sequence[MapCanvas]) -> list[list[Took]]:
    """The frames of each canvas. All tiles are read in a first round, which does not count."""
    times: list[list[Took]] = [[] for _ in canvases]
    for turn in range(ROUNDS + 1):
        for canvas, frames in zip(canvases, times, strict=True):
            for direction in (1, -1):
                took = [_timed(partial(_step, canvas, direction)) for _ in range(PANS)]
                frames += took if turn else []
                spin_until(canvas.is_idle)
    return times


def _step(canvas: MapCanvas, direction: int) -> None:
    canvas.motion.pan_by(direction * PAN_PX, 0, resting=False)
    _paint(canvas)


def _timed(do: Callable[[], None]) -> Took:
    wall, cpu = time.perf_counter(), time.thread_time()
    do()
    cpu = time.thread_time() - cpu
    return (time.perf_counter() - wall) * 1000, cpu * 1000


def _medians(times: Sequence[Took]) -> tuple[float, float]:
    wall, cpu = zip(*times, strict=True)
    return round(median(wall), 2), round(median(cpu), 2)


def _p95(times: Sequence[float]) -> float:
    return round(sorted(times)[int(0.95 * (len(times) - 1))], 2)


def _mouse(canvas: MapCanvas, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    everywhere = QPointF(canvas.mapToGlobal(at))
    event = QMouseEvent(kind, at, everywhere, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)
