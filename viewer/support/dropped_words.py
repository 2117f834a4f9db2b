"""What is dropped on the window as words: paths of files, and addresses."""

from __future__ import annotations

from PySide6.QtCore import QMimeData


def dropped_words(data: QMimeData) -> list[str]:
    """The paths and addresses in dragged data; of a mere text its lines."""
    texts = [url.toLocalFile() or url.toString() for url in data.urls()] or data.text().split("\n")
    return [text.strip() for text in texts if text.strip()]
