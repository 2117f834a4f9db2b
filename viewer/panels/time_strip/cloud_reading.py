"""Cloud over sites and views, read of the masks that archives name: a few at a time, of allowed hosts alone."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QObject, QUrl, Signal

from layers.errors import GeoloupeError
from layers.geo.crs import WGS84
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.requests.imagery import ReadTile
from layers.scenes.found_scene import FoundScene
from layers.scenes.scene_cloud import (
    MaskGround,
    SceneCloud,
    SeenGround,
    cloud_by_mask,
    cloud_of_scene,
    together,
)
from layers.services.stac.cloud_masks import CloudMask, mask_of
from viewer.network.consent import host_of
from viewer.network.fetcher import Fetcher
from viewer.panels.time_strip.archive_scenes import ArchiveScenes
from viewer.support.mailbox import Mailbox

MOST_MASKS = 60
"""Most masks that are read for one question: each is some requests to its host."""
AT_ONCE = 2
"""Masks that are read side by side: others wait for the readers of files on hosts, too."""
MOST_KEPT = 4000
DEADLINE_S = 30.0


class CloudWish(Struct, frozen=True, eq=False):
    """The wish to know the cloud of a scene over a piece of ground."""

    scene: FoundScene
    ground: MaskGround


class _Known(Struct, frozen=True, eq=False):
    """The ground as a mask shows it, or why that could not be read."""

    mask: str
    seen: SeenGround | None
    problem: str = ""


class CloudReading(QObject):
    """The masks of one window. Nothing is read before `read`, and then of hosts that are allowed."""

    changed = Signal()
    """Emitted after each mask, and when reading begins or is stopped."""

    def __init__(
        self,
        archives: ArchiveScenes,
        pool: ReaderPool,
        fetcher: Fetcher | None,
        mailbox: Mailbox,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._archives, self._pool, self._fetcher, self._mailbox = archives, pool, fetcher, mailbox
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()
        """Results by the key of the scene and that of the ground."""
        self._masks: dict[str, CloudMask | None] = {}
        """Masks by the key of the scene; None for a scene without one."""
        self._waiting: deque[CloudWish] = deque()
        self._open: dict[tuple[str, str], CloudWish] = {}
        self._done = self._failed = 0
        archives.changed.connect(self._masks.clear)

    # -- what is known ----------------------------------------------------------------------------------------------

    @property
    def is_under_way(self) -> bool:
        return bool(self._waiting or self._open)

    @property
    def progress(self) -> tuple[int, int]:
        """Masks that were read, and all that were asked for since nothing was under way."""
        return self._done, self._done + len(self._waiting) + len(self._open)

    @property
    def failed(self) -> int:
        """Masks among those that were read of which nothing came."""
        return self._failed

    def cloud_of(self, scenes: Sequence[FoundScene], ground: MaskGround | None) -> SceneCloud:
        """Cloud of a scene, or of tiles of one pass, over the ground where masks were read, else of the whole scene;
        of several tiles then that of the cloudiest.
        """
        known = [] if ground is None else [self._known.get((scene.key, ground.key)) for scene in scenes]
        read = [each for each in known if each is not None and each.seen is not None]
        if ground is not None and read and all(each is not None for each in known):
            seen = together([each.seen for each in read if each.seen is not None])
            return cloud_by_mask(seen, ground.kind, read[0].mask)
        problem = next((each.problem for each in known if each is not None and each.problem), "")
        stated = [scene.cloud_percent for scene in scenes]
        numbers = [percent for percent in stated if percent is not None]
        return cloud_of_scene(max(numbers) if len(numbers) == len(stated) else None, problem)

    def masks_of(self, scenes: Iterable[FoundScene]) -> Callable[[], dict[str, CloudMask | None]]:
        """A function that finds the masks which archives name of scenes, by their keys, in any thread."""
        items = {scene.key: self._archives.item_of(scene.key) for scene in scenes}

        def find() -> dict[str, CloudMask | None]:
            return {key: None if item is None else mask_of(item) for key, item in items.items()}

        return find

    def note_masks(self, masks: dict[str, CloudMask | None]) -> None:
        """Take in what a function of `masks_of` has found."""
        self._masks |= masks

    def hosts_to_allow(self, wishes: Iterable[CloudWish]) -> dict[str, int]:
        """The hosts that have not been allowed, with the number of masks that wait for each."""
        hosts: dict[str, int] = {}
        for wish in self._unknown(wishes):
            for host in self._hosts_of(wish.scene):
                if not self._permits(host):
                    hosts[host] = hosts.get(host, 0) + 1
        return hosts

    # -- reading ----------------------------------------------------------------------------------------------------

    def read(self, wishes: Iterable[CloudWish], most: int = MOST_MASKS) -> None:
        """Read the masks of scenes, at most so many of those that are not known.

        Nothing is read offline, and none of a host that has not been allowed.
        """
        if self._fetcher is None or self._fetcher.offline:
            return
        allowed = [wish for wish in self._unknown(wishes) if all(map(self._permits, self._hosts_of(wish.scene)))]
        if not self.is_under_way:
            self._done = self._failed = 0
        self._waiting += allowed[:most]
        if allowed:
            self._go_on()
            self.changed.emit()

    def forget_failures(self) -> None:
        """Let masks be read again of which nothing came."""
        for key in [key for key, known in self._known.items() if known.seen is None]:
            del self._known[key]

    def stop(self) -> None:
        """Read no more of them; those that are being read come to their end unheard."""
        if self.is_under_way:
            self._waiting.clear()
            self._open.clear()
            self.changed.emit()

    def _unknown(self, wishes: Iterable[CloudWish]) -> list[CloudWish]:
        """Wishes for masks that there are, and that are neither known nor asked for already."""
        pending = {*self._open, *map(_key, self._waiting)}
        unknown: dict[tuple[str, str], CloudWish] = {}
        for wish in wishes:
            key = _key(wish)
            if key not in self._known and key not in pending and self._mask_of(wish.scene) is not None:
                unknown.setdefault(key, wish)
        return list(unknown.values())

    def _go_on(self) -> None:
        while self._waiting and len(self._open) < AT_ONCE:
            wish = self._waiting.popleft()
            mask = self._mask_of(wish.scene)
            if mask is None or self._fetcher is None or self._fetcher.offline:
                continue
            self._open[_key(wish)] = wish
            done = partial(self._mailbox.post, self._take, wish, mask)
            self._pool.submit(_request(mask, self._address(wish.scene, mask), wish.ground, done))

    def _take(self, wish: CloudWish, mask: CloudMask, answer: Answer | GeoloupeError) -> None:
        if self._open.get(_key(wish)) is not wish:
            return  # it was stopped meanwhile
        del self._open[_key(wish)]
        known = _known(mask, wish.ground, answer)
        self._known[_key(wish)] = known
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        self._done += 1
        self._failed += known.seen is None
        self._go_on()
        self.changed.emit()

    # -- masks and their hosts --------------------------------------------------------------------------------------

    def _mask_of(self, scene: FoundScene) -> CloudMask | None:
        if scene.key not in self._masks:
            self._masks |= self.masks_of([scene])()
        return self._masks[scene.key]

    def _address(self, scene: FoundScene, mask: CloudMask) -> str:
        """The address of a mask without a signature: it is signed when it is asked for."""
        item = self._archives.item_of(scene.key)
        assert self._fetcher is not None
        return self._fetcher.signing.note(mask.asset.web, "" if item is None else item.collection)

    def _hosts_of(self, scene: FoundScene) -> list[str]:
        """The host of a mask, and that of whoever signs its address."""
        mask = self._mask_of(scene)
        if mask is None or self._fetcher is None:
            return []
        address = self._address(scene, mask)
        need = self._fetcher.signing.need(QUrl(address, QUrl.ParsingMode.StrictMode))
        return [host_of(address), *([] if need is None else [need.host])]

    def _permits(self, host: str) -> bool:
        return self._fetcher is not None and self._fetcher.consent.permits(host)


def _key(wish: CloudWish) -> tuple[str, str]:
    return wish.scene.key, wish.ground.key


def _request(
    mask: CloudMask, address: str, ground: MaskGround, done: Callable[[Answer | GeoloupeError], None]
) -> Request:
    question = ReadTile(
        address,
        bands=mask.bands,
        crs=WGS84,
        affine=ground.affine,
        width=ground.width,
        height=ground.height,
        resampling="nearest",
    )
    return Request(question, done, strike_key=address, deadline_s=DEADLINE_S, is_background=True)


def _known(mask: CloudMask, ground: MaskGround, answer: Answer | GeoloupeError) -> _Known:
    if isinstance(answer, GeoloupeError):
        return _Known(mask.name, None, answer.sentence)
    try:
        bands, valid = answer.arrays
        return _Known(mask.name, mask.seen(bands, valid, ground.inside))
    except GeoloupeError as error:
        return _Known(mask.name, None, error.sentence)
