"""News over sites: scenes of several sources since a day of each site, those of a site the best first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import shapely
from msgspec import Struct
from shapely.geometry.base import BaseGeometry

from layers.geo.antimeridian import split_geometry
from layers.scenes.found_scene import FoundScene
from layers.scenes.scene_cloud import SceneCloud, cloud_of_scene
from layers.scenes.scene_table import SceneTable
from layers.time.time_span import day_of, span_of

MOST_OF_SITE = 200
"""Most scenes of a site that are listed, the best ones: nobody decides on more of them one by one."""


class NewScene(Struct, frozen=True):
    """A scene that a source has of a site, and the share of the site that it covers, 0 to 1."""

    scene: FoundScene
    part: float
    source: str

    @property
    def day(self) -> str:
        """The last day that it is of, in UTC."""
        span = self.scene.span
        return "" if span is None else day_of(span.end)


class SourceScenes(Struct, frozen=True):
    """Scenes of one source, and the day since which they are new, by the uuid of the site."""

    source: str
    scenes: tuple[FoundScene, ...]
    since: Mapping[str, str]


class News(Struct, frozen=True):
    """`by_site` has each site that was asked about. `undated` scenes are left out: nobody can say that they are new."""

    by_site: dict[str, tuple[NewScene, ...]]
    undated: int = 0
    of_site: dict[str, int] = {}
    """The number of scenes of each site, those beyond the best `MOST_OF_SITE` too."""
    counts: dict[str, int] = {}
    """The number of scenes of each source, each once, however many sites it shows."""


def news_over(
    sites: Mapping[str, BaseGeometry], sources: Iterable[SourceScenes], max_cloud: float | None = None
) -> News:
    """The news that sources have of sites, by their uuids: each scene once a site. Scenes whose cloud is not known, as
    of radar, are kept.
    """
    areas = {uuid: split_geometry(shapely.force_2d(shape)) for uuid, shape in sites.items()}
    by_site: dict[str, dict[str, NewScene]] = {uuid: {} for uuid in sites}
    undated = set()
    for source in sources:
        table = SceneTable(source.scenes)
        for uuid, area in areas.items():
            first = span_of(source.since.get(uuid, ""))
            for scene, part, _ in table.covering(area):
                if not scene.is_dated or scene.span is None:
                    undated.add(scene.key)
                elif (first is None or scene.span.end >= first.begin) and not _is_cloudy(scene, max_cloud):
                    by_site[uuid].setdefault(scene.key, NewScene(scene, part, source.source))
    keys: dict[str, set[str]] = {}
    for scenes in by_site.values():
        for key, new in scenes.items():
            keys.setdefault(new.source, set()).add(key)
    return News(
        {uuid: tuple(ranked(scenes.values(), {})[:MOST_OF_SITE]) for uuid, scenes in by_site.items()},
        len(undated),
        {uuid: len(scenes) for uuid, scenes in by_site.items()},
        {source: len(of_source) for source, of_source in keys.items()},
    )


def ranked(
    scenes: Iterable[NewScene], clouds: Mapping[str, SceneCloud], max_cloud: float | None = None
) -> list[NewScene]:
    """Scenes of a site by what masks say of the cloud over it, by the keys of the scenes: those with more than the
    limit are the last, whatever their day. None is left out: masks take bright roofs for cloud.
    """

    def rank(new: NewScene) -> tuple[bool, tuple[float, float, float, str]]:
        cloud = clouds.get(new.scene.key) or cloud_of_scene(new.scene.cloud_percent)
        is_over = cloud.cloud_of == "site" and (
            cloud.cloud is None or (max_cloud is not None and cloud.cloud > max_cloud)
        )
        return is_over, _rank(new, cloud.cloud)

    return sorted(scenes, key=rank)


def _is_cloudy(scene: FoundScene, max_cloud: float | None) -> bool:
    return max_cloud is not None and scene.cloud_percent is not None and scene.cloud_percent > max_cloud


def _rank(new: NewScene, cloud: float | None) -> tuple[float, float, float, str]:
    """The newest day first, of one day the least cloud, then what covers most."""
    span = new.scene.span
    day = 0.0 if span is None else span.end // 86400
    return -day, 101.0 if cloud is None else cloud, -new.part, new.scene.title
