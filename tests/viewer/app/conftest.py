"""A real window with readers inside the test's own process, and answers in place of dialogs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import shiboken6
from msgspec import Struct, field
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from layers.pool.pool import ReaderPool
from layers.project.saving.recovery import RecoverableSession
from tests.support.counted_steps import Counter
from tests.support.tile_server import TileServer, serving
from tests.support.windows import settle as settle  # for all tests of the window
from viewer.app.case.permission import Permissions
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Changed, Recovery, Unsaved, Which
from viewer.app.program import dress
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.rendering.context import RenderContext
from viewer.rendering.overviews import Overviews
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages
from viewer.support.settings import Settings, cache_folder, sessions_folder


class Answers(Struct, dict=True):  # a test puts another answer in the place of a method
    """What the analyst says; `asked` is what the analyst was asked."""

    unsaved_answer: Unsaved = Unsaved.CANCEL
    changed_answer: Changed = Changed.CANCEL
    takes_over: bool = False
    path: Path | None = None
    which: Which | None = None
    recovers: Recovery = Recovery.CANCEL
    opened: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def unsaved(self, title: str) -> Unsaved:
        self.asked.append(f"unsaved {title}")
        return self.unsaved_answer

    def changed_on_disk(self, title: str) -> Changed:
        self.asked.append(f"changed {title}")
        return self.changed_answer

    def take_over(self, title: str, holder: str) -> bool:
        self.asked.append(f"take over {title} from {holder}")
        return self.takes_over

    def recovery(self, name: str, left: RecoverableSession) -> Recovery:
        self.asked.append(f"recovery of {name}: {left.edits} from {left.first_edit_at} to {left.last_edit_at}")
        return self.recovers

    def paths_to_open(self, folder: Path) -> list[str]:
        self.asked.append("open")
        return self.opened

    def case_to_write(self, suggestion: Path) -> Path | None:
        self.asked.append(f"write {suggestion.name}")
        return self.path

    def product_to_write(self, suggestion: Path, over: QWidget | None = None) -> Path | None:
        return self.case_to_write(suggestion)

    def sheet_to_write(self, suggestion: Path, over: QWidget | None = None) -> Path | None:
        return self.case_to_write(suggestion)

    def sheet_to_open(self, folder: Path, *, is_ticked: bool = False) -> Path | None:
        self.asked.append("earlier sheet")
        return Path(self.opened[0]) if self.opened else None

    picture_to_write = data_to_write = layer_to_write = style_to_write = templates_to_write = case_to_write
    measurements_to_write = observations_to_write = case_to_write

    def which_features(self, title: str, counts: Mapping[Which, int]) -> Which | None:
        words = ", ".join(f"{which} {count}" for which, count in counts.items())
        self.asked.append(f"which of {title}: {words}")
        return self.which

    def folder_to_look_in(self, folder: Path) -> Path | None:
        self.asked.append(f"folder from {folder}")
        return self.path

    def folder_of_products(self) -> Path | None:
        self.asked.append("folder of products")
        return self.path

    def folder_of_scenes(self) -> Path | None:
        self.asked.append("folder of scenes")
        return self.path

    def file_in_place_of(self, name: str, folder: Path) -> Path | None:
        self.asked.append(f"file for {name}")
        return self.path

    def templates_to_open(self, folder: Path) -> Path | None:
        self.asked.append("open templates")
        return self.path

    def observations_to_open(self, folder: Path) -> Path | None:
        self.asked.append("open observations")
        return self.path

    def earth_file_to_open(self, folder: Path) -> Path | None:
        self.asked.append("open a file of Google Earth")
        return self.path

    def site_file_to_open(self, folder: Path) -> Path | None:
        self.asked.append("open a table of sites")
        return self.path

    def style_to_open(self, folder: Path) -> Path | None:
        self.asked.append("open a style")
        return self.path


type MakeWindow = Callable[[], MainWindow]


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> None:
    """Font and colours, once: a style sheet is slow to put on again."""
    dress(qapp, Settings(None))


@pytest.fixture(autouse=True)
def short_flights(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way to a place takes no second of each test that goes to one."""
    monkeypatch.setattr("viewer.app.navigation.flight.SHORTEST_MS", 40)
    monkeypatch.setattr("viewer.app.navigation.flight.LONGEST_MS", 80)


@pytest.fixture(autouse=True)
def sides_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty side of a window does not fold in the midst of a test, however long that takes."""
    monkeypatch.setattr("viewer.app.arranging.side_folds.EMPTY_MS", 3_600_000)


@pytest.fixture(autouse=True)
def panels_rest_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that was resized arranges its panels at once: `is_idle` waits for that, in thousands of tests."""
    monkeypatch.setattr("viewer.app.arranging.arrangement.REST_MS", 10)


@pytest.fixture(autouse=True)
def name_is_asked_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked for their name in the midst of a test, however long that takes."""
    monkeypatch.setattr("viewer.app.case.analyst_naming.ASK_MS", 3_600_000)


@pytest.fixture
def new_on_world() -> bool:
    """New cases of the windows are empty: most tests count what they have put there themselves."""
    return False


@pytest.fixture
def reads_inline() -> bool:
    """Readers are in the test's own process; False for what depends on the order in which processes answer."""
    return True


@pytest.fixture
def make_fetcher() -> Callable[[Consent], Fetcher | None]:
    """Windows have no network; tests of services take `fetchers` in place of this."""
    return lambda _consent: None


@pytest.fixture
def fetchers(tmp_path: Path) -> Iterator[Callable[[Consent], Fetcher]]:
    """Makes fetchers that try again soon, and closes them after the test."""
    made: list[Fetcher] = []

    def make(consent: Consent) -> Fetcher:
        made.append(Fetcher(tmp_path / "tiles", consent, Limits(first_backoff_s=0.02)))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def make_window(
    qtbot: QtBot,
    dressed: None,
    answers: Answers,
    new_on_world: bool,
    reads_inline: bool,
    make_fetcher: Callable[[Consent], Fetcher | None],
) -> Iterator[MakeWindow]:
    made: list[tuple[MainWindow, Jobs, ReaderPool]] = []
    QGuiApplication.clipboard().clear()  # a picture that another test has copied would be pasted into this one's case

    def make() -> MainWindow:
        jobs, messages, settings = Jobs(), Messages(), Settings.of_user()
        settings.set("new_on_world", new_on_world)
        pool = ReaderPool(workers=1, inline=reads_inline)
        pool.start()
        session = Session(jobs, messages, settings, sessions_folder())
        permissions = Permissions(Consent(), settings, messages)
        overviews = Overviews(pool, jobs, cache_folder() / "overviews")
        consent = permissions.consent
        fetcher = make_fetcher(consent)
        context = RenderContext(pool, fetcher, jobs, consent=consent, folders=permissions.folders, overviews=overviews)
        window = MainWindow(session, context, permissions, messages, settings)
        window.ask = answers  # type: ignore[assignment]
        window.resize(1000, 700)
        window.show()
        made.append((window, jobs, pool))
        return window

    yield make
    for window, jobs, pool in made:
        window.product_windows.close_all()
        window.compared.close()
        assert jobs.shutdown()
        pool.close()
        window.session.shutdown(keep=False)
        window.hide()
        shiboken6.delete(window)


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    return make_window()


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """A vector file of one point in Moscow, named x."""
    path = tmp_path / "points.geojson"
    point = {"type": "Point", "coordinates": [37.6, 55.7]}
    feature = {"type": "Feature", "properties": {"name": "x"}, "geometry": point}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


@pytest.fixture
def counter(qapp: QApplication) -> Iterator[Counter]:
    """Counts what the hand does, by the events that are delivered."""
    steps = Counter(qapp)
    yield steps
    qapp.removeEventFilter(steps)


@pytest.fixture
def server() -> Iterator[TileServer]:
    """A server of tiles on this computer."""
    with serving() as server:
        yield server
