"""A large case comes into the window in a short step: what each site takes is done by the job that opens the case."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from shapely import LineString, Point

from layers.document.document import Document
from layers.document.rows import MetaEntry
from layers.document.site import Site
from layers.project.saving.publish import write_case
from tests.support.windows import make_panels
from tests.viewer.app.conftest import MakeWindow, settle
from viewer.app.case.made_ahead import MadeAhead
from viewer.app.window import MainWindow
from viewer.canvas.sites import shape_boxes, site_index
from viewer.canvas.sites.site_index import SiteIndex
from viewer.canvas.sites.site_shapes import SiteShape
from viewer.commands.sites import add_site, update_site
from viewer.panels.measurements.measurement_list import MeasurementListPanel
from viewer.panels.sites.site_list import SiteListPanel
from viewer.support.mailbox import Mailbox

ELSEWHERE = {"crs": "EPSG:3857", "x": -8_000_000.0, "y": -2_000_000.0, "resolution": 1_000.0, "rotation_deg": 0.0}
FEW, MANY = 100, 1100


def case_of(folder: Path, count: int) -> Path:
    """Points of which the oldest stands last, every second a measurement; the author looked at none of them."""
    sites = [
        Site(
            uuid=f"site {at}",
            geometry=Point(60 + at % 70, 20 + at // 70) if at % 2 else LineString([(60, 20), (61, 20 + at / 100)]),
            label=f"Site {at}",
            mark_kind="site" if at % 2 else "measurement",
            created_at=f"2026-01-01T00:00:00.{count - at:06}Z",
        )
        for at in range(count)
    ]
    view = MetaEntry(uuid="viewport", value=json.dumps(ELSEWHERE))
    path = folder / f"{count}.gpkg"
    write_case(Document({"sites": sites, "meta": [view]}), path)
    return path


class Deliveries:
    """Counts what Python calls, and what is called from it, in each delivery of results to the window's thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.most: Counter[str] = Counter()
        self._now: Counter[str] = Counter()
        deliver = Mailbox._deliver

        def counted(mailbox: Mailbox) -> None:
            self._now = Counter()
            sys.setprofile(self._hear)
            try:
                deliver(mailbox)
            finally:
                sys.setprofile(None)
            self.most = max(self.most, self._now, key=Counter.total)

        monkeypatch.setattr(Mailbox, "_deliver", counted)

    def _hear(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            self._now[frame.f_code.co_qualname] += 1
        elif event == "c_call":
            self._now[getattr(argument, "__qualname__", "?")] += 1


def opened(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    window.opener.open([str(path)])
    qtbot.waitUntil(lambda: window.session.target == path, timeout=20_000)


@pytest.mark.bounded
def test_the_window_s_thread_does_nothing_for_each_site_of_a_case_that_comes(
    make_window: MakeWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = Deliveries(monkeypatch)
    window = make_window()
    make_panels(window)
    most = []
    for number, count in enumerate((FEW, FEW, MANY)):  # the first one pays for what is made once
        (tmp_path / str(number)).mkdir()
        deliveries.most = Counter()
        opened(window, case_of(tmp_path / str(number), count), qtbot)
        most.append(deliveries.most)
        settle(window, qtbot)
    assert most[1]["Session._install"] == 1, "the case was counted"
    more = {name: many for name, many in (most[2] - most[1]).items() if many >= (MANY - FEW) // 3}
    assert not more, "called for each site, or for each measurement"


@pytest.mark.bounded
def test_what_is_made_ahead_is_made_by_another_thread_and_shown(
    make_window: MakeWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[MadeAhead, threading.Thread]] = []
    make = MadeAhead.of

    def watched(document: Document) -> MadeAhead:
        made.append((make(document), threading.current_thread()))
        return made[-1][0]

    projected: list[tuple[str, threading.Thread]] = []
    project = shape_boxes.project_together

    def watched_projection(shapes: Sequence[SiteShape], crs: str) -> None:
        projected.append((crs, threading.current_thread()))
        project(shapes, crs)

    placed: list[threading.Thread] = []
    transform = site_index.transform_points

    def watched_places(source: str, crs: str, lon: Any, lat: Any) -> Any:
        if np.size(lon) >= FEW // 2:
            placed.append(threading.current_thread())
        return transform(source, crs, lon, lat)

    monkeypatch.setattr(site_index, "transform_points", watched_places)
    monkeypatch.setattr(MadeAhead, "of", watched)
    monkeypatch.setattr(shape_boxes, "project_together", watched_projection)
    window = make_window()
    make_panels(window)
    opened(window, case_of(tmp_path, FEW), qtbot)
    settle(window, qtbot)
    [(ahead, thread)] = made
    assert thread is not threading.main_thread()
    assert projected == [(ELSEWHERE["crs"], thread)], "in the CRS of the view that the case keeps, before it is shown"
    assert set(placed) == {thread}, "points, too: 100,000 hold up the window by 0.1 s"
    view = window.canvas.viewport.view()
    assert window.scene.marks.frames(view)[0].index is ahead.index
    assert window.panel_context.listed_marks() is ahead.marks

    sites = window.findChild(SiteListPanel)
    assert sites is not None
    document, model = window.session.document, sites.model
    listed = [model.uuid_at(row) for row in range(model.rowCount())]
    assert listed == [f"site {at}" for at in reversed(range(FEW)) if at % 2]
    measurements = window.findChild(MeasurementListPanel)
    assert measurements is not None
    assert [measurements.model.uuid_at(row) for row in range(3)] == ["site 98", "site 96", "site 94"]
    assert "(50)" in sites.kinds.itemText(2)

    window.session.push(add_site(document, Point(-71, -17), uuid="new", label="New", actor="x"))
    window.session.push(update_site(document, "site 3", label="Another name", actor="x"))
    settle(window, qtbot)
    assert model.uuid_at(model.rowCount() - 1) == "new"
    assert "new" in window.panel_context.listed_marks().made, "what was made ahead is stale after an edit"
    assert model.cells_at(model.row_of("site 3"))[0] == "Another name"
    fresh = SiteIndex.of(document.sites)
    index = window.scene.marks.frames(view)[0].index
    assert index.sites == fresh.sites
    assert sorted(index.uuids) == sorted(fresh.uuids)
