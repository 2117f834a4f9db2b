"""The files in the folder of a KML and below it, which its overlays and photos may name by a relative path."""

from __future__ import annotations

import os

MOST_LOOKS = 5000
"""Most paths of one file that are looked for on the disk: each look at a slow drive takes its time."""


class FilesBeside:
    """Answers whether a relative path is a file below a folder; one that leads out of it, also by a link, is none."""

    def __init__(self, folder: str) -> None:
        self._folder = os.path.realpath(folder)
        self._known: dict[str, bool] = {}

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        if path not in self._known:
            self._known[path] = len(self._known) < MOST_LOOKS and self._is_below(path)
        return self._known[path]

    def _is_below(self, path: str) -> bool:
        parts = path.split("/")
        if not all(parts) or ".." in parts or ":" in path or "\0" in path:
            return False
        real = os.path.realpath(os.path.join(self._folder, *parts))
        return real.startswith(os.path.join(self._folder, "")) and os.path.isfile(real)
