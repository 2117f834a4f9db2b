"""Questions about folders of scenes: the scenes that a folder holds, and a short description of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Self

from layers.requests.question import Question

THUMBNAIL_PX = 96
MOST_RING_POINTS = 400


class ListScenes(Question, frozen=True):
    """Asks for the images and deliveries that lie right in a folder, by their names: header `FolderList`.

    No image is opened.
    """

    op: ClassVar[str] = "list_scenes"


class DescribeScene(Question, frozen=True):
    """Asks for the place, the date and a small picture of one image or delivery: header `SceneFacts`, and the bytes
    of a JPEG where there is a picture. {"profile": ...} alone where readers of another profile can tell.
    """

    op: ClassVar[str] = "describe_scene"
    thumbnail_px: int = THUMBNAIL_PX
    """The longer side of the picture; 0 for none."""


class Listed(NamedTuple):
    """One image or delivery of a folder."""

    name: str
    """Of the file, or of the metadata file of a delivery."""
    state: tuple[int, ...]
    """Numbers that differ where the file, or a file beside it that belongs to it, has changed."""


class FolderList(NamedTuple):
    """The scenes right in one folder, and the folders in it that may hold more."""

    scenes: tuple[Listed, ...]
    folders: tuple[str, ...]
    """Names."""
    links: int = 0
    """Links that were not followed."""
    unplaced: int = 0
    """Pictures without a file beside them that would say where they lie."""
    is_cut: bool = False
    """The folder holds more than is listed."""

    def header(self) -> dict[str, Any]:
        """Plain JSON values; `of` gives back an equal value."""
        return {**self._asdict(), "scenes": [[scene.name, list(scene.state)] for scene in self.scenes]}

    @classmethod
    def of(cls, header: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where the values are not ours."""
        scenes = tuple(Listed(str(name), tuple(int(n) for n in state)) for name, state in header["scenes"])
        folders = tuple(str(name) for name in header["folders"])
        return cls(scenes, folders, int(header["links"]), int(header["unplaced"]), bool(header["is_cut"]))


class SceneFacts(NamedTuple):
    """A scene as its own files describe it."""

    title: str
    kind: str
    """GTiff, Landsat, ..."""
    acquisition: dict[str, Any]
    """`Acquisition.to_json`."""
    ring: tuple[tuple[float, float], ...]
    """Longitude and latitude along its outline, continuous; empty where its place is not known."""
    gsd_m: float | None = None
    problems: tuple[str, ...] = ()

    def header(self) -> dict[str, Any]:
        """Plain JSON values; `of` gives back an equal value."""
        return {**self._asdict(), "ring": [list(place) for place in self.ring], "problems": list(self.problems)}

    @classmethod
    def of(cls, header: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where the values are not ours."""
        gsd_m = header["gsd_m"]
        if not isinstance(header["acquisition"], dict):
            raise TypeError("no acquisition")
        return cls(
            str(header["title"]),
            str(header["kind"]),
            header["acquisition"],
            tuple((float(lon), float(lat)) for lon, lat in header["ring"][:MOST_RING_POINTS]),
            None if gsd_m is None else float(gsd_m),
            tuple(str(problem) for problem in header["problems"]),
        )
