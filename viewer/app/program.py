"""Runs the program once: makes its parts in order, and closes them in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSplashScreen

from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.project.opening.case_process import CaseProcess
from viewer.app.case.crash_loop import NEAR_S, CrashLoop
from viewer.app.case.permission import Permissions
from viewer.app.case.session import Session
from viewer.app.crash import CrashDoors, left_behind, log_folder
from viewer.app.desktop.theme import apply_theme
from viewer.app.memory_watch import MemoryRest, MemoryWatch
from viewer.app.screenshot import Screenshot
from viewer.app.signals import SignalWatch
from viewer.app.window import MainWindow
from viewer.canvas.said_problems import said_problems
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.range_source import FetchedRanges
from viewer.network.secrets import Keyring, Secrets
from viewer.network.signing import problem_of_rules
from viewer.rendering.context import RenderContext
from viewer.rendering.overviews import Overviews
from viewer.resources import resource_path
from viewer.support.collector import Collector
from viewer.support.fonts import FALLBACKS, FAMILY, has_chinese, load_fonts
from viewer.support.icons import mark_pixmap
from viewer.support.jobs import Jobs
from viewer.support.language.translation import translate
from viewer.support.messages import Messages
from viewer.support.qt_application import make_application
from viewer.support.settings import (
    Settings,
    cache_folder,
    config_folder,
    data_folder,
    overviews_folder,
    sessions_folder,
)
from viewer.support.terminal import complain
from viewer.support.timing import Trace

TEXT_PX = 13
JOBS_END_S = 3.0
BAD_INPUT, FINDINGS = 1, 3
"""Exit codes of the command line, for bad input and for findings."""


class StartOptions(Struct, frozen=True):
    """Options of the command line for the window."""

    files: tuple[str, ...] = ()
    screenshot: Path | None = None
    size: tuple[int, int] | None = None
    bounds: tuple[float, float, float, float] | None = None
    demo: bool = False
    safe_mode: bool = False
    trace: Path | None = None


class Program:
    """The running program, made once in a process after the readers were started.

    For a picture alone it leaves nothing in the user's folders.
    """

    def __init__(
        self,
        pool: ReaderPool,
        options: StartOptions,
        ready: CaseProcess | None = None,
        splash: QSplashScreen | None = None,
    ) -> None:
        """`splash` is closed when the window is shown."""
        self._pool, self._options, self._splash = pool, options, splash
        self._keeps = options.screenshot is None
        self._trace = Trace(options.trace) if options.trace is not None else None
        if self._trace is not None:
            self._trace.start()

        def give_up() -> None:
            pool.close()
            if ready is not None:
                ready.close()

        existing = QApplication.instance()
        self._application = existing if isinstance(existing, QApplication) else make_application(QApplication, give_up)
        self._application.setApplicationName("Geoloupe")
        self._application.setQuitOnLastWindowClosed(False)
        self._translators = install_translations(self._application)
        self._settings = Settings(None) if options.safe_mode or not self._keeps else Settings.of_user()
        dress(self._application, self._settings)
        self._messages = Messages()
        self._jobs = Jobs()
        self._doors = CrashDoors(log_folder(data_folder()), self._report, self._ran_short)
        self._consent = Consent()
        secrets = Secrets(config_folder() / "secret_hosts.json", Keyring()) if self._keeps else None
        self._fetcher = Fetcher(cache_folder() / "tiles" if self._keeps else None, self._consent, secrets=secrets)
        pool.remote_files.source = FetchedRanges(self._fetcher)
        overviews = Overviews(pool, self._jobs, overviews_folder()) if self._keeps else None
        permissions = Permissions(self._consent, self._settings, self._messages)
        self._context = RenderContext(
            pool,
            self._fetcher,
            self._jobs,
            folders=permissions.folders,
            overviews=overviews,
            reads_ahead=self._keeps,
            fills_edges=self._keeps,
        )
        sessions = sessions_folder() if self._keeps else None
        self._session = Session(self._jobs, self._messages, self._settings, sessions, ready=ready)
        self._window = MainWindow(
            self._session, self._context, permissions, self._messages, self._settings, asks=self._keeps
        )
        self._memory = MemoryWatch(self._window.compared, self._jobs, self._messages, self._window)
        MemoryRest(self._jobs, self._window.is_idle, self._window)
        self._loop = CrashLoop(data_folder() / "opening.json")
        self._code = 0

    def run(self) -> int:
        """Show the window until it is closed, or until its picture is written."""
        watch, collector = SignalWatch(self._end_at_once), Collector(self._application)
        if self._keeps:
            self._doors.install()
            self._doors.install_qt()
        try:
            self._begin()
            self._application.exec()
        finally:
            self._end()
            watch.close()
            collector.close()
            self._doors.remove()
            if self._trace is not None:
                self._trace.stop()
        return self._code

    @property
    def window(self) -> MainWindow:
        """The window of the case."""
        return self._window

    # ----------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        window, options = self._window, self._options
        window.closed.connect(self._application.exit)
        if self._keeps:
            window.place.restore()
        if options.size is not None:
            window.setMinimumSize(1, 1)
            window.resize(*options.size)
        window.show()
        if self._splash is not None:
            self._splash.finish(window)
        if options.bounds is not None:
            window.hold_bounds(Bounds(*options.bounds))
        if options.safe_mode:
            window.set_safe_mode(True)
        if options.demo:
            window.cases.open_demo(failed=lambda error: window.layer_adder.failures.append(error.sentence))
        elif options.files:
            window.opener.open(options.files, is_typed=True)
        if self._keeps:
            window.docks.warm_up(self._jobs)
            self._session.opening.connect(self._watch_opening)
            QTimer.singleShot(0, self._window, self._tell_first_things)
        if options.screenshot is not None:
            window.layer_adder.needs_earth = options.bounds is not None
            failures = window.layer_adder.failures
            Screenshot(window, window.is_idle, options.screenshot, self._photographed, failures).start()

    def _tell_first_things(self) -> None:
        """Show the messages of the start, once the window is shown."""
        self._session.find_recoverable(self._window.offer_recovery)
        for problem in (self._settings.problem, self._doors.problem, problem_of_rules()):
            if problem:
                self._messages.show(problem, problem, "warning", about="program")
        if left_behind(log_folder(data_folder())):
            text = translate(
                "Program", "Geoloupe closed unexpectedly the last time; a crash file is in the log folder (Help menu)."
            )
            self._messages.show("left behind", text, "warning", about="program")
        if not has_chinese() and not self._settings.get("cjk_font_said"):
            self._settings.set("cjk_font_said", True)
            text = translate(
                "Program",
                "No installed font has Chinese characters: labels show boxes. Install Noto Sans CJK (fonts-noto-cjk).",
            )
            self._messages.show("no chinese", text, "warning", about="program")

    def _watch_opening(self, case: Path) -> None:
        if self._loop.opening(case):
            self._window.set_safe_mode(True)
        QTimer.singleShot(int(NEAR_S * 1000) + 100, self._window, self._loop.survived)

    def _photographed(self, problem: str) -> None:
        adder, scene = self._window.layer_adder, self._window.scene
        failures = [*adder.failures, *([problem] if problem else [])]
        lost = scene.stack.lost()
        for sentence in failures[:1] or filter(
            None, [*adder.notices, self._window.views.notice, *said_problems(scene)]
        ):
            complain(sentence)
        self._code = BAD_INPUT if failures else FINDINGS if lost else 0
        self._application.exit()

    def _report(self, key: str, sentence: str) -> None:
        self._jobs.mailbox.post(partial(self._messages.show, key, sentence, "error", about="program"))

    def _ran_short(self) -> None:
        self._memory.ran_short()

    def _end_at_once(self) -> None:
        """End at a signal: make everything durable and quit. A session with unsaved edits can be recovered."""
        self._application.exit()

    def _end(self) -> None:
        """End the program's parts in this order: timers and requests, jobs, readers, the journal, the lock."""
        was_closed = not self._window.isVisible()
        self._window.hide()
        self._window.compared.close()
        self._fetcher.close()
        self._jobs.shutdown(JOBS_END_S)
        self._pool.close()
        self._loop.ended()
        self._session.shutdown(keep=self._session.is_dirty and not was_closed)
        self._window.deleteLater()


def install_translations(application: QApplication) -> list[QTranslator]:
    """Install the translations of Qt's texts and ours for the system's language, where they exist."""
    installed = []
    places = (
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        ("geoloupe", str(resource_path("translations"))),
    )
    for name, folder in places:
        translator = QTranslator(application)
        if translator.load(QLocale.system(), name, "_", folder):
            application.installTranslator(translator)
            installed.append(translator)
    return installed


def dress(application: QApplication, settings: Settings) -> None:
    """Set font, colours and icon, the same on every machine."""
    load_fonts()
    font = application.font()
    font.setFamilies([FAMILY, *FALLBACKS])
    font.setPixelSize(TEXT_PX)
    application.setFont(font)
    apply_theme(application, settings.get("theme"))
    icon = QIcon()
    for size in (16, 32, 64, 128):
        icon.addPixmap(mark_pixmap(size))
    application.setWindowIcon(icon)
