"""Tiles in the cache folder as if they had been fetched: of hosts that no test can contact."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QColor, QImage

from tests.support.tile_server import TILE_PX, encoded
from viewer.network.answer import HttpAnswer
from viewer.network.tile_store import USUAL_DAYS, TileStore


def store_tiles(folder: Path, template: str, last_level: int) -> None:
    """Every tile of a template down to a level, each in a colour of its own."""
    store = TileStore(folder)
    for z in range(last_level + 1):
        for x in range(2**z):
            for y in range(2**z):
                url = template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
                image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
                image.fill(QColor.fromHsv((x * 67 + y * 131 + z * 29) % 360, 160, 200))
                store.keep(url, HttpAnswer(encoded(image, "png"), url), USUAL_DAYS)
    store.close()
