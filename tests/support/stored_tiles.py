"""Tiles in the cache folder as if they had been fetched: of hosts that no test can contact."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtNetwork import QHttpHeaders, QNetworkCacheMetaData, QNetworkRequest

from tests.support.tile_server import TILE_PX, encoded
from viewer.network.tile_store import TileStore


def store_tiles(folder: Path, template: str, last_level: int) -> None:
    """Every tile of a template down to a level, each in a colour of its own."""
    store = TileStore(folder)
    for z in range(last_level + 1):
        for x in range(2**z):
            for y in range(2**z):
                url = template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
                _put(store, QUrl(url), QColor.fromHsv((x * 67 + y * 131 + z * 29) % 360, 160, 200))
    store.close()
    store.deleteLater()


def _put(store: TileStore, url: QUrl, color: QColor) -> None:
    image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
    image.fill(color)
    headers = QHttpHeaders()
    headers.append("Content-Type", "image/png")
    meta = QNetworkCacheMetaData()
    meta.setHeaders(headers)
    meta.setUrl(url)
    meta.setSaveToDisk(True)
    meta.setAttributes({QNetworkRequest.Attribute.HttpStatusCodeAttribute: 200})
    device = store.prepare(meta)
    assert device is not None
    device.write(encoded(image, "png"))
    store.insert(device)
