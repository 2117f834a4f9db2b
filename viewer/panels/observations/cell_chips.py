"""The thumbnails of chips in the cells of the sheet, read as cells come into sight."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from layers.document.changes import Changes
from layers.project.storage.tables import THUMBNAIL
from viewer.panels.observations.sheet_desk import SheetDesk, SheetPlace

MOST_KEPT = 2_000
"""Most thumbnails in memory; beyond that they are read anew."""


class CellChips(QObject):
    """Finds the chip of a cell, and reads its thumbnail off the window's thread."""

    arrived = Signal()

    def __init__(self, desk: SheetDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._pictures: dict[str, QPixmap | None] = {}
        """Thumbnails by the uuid of their chip; None for one that is being read, or cannot be."""
        self._wanted: list[str] = []
        self._by_cell: dict[tuple[str, str], str] | None = None
        """The chip of each site and image key; None until somebody asks for one."""
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read)
        desk.context.changed.connect(self._follow)
        desk.context.document_replaced.connect(self._forget)

    def picture(self, at: SheetPlace) -> QPixmap | None:
        """The thumbnail of a cell; None where there is none, or it is still to be read."""
        uuid = self.chip(at)
        if not uuid:
            return None
        if uuid not in self._pictures:
            self._pictures[uuid] = None
            self._wanted.append(uuid)
            self._soon.start()
        return self._pictures[uuid]

    def chip(self, at: SheetPlace) -> str:
        """The chip of the observer's row of a cell, else the newest one of its site and image; empty for none."""
        own = self._desk.sheet.cell(*at).own
        if own is not None and own.chip_uuid in self._desk.context.document.chips:
            return own.chip_uuid
        sheet = self._desk.sheet
        return self._index().get((sheet.sites[at.row], sheet.images[at.column].key), "")

    def _index(self) -> dict[tuple[str, str], str]:
        if self._by_cell is None:
            document = self._desk.context.document
            chips = sorted(document.chips.values(), key=lambda chip: (chip.kind == "pixels", chip.created_at))
            self._by_cell = {
                (chip.site_uuid, document.images[chip.image_uuid].image_key): chip.uuid
                for chip in chips
                if chip.site_uuid and chip.image_uuid in document.images
            }
        return self._by_cell

    def _follow(self, changes: Changes) -> None:
        if changes.touches("chips", "images"):
            self._by_cell = None
            self.arrived.emit()

    def _forget(self) -> None:
        self._by_cell, self._wanted = None, []
        self._pictures.clear()

    def _read(self) -> None:
        images = self._desk.context.layers.images
        wanted, self._wanted = self._wanted, []
        if len(self._pictures) > MOST_KEPT:
            self._pictures = dict.fromkeys(wanted)
        if images is not None and wanted:
            images.read_chips(wanted, THUMBNAIL, self._take)

    def _take(self, pictures: dict[str, QImage]) -> None:
        if shiboken6.isValid(self):
            self._pictures |= {uuid: QPixmap.fromImage(picture) for uuid, picture in pictures.items()}
            self.arrived.emit()
