"""Measures products: an A3 page at 300 dpi, laid out, read, painted and written, offscreen.

Each run begins without a tile in memory, and ends when the file has its name.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace

from layers.document.document import Document
from layers.product.spec import ProductSpec
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import late_layers
from viewer.cli.benches.bench_view import READERS, Heartbeat, refuse_undrawn, warm
from viewer.cli.products.printed_product import laid_out, scenes_of
from viewer.cli.products.subject import subject_bounds
from viewer.cli.terminal.documents import case_at_home
from viewer.cli.terminal.reading import case_file
from viewer.export.formats.writers import begin_writing, load_writers
from viewer.export.formats.writing import finish
from viewer.export.headless import Studio, wait_until

RUNS, DPI = 3, 300
ENDINGS = ("png", "pdf")


def measure_export(case: str) -> dict[str, Any]:
    """The figures of `bench export --json`; the gaps are of the event loop while a page is written."""
    document, home = case_at_home(case_file(case))
    with Studio(workers=READERS) as studio, TemporaryDirectory() as folder:
        warm(studio)
        load_writers()  # as the window has done once it shows a product
        spec = ProductSpec(page="A3 landscape", dpi=DPI, title=Path(case).stem)
        scenes = scenes_of(studio, document, home, spec)
        for scene in scenes:
            refuse_undrawn(scene)
        spec = replace(spec, bounds=subject_bounds(document, scenes[0], spec.published_marking))
        beat, figures = Heartbeat(), {}
        for ending in ENDINGS:
            target = Path(folder) / f"page.{ending}"
            times = [_timed(studio, scenes, document, spec, target, beat) for _ in range(RUNS)]
            figures[f"a3_{ending}_ms"] = round(median(times), 1)
        for scene in scenes:
            refuse_undrawn(scene)
    return {**figures, "max_ui_gap_ms": beat.at(1.0)}


def _timed(
    studio: Studio, scenes: list[MapScene], document: Document, spec: ProductSpec, target: Path, beat: Heartbeat
) -> float:
    for scene in scenes:
        scene.draw_anew(list(scene.drawings))
        wait_until(scene.is_open, partial(late_layers, scene))
    begun = time.perf_counter()
    printed = laid_out(spec, document, scenes)
    beat.start()
    finish(begin_writing(printed, target, studio.context))
    beat.stop()
    return 1000 * (time.perf_counter() - begun)
