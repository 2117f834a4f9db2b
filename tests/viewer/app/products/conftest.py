"""A product window on pages of two coloured boxes, for which nothing is read; and one on pages of two images."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import override

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from layers.checkpoint import Checkpoint, unchecked
from layers.document.document import Document
from layers.document.layer import Layer
from layers.errors import ExportFailed
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from layers.pool.pool import ReaderPool
from layers.product.content import ProductContent
from layers.product.facts import ProductFacts
from layers.product.issuing.edition import Edition
from layers.product.lint.finding import Finding
from layers.product.spec import Override, ProductSpec
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.panels.conftest import Journal
from viewer.app.products.first_spec import WindowState
from viewer.app.products.laid_out import LaidOut
from viewer.app.products.product_window import ProductWindow
from viewer.canvas.scene import MapScene
from viewer.canvas.selection import Selection
from viewer.commands.history import History
from viewer.export.headless import Studio
from viewer.export.printed import GroupKind, MapFrame, PageLink, PaintedGroup, ProductWords
from viewer.panels.access import CaseAccess, MessageAccess
from viewer.panels.context import PanelContext
from viewer.support.jobs import Jobs

SEEN = Bounds(10.0, 50.0, 11.0, 51.0)
LEGEND = QRectF(10.0, 10.0, 40.0, 20.0)
"""Millimetres of the page."""
SLOW_MS = 30_000
"""The first test loads the readers into this process."""


class BoxPage:
    """A red page with a blue legend, which stands where it was moved to."""

    case = Document()
    content = ProductContent()
    words = ProductWords()
    is_stamped = False
    frames: Sequence[MapFrame] = ()
    scenes: Sequence[MapScene] = ()

    def __init__(self, spec: ProductSpec, dpi: float, edition: Edition) -> None:
        self.spec, self.dpi, self.edition = spec, dpi, edition
        self.pages = 2 if spec.layout == "site" else 1
        self.numbers = {"mark": 7}

    def views_at(self, dpi: float) -> Sequence[tuple[MapScene, View]]:
        return ()

    def words_of(self, page: int) -> ProductWords:
        return self.words

    def without_page(self) -> BoxPage:
        return self

    def size_px(self, page: int) -> tuple[int, int]:
        width, height = self.spec.page_mm
        return round(width * self.dpi / 25.4), round(height * self.dpi / 25.4)

    def facts(self) -> ProductFacts:
        return ProductFacts()

    def stamped(self) -> BoxPage:
        made = BoxPage(self.spec, self.dpi, self.edition)
        made.is_stamped = True
        return made

    def as_seen(self, spec: ProductSpec) -> ProductSpec:
        return spec

    @property
    def letters_as_shapes(self) -> bool:
        return False

    def parts(self, group: PaintedGroup) -> Sequence[PaintedGroup]:
        return [group]

    def groups(self, page: int) -> Sequence[PaintedGroup]:
        return (PaintedGroup(GroupKind.FURNITURE, "Boxes"),)

    def links(self, page: int) -> Sequence[PageLink]:
        return ()

    def want(self, page: int, clip: QRect | None = None) -> None:
        pass

    def is_ready(self, page: int, clip: QRect | None = None) -> bool:
        return True

    def read(self, page: int) -> None:
        pass

    def is_read(self, page: int) -> bool:
        return True

    def waits_for(self, page: int) -> list[str]:
        return []

    def things(self, page: int) -> Sequence[str]:
        return ("legend", "title")

    def box_of(self, key: str) -> QRectF | None:
        if key not in self.things(0):
            return None
        x, y = self.spec.moved.get(key, (0.0, 0.0))
        box = LEGEND.translated(x, y + (60.0 if key == "title" else 0.0))
        px = self.dpi / 25.4
        return QRectF(box.left() * px, box.top() * px, box.width() * px, box.height() * px)

    def thing_at(self, page: int, x_px: float, y_px: float) -> str:
        boxes = {key: self.box_of(key) for key in self.things(page)}
        return next((key for key, box in boxes.items() if box is not None and box.contains(x_px, y_px)), "")

    def paint(
        self,
        painter: QPainter,
        page: int,
        clip: QRect | None = None,
        group: PaintedGroup | None = None,
        checkpoint: Checkpoint = unchecked,
    ) -> None:
        painter.fillRect(QRect(0, 0, *self.size_px(page)), QColor(Qt.GlobalColor.red))
        legend = self.box_of("legend")
        assert legend is not None
        painter.fillRect(legend, QColor(Qt.GlobalColor.blue))


class BoxPages:
    """Makes them; `made` are all that were."""

    def __init__(self) -> None:
        self.made: list[BoxPage] = []
        self.is_closed = False
        self.refusal = ""

    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> LaidOut | None:
        if self.refusal:
            raise ExportFailed(self.refusal)
        self.made.append(BoxPage(spec, dpi, edition))
        return self.made[-1]

    def listen(self, changed: Callable[[], None]) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True


class HigherPage(BoxPage):
    """Something on it is marked above it: a finding that nobody may let pass."""

    content = ProductContent(input_markings=("TLP:RED",))

    @override
    def stamped(self) -> BoxPage:
        made = HigherPage(self.spec, self.dpi, self.edition)
        made.is_stamped = True
        return made


class HigherPages(BoxPages):
    """Makes pages that nobody may issue."""

    @override
    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> LaidOut | None:
        self.made.append(HigherPage(spec, dpi, edition))
        return self.made[-1]


@dataclass
class Table:
    """A window on a document with a history, as an analyst has it before them."""

    document: Document
    qtbot: QtBot
    seen: WindowState = field(init=False)
    findings: list[Finding] = field(default_factory=list)
    pages: BoxPages = field(default_factory=BoxPages)
    said: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Sentences on what has gone well."""
    exported: list[ProductSpec] = field(default_factory=list)
    windows: list[ProductWindow] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seen = WindowState(self.document, SEEN)
        self.history = History(self.document, Journal(), "Li")
        self.parent = QWidget()
        jobs = Jobs(parent=self.parent)
        self.context = PanelContext(
            self.document,
            CaseAccess(self.history.push, lambda: "Li", jobs),
            Selection(),
            messages=MessageAccess(self.said.append, tell=self.told.append),
            parent=self.parent,
        )

    def check(self, spec: ProductSpec, laid: LaidOut, overrides: Sequence[Override]) -> Sequence[Finding]:
        reasons = {(one.rule, one.where): one.reason for one in overrides}
        return [one._replace(explained=reasons.get((one.rule, one.where), one.explained)) for one in self.findings]

    def open(self, spec: ProductSpec | None = None, uuid: str = "") -> ProductWindow:
        """The window, with its page painted."""
        spec = spec or ProductSpec(bounds=SEEN)
        made = ProductWindow(self.context, spec, uuid, self.pages, self.check, lambda: self.seen, (), self.parent)
        self.windows.append(made)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        made.export_wanted.connect(lambda: self.exported.append(made.spec))
        made.show()
        self.settle(made)
        return made

    def settle(self, window: ProductWindow) -> None:
        self.qtbot.waitUntil(lambda: window.is_idle, timeout=SLOW_MS)


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """A dark image and a bright one of the same ground."""
    y, x = np.mgrid[0:64, 0:64]
    values = np.stack((30 + x, 30 + y, 60 + x // 2)).astype(np.uint8)
    layers = [
        Layer(
            uuid=name,
            kind="raster",
            name=f"The {name} one",
            source_json=json.dumps(
                {
                    "path": str(
                        write_raster(
                            tmp_path / f"{name}.tif",
                            values + more,
                            "EPSG:4326",
                            Bounds(9, 49, 12, 52),
                            photometric="RGB",
                        )
                    )
                }
            ),
            credit="An Agency",
            acquired_at=f"{year}-05-01T10:00:00Z",
            date_kind="instant",
            date_basis="analyst",
        )
        for name, more, year in (("old", 0, 1985), ("new", 120, 2020))
    ]
    return Document({"layers": layers})


@pytest.fixture
def studio(dressed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))
    with Studio() as studio:
        yield studio


@pytest.fixture
def table(qtbot: QtBot, dressed: None) -> Iterator[Table]:
    made = Table(Document(), qtbot)
    qtbot.addWidget(made.parent)
    yield made
    for window in made.windows:
        window.close()
        shiboken6.delete(window)
