"""The context that every drawing of a window shares."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from layers.pool.pool import ReaderPool
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.folder_consent import FolderConsent
from viewer.rendering.drives import Drives
from viewer.rendering.overviews import Overviews
from viewer.rendering.server_ways import ServerWays
from viewer.rendering.tiles.scheduler import TileScheduler
from viewer.rendering.tiles.tile_cache import AheadBudget, TileCache
from viewer.support.jobs import Jobs, PageJobs
from viewer.support.mailbox import Mailbox


@dataclass(frozen=True, eq=False)  # no Struct: it makes fields, which belong to it
class RenderContext:
    """The context of all drawings of a window; made once a window, in its thread.

    `fetcher` is None where nothing may use the network. `consent` says which hosts may be contacted, by default as the
    fetcher does, and `folders` which files outside a case may be looked at, by default none. `overviews` is None for
    pictures, for which none are kept. `reads_ahead` is for the screen: tiles around the view are read while it rests.
    With `fills_edges` tiles of services that reach beyond the view are completed once all of it is shown.
    `is_of_page` is for products, whose pictures are to look as their PDF does.
    """

    pool: ReaderPool
    fetcher: Fetcher | None
    jobs: Jobs
    consent: Consent | None = None
    folders: FolderConsent = field(default_factory=FolderConsent)
    tiles: TileCache = field(default_factory=TileCache)
    overviews: Overviews | None = None
    reads_ahead: bool = False
    fills_edges: bool = False
    is_of_page: bool = False
    ways: ServerWays = field(default_factory=ServerWays)
    drives: Drives = field(init=False)
    scheduler: TileScheduler = field(init=False)
    ahead: AheadBudget = field(init=False)

    def __post_init__(self) -> None:
        if self.consent is None and self.fetcher is not None:
            object.__setattr__(self, "consent", self.fetcher.consent)
        self.tiles.holds_ahead = self.reads_ahead
        object.__setattr__(self, "drives", Drives(self.jobs.mailbox, self.jobs))
        object.__setattr__(self, "scheduler", TileScheduler(self.pool))
        object.__setattr__(self, "ahead", AheadBudget(self.tiles))

    @property
    def mailbox(self) -> Mailbox:
        return self.jobs.mailbox

    def for_pictures(self) -> RenderContext:
        """A context with the same readers and caches for scenes that stay where they are: nothing is read ahead."""
        still = copy.copy(self)
        object.__setattr__(still, "reads_ahead", False)
        object.__setattr__(still, "fills_edges", False)
        return still

    def for_frame(self) -> RenderContext:
        """A context with the same readers and tiles of its own, for a map beside another one: each would evict the
        other's.
        """
        beside = self.for_pictures()
        object.__setattr__(beside, "tiles", TileCache())
        object.__setattr__(beside, "ahead", AheadBudget(beside.tiles))
        return beside

    def for_page(self) -> RenderContext:
        """A context with the same readers for the map of a product."""
        own = self.for_frame()
        object.__setattr__(own, "is_of_page", True)
        return own

    def held(self) -> RenderContext:
        """A context with a mailbox of its own, so that all that arrives for a scene can wait while a job reads it."""
        page = copy.copy(self)
        object.__setattr__(page, "jobs", PageJobs(self.jobs.of_window))
        return page

    def puts_off(self, call: Callable[..., None], *arguments: object) -> bool:
        """True while the scene is held: then the call is made later, and its caller leaves."""
        if not self.mailbox.is_held:
            return False
        self.mailbox.post(call, *arguments)
        return True

    def is_idle(self) -> bool:
        """True when no reader, job or download works for a drawing and nothing waits to be delivered."""
        fetching = self.fetcher is not None and not self.fetcher.is_idle()
        return (
            self.scheduler.is_idle()
            and self.pool.is_idle()
            and self.jobs.is_idle()
            and self.mailbox.is_empty()
            and self.drives.is_idle()
            and not fetching
        )
