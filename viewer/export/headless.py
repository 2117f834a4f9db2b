"""Draws maps without a window: readers, scenes and an event loop for the length of a command."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication, QImage

from layers.document.document import Document
from layers.errors import ExportFailed, GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds, world_bounds
from layers.grid.tile_grid import View
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.project.opening.case_paths import CaseHome
from layers.project.opening.layer_paths import places_of
from layers.requests.question import Question
from viewer.canvas.extent import bounds_of_all, finest_fit_m, plane_bounds
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene, late_layers, tiles_come
from viewer.canvas.viewport import FIT_MARGIN, Viewport
from viewer.export.not_complete import not_complete
from viewer.export.page_reader import PageReader
from viewer.network.consent import Consent, is_private
from viewer.network.fetcher import Fetcher
from viewer.network.folder_consent import FolderConsent
from viewer.network.range_source import FetchedRanges
from viewer.network.secrets import Secrets
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.collector import Collector
from viewer.support.fonts import load_fonts
from viewer.support.jobs import JobContext, Jobs
from viewer.support.memory import keep_freed_memory
from viewer.support.painting import painting
from viewer.support.qt_application import make_application
from viewer.support.settings import cache_folder

OUTLINE_MARGIN = 0.02
DEADLINE_MS = 120_000
LOOK_MS = 4
"""Time between two checks whether what is waited for is done: they take the window's thread from those that answer."""
_WHOLE_DEGREES = 350.0


class Studio:
    """All that maps without a window need: readers, jobs, an application, scenes. A context manager that ends them.

    `consent` are the hosts ("name" or "name:port") that may be contacted. Only files beside a case, and those that were
    named, are read. `tiles` is the folder of stored tiles; None: that of the user. `secrets` are shown to hosts.
    `is_screen`: maps are looked at and moved, as in a window.
    """

    def __init__(
        self,
        consent: Iterable[str] = (),
        workers: int = 2,
        tiles: Path | None = None,
        secrets: Secrets | None = None,
        *,
        is_screen: bool = False,
    ) -> None:
        keep_freed_memory()
        self.pool = ReaderPool(workers=workers)
        self.pool.start()
        if QGuiApplication.instance() is None:
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
            self._application = make_application(QGuiApplication, self.pool.close)
        self._collector = Collector()
        load_fonts()
        self._jobs = Jobs()
        allowed = Consent()
        for host in consent:
            allowed.allow_private(host) if is_private(host) else allowed.allow(host)
        self.fetcher = Fetcher(tiles or cache_folder() / "tiles", allowed, secrets=secrets)
        self.pool.remote_files.source = FetchedRanges(self.fetcher)
        self._folders = FolderConsent()
        self.context = RenderContext(self.pool, self.fetcher, self._jobs, folders=self._folders, fills_edges=is_screen)
        self._scenes: list[ShownScene] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for scene in self._scenes:
            scene.close()
        self._jobs.shutdown()
        self.fetcher.close()
        self.pool.close()
        self._collector.close()

    def scene(self, document: Document, home: CaseHome | None = None, named: Iterable[str] = ()) -> MapScene:
        """A scene whose layers have been opened, as far as they can and may be.

        `home` is the folder of the case; `named` are uuids of layers whose files were named beside it. None: the
        document is not a stored case, and all its files are named.
        """
        return self.scene_made(MapScene, document, home, named)

    def scene_made[S: ShownScene](
        self,
        make: Callable[[Document, RenderContext, Path | None], S],
        document: Document,
        home: CaseHome | None = None,
        named: Iterable[str] = (),
    ) -> S:
        """A scene as `scene` makes it, but of another kind, or of one frame of a comparison."""
        self._folders.begin(home or CaseHome())
        self.allow(document.layers[uuid].source for uuid in (document.layers if home is None else named))
        folder = Path(home.folder) if home is not None and home.folder else None
        scene = make(document, self.context, folder)
        self._scenes.append(scene)
        wait_until(scene.is_open, partial(late_layers, scene))
        return scene

    def in_job[T](self, work: Callable[[PageReader], T]) -> T:
        """Run `work` in a job while the event loop runs, and return its result. Raises what `work` raises."""
        loop, ended = QEventLoop(), list[Callable[[], T]]()

        def run(job: JobContext) -> T:
            reader = PageReader(job, self._jobs)
            try:
                return work(reader)
            finally:
                reader.close()

        def done(result: T) -> None:
            ended.append(lambda: result)
            loop.quit()

        def failed(error: GeoloupeError) -> None:
            def raised() -> T:
                raise error

            ended.append(raised)
            loop.quit()

        self._jobs.run(run, done, failed, apart=True)
        with _ended_by_errors(loop):
            loop.exec()
        return ended[0]()

    def allow(self, sources: Iterable[Mapping[str, Any]]) -> None:
        """Allow these files to be read, as they were named."""
        for source in sources:
            for place in places_of(source):
                self._folders.allow_file(place.path)

    def picture(self, scene: MapScene, crs: str, bounds: Bounds | None, width: int, height: int) -> QImage:
        """The map alone, complete: exactly `bounds` in lon, lat, or everything as the window shows it, with a margin.

        Raises ExportFailed where it is not complete in time, or has no room.
        """
        return self.picture_of(scene, self.view(scene, crs, bounds, width, height))

    def view(self, scene: MapScene, crs: str, bounds: Bounds | None, width: int, height: int) -> View:
        """The view of that picture."""
        return view_of_lonlat(crs, bounds, bounds_of_all(scene), width, height, finest_fit_m(scene))

    def plane_picture(self, scene: MapScene, crs: str, width: int, height: int) -> QImage:
        """Picture of all that lies in a CRS off the Earth, an image to its edges.

        Features have a margin, or symbols of the outermost would be cut.
        """
        bounds = plane_bounds(scene, crs) or world_bounds(crs)
        margin = max((_plane_margin(drawing) for drawing in scene.drawings.values()), default=0.0)
        return self.picture_of(scene, View.of_bounds(crs, bounds.scaled(1.0 + 2.0 * margin), width, height))

    def picture_of(self, shown: ShownScene, view: View) -> QImage:
        """The map in a view, complete. Raises ExportFailed."""
        complete(shown, view)
        image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
        if image.isNull():
            raise ExportFailed("There is not enough memory for a picture of this size: choose a smaller one.")
        with painting(image) as painter:
            shown.paint_map(painter, view)
        return image


def _plane_margin(drawing: LayerDrawing) -> float:
    """The part of a map off the Earth that is left free on each side; for areas the width of their outline."""
    if drawing.layer.kind != "vector" or not drawing.layer.visible:
        return 0.0
    info = drawing.info if isinstance(drawing, VectorDrawing) else None
    return OUTLINE_MARGIN if info is not None and "Polygon" in info.geometry else FIT_MARGIN


def view_of_lonlat(
    crs: str, bounds: Bounds | None, everything: Bounds | None, width: int, height: int, finest_m: float = 0.0
) -> View:
    """View of exactly `bounds` in lon, lat; without bounds, of everything with a margin, as the window shows it.

    A document that covers the whole Earth is shown to its edges.
    """
    if bounds is not None:
        return View.of_bounds(crs, transform_bounds(WGS84, crs, bounds), width, height)
    viewport = Viewport(crs, width, height)
    if everything is not None:
        covers = everything.width >= _WHOLE_DEGREES
        viewport.fit_lonlat(everything, 0.0 if covers else FIT_MARGIN, finest_m)
    return viewport.view()


def answered_in_loop(pool: ReaderPool, question: Question) -> Answer:
    """The answer of a reader, for which the event loop runs: by it come the bytes of files on hosts.

    Raises GeoloupeError.
    """
    answers: list[Answer | GeoloupeError] = []
    pool.submit(Request(question, answers.append, strike_key=question.path))
    wait_until(lambda: bool(answers))
    if isinstance(answers[0], GeoloupeError):
        raise answers[0]
    return answers[0]


def complete(shown: ShownScene, view: View) -> None:
    """Wait until everything in `view` is exact. Raises ExportFailed after two minutes."""
    shown.set_view(view)
    wait_until(lambda: shown.is_complete(view), lambda: late_layers(shown, view), partial(tiles_come, [shown]))


def wait_until(
    done: Callable[[], bool], late: Callable[[], list[str]] = list, come: Callable[[], int] = lambda: 0
) -> None:
    """Run the event loop until `done()` is true. Raises ExportFailed after two minutes in which nothing came, naming
    the layers that are `late`; `come` counts what has come.

    An error of the program meanwhile ends the wait at once, and is raised: what failed would never be done.
    """
    if done():
        return
    loop, poll, deadline = QEventLoop(), QTimer(), QTimer()
    poll.timeout.connect(lambda: loop.quit() if done() else None)
    counts = [come()]

    def end_unless_some_came() -> None:
        counts.append(come())
        if counts[-1] == counts[-2]:
            loop.quit()

    deadline.timeout.connect(end_unless_some_came)
    poll.start(LOOK_MS)
    deadline.start(DEADLINE_MS)
    with _ended_by_errors(loop):
        loop.exec()
    poll.stop()
    deadline.stop()
    if not done():
        raise not_complete(late())


@contextmanager
def _ended_by_errors(loop: QEventLoop) -> Iterator[None]:
    """End the loop at the first error in a slot, and raise that error. Qt passes it to Python's hook and goes on."""
    caught: list[BaseException] = []
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        caught.append(error)
        loop.quit()

    sys.excepthook = hook
    try:
        yield
    finally:
        sys.excepthook = before
    if caught:
        raise caught[0]
