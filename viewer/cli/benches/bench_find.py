"""Measures the panel Find in the real window: words as they are typed, alone and beside a filter; a filter of marks."""

from __future__ import annotations

import time
from statistics import median

from PySide6.QtWidgets import QApplication

from layers.finding.row_filter import RowFilter
from viewer.app.window import MainWindow
from viewer.cli.benches.bench_view import spin_until
from viewer.panels.finding.find_panel import FindPanel
from viewer.panels.finding.marks_filtering import marks_filtering

ROUNDS = 11
LONGEST_WORD = 40
LISTS_MS = 400
"""Milliseconds in which the lists follow a filter that the map shows, see `MARKS_AFTER_MS`."""
UNREVIEWED = RowFilter(unreviewed=True)


def find_figures(window: MainWindow) -> dict[str, float]:
    """Medians of the milliseconds from a letter to the list of what was found, alone and beside a filter; the
    milliseconds in which a filter shows on the map, and the longest of them in which the window was busy.
    """
    sites = list(window.session.document.sites.values())
    labels = [site.label[:LONGEST_WORD] for site in sites[:: max(1, len(sites) // ROUNDS)] if site.label]
    window.docks.show_panel("panel_find")
    panel = window.docks.find.panel
    assert isinstance(panel, FindPanel)
    answers: list[object] = []
    panel.finder.answered.connect(answers.append)
    spin_until(lambda: window.is_idle() and not panel.finder.is_busy)

    def typed(text: str) -> float:
        count, start = len(answers), time.perf_counter()
        panel.line.setText(text)
        spin_until(lambda: len(answers) > count)
        return _ms_since(start)

    words = [part for label in labels[:ROUNDS] for part in (label, label[:-1]) if part] or ["x", "y"]
    typed(words[0][:1])  # the index is made
    spin_until(lambda: not panel.finder.is_busy)
    alone = [typed(word) for word in words[1:]]
    panel.fields.show_filter(UNREVIEWED)
    typed(words[0][:2])  # the rows that pass are found
    beside = [typed(word) for word in words[1:]]
    filter_ms, busy_ms = _filtered(window)
    panel.fields.show_filter(RowFilter())
    panel.line.clear()
    window.docks.set_panel_visible("panel_find", visible=False)
    spin_until(window.is_idle)
    figures = {"find_ms": median(alone), "find_filtered_ms": median(beside), "filter_ms": filter_ms}
    return {key: round(value, 1) for key, value in {**figures, "filter_busy_ms": busy_ms}.items()}


def _filtered(window: MainWindow) -> tuple[float, float]:
    """Milliseconds until a filter of the marks shows, and the longest turn of the event loop meanwhile."""
    context, longest = window.panel_context, 0.0
    start = time.perf_counter()
    marks_filtering(context).apply(UNREVIEWED)
    took = 0.0
    while not took or _ms_since(start) < took + LISTS_MS:
        turn = time.perf_counter()
        QApplication.processEvents()
        longest = max(longest, _ms_since(turn))
        time.sleep(0)
        if not took and context.mark_filter.is_on and window.is_idle():
            took = _ms_since(start)
    context.mark_filter.clear()
    spin_until(window.is_idle)
    return took, longest


def _ms_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
