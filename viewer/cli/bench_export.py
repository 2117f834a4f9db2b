"""Measures products: an A3 page at 300 dpi, laid out, read, painted and written, offscreen.

Each run begins without a tile in memory, and ends when the file has its name.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from layers.document.document import Document
from viewer.canvas.scene import MapScene
from viewer.cli.bench_view import READERS, Heartbeat, warm
from viewer.cli.documents import case_at_home
from viewer.cli.export import laid_out
from viewer.cli.reading import case_file
from viewer.export.formats.steps import finish
from viewer.export.formats.writers import begin_writing
from viewer.export.headless import Studio, wait_until

RUNS, DPI = 3, 300
ENDINGS = ("png", "pdf")


def measure_export(case: str) -> dict[str, Any]:
    """The figures of `bench export --json`; the gaps are of the event loop while a page is written."""
    document, home = case_at_home(case_file(case))
    with Studio(workers=READERS) as studio, TemporaryDirectory() as folder:
        warm(studio)
        scene = studio.scene(document, home)
        beat = Heartbeat()
        found = {}
        for ending in ENDINGS:
            target = Path(folder) / f"page.{ending}"
            times = [_timed(studio, scene, document, _page(case), target, beat) for _ in range(RUNS)]
            found[f"a3_{ending}_ms"] = round(median(times), 1)
    return {**found, "max_ui_gap_ms": beat.at(1.0)}


def _page(case: str) -> argparse.Namespace:
    return argparse.Namespace(
        case=case, paper="A3 landscape", size=None, dpi=DPI, bounds=None, title="", marking="", layout="single"
    )


def _timed(
    studio: Studio, scene: MapScene, document: Document, page: argparse.Namespace, target: Path, beat: Heartbeat
) -> float:
    scene.draw_anew(list(scene.drawings))
    wait_until(scene.is_open, scene.waits_for)
    begun = time.perf_counter()
    printed, _ = laid_out(document, scene, page)
    beat.start()
    finish(begin_writing(printed, target, studio.context))
    beat.stop()
    return 1000 * (time.perf_counter() - begun)
