"""The menu at a drop of tables and vector files: as layers, or as sites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

SITE_SUFFIXES = (
    ".csv",
    ".tsv",
    ".tab",
    ".xlsx",
    ".geojson",
    ".json",
    ".gpx",
    ".gpkg",
    ".shp",
    ".fgb",
    ".gml",
    ".kml",
    ".kmz",
)
"""Endings of files whose rows can be layers or sites."""


class DropMenu(QObject):
    """Asks at the pointer what dropped files are to be. Nothing happens where the menu is left."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.menu: QMenu | None = None
        """The open question; None for none."""

    def ask(self, paths: Sequence[Path], as_layers: Callable[[], None], as_sites: Callable[[], None]) -> None:
        """Ask what these files are to be, and call the function for the answer."""
        name = one_line(paths[0].name, 40)
        more = translate("DropMenu", "{count} files", "{count} file", len(paths))
        menu = QMenu(self._window)
        menu.setToolTipsVisible(True)
        menu.addSection(name if len(paths) == 1 else more)
        menu.addAction(self.tr("Add as &Layer") if len(paths) == 1 else self.tr("Add as &Layers"), as_layers)
        menu.addAction(self.tr("Add as &Sites…"), as_sites)
        menu.addSeparator()
        menu.addAction(self.tr("&Cancel"))
        menu.aboutToHide.connect(self._forget)
        self.menu = menu
        menu.popup(QCursor.pos())

    def _forget(self) -> None:
        if self.menu is not None:
            self.menu.deleteLater()
            self.menu = None
