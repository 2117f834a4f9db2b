"""A server of maps on loopback that draws four coloured quarters of a box, and lies as servers of maps were seen to.

It answers GetMap of WMS at `/wms`, `/export` and `/exportImage` of ArcGIS below any path, tiles of Web Mercator at
`/rest/z/row/column`, by queries at `/kvp` and by quadkeys at `/quad/...`, tiles of `grids` at
`/tiles/grid/matrix/row/column`, with rows from below at `/below/...`; `documents` are its other answers, by path. `log`
holds every request: what was asked is judged by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.services.offers.crs_names import crs_of, is_north_first
from layers.services.tile_matrix import TileMatrixSet, mercator_quadtree
from tests.support.loopback import LoopbackHandler, LoopbackServer
from tests.support.tile_server import encoded
from viewer.rendering.images import image_of_argb

NORTH_WEST, NORTH_EAST, SOUTH_WEST, SOUTH_EAST = 0xFFD02020, 0xFF20B030, 0xFF2040D0, 0xFFE0C020
"""Colours of the quarters."""
TRANSPARENT, WHITE = 0, 0xFFFFFFFF
LEVELS = mercator_quadtree().matrices


class FaultyMaps(LoopbackServer):
    """Draws what lies in `box`, in longitude and latitude.

    `ignores_axes` are the CRSs whose own order of axes it takes no notice of, "*" for all. `outside` is the colour of
    what is beyond its box, or a text with which it refuses such questions. `days` are the days of which an ArcGIS map
    has something; a map without a time shows all of them.
    """

    def __init__(self, box: Bounds) -> None:
        self.box = box
        self.ignores_axes: set[str] = set()
        self.turns_old = False
        """True for a server that keeps to the order of the CRS in version 1.1.1, too, where it must not."""
        self.outside: int | str = TRANSPARENT
        self.holes: list[Bounds] = []
        """Places within the box of which the server has nothing."""
        self.days: set[str] = set()
        self.arcgis_error: dict[str, object] = {}
        """The error with which ArcGIS answers every question for a map, as a success; empty for none."""
        self.grids: dict[str, TileMatrixSet] = {}
        self.largest_px, self.limit_words = 0, "WIDTH and HEIGHT must be between 1 and 256 pixels"
        """Largest side of a map that is drawn, 0 for any, and the words with which a larger one is refused."""
        self.dead: set[str] = set()
        """Paths at which nothing is."""
        self.rest_status = 200
        """Status of each tile below `/rest`; those by queries at `/kvp` are always there."""
        self.documents: dict[str, bytes] = {}
        super().__init__(_Handler)

    @property
    def maps(self) -> list[dict[str, str]]:
        """The questions for maps, in their order, with names in capitals."""
        questions = [_query_of(path) for path in self.log]
        return [question for question in questions if "BBOX" in question]

    def painted(self, crs: str, box: Bounds, width: int, height: int, *, is_there: bool = True) -> NDArray[np.uint32]:
        """The colours of a box in any CRS."""
        x = box.left + (np.arange(width) + 0.5) * box.width / width
        y = box.top - (np.arange(height) + 0.5) * box.height / height
        lon, lat = transform_points(crs, WGS84, *np.meshgrid(x, y))
        here, (middle_lon, middle_lat) = self.box, self.box.centre
        north = np.where(lon < middle_lon, NORTH_WEST, NORTH_EAST)
        south = np.where(lon < middle_lon, SOUTH_WEST, SOUTH_EAST)
        inside = (lon >= here.left) & (lon <= here.right) & (lat >= here.bottom) & (lat <= here.top)
        for hole in self.holes:
            inside &= ~((lon >= hole.left) & (lon <= hole.right) & (lat >= hole.bottom) & (lat <= hole.top))
        outside = self.outside if isinstance(self.outside, int) else TRANSPARENT
        colours = np.where(inside & is_there, np.where(lat >= middle_lat, north, south), outside)
        return np.asarray(colours, np.uint32)


def _query_of(path: str) -> dict[str, str]:
    return {name.upper(): value for name, value in parse_qsl(urlsplit(path).query, keep_blank_values=True)}


class _Handler(LoopbackHandler):
    server: ClassVar[FaultyMaps]  # type: ignore[assignment, misc]

    def do_GET(self) -> None:
        self.server.log.append(self.path)
        path, query = urlsplit(self.path).path, _query_of(self.path)
        if path in self.server.dead:
            self.answer(404, b"nothing of that name")
        elif query.get("REQUEST", "").lower() in ("getmap", "map"):
            self._draw_wms(query)
        elif path.endswith(("/export", "/exportImage")):
            self._draw_arcgis(query)
        elif path.startswith("/rest/"):
            _, _, level, row, column = path.removesuffix(".png").split("/")
            self._draw_tile(self.server.rest_status, int(level), int(column), int(row))
        elif path.startswith(("/tiles/", "/below/")):
            self._draw_of_grid(*path.rpartition(".")[0].split("/")[1:])
        elif path.startswith("/quad/"):
            digits = [int(digit) for digit in path.removesuffix(".png").rpartition("/")[2]]
            column, row = (int("".join(str(digit >> at & 1) for digit in digits) or "0", 2) for at in (0, 1))
            self._draw_tile(200, len(digits), column, row)
        elif query.get("REQUEST") == "GetTile":
            self._draw_tile(200, *(int(query[name]) for name in ("TILEMATRIX", "TILECOL", "TILEROW")))
        elif path in self.server.documents:
            document = self.server.documents[path]
            kind = "application/json" if document.lstrip().startswith((b"{", b"[")) else "text/xml"
            self.answer(200, document, Content_Type=kind)
        else:
            self.answer(404, b"nothing of that name")

    def _draw_wms(self, query: dict[str, str]) -> None:
        crs = crs_of(query.get("CRS") or query.get("SRS") or "")
        numbers = [float(number) for number in query["BBOX"].split(",")]
        is_new = query.get("VERSION", "") >= "1.3" or self.server.turns_old
        follows = is_new and not self.server.ignores_axes & {crs, "*"}
        if follows and is_north_first(crs):
            numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
        box = Bounds(*numbers)
        if self.server.largest_px and max(int(query["WIDTH"]), int(query["HEIGHT"])) > self.server.largest_px:
            self._refuse(self.server.limit_words)
            return
        colours = self.server.painted(crs, box, int(query["WIDTH"]), int(query["HEIGHT"]))
        if isinstance(self.server.outside, str) and not colours.any():
            self._refuse(self.server.outside)
            return
        self._send(colours)

    def _refuse(self, words: str) -> None:
        exception = f"<ServiceException>{words}</ServiceException>"
        body = f"<ServiceExceptionReport version='1.3.0'>{exception}</ServiceExceptionReport>"
        self.answer(200, body.encode(), Content_Type="text/xml")

    def _draw_of_grid(self, side: str, name: str, identifier: str, row_text: str, column_text: str) -> None:
        grid = self.server.grids[name]
        matrix = next(matrix for matrix in grid.matrices if matrix.identifier == identifier)
        row = int(row_text) if side == "tiles" else matrix.rows - 1 - int(row_text)
        box = matrix.tile_bounds(int(column_text), row)
        self._send(self.server.painted(grid.crs, box, matrix.tile_width, matrix.tile_height))

    def _draw_tile(self, status: int, level: int, column: int, row: int) -> None:
        """A tile of Web Mercator; one of nothing is none."""
        colours = self.server.painted(WEB_MERCATOR, LEVELS[level].tile_bounds(column, row), 256, 256)
        if status == 200 and colours.any():
            self._send(colours)
        else:
            self.answer(404 if status == 200 else status, b"no")

    def _draw_arcgis(self, query: dict[str, str]) -> None:
        crs = crs_of(f"EPSG:{query['BBOXSR'].replace('102100', '3857')}")
        if self.server.arcgis_error:
            fault = json.dumps({"error": self.server.arcgis_error}).encode()
            self.answer(200, fault, Content_Type="application/json")
            return
        width, height = (int(side) for side in query["SIZE"].split(","))
        is_there = True
        if query.get("TIME"):
            try:
                ends = [int(part) / 1000 for part in query["TIME"].split(",")]
            except ValueError:
                fault = {"error": {"code": 400, "message": "Invalid or missing input parameters: time"}}
                self.answer(200, json.dumps(fault).encode(), Content_Type="application/json")
                return
            days = [datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in self.server.days]
            is_there = any(ends[0] <= day.timestamp() <= ends[-1] for day in days)
        box = Bounds(*map(float, query["BBOX"].split(",")))
        self._send(self.server.painted(crs, box, width, height, is_there=is_there))

    def _send(self, colours: NDArray[np.uint32]) -> None:
        picture = encoded(image_of_argb(colours), "png")
        self.answer(200, picture, Content_Type="image/png", Cache_Control="max-age=3600")


def day_of_ms(text: str) -> str:
    """The day in UTC of milliseconds since 1970."""
    return datetime.fromtimestamp(int(text) / 1000, UTC).date().isoformat()


@contextmanager
def serving_maps(box: Bounds) -> Iterator[FaultyMaps]:
    server = FaultyMaps(box)
    try:
        yield server
    finally:
        server.stop()
