"""Operations on searches: begun, gone through cell by cell, answered, listed and asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, QTimer, Signal
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.changes import Changes
from layers.document.search import Search
from layers.document.site import Site
from layers.document.vocabulary import WHYS
from layers.errors import GeoloupeError
from layers.geo.longitudes import Place
from layers.grid.tile_grid import View
from layers.observing.search_cells import CANNOT_TELL, FOUND, NOTHING, SKIPPED, sheet_of
from layers.phrase import Phrase
from viewer.canvas.furniture.overlays import paint_crosshair
from viewer.canvas.sites.seen_signs import paint_brackets
from viewer.canvas.sites.shown_only import BareMarks
from viewer.canvas.widget import MapCanvas
from viewer.commands.imagery.searches import delete_searches
from viewer.commands.layers import lay_bare, update_layer
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext
from viewer.rendering.layers.image_facts import image_facts
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.support.messages import MessageAction

if TYPE_CHECKING:
    from layers.observing.search_grid import SearchGrid
    from layers.observing.search_mask import SearchMask
    from viewer.panels.searches.cell_pixels import CellPixels
    from viewer.panels.searches.search_walk import SearchWalk


class NotTaken(Enum):
    """The reason why an answer to the cell in hand was not taken."""

    NOT_SHOWN = "not shown"
    """Parts of the cell were not shown at full resolution."""
    OUT_OF_SIGHT = "out of sight"
    """The cell was not on the screen as the one in hand: the analyst looked at another one."""
    ELSEWHERE = "elsewhere"
    """The place that was clicked or pointed at lies in another cell."""
    OUTSIDE = "outside"
    """The place that was clicked or pointed at lies in the cell, but beyond the image or the area."""


MOST_BRACKETS = 200
"""Most marks that brackets stand around, in the place of their symbols."""
LOOK_MS = 80
"""Pause after which a view that rests is looked at."""


class SearchDraft(Struct, frozen=True):
    """Entries of the form of a search that was closed before one began."""

    area: str
    image: str
    target: str
    least_size: str
    rows: int
    columns: int
    observer: str
    """Empty where the name is the one that the form would begin with: that may become another."""
    mask_file: str
    is_radar: bool


class SearchDesk(QObject):
    """Operations on searches, one object a window. Each answer is an edit of its own, durable at once."""

    shown_changed = Signal()
    """Emitted when a walk begins, moves, sees more or ends."""
    begun = Signal()
    """Emitted before a walk shows its first cell: the map is its own from then on."""
    dialog_wanted = Signal(str)
    """Emitted with the uuid of a search area, or an empty text, to show the form of a new search."""
    scenes_wanted = Signal(str)
    """Emitted with the uuid of a kept search of an archive, to go through the scenes that it listed."""
    reason_wanted = Signal()
    """Emitted when a cell cannot be told and no reason is at hand."""

    def __init__(self, context: PanelContext, canvas: MapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self.context, self.canvas = context, canvas
        self.walk: SearchWalk | None = None
        self.lacks: Phrase | None = None
        """The reason why what is on the screen does not count; None where it does."""
        self.reason = ""
        """The reason with which cells that cannot be told are answered; its words where the vocabulary has none."""
        self.refusal: NotTaken | None = None
        """The reason why the last answer to the cell in hand was not taken; None where none was refused."""
        self.draft: SearchDraft | None = None
        """The entries of the form that was closed last; None once its search began, or in another case."""
        self.taken_before: tuple[int, int] | None = None
        """The cell before, where it was answered with a reason that was at hand; None where a reason was given."""
        self.is_name_asked = False
        """True once it was asked who searches, as no name was known."""
        self.awaits_place = False
        """True while it is waited for the place of something found in the cell in hand."""
        self._cursor_then: Place | None = None
        """Place of the mouse over the map as that began; None while it was elsewhere."""
        self._in_sight: tuple[int, int] | None = None
        """The cell that was painted last as the one in hand, in sight; None where that one was out of the view."""
        self._pixels: CellPixels | None = None
        """The readings of pixels; None until a search has begun in this window."""
        self._said = ""
        """The sentence on the cell in hand that stands in the message line."""
        self._soon = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._soon.timeout.connect(self._look)
        canvas.view_changed.connect(self._look_soon)
        canvas.scene_updated.connect(self._look_soon)
        context.changed.connect(self._heard)
        context.search_wanted.connect(self.want)
        context.document_replaced.connect(self._begin_anew)

    # -- the list ---------------------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[Search]:
        """The searches of the case, the newest first."""
        searches = self.context.document.searches.values()
        return sorted(searches, key=lambda row: (row.at, row.created_at), reverse=True)

    @property
    def observer(self) -> str:
        """The name in which this analyst searches: as stated, else that of their last search; empty for none."""
        actor = self.context.case.actor
        own = (row.observer for row in self.rows if row.created_by == actor)
        return actor or next(filter(None, own), "")

    @property
    def current(self) -> str:
        """The search that is gone through; empty without one."""
        return "" if self.walk is None else self.walk.uuid

    @property
    def is_idle(self) -> bool:
        return (self._pixels is None or self._pixels.is_idle) and not self._soon.isActive()

    def rename(self, uuid: str, name: str) -> None:
        """Do nothing: a search is called by what it is for."""

    def delete(self, uuids: Sequence[str]) -> None:
        if uuids:
            self.context.do(delete_searches, uuids)

    # -- begun ------------------------------------------------------------------------------------------------------

    def want(self, area_uuid: str = "") -> None:
        """Show the form of a new search, of this area where one is named; or go on with the search of this uuid."""
        if area_uuid in self.context.document.searches:
            self.open(area_uuid)
        else:
            self.dialog_wanted.emit(area_uuid)

    def begin(
        self,
        area: str | BaseGeometry,
        grid: SearchGrid,
        layer_uuid: str,
        pixel_m: float,
        *,
        is_radar: bool = False,
        mask: SearchMask | None = None,
        **fields: Any,
    ) -> str:
        """Begin a search and go to its first cell; returns the reason of a refusal, empty where it was begun.

        `mask` is a mask of cloud apart from the image.
        """
        # For start-up time: nothing is searched yet, as below.
        from viewer.commands.imagery.cell_searches import begin_search
        from viewer.panels.searches.cell_pixels import CellPixels, series_of_search

        drawing = self.context.layers.drawing_of(layer_uuid)
        facts: Mapping[str, Any] | None = None if drawing is None else image_facts(drawing)
        if facts is None:
            return self.tr("The image is not known yet: try again in a moment.")
        uuid = new_uuid()
        mark = self.context.document.sites.get(area) if isinstance(area, str) else None
        refusal = self.context.attempt_typed(
            series_of_search(uuid), begin_search, area, grid, image=facts, pixel_m=pixel_m, uuid=uuid, **fields
        )
        if not refusal:
            if mark is not None:
                self._say_moved(mark, uuid)
            self.open(uuid)
            if self._pixels is None:
                self._pixels = CellPixels(self.context, self)
                self._pixels.read.connect(self.shown_changed)
            if self.walk is not None:
                self._pixels.ask(self.walk, layer_uuid, is_radar=is_radar, mask=mask)
        return refusal

    def _say_moved(self, mark: Site, uuid: str) -> None:
        """Say that a mark became a search area by its search: lists and products no longer have it as what it was."""
        now = self.context.document.sites.get(mark.uuid)
        if now is not None and now.mark_kind != mark.mark_kind:
            sentence = self.tr(
                "“{0}” is a search area now, and stands under Search areas in the list. Undo (Ctrl+Z) gives up the"
                " search and puts it back."
            )
            self.context.report_of("searches", uuid, sentence.format(one_line(mark.label, 60) or self.tr("The mark")))

    def open(self, uuid: str) -> bool:
        """Go on with a search, at its first cell without an answer; obstacles are reported."""
        # For start-up time: nothing is searched yet.
        from viewer.panels.searches.image_ground import ground_of_image
        from viewer.panels.searches.search_walk import SearchWalk
        from viewer.panels.searches.searched_ground import layer_of_search

        document = self.context.document
        search = document.searches.get(uuid)
        site = None if search is None else document.sites.get(search.area_uuid)
        if search is None or site is None or sheet_of(search) is None:
            self.context.report(self.tr("That search has no cells to go through: begin a new one."))
            return False
        layer = layer_of_search(self.context, search)
        if not layer:
            self.context.report(self.tr("The image of that search is no layer of this case any more: add it again."))
            return False
        image = ground_of_image(self.context.layers.drawing_of(layer))
        try:
            walk = SearchWalk(search, site.geometry, layer, self.canvas, None if image is None else image.shape)
        except GeoloupeError:  # drawn elsewhere since, beside the cells
            self.context.report(self.tr("The area of that search lies elsewhere now: begin a new search of it."))
            return False
        self.begun.emit()
        self._lay_bare(layer, site.geometry)
        self.walk, self.reason, self._in_sight = walk, "", None
        self.canvas.scene.show_bare(BareMarks(are_all=True))
        self.context.shown_above.emit("search", self._paint)
        self.canvas.setFocus()
        walk.show()
        self._moved()
        return True

    def _lay_bare(self, layer: str, area: BaseGeometry) -> None:
        """Show the image that is searched, without those that lie over the area, in one step that can be undone."""
        from viewer.panels.searches.searched_ground import images_over  # for start-up time

        others = images_over(self.context, layer, area)
        if others:
            self.context.do(lay_bare, (layer,), others)
        elif not self.context.document.layers[layer].visible:
            self.context.do(update_layer, layer, visible=True)

    def _begin_anew(self) -> None:
        """Forget what belonged to another case."""
        self.draft = None
        self.end()

    def end(self) -> None:
        """Leave the search; its cells are in the case."""
        if self.walk is not None:
            self.walk, self.lacks = None, None
            self._begin_cell()
            self.canvas.scene.show_bare(BareMarks())
            self.context.shown_above.emit("search", None)
            self.shown_changed.emit()

    def leave(self) -> None:
        """Leave the search by hand, and say what it shows: one without any answer is given up, with the area that was
        made for it.
        """
        walk = self.walk
        self.end()
        search = None if walk is None else self.context.document.searches.get(walk.uuid)
        if walk is None or search is None:
            return
        if walk.progress.answered:
            self._say_shown(search)
            return
        if self.context.do(delete_searches, (walk.uuid,)):
            self.context.messages.note(self.tr("No cell had an answer: the search was given up. Undo brings it back."))

    def _say_shown(self, search: Search) -> None:
        """Say what a search shows so far, with the way to the list of searches."""
        # For start-up time: nothing is searched yet, as below.
        from layers.observing.search_words import image_search_sentences

        image = self.context.document.images.get(search.image_uuid)
        sentences = image_search_sentences(search, image)
        show = MessageAction(self.tr("Searches"), partial(self.context.panel_wanted.emit, "search_list"))
        self.context.messages.note(" ".join(map(in_language, sentences)), show)

    # -- answers ----------------------------------------------------------------------------------------------------

    def nothing_seen(self) -> None:
        """Answer that nothing was seen in the cell in hand; refused while parts of it were not shown."""
        walk = self.walk
        if walk is None or not self._is_seen():
            return
        if walk.is_shown:
            self._answer(NOTHING)
        elif walk.outside >= 1.0:
            self.show_next_part()
        else:
            self.show_next_part()
            self._refuse(NotTaken.NOT_SHOWN)

    def found(self, place: Place | None = None) -> bool:
        """Answer that something was found: it is marked at a place, else where the analyst points. False where that
        was refused, as for a place in another cell, or where nobody points at a place: it is waited for then.
        """
        walk = self.walk
        if walk is None or not self._is_seen():
            return False
        at = place or self._pointed()
        if at is not None and walk.shown.holds(*walk.at, at):
            self._answer(FOUND, place=at)
            return True
        self.await_place()
        if at is not None:
            is_here = walk.sheet.grid.cell_at(*at) == walk.at
            self._refuse(NotTaken.OUTSIDE if is_here else NotTaken.ELSEWHERE)
        return False

    def _pointed(self) -> Place | None:
        """The place at which the analyst points: that of the mouse, or the crosshair, where it is waited for and the
        mouse was not moved since. None where nobody points: no place is made up.
        """
        cursor = self.canvas.gestures.cursor
        if self.awaits_place and cursor == self._cursor_then:
            return self.canvas.viewport.centre_lonlat()
        return None if cursor is None else self.canvas.gestures.pointed_place()

    def await_place(self) -> None:
        """Wait for the place of something found: a click, or the key at the crosshair, which is shown."""
        if not self.awaits_place:
            self.awaits_place, self._cursor_then = True, self.canvas.gestures.cursor
            self._moved()

    def await_no_place(self) -> None:
        """Wait for no place any more."""
        self.awaits_place, self.refusal = False, None
        self._moved()

    @property
    def reason_at_hand(self) -> str:
        """The reason with which the cell in hand is answered where none is given; empty for none."""
        return self.reason if self.walk is None else self.walk.cell.suggested or self.reason

    def cannot_tell(self, reason: str = "") -> None:
        """Answer that it cannot be told: for the reason given, a word of the vocabulary or others, else the one that
        the pixels suggest, else the last one; without any the analyst is asked.
        """
        if self.walk is None or not self._is_seen():
            return
        is_given, reason = bool(reason), reason or self.reason_at_hand
        if not reason:
            self.reason_wanted.emit()
            return
        self.reason = reason
        is_known, at = reason in WHYS, self.walk.at
        self._answer(CANNOT_TELL, why=reason if is_known else "", words="" if is_known else reason)
        if not is_given and self.walk is not None and self.walk.at != at:
            self.taken_before = at
            self.shown_changed.emit()

    def skip(self) -> None:
        """Leave the cell in hand unsearched."""
        if self.walk is not None and self._is_seen():
            self._answer(SKIPPED)

    def _is_seen(self) -> bool:
        """True where the cell in hand is on the screen as such. Else it is shown, and an answer is refused: keys that
        were pressed ahead, or after the map was moved, are about a cell that the analyst saw.
        """
        walk = self.walk
        if walk is None or self._in_sight == walk.at:
            return walk is not None
        if not walk.is_in_sight(self.canvas.viewport.view()):
            walk.show()
        self._moved()
        self._refuse(NotTaken.OUT_OF_SIGHT)
        return False

    def _refuse(self, refusal: NotTaken) -> None:
        self.refusal = refusal
        self.shown_changed.emit()

    def _begin_cell(self) -> None:
        """Forget what was said on a cell, as it got an answer or was left."""
        self.refusal, self.awaits_place, self.taken_before = None, False, None
        if self._said:
            self.context.messages.withdraw(self._said)
            self._said = ""

    def _answer(self, answer: str, *, why: str = "", words: str = "", place: Place | None = None) -> None:
        from viewer.commands.imagery.cell_searches import answer_cell  # for start-up time

        walk = self.walk
        if walk is None:
            return
        cell = replace(walk.cell, answer=answer, why=why, words=words, shown=round(walk.part_shown, 4))
        if not self.context.do(answer_cell, walk.uuid, cell, place=place):
            return
        self._begin_cell()
        if self.walk is not None:
            self.walk.go_on()
        self._moved()

    @property
    def end_words(self) -> str:
        """The sentence on a search whose cells all have an answer; empty while one is open."""
        walk = self.walk
        search = None if walk is None else self.context.document.searches.get(walk.uuid)
        if walk is None or search is None or walk.progress.answered < walk.progress.cells:
            return ""
        sentence = self.tr("All cells have an answer: {0} % assessable, {1} % obscured, {2} % not searched.")
        shares = (search.assessed_pct, search.obscured_pct, search.not_searched_pct)
        return sentence.format(*(f"{share or 0:g}" for share in shares))

    # -- moves ------------------------------------------------------------------------------------------------------

    def show_next_part(self) -> None:
        """Show the next part of the cell in hand, or the whole cell again."""
        if self.walk is not None:
            if self.walk.outside >= 1.0:
                self._said = self.tr("This cell lies outside the image: 3 says that it cannot be told.")
                self.context.report(self._said)
            self.walk.show()
            self._moved()

    def step(self, by: int) -> None:
        """Go to the next cell or the one before."""
        if self.walk is not None:
            self._begin_cell()
            self.walk.step(by)
            self._moved()

    def go_to(self, row: int, column: int) -> None:
        """Take another cell in hand."""
        if self.walk is not None:
            self._begin_cell()
            self.walk.go_to(row, column)
            self._moved()

    def _moved(self) -> None:
        self._look_soon()
        self.canvas.update()
        self.shown_changed.emit()

    # -- what is shown ----------------------------------------------------------------------------------------------

    def _look_soon(self) -> None:
        if self.walk is not None and not self._soon.isActive():
            self._soon.start()

    def _look(self) -> None:
        walk = self.walk
        if walk is None:
            return
        if walk.fit_again():
            self._moved()
        before = self.lacks, walk.part_shown
        self.lacks = walk.look()
        if (self.lacks, walk.part_shown) != before:
            self.canvas.update()
            self.shown_changed.emit()
        if self.lacks is not None and not self.canvas.is_idle():
            self._soon.start()

    def _paint(self, painter: QPainter, view: View) -> None:
        from viewer.canvas.search_painter import paint_search  # for start-up time

        if self.walk is None:
            return
        self._in_sight = self.walk.at if self.walk.is_in_sight(view) else None
        paint_search(painter, view, self.walk.sheet, self.walk.places, self.walk.at)
        bare = [place for frame in self.canvas.scene.marks.frames(view) for place in frame.bare_places]
        for place in bare[:MOST_BRACKETS]:
            paint_brackets(painter, QPointF(*place), view.ratio)
        if self.awaits_place:
            paint_crosshair(painter, view)

    def _heard(self, changes: Changes) -> None:
        walk = self.walk
        if walk is None or not changes.touches("searches", "layers"):
            return
        if not walk.follow(self.context.document):
            self.end()
            return
        self.canvas.update()
        self.shown_changed.emit()
