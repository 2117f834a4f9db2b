"""Shows sites that an edit has just added: they are selected, and the map goes to them."""

from __future__ import annotations

import time
from collections.abc import Collection

from layers.geo.bounds import Bounds
from viewer.panels.context import PanelContext
from viewer.support.jobs import Jobs

FRAMES_S = 0.03
"""Seconds in which the map shows the edit, and the window takes what the analyst does, before anything else begins."""


def show_added(context: PanelContext, jobs: Jobs, uuids: Collection[str], bounds: Bounds | None) -> None:
    """Select sites of these uuids and go to their bounds, in degrees, some frames later.

    Thousands may come at once: what follows the edit and what follows the selection are both work for the panels, and
    the window answers in between.
    """

    def show() -> None:
        document = context.document
        context.selection.set(uuid for uuid in uuids if uuid in document.sites)
        view = context.view
        if bounds is not None:
            (view.show_points or view.show_bounds)(bounds)

    # Waited for in a job, so that the window counts as busy until then.
    jobs.run(lambda _: time.sleep(FRAMES_S), lambda _: show(), of_case=True)
