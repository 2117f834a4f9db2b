"""A small case with undo, as the panels see it in the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QWidget,
)
from shapely.geometry import LineString, Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.document.rows import ClaimSite, ClaimSource, Response
from layers.document.site import Site
from layers.document.source import Source
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.project.saving.blobs import SessionBlobs
from layers.project.saving.kept_bytes import KeptBytes
from layers.project.storage.fsops import DISK
from viewer.canvas.selection import Selection
from viewer.commands.history import History
from viewer.panels.access import CaseAccess, MessageAccess, ViewAccess
from viewer.panels.context import PanelContext


class Journal:
    def append(self, edit: Edit, actor: str) -> None:
        """These tests keep nothing."""

    def give_reason(self, row_uuid: str, columns: Sequence[str], reason: str) -> None:
        """No reason is given in these tests."""


class Desk(Struct):
    """The context of the panels with what they asked of the window."""

    context: PanelContext
    history: History
    visited: list[Bounds]
    visited_layers: list[str]
    consented: list[str]
    said: list[str]
    wanted: list[str] = field(default_factory=list)

    @property
    def document(self) -> Document:
        return self.context.document

    def select(self, *uuids: str) -> None:
        self.context.selection.set(uuids)


def small_case() -> Document:
    return Document(
        {
            "sites": [
                Site(uuid="pad", geometry=Point(128.334, 51.884), label="Vostochny", class_code="launch_site",
                     role="setting", position_error_m=3000.0, aliases=(("ru", "Восточный"),)),
                Site(uuid="firm", geometry=Point(120.16, 30.29), label="Hikvision", class_code="company",
                     role="named in a claim", position_error_m=15000.0, notes="Hangzhou"),
                Site(uuid="rail", geometry=LineString([(100, 50), (120, 52)]), label="Railway", class_code="rail"),
            ],
            "claims": [
                Claim(uuid="c1", statement="Optics were sold", source_wording="“are providing”", voice="report's own"),
                Claim(uuid="c2", statement="Imagery was given", state="assessed"),
            ],
            "claim_sites": [ClaimSite(uuid="l1", claim_uuid="c1", site_uuid="firm")],
            "sources": [Source(uuid="s1", title="US intel", publisher="AP"), Source(uuid="s2", title="Backgrounder")],
            "claim_sources": [ClaimSource(uuid="k1", claim_uuid="c1", source_uuid="s1")],
            "responses": [Response(uuid="r1", speaker="Liu Pengyu", words="normal trade", source_uuid="s1")],
            "layers": [
                Layer(uuid="base", kind="raster", name="Blue Marble", order_key=1.0),
                Layer(uuid="night", kind="raster", name="Night lights", order_key=2.0),
                Layer(uuid="coast", kind="vector", name="Coast", order_key=3.0),
            ],
        }
    )  # fmt: skip


@pytest.fixture
def desk(qapp: object) -> Desk:
    document = small_case()
    history = History(document, Journal(), "Olga")
    visited: list[Bounds] = []
    visited_layers: list[str] = []
    consented: list[str] = []
    said: list[str] = []
    context = PanelContext(
        document,
        CaseAccess(history.push, lambda: "Olga", consent=consented.append),
        Selection(),
        view=ViewAccess(visited.append, show_layer=visited_layers.append),
        messages=MessageAccess(said.append),
    )
    desk = Desk(context, history, visited, visited_layers, consented, said)
    context.panel_wanted.connect(desk.wanted.append)
    context.typing_wanted.connect(desk.wanted.append)
    return desk


@pytest.fixture
def reading_desk(desk: Desk, tmp_path: Path) -> Desk:
    """The desk with a place for kept copies, which are read in this process."""
    blobs, pool = SessionBlobs(tmp_path / "blobs", DISK), ReaderPool(inline=True)
    desk.context.case = replace(desk.context.case, kept_bytes=lambda: KeptBytes(blobs, lambda: None), pool=pool)
    return desk


CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QSlider)


def unnamed(panel: QWidget) -> list[str]:
    """The controls a screen reader could not name; what Qt puts inside a control speaks for that control."""
    return [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in panel.findChildren(QWidget)
        if isinstance(widget, CONTROLS) and not widget.accessibleName() and not _is_inside_control(widget, panel)
    ]


def _is_inside_control(widget: QWidget, panel: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not panel:
        if isinstance(parent, CONTROLS):
            return True
        parent = parent.parentWidget()
    return False
