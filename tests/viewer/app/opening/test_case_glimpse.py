"""A large case on the map before it is whole: looked at, not edited, stopped, refused, and replaced without a jump."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from shapely import Point, box

from layers.document.document import Document
from layers.document.rows import MetaEntry
from layers.document.site import Site
from layers.project.opening import glimpse as glimpse_module
from layers.project.opening import intake, rows
from layers.project.opening.opening_watch import OpeningStep
from layers.project.saving import case_copy
from layers.project.saving.publish import write_case
from tests.viewer.app.conftest import MakeWindow, settle
from viewer.app.case.case_watch import CaseWatch
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site

VIEW = {"crs": "EPSG:3857", "x": 11_131_949.0, "y": 4_865_942.0, "resolution": 2_000.0, "rotation_deg": 0.0}
"""Around 100 east, 40 north."""


class Gate:
    """Holds the reading of all rows until it is opened."""

    def __init__(self) -> None:
        self.opened = threading.Event()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate, read_rows = Gate(), intake.read_rows

    def late(*args: object, **named: object) -> object:
        assert gate.opened.wait(20)
        return read_rows(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(glimpse_module, "LEAST_SITES", 100)
    monkeypatch.setattr(intake, "read_rows", late)
    yield gate
    gate.opened.set()


class Paints(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def case_of(folder: Path, view: dict[str, object] | None = None) -> Path:
    """400 points on a grid of 20 by 20 degrees around 100 east, 40 north, and an area; 20 points far away."""
    near = [
        Site(uuid=f"near {i}", geometry=Point(90 + i % 20, 30 + i // 20), label=f"N {i}", class_code="port")
        for i in range(400)
    ]
    far = [Site(uuid=f"far {i}", geometry=Point(-60 + i, -20), label=f"F {i}") for i in range(20)]
    area = Site(uuid="area", geometry=box(99.5, 39.5, 100.5, 40.5), label="A")
    meta = [MetaEntry(uuid="viewport", value=json.dumps(view))] if view else []
    write_case(Document({"sites": [*near, *far, area], "meta": meta}), folder / "large.gpkg")
    return folder / "large.gpkg"


def begin(window: MainWindow, path: Path, qtbot: QtBot) -> Paints:
    """Until the first sites are on the map."""
    window.opener.open([str(path)])
    qtbot.waitUntil(lambda: window.glimpse.is_shown, timeout=20_000)
    canvas, paints = window.glimpse.canvas, Paints()
    assert canvas is not None
    canvas.installEventFilter(paints)
    qtbot.waitUntil(lambda: paints.count > 0 and canvas.is_idle(), timeout=20_000)
    return paints


@pytest.mark.bounded
def test_sites_in_view_are_painted_before_the_document_is_whole(
    make_window: MakeWindow, gate: Gate, tmp_path: Path, qtbot: QtBot
) -> None:
    window, path = make_window(), case_of(tmp_path, VIEW)
    begin(window, path, qtbot)
    canvas = window.glimpse.canvas
    assert canvas is not None
    assert not gate.opened.is_set()
    assert not window.session.is_begun
    assert window.session.document.sites == {}
    assert window.pages.currentWidget() is canvas
    assert not window.docks["panel_sites"].isEnabled()
    assert not window.toolbar.isEnabled()
    shown = canvas.scene.document.sites
    assert "area" in shown
    assert "near 210" in shown
    assert not any(uuid.startswith("far") for uuid in shown)
    view = canvas.viewport.view()
    frame = canvas.scene.marks.frames(view)[0]
    assert len(frame.px) > 50
    picture = canvas.grab_picture()
    inked = sum(
        picture.pixelColor(round(x), round(y)).name() != "#0e1a24"
        for x, y in zip(frame.px, frame.py, strict=True)
        if 0 <= x < view.width and 0 <= y < view.height
    )
    assert inked > 30
    line = window.messages.line("glimpse")
    assert line is not None
    assert line.text.startswith(f"{len(shown)} of 421 marks are shown")

    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(frame.px[0]), round(frame.py[0])))
    assert not canvas.selection.uuids
    refused = window.session.push_or_say(add_site(window.session.document, Point(1, 1), actor="x"))
    assert not refused
    edit = window.messages.line("edit")
    assert edit is not None
    assert "large.gpkg is still being opened" in edit.text

    gate.opened.set()
    settle(window, qtbot)
    assert window.pages.currentWidget() is window.canvas
    assert window.canvas.viewport.view() == view
    assert len(window.session.document.sites) == 421
    assert window.docks["panel_sites"].isEnabled()
    assert window.toolbar.isEnabled()
    assert window.messages.line("glimpse") is None
    window.session.push(add_site(window.session.document, Point(1, 1), actor="x"))


@pytest.mark.bounded
def test_without_a_kept_view_all_are_shown_and_the_map_stays(
    make_window: MakeWindow, gate: Gate, tmp_path: Path, qtbot: QtBot
) -> None:
    window, path = make_window(), case_of(tmp_path)
    begin(window, path, qtbot)
    assert window.glimpse.canvas is not None
    view = window.glimpse.canvas.viewport.view()
    assert len(window.glimpse.canvas.scene.document.sites) == 421
    gate.opened.set()
    settle(window, qtbot)
    assert window.canvas.viewport.view() == view


@pytest.mark.bounded
def test_progress_is_told_and_stopping_leaves_the_case_before(
    make_window: MakeWindow, gate: Gate, tmp_path: Path, qtbot: QtBot
) -> None:
    window, path = make_window(), case_of(tmp_path, VIEW)
    window.session.new_case()
    window.session.push(add_site(window.session.document, Point(5, 5), actor="x"))
    settle(window, qtbot)
    window.layout().activate()  # what the status bar says may have changed its height, which comes with the next event
    document, view = window.session.document, window.canvas.viewport.view()
    window.session.history.mark_saved(window.session.history.state())
    begin(window, path, qtbot)
    window.action_table["undo"].trigger()
    assert len(document.sites) == 1  # it is not what one looks at
    (stop,) = [one for one in window.status.findChildren(QToolButton) if one.accessibleName() == "Stop this"]
    qtbot.waitUntil(stop.isVisible, timeout=5_000)
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    gate.opened.set()
    settle(window, qtbot)
    assert window.session.document is document
    assert window.pages.currentWidget() is window.canvas
    assert window.canvas.viewport.view() == view
    assert window.messages.lines() == []
    assert window.session.is_idle
    assert window.session.target is None
    assert not list(tmp_path.glob("*.lock"))
    window.action_table["undo"].trigger()
    assert not document.sites
    window.session.history.mark_saved(window.session.history.state())
    window.opener.open([str(path)])  # and again
    settle(window, qtbot)
    assert len(window.session.document.sites) == 421


@pytest.mark.bounded
def test_progress_counts_the_sites(make_window: MakeWindow, gate: Gate, tmp_path: Path, qtbot: QtBot) -> None:
    window, path, said = make_window(), case_of(tmp_path, VIEW), []
    window.context.jobs.progressed.connect(lambda job: said.append((job.text, job.fraction)))
    gate.opened.set()
    window.opener.open([str(path)])
    settle(window, qtbot)
    texts = [text for text, _fraction in said]
    assert "Opening large.gpkg: 420 of 421 marks" in texts
    assert "Opening large.gpkg: 421 of 421 marks copied" in texts
    assert [fraction for _text, fraction in said] == sorted(fraction for _text, fraction in said)


@pytest.mark.parametrize("most", [0, intake.SOON_READ_BYTES])
def test_a_damaged_case_shows_nothing(
    make_window: MakeWindow, gate: Gate, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(intake, "SOON_READ_BYTES", most)  # 0: the bytes are read beside the rows, as of a large case
    window, path, seen = make_window(), case_of(tmp_path, VIEW), []
    window.session.glimpsed.connect(seen.append)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    gate.opened.set()
    window.opener.open([str(path)])
    settle(window, qtbot)
    assert seen == []
    assert window.pages.currentWidget() is window.start_page


@pytest.mark.bounded
def test_rows_are_read_while_the_bytes_of_a_large_case_are(
    make_window: MakeWindow, gate: Gate, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "SOON_READ_BYTES", 0)
    window, path, seen = make_window(), case_of(tmp_path, VIEW), []
    window.session.glimpsed.connect(lambda glimpse: seen.append(glimpse is not None))
    gate.opened.set()
    window.opener.open([str(path)])
    settle(window, qtbot)
    assert seen[:1] == [True]
    assert len(window.session.document.sites) == 421


@pytest.mark.bounded
@pytest.mark.parametrize("where", ["reading", "copying"])
def test_a_case_refused_later_leaves_no_trace(
    make_window: MakeWindow, gate: Gate, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    window, path = make_window(), case_of(tmp_path, VIEW)
    begin(window, path, qtbot)
    if where == "reading":
        monkeypatch.setattr(rows, "MOST_ROWS", 50)
    else:
        monkeypatch.setattr(case_copy, "MOST_KEY", "no number")
    gate.opened.set()
    settle(window, qtbot)
    assert not window.glimpse.is_shown
    assert window.pages.currentWidget() is window.start_page
    assert window.toolbar.isHidden()
    assert not window.session.is_begun
    assert window.session.document.sites == {}
    assert [line.key for line in window.messages.lines()] == ["open"]
    window.session.new_case()
    assert window.pages.currentWidget() is window.canvas
    assert window.docks["panel_sites"].isEnabled()


def test_a_watch_that_is_stopped_ends_the_reading_whenever_it_begins() -> None:
    ended: list[str] = []
    early = CaseWatch("a", (10, 10), lambda glimpse: None)
    early.stop()
    early.may_end(lambda: ended.append("early"))
    late = CaseWatch("b", (10, 10), lambda glimpse: None)
    late.may_end(lambda: ended.append("late"))
    assert ended == ["early"]
    late.stop()
    assert ended == ["early", "late"]


def test_an_opening_says_how_far_it_is_and_never_goes_back() -> None:
    told: list[float] = []

    class Context:
        def check(self) -> None: ...

        def progress(self, share: float, _words: str) -> None:
            told.append(share)

    watch = CaseWatch("a", (10, 10), lambda glimpse: None)
    watch.begin(Context())  # type: ignore[arg-type]
    for step in (OpeningStep.READ, OpeningStep.COPIED):
        for done in (50, 100):
            watch.tell(step, done, 100)
    assert told == [0.25, 0.5, 0.75, 1.0]
