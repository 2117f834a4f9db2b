"""The real window with real reader processes, a real fetcher, and an analyst in front of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from layers.document.edit import TABLES
from layers.pool.pool import ReaderPool
from layers.product.spec import ProductSpec
from tests.support.analyst import Analyst
from tests.support.product_windows import exported_at_last
from viewer.app.case.permission import Permissions
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions
from viewer.app.main import SWITCH_INTERVAL_S
from viewer.app.products.product_window import ProductWindow
from viewer.app.program import dress
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.rendering.context import RenderContext
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages
from viewer.support.settings import Settings, cache_folder, sessions_folder

WAIT_MS = 50_000
SIZE = (1280, 860)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who opens menus offscreen is told that there is no keyboard to grab; nowhere else is that let pass."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True))


class FileNames(Questions):
    """The program's own questions; only the operating system's file dialogs are answered from here."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.to_open: list[str] = []
        self.to_write: Path | None = None
        self.folder: Path | None = None

    def paths_to_open(self, folder: Path) -> list[str]:
        return self.to_open

    def folder_to_look_in(self, folder: Path) -> Path | None:
        return self.folder

    def case_to_write(self, suggestion: Path) -> Path | None:
        return self.to_write

    def product_to_write(self, suggestion: Path, over: QWidget | None = None) -> Path | None:
        return self.case_to_write(suggestion)

    picture_to_write = data_to_write = case_to_write


class Desk(Analyst):
    """An analyst with a window of their own and what it was made of."""

    def __init__(self, window: MainWindow, qtbot: QtBot, pool: ReaderPool) -> None:
        super().__init__(window, lambda holds: qtbot.waitUntil(holds, timeout=WAIT_MS))
        self.pool = pool
        self.names = FileNames(window)
        window.ask = self.names

    @property
    def document(self):
        return self.window.session.document

    def open_demo(self) -> None:
        """As one begins: File, Open the Demo Case; then wait for the finished picture."""
        self.menu("File", "Open the Demo Case")
        self.wait(lambda: len(self.document.layers) > 0)
        self.settle()

    def open_file(self, *words: object) -> None:
        """File, Open, and these names in the dialog."""
        self.names.to_open = [str(word) for word in words]
        self.keys("Ctrl+O")
        self.settle()

    def export_product(self, path: Path, title: str, without: Sequence[str] = ()) -> ProductSpec:
        """Ctrl+E, a title, a page, Enter, and a file name; wait until it is written."""
        self.names.to_write = path
        shown = self.begin_product()
        self.write(shown.fields.lines["title"], title)
        shown.fields.page_box.setCurrentText("1600x1000")
        shown.fields.dpi_box.setValue(96)
        for part in without:
            shown.fields.parts[part].setChecked(False)
        self.wait(lambda: shown.is_idle)
        exported_at_last(shown)
        self.wait(path.exists)
        self.settle()
        self.wait(lambda: shown.is_idle)
        shown.close()
        return shown.spec

    def begin_product(self) -> ProductWindow:
        """Ctrl+E, and wait for the page."""
        self.keys("Ctrl+E")
        self.wait(lambda: bool(self.window.product_windows.windows))
        (shown,) = self.window.product_windows.windows
        self.wait(lambda: shown.is_idle)
        return shown

    def snapshot(self) -> dict[str, dict[str, object]]:
        """Every row of the case by table and uuid; where the map looks is no part of what is said."""
        tables = {table: dict(self.document.table(table)) for table in TABLES}
        tables["meta"].pop("viewport", None)
        return tables


type MakeDesk = Callable[[], Desk]


@pytest.fixture
def make_desk(qtbot: QtBot, qapp: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeDesk]:
    """Windows that are put together as `viewer.app.program` does it."""
    made: list[tuple[Desk, Fetcher, Jobs]] = []
    monkeypatch.setattr("viewer.app.arranging.side_folds.EMPTY_MS", 3_600_000)  # none folds in the midst of a test
    monkeypatch.setattr("viewer.app.case.analyst_naming.ASK_MS", 3_600_000)  # nor is anybody asked for a name
    monkeypatch.setattr("viewer.app.arranging.arrangement.REST_MS", 10)  # the panels are arranged at once
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)

    def make() -> Desk:
        pool = ReaderPool(workers=2)
        pool.start()
        dress(qapp, Settings(None))  # type: ignore[arg-type]
        messages, settings, jobs, consent = Messages(), Settings.of_user(), Jobs(), Consent()
        fetcher = Fetcher(cache_folder() / "tiles", consent)
        session = Session(jobs, messages, settings, sessions_folder())
        permissions = Permissions(consent, settings, messages)
        context = RenderContext(pool, fetcher, jobs, folders=permissions.folders)
        window = MainWindow(session, context, permissions, messages, settings)
        window.resize(*SIZE)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
        made.append((Desk(window, qtbot, pool), fetcher, jobs))
        return made[-1][0]

    yield make
    sys.setswitchinterval(interval)
    for desk, fetcher, jobs in made:
        desk.window.hide()
        desk.window.compared.close()
        fetcher.close()
        assert jobs.shutdown()
        desk.pool.close()
        desk.window.session.shutdown(keep=False)
        desk.window.deleteLater()


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk()


@pytest.fixture
def demo(desk: Desk) -> Desk:
    """A desk with the demo case on it."""
    desk.open_demo()
    return desk
