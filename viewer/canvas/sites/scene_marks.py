"""The marks of one scene: an index that follows the document, the solid ones among them, and their places in a view."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import islice

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import is_off_earth
from layers.grid.tile_grid import View
from layers.observing.blind_look import BlindLook
from viewer.canvas.sites.mark_judge import MarkJudge, Solid
from viewer.canvas.sites.outlines import Floats
from viewer.canvas.sites.shown_only import BareMarks, ShownOnly
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.sites.site_index import SiteIndex
from viewer.commands.meta import sites_visible
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.world_copies import wrapped_views


class SceneMarks:
    """The marks of a document as one scene shows them.

    `rows` gives the layers as the scene shows them, and `drawings` holds what draws them, by uuid: their images tell
    which marks are solid. `judged` is called when other marks are solid now.
    """

    def __init__(
        self, rows: Callable[[], list[Layer]], drawings: Mapping[str, LayerDrawing], judged: Callable[[], None]
    ) -> None:
        self._rows, self._drawings, self._judged = rows, drawings, judged
        self._judge = MarkJudge()
        self._document = Document()
        self._frames: tuple[SiteFrame, ...] = ()
        self._only: ShownOnly | None = None
        self._bare = BareMarks()
        self._previewed: frozenset[str] = frozenset()
        self.index = SiteIndex.of({})

    # -- following the document -----------------------------------------------------------------------------------

    def adopt(self, document: Document, index: SiteIndex | None = None) -> None:
        """Show the marks of another document. `index` is an index of its sites that was made already, to be owned."""
        self._document = document
        is_made = index is not None and self._judge.blind is None
        self.index = index if index is not None and is_made else SiteIndex.of(self._shown(document.sites))
        self._frames, self._previewed, self._only, self._bare = (), frozenset(), None, BareMarks()
        self.judge()

    @property
    def only(self) -> frozenset[str] | None:
        """The marks that a filter leaves on the map; None for all."""
        return None if self._only is None else self._only.uuids

    def show_only(self, uuids: frozenset[str] | None) -> bool:
        """Show only the marks that a filter leaves; None: all. False where nothing changes."""
        if uuids == self.only:
            return False
        self._only = None if uuids is None else ShownOnly(uuids)
        self._frames = ()
        self.index.revision += 1
        return True

    @property
    def bare(self) -> BareMarks:
        """The marks whose symbols are not painted."""
        return self._bare

    def show_bare(self, bare: BareMarks) -> bool:
        """Paint no symbols of some marks, as they would cover what is looked at. False where nothing changes."""
        if bare == self._bare:
            return False
        self._bare, self._frames = bare, ()
        self.index.revision += 1
        return True

    @property
    def blind(self) -> BlindLook | None:
        """The observer from whom the marks of others' counts are kept; None: all are shown."""
        return self._judge.blind

    def hide_from(self, blind: BlindLook | None) -> bool:
        """Show no marks of what others than an observer have counted; None: show all. False where nothing changes."""
        if blind == self._judge.blind:
            return False
        self._judge.blind = blind
        self.index, self._frames = SiteIndex.of(self._shown(self._document.sites)), ()
        self.judge()
        return True

    def _shown(self, sites: Mapping[str, Site]) -> Mapping[str, Site]:
        blind = self._judge.blind
        return sites if blind is None else {uuid: site for uuid, site in sites.items() if blind.shows(site)}

    def follow(self, changes: Changes) -> None:
        """Follow an edit of the document's sites."""
        if changes.everything:
            self.index, self._frames = SiteIndex.of(self._shown(self._document.sites)), ()
        elif changes.touches("sites"):
            self._update(changes.uuids("sites"), self._document.sites)

    def preview(self, rows: Mapping[str, Site]) -> bool:
        """Show these sites, by uuid, instead of their rows while they are dragged; an empty mapping ends that.

        False where nothing changes.
        """
        touched = self._previewed | rows.keys()
        if not touched:
            return False
        self._previewed, self._frames = frozenset(rows), ()
        stored = {uuid: self._document.sites[uuid] for uuid in touched if uuid in self._document.sites}
        self._update(touched, {**stored, **rows})
        return True

    def _update(self, uuids: frozenset[str], sites: Mapping[str, Site]) -> None:
        placed_at = self.index.placed_at
        if self._judge.blind is not None:
            sites = self._shown({uuid: sites[uuid] for uuid in uuids if uuid in sites})
        self.index.update(self._in_order(uuids), sites)
        if self.index.placed_at != placed_at:
            self._frames = ()

    def _in_order(self, uuids: frozenset[str]) -> list[str]:
        """The new sites among `uuids` in the document's order: sets have no order, and pictures must."""
        if len(uuids) == 1:
            return list(uuids)
        sites = self._document.sites
        gone = sorted(uuid for uuid in uuids if uuid not in sites)
        # New rows are the last ones: seen from there, most edits need no look at the others.
        there = islice((uuid for uuid in reversed(list(sites)) if uuid in uuids), len(uuids) - len(gone))
        return gone + list(there)[::-1]

    # -- solid and dashed -----------------------------------------------------------------------------------------

    def note_news(self) -> None:
        """Note that a layer shows something else now: marks are checked against its image before the next frame."""
        self._judge.note_news()

    def show_solid_on(self, layers: Collection[str] | None) -> bool:
        """Draw solid only marks that these layers' images tell of, others dashed; None: `MarkJudge` finds which.

        False where the same marks are solid as before.
        """
        self._judge.deciding_layers = None if layers is None else frozenset(layers)
        return self.judge()

    def judge(self, changes: Changes | None = None) -> bool:
        """Judge which marks are solid, of all or of those that an edit of sites touched; False for no change."""
        solid = self._judge.judge(self._document, self._rows(), self._drawings, self.index.solid, changes)
        if not self.index.show_solid(solid):
            return False
        self._frames = ()
        self._judged()
        return True

    @property
    def solid(self) -> Solid | None:
        """The marks that are drawn solid here; None for all."""
        self._look_at_images()
        return self.index.solid

    def _look_at_images(self) -> None:
        if self._judge.has_news and self._judge.is_outdated(self._document, self._rows(), self._drawings):
            self.judge()

    # -- where they are -------------------------------------------------------------------------------------------

    @property
    def are_shown(self) -> bool:
        """False while the document hides all sites."""
        return sites_visible(self._document)

    def frames(self, view: View) -> tuple[SiteFrame, ...]:
        """The sites of a view, hidden or not, and of each wrapped world copy in it; kept for the last view."""
        self._look_at_images()
        if not self._frames or self._frames[0].view != view:
            index = SiteIndex.of({}) if is_off_earth(view.grid.crs) else self.index
            frames = (SiteFrame.of(index, copy, self._only) for copy in wrapped_views(view))
            self._frames = tuple(frame if self._bare.are_none else frame.bared(self._bare) for frame in frames)
        return self._frames

    def bounds(self, uuids: frozenset[str]) -> Bounds | None:
        """Bounds of sites in lon, lat, with the areas that stand for loosely known places."""
        return self._index_of(uuids).bounds_lonlat()

    def boxes_within(self, part: Bounds, uuids: frozenset[str] | None = None) -> Floats:
        """(n, 4) boxes of those of the sites, or of all, that touch a part of the Earth, in its turn of longitudes."""
        return (self._index_of(uuids) if self.are_shown else SiteIndex.of({})).boxes_within(part)

    def _index_of(self, uuids: frozenset[str] | None) -> SiteIndex:
        sites = self.index.sites
        is_all = uuids is None or uuids >= sites.keys()
        return self.index if is_all else SiteIndex.of({uuid: sites[uuid] for uuid in uuids or () if uuid in sites})
