"""PMTiles as one picture in Web Mercator, on this computer or at an address."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import override

from layers.errors import GeoloupeError, UnsupportedFormat
from layers.readers.kml_gpx.plain_text import text_of_html
from layers.readers.tiled.pmtiles_format import FileBytes, PmtilesFile, TileType
from layers.readers.tiled.tile_pyramid import MAX_ZOOM, TilePyramid, named_ends, side_of
from layers.requests.addresses import name_of

_LINK = re.compile(r"\s*\[https?://[^\]\s]*\]")


class PmtilesReader(TilePyramid):
    """One zoom level of a PMTiles file."""

    driver = "PMTiles"

    def __init__(self, path: str, data: FileBytes, level: int = -1) -> None:
        """Open a file by its bytes, which it closes at the end. Raises as `PmtilesFile`, and UnsupportedFormat for
        tiles that are no pictures.
        """
        super().__init__(path)
        self._data = data
        try:
            self._file = PmtilesFile(name_of(path), data)
            self._open(level)
        except GeoloupeError:
            self.close()
            raise

    def _open(self, level: int) -> None:
        name, header = name_of(self.name), self._file.header
        if header.zooms[1] > MAX_ZOOM:
            raise UnsupportedFormat(
                "{name} holds no tiles of the zoom levels 0 to {max_zoom}.", name=name, max_zoom=MAX_ZOOM
            )
        tile_px = side_of(self._file.first_tile())
        if not tile_px and header.tile_type == TileType.AVIF:
            raise UnsupportedFormat("{name} holds AVIF tiles, which are not read here.", name=name)
        if not tile_px:
            raise UnsupportedFormat("{name} holds no PNG, JPEG or WebP tiles of 256 or 512 pixels.", name=name)
        self._metadata = self._file.metadata()
        if "attribution" in self._metadata:
            self._metadata["attribution"] = _LINK.sub("", text_of_html(self._metadata["attribution"])).strip()
        least, most = header.zooms
        self._metadata |= {"minzoom": str(least), "maxzoom": str(most)} | _format_of(header.tile_type)
        self._lay_out(header.zooms, tile_px, named_ends(header.bounds, header.zooms[1]), level)

    @override
    def tags(self, _: int = 0, ns: str = "") -> dict[str, str]:
        return {} if ns else self._metadata

    @override
    def close(self) -> None:
        self._data.close()

    @override
    def _bodies(self, zoom: int, tiles: Sequence[tuple[int, int]]) -> Sequence[object]:
        return self._file.tiles(zoom, tiles)


def _format_of(tile_type: int) -> dict[str, str]:
    """The format of the tiles, as MBTiles names it; empty where the file does not say."""
    try:
        return {"format": TileType(tile_type).name.lower()} if tile_type else {}
    except ValueError:
        return {}


class LocalBytes:
    """The bytes of a file on this computer."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115 (closed by its reader)
        self.length = os.fstat(self._file.fileno()).st_size

    def bytes_at(self, offset: int, count: int) -> bytes:
        """Bytes from `offset` on, fewer where the file ends."""
        if not 0 <= offset < self.length:
            return b""
        self._file.seek(offset)
        return self._file.read(min(count, self.length - offset)) or b""

    def bytes_of(self, ranges: list[tuple[int, int]]) -> list[bytes]:
        """The bytes of several ranges (offset, count)."""
        return [self.bytes_at(*part) for part in ranges]

    def close(self) -> None:
        self._file.close()
