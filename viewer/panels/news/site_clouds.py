"""Cloud over the sites of a look: the masks of what it lists are read, of each site in turn, and counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from PySide6.QtCore import QObject, Signal
from shapely.geometry.base import BaseGeometry

from layers.scenes.found_scene import FoundScene
from layers.scenes.news import NewScene, ranked
from layers.scenes.scene_cloud import MaskGround, SceneCloud, mask_ground
from layers.services.stac.cloud_masks import CloudMask
from viewer.panels.time_strip.cloud_reading import MOST_MASKS, CloudReading, CloudWish
from viewer.support.jobs import Jobs
from viewer.support.newest_job import NewestJob


class _Plan(Struct, frozen=True, eq=False):
    """The masks of a look: those to read, each for one site, and the number of all."""

    wishes: list[CloudWish]
    sites: list[str]
    """The site of each wish."""
    count: int
    masks: dict[str, CloudMask | None]


class SiteClouds(QObject):
    """Masks of the scenes of one look. Rows keep their order while masks are read."""

    changed = Signal()
    """Emitted when more is known, or reading has begun or ended."""

    def __init__(self, reading: CloudReading, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reading = reading
        self._job = NewestJob(jobs)
        self._plan = _NOTHING
        self._grounds: dict[str, MaskGround] = {}
        self._ranks: dict[str, dict[str, SceneCloud]] = {}
        """Clouds by which scenes are in order, by site and key."""
        self._ordered: dict[str, tuple[tuple[NewScene, ...], float | None, list[NewScene]]] = {}
        """Scenes of sites in their order, with what was put in order, and the limit of cloud."""
        reading.changed.connect(self._heard)

    def begin(self, shapes: Mapping[str, BaseGeometry], listed: Mapping[str, Sequence[NewScene]]) -> None:
        """Take up the scenes of a look by their sites, and read the masks at hosts that are allowed."""
        self.forget()
        rows = {site: [new.scene for new in scenes] for site, scenes in listed.items()}
        self._reading.forget_failures()
        find_masks = self._reading.masks_of(scene for scenes in rows.values() for scene in scenes)
        self._job.run(lambda: _plan(find_masks(), shapes, rows), self._take)

    def forget(self) -> None:
        """Drop the masks of the last look."""
        self._job.drop()
        self._plan, self._ranks, self._grounds, self._ordered = _NOTHING, {}, {}, {}

    def read(self) -> None:
        """Read masks at hosts that are allowed."""
        self._reading.read(self._plan.wishes)

    def stop(self) -> None:
        """Read no more masks of this look."""
        self._job.drop()
        if self._plan.wishes:
            self._reading.stop()

    def of(self, site: str, scene: FoundScene) -> SceneCloud:
        """Cloud of a scene: over the site as far as its mask was read, else of the whole scene."""
        return self._reading.cloud_of([scene], self._grounds.get(site))

    def ranked(self, site: str, scenes: tuple[NewScene, ...], limit: float | None) -> list[NewScene]:
        """Scenes of a site in their order, by what was known when reading ended last."""
        known = self._ordered.get(site)
        if known is None or known[0] is not scenes or known[1] != limit:
            known = self._ordered[site] = scenes, limit, ranked(scenes, self._ranks.get(site, {}), limit)
        return known[2]

    # -- how far it is ----------------------------------------------------------------------------------------------

    @property
    def is_under_way(self) -> bool:
        return self._job.is_under_way or (bool(self._plan.wishes) and self._reading.is_under_way)

    @property
    def count(self) -> int:
        """Masks that there are, one for each scene of a site; at most `MOST_MASKS` are read for one look."""
        return self._plan.count

    @property
    def read_count(self) -> int:
        """Masks among them that tell the cloud over their site."""
        return sum(cloud.cloud_of == "site" for cloud in self._clouds())

    @property
    def failed_count(self) -> int:
        """Masks among them that could not be read."""
        return sum(bool(cloud.problem) for cloud in self._clouds())

    def is_any_over(self, limit: float) -> bool:
        """True where a mask shows more cloud over its site than the limit, in percent."""
        return any(cloud.cloud_of == "site" and (cloud.cloud or 0.0) > limit for cloud in self._clouds())

    @property
    def host_to_allow(self) -> tuple[str, int]:
        """A host that has not been allowed, and the masks that wait for it; ("", 0) for none."""
        hosts = self._reading.hosts_to_allow(self._plan.wishes)
        return next(iter(hosts.items()), ("", 0))

    def _clouds(self) -> list[SceneCloud]:
        return [self._reading.cloud_of([wish.scene], wish.ground) for wish in self._plan.wishes]

    def _take(self, plan: _Plan) -> None:
        self._plan = plan
        self._grounds = {site: wish.ground for site, wish in zip(plan.sites, plan.wishes, strict=True)}
        self._reading.note_masks(plan.masks)
        self.read()
        if not plan.wishes:
            self.changed.emit()  # there is nothing to read: it has ended
        self._heard()

    def _heard(self) -> None:
        if not self._plan.wishes:
            return
        if not self._reading.is_under_way:
            ranks: dict[str, dict[str, SceneCloud]] = {}
            for site, wish, cloud in zip(self._plan.sites, self._plan.wishes, self._clouds(), strict=True):
                ranks.setdefault(site, {})[wish.scene.key] = cloud
            self._ranks, self._ordered = ranks, {}
        self.changed.emit()


def _plan(
    masks: dict[str, CloudMask | None], shapes: Mapping[str, BaseGeometry], rows: Mapping[str, Sequence[FoundScene]]
) -> _Plan:
    """The masks to read, those of the best scene of each site first. Runs in a job."""
    masked = [(site, scene) for site, scene in _in_turn(rows) if masks[scene.key] is not None]
    grounds: dict[str, MaskGround | None] = {}
    wishes, sites = [], []
    for site, scene in masked[:MOST_MASKS]:
        if site not in grounds:
            grounds[site] = mask_ground(shapes[site], "site")
        ground = grounds[site]
        if ground is not None:
            wishes.append(CloudWish(scene, ground))
            sites.append(site)
    return _Plan(wishes, sites, len(masked), masks)


_NOTHING = _Plan([], [], 0, {})


def _in_turn(rows: Mapping[str, Sequence[FoundScene]]) -> Iterable[tuple[str, FoundScene]]:
    """The best scene of each site, then the second of each, and so on."""
    for at in range(max(map(len, rows.values()), default=0)):
        for site, scenes in rows.items():
            if at < len(scenes):
                yield site, scenes[at]
