"""The parts of a window that are still at work: a wait that was in vain has to tell them."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.app.window import MainWindow


def busy_parts(window: MainWindow) -> list[str]:
    """The parts of `MainWindow.is_idle` that do not hold, in words."""
    return list(_busy(window))


def _busy(window: MainWindow) -> Iterator[str]:
    for name in ("session", "opener", "mark_images", "chip_capture", "map_export", "product_windows", "comparisons"):
        if not getattr(window, name).is_idle:
            yield name
    if not window.scenes.is_idle:
        yield "scenes"
    context = window.context
    if not context.scheduler.is_idle():
        yield "tiles that are requested"
    if not context.pool.is_idle():
        yield "the pool of readers"
    if not context.jobs.is_idle():
        yield f"jobs: {[job.title for job in context.jobs.running()]}"
    if not context.mailbox.is_empty():
        yield "the mailbox"
    if not context.drives.is_idle():
        yield f"drives: {context.drives.gone()}"
    if context.fetcher is not None and not context.fetcher.is_idle():
        yield "downloads"
    if window.docks.looks.is_due or window.upkeep.is_due:
        yield "a look that is due"
    if window.pages.currentWidget() is window.canvas and not window.canvas.is_idle():
        yield "the canvas"
        yield from _unfinished(window)


def _unfinished(window: MainWindow) -> Iterator[str]:
    """The drawings that the picture on the screen waits for."""
    view = window.canvas.viewport.view()
    for drawing in window.canvas.scene.drawings.values():
        if not drawing.is_complete(view):
            yield f"{drawing.layer.name}: {drawing.problem or 'not complete'}"
