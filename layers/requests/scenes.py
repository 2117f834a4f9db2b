"""Questions about folders of scenes: the scenes that a folder holds, and a short description of each."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from msgspec import Struct, field

from layers.raster.acquisition import Acquisition
from layers.requests.question import Question

THUMBNAIL_PX = 96
MOST_RING_POINTS = 400


class ListedScene(NamedTuple):
    """One image or delivery of a folder."""

    name: str
    """Name of the file, or of the metadata file of a delivery."""
    state: tuple[int, ...]
    """Numbers that differ where the file, or a file beside it that belongs to it, has changed."""


class FolderList(Struct, frozen=True):
    """The scenes right in one folder, and the folders in it that may hold more."""

    scenes: tuple[ListedScene, ...]
    folders: tuple[str, ...]
    """Names of the folders."""
    links: int = 0
    """Links that were not followed."""
    unplaced: int = 0
    """Pictures without a file beside them that would say where they lie."""
    is_cut: bool = False
    """The folder holds more than is listed."""


class ListScenes(Question, frozen=True):
    """Asks for the images and deliveries that lie right in a folder, by their names: header `FolderList`.

    No image is opened.
    """

    op: ClassVar[str] = "list_scenes"

    @classmethod
    def facts_kind(cls) -> Any:
        return FolderList


class SceneFacts(Struct, frozen=True):
    """A scene as its own files describe it."""

    title: str = ""
    kind: str = ""
    """GTiff, Landsat, ..."""
    acquisition: Acquisition = field(default_factory=Acquisition)
    ring: tuple[tuple[float, float], ...] = ()
    """Longitude and latitude along its outline, continuous; empty where its place is not known."""
    gsd_m: float | None = None
    problems: tuple[str, ...] = ()
    profile: str = ""
    """Profile of the readers that can describe the scene, where these cannot; all other fields are empty then."""


class DescribeScene(Question, frozen=True):
    """Asks for the place, the date and a small picture of one image or delivery: header `SceneFacts`, and the bytes
    of a JPEG where there is a picture.
    """

    op: ClassVar[str] = "describe_scene"
    thumbnail_px: int = THUMBNAIL_PX
    """The longer side of the picture; 0 for none."""

    @classmethod
    def facts_kind(cls) -> Any:
        return SceneFacts
