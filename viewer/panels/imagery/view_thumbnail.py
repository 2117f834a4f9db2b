"""A small picture of what a service shows in the present view, of a few tiles."""

from __future__ import annotations

from functools import partial
from typing import override

import shiboken6
from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from layers.errors import BadTemplate, GeoloupeError
from layers.grid.tile_grid import View
from layers.services.tile_service import TileService
from layers.services.view_tiles import tiles_of_picture
from viewer.network.tile_fetch import TileFetch
from viewer.panels.imagery.offer_source import ImageryNetwork
from viewer.support.language.text import plain
from viewer.support.language.translation import in_language
from viewer.support.painting import painting

HEIGHT_PX = 150
REST_MS = 200
"""Milliseconds for which a choice has to stay before its tiles are fetched: the arrow keys pass over many."""
_EDGE_PX = 10


class ViewThumbnail(QWidget):
    """The picture, or words in its place; it has the same size either way."""

    def __init__(self, network: ImageryNetwork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._network = network
        self._service: TileService | None = None
        self._view: View | None = None
        self._address = ""
        """The address of one whole picture, in place of a service."""
        self._image: QImage | None = None
        self._words = ""
        self._fetches: list[TileFetch[QImage]] = []
        self._round = 0
        """Number of the present choice: tiles of others are dropped."""
        self._left = self._lacking = 0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._fetch)
        self.setAccessibleName(self.tr("Picture of the view"))

    @property
    def words(self) -> str:
        """The words in place of the picture; empty where it shows one."""
        return self._words

    @property
    def image(self) -> QImage | None:
        """The picture, as far as its tiles have come; None before the first one."""
        return self._image

    def show_words(self, words: str) -> None:
        """Show words, and no picture."""
        self._stop()
        self._service, self._address, self._words = None, "", words
        self.setAccessibleDescription(plain(words))
        self.update()

    def show_picture(self, address: str) -> None:
        """Show one small picture as a whole; its host was allowed."""
        if address != self._address:
            self.show_words(self.tr("Loading…"))
            self._address = address
            self._rest.start()

    def show_service(self, service: TileService, view: View) -> None:
        """Show what a service has in a view; its hosts were allowed."""
        if self._service is not None and _pixels_of(service) == _pixels_of(self._service) and view == self._view:
            return
        self.show_words(self.tr("Loading…"))
        self._service, self._view = service, view
        self._rest.start()

    def _stop(self) -> None:
        self._round += 1
        self._rest.stop()
        fetches, self._fetches = self._fetches, []
        for fetch in fetches:
            fetch.cancel()
        self._image = None

    def _fetch(self) -> None:
        service, view, fetch_tile = self._service, self._view, self._network.fetch_tile
        if fetch_tile is None:
            return
        ratio = self.devicePixelRatioF()
        size = QSize(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))
        places: dict[str, list[QRectF]] = {}
        """Rectangles in which the picture at an address is shown: a tile more than once where the world is."""
        if self._address:
            places[self._address] = []
        elif service is not None and view is not None:
            self._network.respect(service)
            try:
                for tile in tiles_of_picture(service, view, size.width(), size.height()):
                    address = service.url(tile.level, tile.column, tile.row)
                    places.setdefault(address, []).append(QRectF(tile.left, tile.top, tile.width, tile.height))
            except BadTemplate as error:
                self._say(error.sentence)
                return
            if not places:
                self._say(self.tr("It has nothing in this view."))
        self._left, self._lacking = len(places), 0
        for address, rectangles in places.items():
            fetch = fetch_tile(address, partial(self._take, self._round, rectangles, size))
            if fetch is not None:
                self._fetches.append(fetch)

    def _take(
        self, number: int, places: list[QRectF], size: QSize, picture: QImage | None, error: GeoloupeError | None
    ) -> None:
        """Take in a picture for some places; for none, in the middle and as large as there is room."""
        if not shiboken6.isValid(self) or number != self._round:
            return
        self._left -= 1
        if picture is not None:
            self._place(picture, places or [_middle_of(size, picture.size())], size)
        elif error is not None and self._image is None:
            self._say(error.sentence)
        else:
            self._lacking += 1
        if not self._left and self._image is None and self._lacking:
            self._say(self.tr("It has nothing in this view."))

    def _place(self, picture: QImage, places: list[QRectF], size: QSize) -> None:
        if self._image is None:
            self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            self._image.fill(Qt.GlobalColor.transparent)
        with painting(self._image) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            for place in places:
                painter.drawImage(place, picture)
        self._say("")

    def _say(self, words: str) -> None:
        self._words = words
        self.setAccessibleDescription(plain(words))
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.AlternateBase))
            if self._image is not None:
                painter.drawImage(QRectF(self.rect()), self._image)
            if self._words:
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                room = self.rect().adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
                wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(room, wrapped, plain(in_language(self._words), 300))


def _pixels_of(service: TileService) -> tuple[object, ...]:
    """All of a service on which its pixels depend: who types a credit has no tile fetched again."""
    return service.template, service.fallback, service.time, service.max_level, service.matrices


def _middle_of(room: QSize, size: QSize) -> QRectF:
    """The rectangle of a picture that is shown whole in the middle of some room."""
    fitted = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    left, top = (room.width() - fitted.width()) / 2, (room.height() - fitted.height()) / 2
    return QRectF(left, top, fitted.width(), fitted.height())
