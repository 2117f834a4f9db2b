"""Looks at what is new over sites: archives are asked on purpose, folders read, each look is kept in the case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from layers.document.changes import Changes
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.scenes.asked_areas import boxes_around, merged_boxes
from layers.scenes.news import News, NewScene, SourceScenes, news_over
from layers.services.stac.question import StacQuestion
from layers.time.time_span import day_of, span_of
from viewer.commands.imagery.look_intervals import due_sites
from viewer.commands.imagery.looks import (
    KeptLook,
    Look,
    kept_looks,
    pass_over,
    passed_over,
    record_looks,
    record_no_image,
)
from viewer.commands.imagery.service_times import today
from viewer.network.consent import host_of
from viewer.panels.news.site_clouds import SiteClouds
from viewer.panels.time_strip.archive_search import ArchiveSearch
from viewer.panels.time_strip.scene_desk import SceneDesk
from viewer.support.jobs import Jobs
from viewer.support.language.translation import in_language
from viewer.support.newest_job import NewestJob

FOLDERS = "folders of scenes"
"""The name under which looks keep the watched folders, in place of the address of an archive."""
LATE_DAYS = 10
"""Days before the last look that are asked about again: archives list scenes some days after they were taken."""


class NewsQuestion(Struct, frozen=True):
    """A question about sites: what sources have of them since the last look, or since `begin` for a first look.

    `sources` are addresses of archives, or `FOLDERS`. `limits` has the limit of cloud and the kinds of imagery.
    """

    sources: tuple[str, ...]
    sites: tuple[Site, ...]
    begin: str
    limits: StacQuestion


class LookPlan(Struct, frozen=True):
    """The question to one source: the boxes, and since when, with the last look at each site that has one."""

    source: str
    question: StacQuestion
    since: dict[str, str]
    last: dict[str, KeptLook]


class _Asked(Struct, eq=False):
    plan: LookPlan
    search: ArchiveSearch | None


class NewsDesk(QObject):
    """Operations on what is new, one object a window. Nothing is asked before `look` is called."""

    changed = Signal()
    """Emitted when a look begins, goes on or ends, and when a scene was added or passed over."""

    def __init__(self, desk: SceneDesk, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk, self.context = desk, desk.context
        self._job = NewestJob(jobs)
        self._asked: list[_Asked] = []
        self._question: NewsQuestion | None = None
        self._is_under_way = False
        self._added: set[str] = set()
        self._rows: dict[str, str] = {}
        """Uuids of the rows of the present look, by source."""
        self._news = News({})
        self.last: dict[str, KeptLook] = {}
        """The last look before the present one, by site."""
        self.remarks: list[str] = []
        """Sentences on what did not answer, or not wholly."""
        self.clouds = SiteClouds(desk.clouds, jobs, self)
        self.clouds.changed.connect(self.changed)
        desk.archives.searches_changed.connect(self._go_on)
        desk.folders.folders_changed.connect(self._go_on)
        self.context.changed.connect(self._heard)
        self.context.document_replaced.connect(self._begin_anew)

    # -- before it is asked -----------------------------------------------------------------------------------------

    def plans(self, question: NewsQuestion) -> list[LookPlan]:
        """The questions to each source, for the line that says so; nothing is contacted."""
        looks = kept_looks(self.context.document)
        boxes = {site.uuid: boxes_around(site.geometry) for site in question.sites}
        boxes = {uuid: around for uuid, around in boxes.items() if around}
        merged = merged_boxes(box for around in boxes.values() for box in around) if boxes else ()
        return [_plan_of(source, question, boxes, merged, looks) for source in question.sources if boxes]

    def due(self) -> frozenset[str]:
        """The sites whose interval has passed since the last look at them."""
        document = self.context.document
        return due_sites(document, kept_looks(document), today().isoformat())

    # -- a look -----------------------------------------------------------------------------------------------------

    @property
    def is_under_way(self) -> bool:
        return self._is_under_way

    @property
    def has_looked(self) -> bool:
        """True while the answer to a question is shown."""
        return self._question is not None and not self._is_under_way

    @property
    def count(self) -> int:
        """Scenes that archives have sent so far, before they are sorted by site."""
        return sum(part.search.count for part in self._asked if part.search is not None)

    def look(self, question: NewsQuestion) -> None:
        """Ask the sources. Their hosts are allowed by this: the analyst has read which."""
        self._question, self._is_under_way = question, True
        self._news, self._rows, self.remarks = News({}), {}, []
        self.clouds.forget()
        plans = self.plans(question)
        self._asked, self.last = [], {}
        for plan in plans:
            for site, kept in plan.last.items():
                if site not in self.last or kept.row.at > self.last[site].row.at:
                    self.last[site] = kept
        begun = []
        for plan in plans:
            if plan.source == FOLDERS:
                self.desk.folders.start()
                begun.append(_Asked(plan, None))
            else:
                self.context.case.consent(host_of(plan.source))
                begun.append(_Asked(plan, self.desk.archives.search(plan.source, plan.question)))
        self._asked, self._is_under_way = begun, bool(begun)
        self._go_on()

    def stop(self) -> None:
        """End the searches, and the reading of masks; what has come is shown."""
        self.clouds.stop()
        for part in self._asked:
            if part.search is not None:
                part.search.stop()

    def _go_on(self) -> None:
        if not self._is_under_way or not self._asked or self._job.is_under_way:
            return
        self.changed.emit()
        waits = any(part.search is not None and part.search.is_under_way for part in self._asked)
        reads = any(part.plan.source == FOLDERS for part in self._asked) and not self.desk.folders.is_idle
        if waits or reads:
            return
        question, parts = self._question, list(self._asked)
        assert question is not None
        shapes = {site.uuid: site.geometry for site in question.sites}
        of_archives = [
            (part.plan, self.desk.archives.scenes_of(part.search)) for part in parts if part.search is not None
        ]
        of_folders = self.desk.folders.known_scenes()

        def find() -> News:
            sources = [SourceScenes(plan.source, scenes, plan.since) for plan, scenes in of_archives]
            sources += [
                SourceScenes(FOLDERS, of_folders, part.plan.since) for part in parts if part.plan.source == FOLDERS
            ]
            return news_over(shapes, sources, question.limits.max_cloud)

        self._job.run(find, self._take)

    def _take(self, news: News) -> None:
        """Keep the look in the case, and show what came."""
        self._news = news
        looks = [look for look in (self._look_of(part, news) for part in self._asked) if look is not None]
        if looks:
            known = set(self.context.document.searches)
            if self.context.do(record_looks, looks):
                fresh = (row for row in kept_looks(self.context.document) if row.row.uuid not in known)
                self._rows = {kept.look.archive: kept.row.uuid for kept in fresh}
        self._is_under_way = False
        shapes = {uuid: site.geometry for uuid, site in self.context.document.sites.items() if uuid in news.by_site}
        self.clouds.begin(shapes, self.listed())
        self.changed.emit()

    def _look_of(self, part: _Asked, news: News) -> Look | None:
        """The look that is kept of one source; None where it gave no evidence, which is said."""
        plan, search = part.plan, part.search
        name = host_of(plan.source) or plan.source
        count, matched, title, is_complete = news.counts.get(FOLDERS, 0), None, self.desk.folders.name, True
        if plan.source != FOLDERS:
            if search is None:
                self.remarks.append(self.tr("{0}: there is no way to the network.").format(name))
                return None
            count, matched, title, is_complete = search.count, search.matched, search.title, search.is_complete
            problems = () if is_complete else search.problems[:2]
            sentences = [search.failure] if search.failure else list(problems)
            self.remarks += [_named(name, in_language(sentence)) for sentence in sentences]
            if search.failure or (not count and not is_complete):
                return None
        return Look(
            archive=plan.source,
            title=title,
            count=count,
            matched=matched,
            question=plan.question,
            sites=tuple(plan.since),
            since=plan.since,
            complete=is_complete,
        )

    # -- what came --------------------------------------------------------------------------------------------------

    @property
    def undated(self) -> int:
        """Scenes without a date that were left out."""
        return self._news.undated

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections that the present look asks archives for; none for all."""
        return () if self._question is None else self._question.limits.collections

    @property
    def most_cloud(self) -> float:
        """The limit of cloud of the present look, in percent."""
        limit = None if self._question is None else self._question.limits.max_cloud
        return 100.0 if limit is None else limit

    def listed(self) -> dict[str, list[NewScene]]:
        """Scenes still to be decided on, by site: neither a layer, nor passed over."""
        passed = passed_over(kept_looks(self.context.document))
        document = self.context.document
        sources = [layer.source for layer in document.layers.values()]
        paths = {str(source.get("path") or source.get("address") or "") for source in sources}
        return {
            uuid: [
                new
                for new in self.clouds.ranked(uuid, scenes, self.most_cloud)
                if (uuid, new.scene.key) not in passed
                and new.scene.key not in self._added
                and (not new.scene.path or new.scene.path not in paths)
            ]
            for uuid, scenes in self._news.by_site.items()
            if uuid in document.sites
        }

    def listed_count(self, site: str) -> int:
        """Scenes of a site that the present look has listed, those that were decided on too."""
        return len(self._news.by_site.get(site, ()))

    def found_count(self, site: str) -> int:
        """Scenes that the present look has found of a site; only the best are listed where they are too many."""
        return self._news.of_site.get(site, 0)

    def add(self, new: NewScene) -> None:
        """Add a scene as a layer."""
        if not new.scene.path:
            self.context.report(self.tr("The archive names no picture of this scene that can be shown on the map."))
            return
        if new.source == FOLDERS:
            self._added.add(new.scene.key)  # its layer comes once the file was read
        self.desk.add([new.scene])
        self.changed.emit()

    def allow_masks(self, host: str) -> None:
        """Read the masks at a host, which is allowed by this: the analyst has read which."""
        self.context.case.consent(host)
        self.clouds.read()
        self.changed.emit()

    def pass_over(self, site: str, new: NewScene) -> None:
        """Leave a scene of a site out of this list, and of later ones."""
        self.context.do(pass_over, self._rows.get(new.source, ""), site, [new.scene.key])

    def no_image(self, site: str, scenes: Sequence[NewScene]) -> None:
        """Record that no scene that is listed of a site is usable."""
        keys: dict[str, list[str]] = {}
        for new in scenes:
            keys.setdefault(self._rows.get(new.source, ""), []).append(new.scene.key)
        self.context.do(record_no_image, site, keys)

    def _heard(self, changes: Changes) -> None:
        if self._is_under_way:
            return  # the end of the look tells: thousands of rows are not read once more for its own row
        if changes.touches("searches", "layers", "sites", "watch"):
            self.changed.emit()

    def _begin_anew(self) -> None:
        self.stop()
        self._job.drop()
        self._question, self._asked, self._is_under_way = None, [], False
        self._news, self._rows, self.last, self.remarks = News({}), {}, {}, []
        self.clouds.forget()
        self._added.clear()
        self.changed.emit()


def _named(source: str, sentence: str) -> str:
    """A sentence on a source with its name before it, unless it names it already."""
    return sentence if source in sentence else f"{source}: {sentence}"


def _plan_of(
    source: str,
    question: NewsQuestion,
    boxes: Mapping[str, Collection[Bounds]],
    merged: tuple[Bounds, ...],
    looks: Sequence[KeptLook],
) -> LookPlan:
    last = {}
    for uuid, around in boxes.items():
        seen = (kept for kept in looks if kept.look.has_seen(source, uuid, around, question.limits))
        kept = next(seen, None)
        if kept is not None:
            last[uuid] = kept
    since = {uuid: _days_before(last[uuid].row.at, LATE_DAYS) if uuid in last else question.begin for uuid in boxes}
    request = StacQuestion(
        boxes=merged,
        begin=min(since.values()),
        max_cloud=question.limits.max_cloud,
        collections=() if source == FOLDERS else question.limits.collections,
    )
    return LookPlan(source, request, since, last)


def _days_before(at: str, days: int) -> str:
    span = span_of(at)
    return "" if span is None else day_of(span.begin - days * 86400)
