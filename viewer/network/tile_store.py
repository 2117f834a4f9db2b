"""The disk cache of tiles: what comes without an expiry date is good for some days."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, QIODevice, QObject, QUrl
from PySide6.QtNetwork import QNetworkCacheMetaData, QNetworkDiskCache

MAX_STORED_BYTES = 1 << 30


class TileStore(QNetworkDiskCache):
    """One folder a process. `min_days` is by host, as its terms of use ask."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setCacheDirectory(str(folder))
        self.setMaximumCacheSize(MAX_STORED_BYTES)
        self.min_days: dict[str, float] = {}
        self.default_days = 7.0

    def prepare(self, meta: QNetworkCacheMetaData) -> QIODevice:
        if not meta.expirationDate().isValid():
            days = self.min_days.get(host_of_url(meta.url()), self.default_days)
            meta.setExpirationDate(QDateTime.currentDateTimeUtc().addSecs(int(days * 86400)))
        return super().prepare(meta)


def host_of_url(url: QUrl) -> str:
    """ "name" or "name:port", as `viewer.network.consent` writes hosts: in ASCII."""
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded).lower()
    host = f"[{host}]" if ":" in host else host
    return host if url.port() < 0 else f"{host}:{url.port()}"
