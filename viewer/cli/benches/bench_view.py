"""Measures a file or a service in view: first frame, pans, zoom steps at four scales, event-loop gaps, stretch, memory.

The work is through the real canvas, offscreen: readers are warm, nothing is read ahead, each move is made when the last
picture is complete at the exact resolution, and a frame counts when that picture has been painted.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from layers.document.document import Document
from layers.errors import ExportFailed, GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.pool.reader_set import STANDING
from layers.project.storage.fsops import scratch_folder
from layers.raster.style import RasterStyle, Stretch
from layers.requests.probe import Probe
from layers.requests.probed import Probed
from layers.services.naming import is_service_text
from viewer.canvas.extent import bounds_of_all
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.cli.benches.measured_layers import find_layers
from viewer.cli.terminal.documents import ACTOR, hosts_named, without_keys
from viewer.cli.terminal.server_features import FeaturesWanted
from viewer.commands.found_layers import FoundLayer, edit_for
from viewer.commands.layers import update_layer
from viewer.export.headless import Studio, answered_in_loop, wait_until
from viewer.export.image import save_image
from viewer.network.typed_keys import secrets_in
from viewer.rendering.drawing import FailedDrawing
from viewer.support.language.text import one_line
from viewer.support.qt_application import make_application

FRACTIONS = (1.0, 1 / 4, 1 / 20, 1 / 100)
STEP = 0.1
STEPS = 3
DRAG_PICTURES = 60
BEAT_MS = 2
READERS = 2


def measure_view(
    file: str, size: tuple[int, int], frames: str | None, bounds: tuple[float, float, float, float] | None = None
) -> dict[str, Any]:
    """The figures of `bench view --json`; pictures go to the folder `frames` where it is given.

    `bounds` in lon, lat are what is measured; None: all of the layer. No tile of a service is stored before, and none
    after.
    """
    sys.setswitchinterval(0.0005)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or make_application(QApplication, lambda: None)
    secrets, (file,) = secrets_in([file]), without_keys([file])
    with (
        scratch_folder() as folder,
        Studio(hosts_named([file]), READERS, folder / "tiles", secrets, is_screen=True) as studio,
    ):
        warm(studio)
        gc.freeze()
        lonlat = None if bounds is None else Bounds(*bounds)
        measured = _Measured(file, folder, lonlat)
        bench = _Bench(studio, measured, size, Path(frames) if frames else None)
        try:
            return bench.run()
        finally:
            bench.close()
            application.processEvents()


def warm(studio: Studio) -> None:
    """Wait for readers as they are after the start of the window: spawned, libraries loaded, no file opened."""
    wait_until(lambda: all(studio.pool.ready_readers(profile) == READERS for profile in STANDING))


def refuse_undrawn(scene: MapScene) -> None:
    """Raise ExportFailed where a visible layer is paused, cannot be read, or lacks all its tiles in the last view.

    The time of a layer that is not drawn would mean nothing.
    """
    problems, lost = scene.stack.problems(), scene.stack.lost()
    for uuid, drawing in scene.drawings.items():
        is_there = uuid not in lost and not isinstance(drawing, FailedDrawing)
        if drawing.layer.visible and not is_there:
            name, why = one_line(drawing.layer.name, 60), lost.get(uuid) or problems.get(uuid, "")
            raise ExportFailed(f"Not measured: “{name}” would not be in the picture. {why}".rstrip())


class Heartbeat(QObject):
    """Measures how long the event loop is blocked, by the time between beats of a precise timer."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1000 - BEAT_MS)
        self._last = now

    def at(self, part: float) -> float:
        """A quantile of the gaps, in ms."""
        ordered = sorted(self.gaps_ms) or [0.0]
        return round(max(0.0, ordered[min(len(ordered) - 1, int(part * len(ordered)))]), 1)


class _Measured(Struct, frozen=True):
    """A path or an address to be measured, a folder for what is fetched of it, and bounds in lon, lat; None: all."""

    text: str
    folder: Path
    bounds: Bounds | None

    @property
    def name(self) -> str:
        """The name of the file, or the whole address."""
        return self.text if is_service_text(self.text) else Path(self.text).name

    @property
    def stem(self) -> str:
        """The beginning of the names of its pictures."""
        return re.sub(r"\W+", "_", self.text)[:80] if is_service_text(self.text) else Path(self.text).stem


class _Bench:
    def __init__(self, studio: Studio, measured: _Measured, size: tuple[int, int], frames: Path | None) -> None:
        self._studio, self._measured, self._frames = studio, measured, frames
        self._document = Document()
        self._scene = studio.scene(self._document, None)
        self._canvas = MapCanvas(self._scene)
        self._canvas.show_overlays = False
        self._canvas.resize(*size)
        self._canvas.show()
        self._heart = Heartbeat()
        self._peak_kb = 0
        self._refusal: GeoloupeError | None = None

    def run(self) -> dict[str, Any]:
        wait_until(self._canvas.is_idle)
        self._heart.start()
        open_ms = self._timed(self._open, lambda: bool(self._document.layers) and self._scene.is_open())
        extent = self._whole()
        views = [self._at(fraction, extent) for fraction in FRACTIONS]
        p95, longest = self._heart.at(0.95), self._heart.at(1.0)
        self._heart.stop()
        return {
            "file": self._measured.name,
            "open_ms": open_ms,
            "first_frame_ms": round(open_ms + views[0]["frames_ms"][0], 1),
            "views": views,
            "p95_ui_gap_ms": p95,
            "max_ui_gap_ms": longest,
            "stretch_fps": self._stretch_fps(),
            "peak_pss_mb": round(self._peak_kb / 1024),
        }

    def close(self) -> None:
        self._canvas.close()
        self._canvas.deleteLater()

    def _open(self) -> None:
        """Open a file or a service as the window does: probe or ask it, then add and show its layers.

        Nothing of them is read for the canvas's earlier view.
        """
        wanted = FeaturesWanted(self._measured.folder, self._measured.bounds)
        find_layers(self._measured.text, self._studio, wanted, self._add, self._refuse)

    def _add(self, layers: list[FoundLayer]) -> None:
        self._studio.allow(layer.source for layer in layers)
        lonlat = self._measured.bounds or layers[0].bounds_lonlat
        if lonlat is not None:
            extent = transform_bounds(WGS84, WEB_MERCATOR, lonlat)
            self._canvas.motion.show_bounds(WEB_MERCATOR, self._first_view(FRACTIONS[0], extent))
        self._document.apply(edit_for(self._document, layers, ACTOR))

    def _refuse(self, error: GeoloupeError) -> None:
        self._refusal = error

    def _whole(self) -> Bounds:
        lonlat = self._measured.bounds or bounds_of_all(self._scene)
        assert lonlat is not None, "an open layer knows where it is"
        return transform_bounds(WGS84, WEB_MERCATOR, lonlat)

    def _first_view(self, fraction: float, extent: Bounds) -> Bounds:
        """The first view of the measurement at a fraction of the whole: two pans left of its middle."""
        width = extent.width * fraction
        height = width * self._canvas.height() / self._canvas.width()
        x, y = extent.centre
        x -= 2 * STEP * width
        return Bounds(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def _at(self, fraction: float, extent: Bounds) -> dict[str, Any]:
        first = self._first_view(fraction, extent)
        frames = []
        for step in range(STEPS):
            if step == 0:
                frames.append(
                    self._timed(lambda: self._canvas.motion.show_bounds(WEB_MERCATOR, first), self._canvas.is_idle)
                )
            else:
                frames.append(
                    self._timed(
                        lambda: self._canvas.motion.pan_by(STEP * self._canvas.width(), 0), self._canvas.is_idle
                    )
                )
            refuse_undrawn(self._scene)
            self._keep(fraction, step)
        return {
            "fraction": round(fraction, 4),
            "bounds": list(self._canvas.viewport.view().world_bounds()),
            "frames_ms": frames,
        }

    def _timed(self, move: Callable[[], None], done: Callable[[], bool]) -> float:
        start = time.perf_counter()
        move()
        spin_until(lambda: self._refusal is not None or done())
        if self._refusal is not None:
            raise self._refusal
        return round((time.perf_counter() - start) * 1000, 1)

    def _keep(self, fraction: float, step: int) -> None:
        """Keep memory figures and, where requested, the picture with its bounds; outside the measured time."""
        self._heart.stop()
        self._peak_kb = max(self._peak_kb, sum(pss_kb(pid) for pid in [os.getpid(), *self._studio.pool.pids()]))
        if self._frames is not None:
            self._frames.mkdir(parents=True, exist_ok=True)
            stem = f"{self._measured.stem}_{fraction:.4f}_{step}"
            picture: QImage = self._canvas.grab_picture()
            save_image(picture, self._frames / f"{stem}.png")
            bounds = list(self._canvas.viewport.view().world_bounds())
            (self._frames / f"{stem}.json").write_text(json.dumps({"crs": WEB_MERCATOR, "bounds": bounds}))
        self._heart.start()

    def _stretch_fps(self) -> float | None:
        """Pictures a second while a stretch handle is dragged; None without a stretch."""
        layer = next((row for row in self._document.layers.values() if row.kind == "raster"), None)
        if layer is None:
            return None
        place = layer.source.get("path") or layer.source["address"]
        probed: Probed = answered_in_loop(self._studio.pool, Probe(place)).facts
        if probed.raster is None:
            return None
        style = RasterStyle.default(probed.raster)
        start = time.perf_counter()
        for turn in range(DRAG_PICTURES):
            shift = 1.0 - 0.3 * turn / DRAG_PICTURES
            stretches = tuple(Stretch(s.low, s.low + (s.high - s.low) * shift, s.gamma) for s in style.stretches)
            text = json.dumps(RasterStyle(style.bands, stretches).to_json())
            self._document.apply(update_layer(self._document, layer.uuid, actor=ACTOR, style_json=text))
            spin_until(self._canvas.is_idle)
        return round(DRAG_PICTURES / (time.perf_counter() - start), 1)


def spin_until(done: Callable[[], bool]) -> None:
    """Run the event loop until `done()` is true, checking after every event."""
    loop = QApplication.instance()
    assert loop is not None
    deadline = time.monotonic() + 120
    while not done() and time.monotonic() < deadline:
        loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def pss_kb(pid: int) -> int:
    """Proportional set size of a process in KiB; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
