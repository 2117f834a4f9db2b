"""Copies a picture of the map to the clipboard, and exports the data of the case, and measurements as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from layers.document.document import Document
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.product.publishing import DRAFT
from layers.product.spec import ProductSpec
from layers.project.storage.fsops import write_whole
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions
from viewer.app.navigation.map_needed import has_map
from viewer.app.opening.written_file import WrittenFiles
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene
from viewer.canvas.viewport import lonlat_bounds
from viewer.canvas.widget import MapCanvas
from viewer.export.held_scenes import make_held
from viewer.export.made_on import today
from viewer.export.processing import stretches_on_screen
from viewer.panels.context import PanelContext
from viewer.rendering.context import RenderContext
from viewer.support.jobs import JobContext, Jobs, Loading
from viewer.support.messages import Messages

if TYPE_CHECKING:
    from layers.document.comparison import ComparisonSpec
    from layers.product.issuing.edition import Outgoing
    from layers.product.spec import ProductSpec
    from viewer.app.products.data.data_desk import DataDesk
    from viewer.app.products.laid_out import PageMaker

CREDITS_PX = 60
"""Height, in logical pixels, added below the map in a copied picture for dates and credits."""
LOGICAL_DPI, METRES_AN_INCH = 96.0, 0.0254
NOT_COPIED = frozenset({"legend", "key", "observations", "claims", "sources", "caveats", "locator"})
"""Parts of a page that a copied picture of the map has no room for."""
PAINTED_ON_SIDES = frozenset({"annotation", "labels"})
"""Parts that each side of a comparison has of its own, as on the screen."""


class MapExport(QObject):
    """Exports pictures and data of the map. It paints its own scene in the window's thread, and writes in a job."""

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        panels: PanelContext,
        jobs: Jobs,
        messages: Messages,
        ask: Callable[[], Questions],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._canvas, self._panels = session, canvas, panels
        self._jobs, self._messages = jobs, messages
        self._ask, self._window = ask, window
        self._copied = 0
        """Pictures that are being made."""
        self._desk: DataDesk | None = None
        self._files = WrittenFiles(jobs, messages)
        self._loading = Loading(jobs, lambda: load_exports(), self._is_there, self._files.fail)

    @property
    def is_idle(self) -> bool:
        return not self._copied and self._loading.is_idle and (self._desk is None or self._desk.is_idle)

    def _is_there(self) -> bool:
        return isValid(self) and self._window.isVisible()

    def copy_picture(self) -> None:
        """Copy the map to the clipboard with its dates and credits, once all of it is read."""
        if not has_map(self._canvas, self._messages):
            return
        self._panels.flush()
        self._loading.then("picture", self._begin_picture)

    def _begin_picture(self) -> None:
        from layers.product.issuing.edition import Edition, Outgoing  # for start-up time, as all here in functions
        from viewer.app.products.product_pages import ProductPages

        document, view = self._session.document, self._canvas.viewport.view()
        width, height = round(view.width / view.ratio), round(view.height / view.ratio) + CREDITS_PX
        spec = ProductSpec(
            page=f"{width}x{height}",
            title=document.meta("title"),
            marking=document.meta("marking"),
            author=self._session.analyst.answering(document)[0],
            crs=view.grid.crs,
            bounds=self._bounds(),
            left_out=NOT_COPIED | (PAINTED_ON_SIDES if self._compared() is not None else frozenset()),
        )
        frozen = stretches_on_screen(self._canvas.scene)
        maker = ProductPages(document, self._jobs, lambda _spec, case: [self._scene(case, frozen)], cropped=False)
        product = Outgoing(spec, Edition(made_on=today()))

        def ended[R](then: Callable[[R], None]) -> Callable[[R], None]:
            def hear(result: R) -> None:
                self._copied -= 1
                maker.close()
                then(result)

            return hear

        def failed(error: GeoloupeError) -> None:
            self._files.fail(error.sentence)

        self._copied += 1
        work = partial(map_picture, maker, product, LOGICAL_DPI * view.ratio, self._jobs, self._say_tiles)
        self._jobs.run(
            work, ended(self._put_on_clipboard), ended(failed), apart=True, given_up=ended(lambda _nothing: None)
        )

    def _say_tiles(self, words: str) -> None:
        """Say how many tiles are fetched for the picture."""
        self._messages.show("export", words, "info")

    def _put_on_clipboard(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        sentence = self.tr("The picture of the map is on the clipboard, with its dates and credits: {0} × {1} pixels.")
        self._messages.show("export", sentence.format(image.width(), image.height()), "info")

    def export_data(self, suffix: str = "") -> None:
        """Open the dialog that exports sites, claims and pictures for other programs; it stays beside the map.

        `suffix`: the format that is offered first; empty for that of the last time.
        """
        self._panels.flush()
        self._loading.then("data", partial(self._begin_data, suffix))

    def _begin_data(self, suffix: str) -> None:
        if self._desk is None:
            from viewer.app.products.data.data_desk import DataDesk  # for start-up time

            self._desk = DataDesk(
                self._session,
                self._canvas,
                self._panels,
                lambda suffix: self._ask().data_to_write(self._suggestion(suffix)),
                self._bounds,
                self._files,
                self._window,
            )
        self._desk.begin(suffix)

    def export_measurements(self) -> None:
        """Ask for a file and write measurements to it, as GeoJSON or CSV by its ending."""
        from viewer.export.measurements import TABLES_OF_MEASUREMENTS, measurements_text  # for start-up time

        self._panels.flush()
        path = self._ask().measurements_to_write(self._suggestion("_measurements.geojson"))
        if path is None:
            return
        suffix = ".csv" if path.suffix.lower() == ".csv" else ".geojson"
        rows = {table: tuple(self._session.document.table(table).values()) for table in TABLES_OF_MEASUREMENTS}
        self._files.write(lambda: write_whole(path, measurements_text(Document(rows), suffix)), path)

    def _scene(self, case: Document, frozen: Mapping[str, str]) -> ShownScene:
        """Make a scene of what the map shows, with the comparison on it."""

        def make(document: Document, context: RenderContext, folder: Path | None) -> ComparedScene:
            scene = ComparedScene(MapScene(document, context, folder, frozen=frozen))
            if (compared := self._compared()) is not None:
                scene.compare(compared)
            return scene

        return make_held(make, case, self._canvas.own_scene.context.for_pictures(), self._session.base_folder)

    def _compared(self) -> ComparisonSpec | None:
        """The comparison where it shows in a single picture; None without one, and for side-by-side panes."""
        shown = self._canvas.panes.all[0].shown
        spec = shown.sides.spec if isinstance(shown, ComparedScene) else None
        return spec if spec is not None and spec.mode != "panes" else None

    def _bounds(self) -> Bounds:
        view = self._canvas.viewport.view()
        return lonlat_bounds(view.grid.crs, view.world_bounds())

    def _suggestion(self, suffix: str) -> Path:
        target = self._session.target
        name = f"{target.stem if target else 'map'}{suffix}"
        return (self._files.folder or self._session.base_folder or Path.home()) / name


def map_picture(
    maker: PageMaker, product: Outgoing, dpi: float, jobs: Jobs, tell: Callable[[str], None], job: JobContext
) -> QImage:
    """Paint the first page of a product, stamped where it can only be a draft. Runs in a job; raises ExportFailed.

    `dpi`: dots an inch. `jobs`: jobs of the window. `tell`: takes a sentence on the tiles that are fetched, before they
    are. `job`: context of this job, which may be cancelled.
    """
    from viewer.app.products.product_file import pages_of, read_pages  # for start-up time
    from viewer.export.gate import through_gate
    from viewer.export.page_reader import PageReader
    from viewer.export.printed import page_picture
    from viewer.export.tile_counts import needs_of, tile_counts, words_for_picture

    reader = PageReader(job, jobs)
    try:
        maps = pages_of(maker, product, dpi, reader).views_at(dpi)
        fetcher = next((shown.context.fetcher for shown, _ in maps), None)
        needs = reader.in_window(partial(needs_of, maps))
        words = "" if fetcher is None else words_for_picture(tile_counts(needs, fetcher, job.check))
        if words:
            reader.post(tell, words)
        laid = through_gate(read_pages(maker, product, dpi, reader), product.spec, (), DRAFT)
        reader.read(laid, 0)
        return with_resolution(page_picture(laid, 0, job.check), dpi)
    finally:
        reader.close()


def with_resolution(image: QImage, dpi: float) -> QImage:
    """Set the picture's resolution to `dpi` dots per inch, and return it."""
    dots = round(dpi / METRES_AN_INCH)
    image.setDotsPerMeterX(dots)
    image.setDotsPerMeterY(dots)
    return image


def load_exports() -> None:
    """Import the modules for copied pictures and data export. Call it in a job: it takes a fifth of a second."""
    import viewer.app.products.data.data_desk  # for start-up time, as all of these
    import viewer.app.products.product_pages  # noqa: F401
    from viewer.export.plates.setting.house_style import style_names

    style_names()
