"""A server on loopback that cuts one picture, of any CRS, into tiles of any grid and into maps of any box."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QImage, QPainter

from layers.geo.bounds import Bounds
from layers.services.tile_matrix import TileMatrixSet
from tests.support.loopback import LoopbackHandler, LoopbackServer
from viewer.support.painting import painting

TOO_LARGE = b"""<?xml version="1.0"?><ServiceExceptionReport version="1.3.0"><ServiceException>
Image size out of range</ServiceException></ServiceExceptionReport>"""


class MapServer(LoopbackServer):
    """Serves `/tile/<identifier>/<column>/<row>` and `/map?bbox=W,S,E,N&width=W&height=H`. `log` holds every path."""

    def __init__(self, picture: QImage, bounds: Bounds, grid: TileMatrixSet | None = None) -> None:
        self.picture, self.bounds, self.grid = picture, bounds, grid
        self.lacks: set[str] = set()
        """Identifiers of matrices of which the server has no tile."""
        self.largest_px = 0
        """Largest side of a map that is drawn; 0 for any."""
        self.documents: dict[str, bytes] = {}
        """Other answers, by path."""
        super().__init__(_Handler)

    @property
    def tiles(self) -> str:
        return f"http://{self.host}/tile/{{z}}/{{x}}/{{y}}"

    @property
    def maps(self) -> str:
        return f"http://{self.host}/map?bbox={{bbox}}&width={{width}}&height={{height}}"

    def cut(self, box: Bounds, width: int, height: int) -> bytes:
        """A PNG of a box in the picture's CRS; transparent where the picture is not."""
        image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        step_x = self.bounds.width / self.picture.width()
        step_y = self.bounds.height / self.picture.height()
        left, top = (box.left - self.bounds.left) / step_x, (self.bounds.top - box.top) / step_y
        source = QRectF(left, top, box.width / step_x, box.height / step_y)
        across, down = width / source.width(), height / source.height()
        inside = source.intersected(QRectF(self.picture.rect()))
        target = QRectF(
            (inside.x() - left) * across, (inside.y() - top) * down, inside.width() * across, inside.height() * down
        )
        with painting(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, self.picture, inside)
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]
        return bytes(data.data())


class _Handler(LoopbackHandler):
    server: ClassVar[MapServer]  # type: ignore[assignment, misc]

    def do_GET(self) -> None:
        self.server.log.append(self.path)
        parts = urlsplit(self.path)
        query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path in self.server.documents and query.get("request", "").lower() != "getmap":
            self.answer(200, self.server.documents[parts.path], Content_Type="text/xml")
            return
        if parts.path == "/map":
            box = Bounds(*map(float, query["bbox"].split(",")))
            size = int(query["width"]), int(query["height"])
            if 0 < self.server.largest_px < max(size):
                self.answer(200, TOO_LARGE, Content_Type="text/xml")
                return
            self._send(self.server.cut(box, *size))
            return
        _, _, identifier, column, row = parts.path.split("/")
        assert self.server.grid is not None
        matrix = next(matrix for matrix in self.server.grid.matrices if matrix.identifier == identifier)
        if identifier in self.server.lacks:
            self.answer(404, b"")
            return
        box = matrix.tile_bounds(int(column), int(row))
        self._send(self.server.cut(box, matrix.tile_width, matrix.tile_height))

    def _send(self, picture: bytes) -> None:
        self.answer(200, picture, Content_Type="image/png")


@contextmanager
def serving_map(picture: QImage, bounds: Bounds, grid: TileMatrixSet | None = None) -> Iterator[MapServer]:
    server = MapServer(picture, bounds, grid)
    try:
        yield server
    finally:
        server.stop()
