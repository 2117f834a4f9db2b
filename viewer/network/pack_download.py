"""Fetches the tiles of an offline pack by the window's fetcher and writes them in jobs; pauses and goes on at will."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from itertools import islice
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from layers.errors import BadTemplate, GeoloupeError, NotAllowed
from layers.phrase import Phrase
from layers.services.packs.mbtiles_pack import MbtilesPack
from layers.services.packs.pack_plan import PackEstimate, PackPlan, PackTile
from layers.text.counted import counted, grouped
from viewer.network.fetcher import Fetcher
from viewer.network.tile_fetch import PackedFetch
from viewer.support.jobs import Jobs

MOST_CONNECTIONS = 4
"""Most requests under way for a pack, so that the map has some of the fetcher's left."""
BATCH = 64
"""Tiles that are written in one transaction."""
BATCH_MS = 1000
"""Milliseconds after which fewer are written, too: what a kill can cost."""
MOST_UNWRITTEN = 4 * BATCH
LOOKED_UP = 512
"""Tiles that are looked up in the pack at once, before they are asked for."""
TRIES = 2
MOST_WAITS = 3
"""Pauses of a server without a single tile between them, after which the work pauses by itself."""
MOST_FAILURES = 20
"""Tiles that fail one after the other before the work pauses by itself."""


class PackPhase(StrEnum):
    """The phases of the work on a pack."""

    PREPARING = "preparing"
    """The pack is opened, and what it has is counted."""
    RUNNING = "running"
    WAITING = "waiting"
    """The server is paused, or this computer is offline: it goes on by itself."""
    PAUSED = "paused"
    DONE = "done"


class PackDownload(QObject):
    """The work on one pack. For the window's thread; `changed` is emitted with each step, `ended` when none follows by
    itself: `phase` is then DONE, or PAUSED with a `sentence` that says why.
    """

    changed = Signal()
    ended = Signal()

    def __init__(
        self,
        fetcher: Fetcher,
        jobs: Jobs,
        plan: PackPlan,
        path: Path,
        parent: QObject | None = None,
        *,
        anew: bool = False,
    ) -> None:
        """`anew`: tiles that the pack has are asked for again, and stay until newer ones come."""
        super().__init__(parent)
        self.plan, self.path = plan, path
        self.phase = PackPhase.PAUSED
        self.sentence = ""
        """The reason for a pause that nobody asked for, or for waiting; else empty."""
        self.total = plan.count()
        self.there = 0
        """Tiles of the plan that the pack has, or that the server is known to lack."""
        self.lacking = 0
        """Tiles of the plan that the server is known to lack."""
        self.failed = 0
        """Tiles that did not come in this run; they are asked for again in the next."""
        self._fetcher, self._jobs, self._service = fetcher, jobs, plan.service
        self._levels = {level.zoom: level for level in plan.levels}
        self._pack: MbtilesPack | None = None
        self._missing: Iterator[PackTile] = iter(())
        self._is_preparing = self._is_looking = self._is_all_known = self._is_writing = self._is_over = False
        self._begins_again, self._is_anew = False, anew
        self._queue: deque[PackTile] = deque()
        self._under_way: dict[PackTile, PackedFetch | None] = {}
        self._tries: dict[PackTile, int] = {}
        self._unwritten: list[tuple[PackTile, bytes]] = []
        self._unnoted: list[PackTile] = []
        self._failures = self._waits = 0
        self._run = 0
        self._bytes = self._came = 0
        self._began_at = 0.0
        self._flush = QTimer(self, singleShot=True, interval=BATCH_MS)
        self._flush.timeout.connect(self._write)
        fetcher.respect(plan.service)
        fetcher.host_ready.connect(self._host_ready)

    @property
    def is_working(self) -> bool:
        return self.phase in (PackPhase.PREPARING, PackPhase.RUNNING, PackPhase.WAITING)

    @property
    def fraction(self) -> float:
        return self.there / self.total if self.total else 1.0

    @property
    def rest(self) -> PackEstimate:
        """The tiles that are left, by what was measured in this run once that tells something."""
        seconds = time.monotonic() - self._began_at
        is_known = self._came >= BATCH and seconds > 1.0
        mean = self._bytes / self._came if self._came else 0.0
        return self.plan.estimate(self.there, mean, self._came / seconds if is_known else 0.0)

    def start(self) -> None:
        """Begin, or go on where the pack was left."""
        if self.is_working or self._is_over:
            return
        if not self._is_settled:  # what came before the pause is still being written
            self._begins_again = True
            return
        self._run += 1
        self._is_preparing = True
        self.phase, self.sentence = PackPhase.PREPARING, ""
        self.lacking = self.failed = self._failures = self._waits = self._bytes = self._came = 0
        self._is_all_known = False
        self._tries.clear()
        self._queue.clear()
        path, plan, run, is_anew = self.path, self.plan, self._run, self._is_anew

        def prepare(_: object) -> tuple[MbtilesPack, int, int]:
            pack = MbtilesPack(path, plan)
            try:
                if is_anew:
                    pack.ask_again()
                return pack, pack.count_there(), pack.count_lacking()
            except BaseException:
                pack.close()
                raise

        self._jobs.run(prepare, lambda answer: self._prepared(run, *answer), lambda error: self._stopped(run, error))
        self.changed.emit()

    def pause(self, sentence: str = "") -> None:
        """Ask for nothing more; what has come is written, and the pack closed."""
        self._begins_again = False
        if not self.is_working:
            return
        self.phase, self.sentence = PackPhase.PAUSED, sentence
        self._cancel()
        self._settle()
        self.changed.emit()

    def close(self) -> None:
        """Pause, write what has come, and end: the last call."""
        if self._is_over:
            return
        self._is_over = True
        self._cancel()
        pack, self._pack = self._pack, None
        if pack is not None:
            try:
                pack.put(self._unwritten, self._unnoted)
            except GeoloupeError:
                pass  # these few are asked for again
            finally:
                pack.close()
        self.phase = PackPhase.PAUSED
        self.ended.emit()
        self.deleteLater()

    # -- steps -------------------------------------------------------------------------------------------------------

    def _prepared(self, run: int, pack: MbtilesPack, there: int, lacking: int) -> None:
        if self._is_stale(run):
            pack.close()
            return
        self._is_preparing = self._is_anew = False
        if not self.is_working:
            pack.close()
            self._settle()
            return
        self._pack, self.there, self.lacking, self._missing = pack, there, lacking, pack.missing()
        self.phase, self._began_at = PackPhase.RUNNING, time.monotonic()
        self.changed.emit()
        self._go_on()

    def _go_on(self) -> None:
        """Look up, ask for and write what can be now; finish where nothing is left."""
        if self._is_over or self._pack is None:
            return
        if self.phase is PackPhase.RUNNING:
            self._look_up()
            self._ask()
        if len(self._unwritten) + len(self._unnoted) >= BATCH:
            self._write()
        elif (self._unwritten or self._unnoted) and not self._flush.isActive():
            self._flush.start()
        if self.phase is not PackPhase.RUNNING or self._is_looking or self._queue or self._under_way:
            return
        if self._is_all_known and not self._is_writing:
            if self._unwritten or self._unnoted:
                self._write()
            else:
                self._finish()

    def _look_up(self) -> None:
        if self._is_looking or self._is_all_known or len(self._queue) >= LOOKED_UP // 4:
            return
        self._is_looking = True
        missing, run = self._missing, self._run
        self._jobs.run(
            lambda _: list(islice(missing, LOOKED_UP)),
            lambda tiles: self._looked_up(run, tiles),
            lambda error: self._stopped(run, error),
        )

    def _looked_up(self, run: int, tiles: list[PackTile]) -> None:
        if self._is_stale(run):
            return
        self._is_looking = False
        self._is_all_known = len(tiles) < LOOKED_UP
        self._queue.extend(tiles)
        self._go_on()
        self._settle()

    def _ask(self) -> None:
        most = min(self._service.max_connections, MOST_CONNECTIONS)
        while (
            self._queue
            and len(self._under_way) < most
            and len(self._unwritten) < MOST_UNWRITTEN
            and self.phase is PackPhase.RUNNING
        ):
            tile = self._queue.popleft()
            level = self._levels[tile.zoom]
            try:
                url = self._service.url(level.level, tile.column - level.left, tile.row - level.top)
            except BadTemplate as error:
                self.pause(error.sentence)
                return
            self._under_way[tile] = None
            self._ask_for(tile, url)

    def _ask_for(self, tile: PackTile, url: str) -> None:
        fetch = self._fetcher.fetch_packed(url, partial(self._arrived, self._run, tile))
        if fetch is not None and not fetch.is_over:
            self._under_way[tile] = fetch

    def _arrived(self, run: int, tile: PackTile, body: bytes | None, error: GeoloupeError | None) -> None:
        if self._is_stale(run) or tile not in self._under_way:
            return
        del self._under_way[tile]
        if error is not None:
            self._fail(tile, error)
            return
        self._failures = self._waits = 0
        if body:
            self._unwritten.append((tile, body))
            self._bytes, self._came = self._bytes + len(body), self._came + 1
        else:
            self._unnoted.append(tile)
        self._go_on_later()

    def _fail(self, tile: PackTile, error: GeoloupeError) -> None:
        if isinstance(error, NotAllowed):
            self.pause(error.sentence)
            return
        if any(self._fetcher.only_stored(host) for host in self._service.hosts):
            self._queue.appendleft(tile)
            self._wait(error.sentence)
            return
        self._failures += 1
        self._tries[tile] = self._tries.get(tile, 0) + 1
        if self._tries[tile] < TRIES:
            self._queue.append(tile)
        else:
            self.failed += 1
        if self._failures >= MOST_FAILURES:
            self.pause(error.sentence)
            return
        self._go_on_later()

    def _wait(self, sentence: str) -> None:
        """Wait for the server, or give up where it never gives a tile between its pauses."""
        if self.phase is PackPhase.RUNNING:
            self._waits += 1
        if self._waits > MOST_WAITS:
            self.pause(sentence)
        elif self.is_working:
            self.phase, self.sentence = PackPhase.WAITING, sentence
            self.changed.emit()

    def _go_on_later(self) -> None:
        # Not at once: an answer that needs no request comes while the queue is being walked.
        self._jobs.mailbox.post(self._go_on_if_there)

    def _go_on_if_there(self) -> None:
        if not self._is_gone():
            self._go_on()

    def _write(self) -> None:
        """Write what has come, in a job; one at a time."""
        pack = self._pack
        if pack is None or self._is_writing or self._is_over or not (self._unwritten or self._unnoted):
            return
        self._is_writing = True
        self._flush.stop()
        tiles, notes, run = self._unwritten, self._unnoted, self._run
        self._unwritten, self._unnoted = [], []
        self._jobs.run(
            lambda _: pack.put(tiles, notes),
            lambda _: self._written(run, len(tiles), len(notes)),
            lambda error: self._stopped(run, error),
        )

    def _written(self, run: int, kept: int, noted: int) -> None:
        if self._is_stale(run):
            return
        self._is_writing = False
        self.there += kept + noted
        self.lacking += noted  # with those there: a look between two writes finds no more lacking than looked at
        self.changed.emit()
        self._go_on()
        self._settle()

    def _finish(self) -> None:
        """Close the pack: whole, or with tiles that did not come, which the next run asks for again."""
        pack, run = self._pack, self._run
        assert pack is not None
        if self.failed:
            self.pause(
                Phrase(
                    "{failed} of {total} did not come: go on to ask for them again.",
                    failed=grouped(self.failed),
                    total=counted(self.total, "tile"),
                )
            )
            return
        self._is_writing = True
        self._jobs.run(lambda _: pack.finish(), lambda _: self._finished(run), lambda error: self._stopped(run, error))

    def _finished(self, run: int) -> None:
        if self._is_stale(run):
            return
        self._is_writing = False
        was = self.phase
        self.phase = PackPhase.DONE if was is PackPhase.RUNNING else was
        self._settle()
        self.changed.emit()

    def _stopped(self, run: int, error: GeoloupeError) -> None:
        """Stop for a pack that cannot be read or written."""
        if self._is_stale(run):
            return
        self._is_preparing = self._is_looking = self._is_writing = False
        self._unwritten, self._unnoted = [], []
        if self.is_working:
            self.pause(error.sentence)
        else:
            self.sentence = self.sentence or error.sentence
            self._settle()

    def _settle(self) -> None:
        """Close the pack once nothing works on it any more, and tell."""
        if self.is_working or self._is_over:
            return
        if self._unwritten or self._unnoted:
            self._write()
        if not self._is_quiet:
            return
        pack, self._pack = self._pack, None
        if pack is not None:
            pack.close()
        if self._begins_again:
            self._begins_again = False
            self.start()
        else:
            self.ended.emit()

    @property
    def _is_quiet(self) -> bool:
        """True while no job works on the pack."""
        return not (self._is_preparing or self._is_looking or self._is_writing)

    @property
    def _is_settled(self) -> bool:
        return self._is_quiet and self._pack is None

    def _cancel(self) -> None:
        self._flush.stop()
        under_way, self._under_way = self._under_way, {}
        for fetch in under_way.values():
            if fetch is not None:
                fetch.cancel()

    def _host_ready(self, host: str) -> None:
        if host in self._service.hosts and self.phase is PackPhase.WAITING and not self._is_over:
            self.phase, self.sentence = PackPhase.RUNNING, ""
            self.changed.emit()
            self._go_on()

    def _is_stale(self, run: int) -> bool:
        """True for an answer to a run before, or to work that is no longer there."""
        return self._is_gone() or run != self._run

    def _is_gone(self) -> bool:
        return self._is_over or not shiboken6.isValid(self)
