"""The folders outside the case that may be read. A file in any other folder is not even looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from layers.project.opening.case_paths import CaseHome
from layers.project.opening.layer_paths import LayerFile, Reach, is_below, judged


class FolderConsent:
    """Permissions of one case's layers to read files.

    Allowed are everything below a home, which is the folder that the case was read from or saved to; the files directly
    in an allowed folder; and single files. Paths are absolute, without detours, and compared as text.
    """

    def __init__(self, homes: Iterable[str] = ()) -> None:
        self._homes = list(homes)
        self._folders: dict[str, str] = {}
        self._files: set[str] = set()
        self._links: Mapping[str, str] = {}

    @property
    def folders(self) -> list[str]:
        """Folders that are allowed, besides the home."""
        return list(self._folders.values())

    def begin(self, home: CaseHome, folders: Iterable[str] = ()) -> None:
        """Begin with another case, and drop all permissions of the one before."""
        self._homes, self._links = [home.folder] if home.folder else [], dict(home.links)
        self._folders, self._files = {}, set()
        for folder in folders:
            self.allow(folder)

    def move_home(self, folder: str) -> None:
        """Move the home to another folder; the one before is an ordinary folder then."""
        self._homes = [folder]

    def allow(self, folder: str) -> None:
        """Allow files directly in this folder, but not in those below it."""
        self._folders[_key(folder)] = os.path.normpath(folder)

    def allow_file(self, path: str) -> None:
        """Allow one file, or one folder of a delivery."""
        if path:
            self._files.add(_key(path))

    def withdraw(self, folder: str) -> None:
        self._folders.pop(_key(folder), None)

    def behind(self, place: LayerFile) -> LayerFile:
        """The place as seen from the home, or the target of a link that leads out of the case's folder."""
        if not place.path:
            return place
        target = self._links.get(place.path, place.path)
        return replace(judged(target, self._homes[0] if self._homes else ""), text=place.text)

    def is_inside(self, place: LayerFile) -> bool:
        """True for shipped files and files in a home, which need no permission."""
        place = self.behind(place)
        return place.reach is Reach.SHIPPED or any(is_below(place.path, home) for home in self._homes if place.path)

    def permits(self, place: LayerFile) -> bool:
        """True for a place that may be read now."""
        place = self.behind(place)
        if place.reach in (Reach.DEVICE, Reach.REFUSED):
            return False
        if self.is_inside(place):
            return True
        return bool(place.path) and (_key(place.path) in self._files or _key(place.folder) in self._folders)


def _key(path: str) -> str:
    return os.path.normcase(os.path.normpath(path))
