"""Folders of a case, as the paths that marks and overlays of Google Earth carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from layers.document.document import Document
from viewer.commands.filing.earth_overlays import FOLDERS_APART, kept_overlay


def is_in_folder(path: str, folder: str) -> bool:
    """True for a path that is the folder or leads into it."""
    return path == folder or path.startswith(f"{folder}{FOLDERS_APART}")


def sites_in_folder(document: Document, folder: str) -> tuple[str, ...]:
    """Uuids of the marks in a folder and in those that it holds."""
    return tuple(site.uuid for site in document.sites.values() if is_in_folder(site.folder, folder))


def folder_counts(document: Document) -> dict[str, int]:
    """All folders by their paths, with the number of marks in each and in those that it holds; some hold overlays
    alone.
    """
    counts = Counter[str]()
    for site in document.sites.values():
        for path in _with_outer(site.folder):
            counts[path] += 1
    overlays = filter(None, map(kept_overlay, document.layers.values()))
    for path in {path for overlay in overlays for path in _with_outer(overlay.folder)}:
        counts[path] += 0
    return {path: counts[path] for path in sorted(counts, key=str.casefold)}


def _with_outer(path: str) -> Iterable[str]:
    """A path with those of the folders that hold it."""
    names = path.split(FOLDERS_APART) if path else []
    return (FOLDERS_APART.join(names[:end]) for end in range(1, len(names) + 1))
