"""The sheet of a window: the sites that it lists, who looks and for what, and the edits of its rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from layers.document.changes import Changes
from layers.document.observation import Observation
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.observing.blind_look import BlindLook
from layers.observing.observation_rows import read_count
from layers.observing.sheet import MOST_SITES, Cover, Sheet, SheetCell, SheetImage, sheet_after, sheet_of
from viewer.commands.filing.evidence import link_evidence
from viewer.commands.imagery.count_ticks import add_tick, take_tick_back, ticks_of
from viewer.commands.imagery.observations import delete_observations
from viewer.commands.imagery.sheet_rows import VIEW_KEY, record_look, state_view, stated_view
from viewer.panels.context import PanelContext
from viewer.panels.listed_marks import SITE_KIND
from viewer.rendering.layers.layer_images import LayerImages
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

LOOK_MS = 150
"""Milliseconds after which layers are looked at again, as many of them become known together."""
_CHANGES_TOLD = ("none seen", "changed")
"""Words on a change that need both looks to tell whether the thing is there."""
SELECTED, ALL, FOLDER = "selected", "all", "folder"


class Listing(Struct, frozen=True):
    """The choice of the sites that the sheet lists."""

    kind: str = ALL
    folder: str = ""


class SheetPlace(NamedTuple):
    """A cell, by the places of its site and its image in the sheet."""

    row: int
    column: int


class SheetDesk(QObject):
    """The sheet and what can be done in it, one object a window. It follows the case only while it is watched."""

    sheet_changed = Signal()
    """Emitted when other sites or images are listed."""
    rows_changed = Signal()
    """Emitted when rows of the listed sites, or the clearness of images, have changed."""
    site_wanted = Signal(int)
    """Emitted with the place of a listed site that was selected elsewhere."""
    refused = Signal(str)
    """Emitted with the sentence why something cannot be recorded."""

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.images = LayerImages(lambda: context.document, context.layers.drawing_of)
        self.sheet = Sheet()
        self._cells: dict[SheetPlace, SheetCell] = {}
        """Cells that were asked for: each key asks for some hundred of them."""
        self._cells_of: tuple[Sheet, BlindLook | None] = (self.sheet, None)
        """The sheet of `_cells`, and the observer from whom others' rows are kept in them."""
        self.listing = Listing()
        self.target = ""
        """The thing that is looked for, as it is typed: the sheet's rows are about this alone."""
        self.observer = self._named = self._own_name()
        """The observer of the sheet; and the analyst's name as it was stated when that was looked at last."""
        self.sites_left_out = 0
        """Number of sites that are not listed because there are too many."""
        self._chosen: tuple[str, ...] = ()
        """The sites that were selected for the sheet."""
        self._folders: list[str] | None = None
        """The folders of sites; None from an edit of sites until somebody asks for them."""
        self._is_watched = self._is_selecting = False
        self._soon = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._soon.timeout.connect(self._look_at_layers)
        context.changed.connect(self._follow)
        context.document_replaced.connect(self._begin_anew)
        context.selection.changed.connect(self._follow_selection)

    # -- what is listed -----------------------------------------------------------------------------------------

    def set_watched(self, watched: bool) -> None:
        """Follow the case while the sheet is shown. The sites that are selected then are listed."""
        self.follow_name()
        if watched and not self._is_watched:
            self._is_watched = True
            self._take_selection()
            self._build()
            self._remember()
            self._follow_selection()
        self._is_watched = watched

    def look_soon(self) -> None:
        """Look at the layers again soon, as more may be known of their images."""
        if self._is_watched and not self._soon.isActive():
            self._soon.start()

    def list_sites(self, listing: Listing) -> None:
        """List other sites: those that are selected, those of a folder, or all."""
        self.listing = listing
        if listing.kind == SELECTED:
            self._chosen = self._selected_sites() or self._chosen
        self._build()

    def folders(self) -> list[str]:
        """The folders that sites of the case are filed in."""
        if self._folders is None:
            sites = self.context.document.sites.values()
            self._folders = sorted({site.folder for site in sites if site.folder and site.is_site})
        return self._folders

    def set_observer(self, observer: str) -> None:
        """Fill in the sheet of another observer; the name of the analyst, where it is known, for an empty text."""
        self.observer = observer.strip() or self._own_name()
        if self.is_blind:
            self.context.look.hide_others(self.observer)
        self._build()

    def follow_name(self) -> None:
        """Take a name that the analyst has stated meanwhile, where the sheet is not that of somebody else."""
        before, self._named = self._named, self._own_name()
        if self._named != before and self.observer == before:
            self.set_observer(self._named)

    def set_target(self, target: str) -> None:
        """Look for another thing at the sites: the sheet shows its rows, and keeps those about other things."""
        if target.strip() != self.target:
            self.target = target.strip()
            self._build()

    def _own_name(self) -> str:
        """The name under which the analyst observes, as stated."""
        return self.context.case.actor

    def set_blind(self, blind: bool) -> None:
        """Hide the rows of other observers, here and everywhere in the window, or show them."""
        if blind:
            self.context.look.hide_others(self.observer)
        else:
            self.context.look.show_all()

    @property
    def is_blind(self) -> bool:
        """True while the rows of other observers are hidden."""
        return self.context.look.blind is not None

    def site(self, row: int) -> Site | None:
        """The site of a row; None where it is no longer in the case."""
        return self.context.document.sites.get(self.sheet.sites[row]) if 0 <= row < len(self.sheet.sites) else None

    def cell(self, at: SheetPlace) -> SheetCell:
        """A cell as the observer may see it: without the rows of others while these are hidden."""
        look = self.context.look
        if self._cells_of != (self.sheet, look.blind):
            self._cells_of, self._cells = (self.sheet, look.blind), {}
        seen = self._cells.get(at)
        if seen is None:
            cell = self.sheet.cell(*at)
            others, besides = tuple(filter(look.shows, cell.others)), tuple(filter(look.shows, cell.besides))
            seen = self._cells[at] = cell._replace(others=others, besides=besides)
        return seen

    def gaps_of(self, row: int) -> list[str]:
        """The dates of images that show a site and that no observer in sight has a row on."""
        cells = ((image, self.cell(SheetPlace(row, at))) for at, image in enumerate(self.sheet.images))
        return [image.acquired_at for image, cell in cells if image.is_dated and cell.is_gap and not cell.others]

    def view_of(self, image: SheetImage) -> str:
        """The clearness of an image for the observer: as it was stated, else as most of the rows have it."""
        return stated_view(self.context.document, image.key, self.observer) or image.view

    def _sites_of(self, listing: Listing) -> Collection[str]:
        if listing.kind == SELECTED:
            return [uuid for uuid in self._chosen if uuid in self.context.document.sites]
        sites = self.context.listed_marks().of_kind(SITE_KIND)
        if listing.kind == FOLDER:
            return [uuid for uuid, site in sites.items() if site.folder == listing.folder]
        return sites.keys()

    def _build(self) -> None:
        wanted = self._sites_of(self.listing)
        self.sites_left_out = max(len(wanted) - MOST_SITES, 0)
        listed = [uuid for uuid, _ in zip(wanted, range(MOST_SITES), strict=False)]
        self.sheet = sheet_of(self.context.document, listed, self.images.scenes(), self.observer, self.target)
        self.sheet_changed.emit()

    def _remember(self) -> None:
        """Take from the last rows of the listed sites what is looked for, and in whose name this analyst looks.

        What is stated already stays.
        """
        rows = sorted(
            (row for entries in self.sheet.rows.values() for row in entries),
            key=lambda row: row.modified_at or row.created_at,
        )
        named = [row.observer for row in rows if self._is_own(row)]
        observer = self.observer or next(filter(None, reversed(named)), "")
        target = self.target or next((row.target.strip() for row in reversed(rows) if row.target.strip()), "")
        if (observer, target) != (self.observer, self.target):
            self.observer, self.target = observer, target
            self.sheet = replace(self.sheet, observer=observer, target=target)
            self.sheet_changed.emit()

    def _is_own(self, row: Observation) -> bool:
        return row.created_by == self.context.case.actor

    # -- following ----------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        self._chosen, self.listing, self.target = (), Listing(), ""
        self.observer = self._named = self._own_name()
        self.sheet, self._folders = Sheet(), None
        if self._is_watched:
            self._build()
            self._remember()

    def _follow(self, changes: Changes) -> None:
        if changes.touches("sites"):
            self._folders = None
        if not self._is_watched:
            return
        if changes.touches("layers"):
            self.look_soon()
        if changes.touches("sites") and self._lists_others(changes):
            self._build()
            return
        before, self.sheet = self.sheet, sheet_after(self.sheet, self.context.document, changes)
        if self.sheet is before:
            if any(key.startswith(VIEW_KEY) for key in changes.uuids("meta")):
                self.rows_changed.emit()
            return
        keys = [[image.key for image in sheet.images] for sheet in (before, self.sheet)]
        is_same = keys[0] == keys[1] and before.sites == self.sheet.sites
        (self.rows_changed if is_same else self.sheet_changed).emit()

    def _lists_others(self, changes: Changes) -> bool:
        """True where an edit adds sites to the list, or takes some from it."""
        edits = () if changes.edit is None else changes.edit.changes
        if changes.everything or self.listing.kind == SELECTED:
            return changes.everything
        return any(
            change.before is None
            or change.after is None
            or (
                self.listing.kind == FOLDER
                and getattr(change.before, "folder", "") != getattr(change.after, "folder", "")
            )
            for change in edits
            if change.table == "sites"
        )

    def _look_at_layers(self) -> None:
        if self._is_watched and self.images.scenes() != self.sheet.scenes:
            self._build()

    def _selected_sites(self) -> tuple[str, ...]:
        """The selected sites in the order of lists, of which one mark alone may be of another kind."""
        chosen, sites = self.context.selection.uuids, self.context.document.sites
        marks = [sites[uuid] for uuid in chosen if uuid in sites]
        listed = [mark for mark in marks if mark.is_site or len(marks) == 1]
        return tuple(mark.uuid for mark in sorted(listed, key=lambda mark: (mark.created_at, mark.uuid)))

    def _take_selection(self) -> None:
        """List what is selected, unless the sheet lists it already."""
        chosen = self._selected_sites()
        if chosen and not set(chosen) <= set(self.sheet.sites):
            self.listing, self._chosen = Listing(SELECTED), chosen

    def _follow_selection(self) -> None:
        """Go to a listed site that was selected elsewhere; list what is selected while that is asked for."""
        chosen = self.context.selection.uuids
        if not self._is_watched or self._is_selecting or not chosen:
            return
        if chosen <= set(self.sheet.sites):
            self.go_to_selected()
        elif self.listing.kind == SELECTED:
            self._take_selection()
            self._build()

    def go_to_selected(self) -> None:
        """Go to the selected site, where one alone is selected and listed."""
        chosen = self.context.selection.uuids
        if len(chosen) == 1 and chosen <= set(self.sheet.sites):
            self.site_wanted.emit(self.sheet.sites.index(next(iter(chosen))))

    def select_site(self, row: int) -> None:
        """Select the site of a row on the map, so that its form shows it."""
        site = self.site(row)
        if site is not None:
            self._is_selecting = True
            self.context.selection.set((site.uuid,))
            self._is_selecting = False

    # -- edits --------------------------------------------------------------------------------------------------

    def record(self, at: SheetPlace, **fields: Any) -> bool:
        """Record fields of the observer's row of a cell; a new row has the target and the clearness of the image.

        False where that is refused.
        """
        return self._record_with(record_look, at, **fields)

    def _record_with(self, command: Any, at: SheetPlace, *args: Any, **fields: Any) -> bool:
        """Run a command that writes fields of the observer's row of a cell. False where that is refused."""
        self.follow_name()
        cell, image = self.sheet.cell(*at), self.sheet.images[at.column]
        facts = None if image.image_uuids else self.images.facts_of(image.layer_uuid)
        if not image.image_uuids and facts is None:
            return self.refuse(self.tr("The image is still being read: try again in a moment."))
        fields["target"] = self.target if cell.own is None else cell.own.target
        if cell.own is None or not cell.own.view_quality:
            fields.setdefault("view_quality", self.view_of(image))
        site_uuid, image_uuid = self.sheet.sites[at.row], self._image_uuid(at)
        return self._attempt(command, site_uuid, image_uuid, facts, *args, observer=self.observer, **fields)

    def _image_uuid(self, at: SheetPlace) -> str:
        """The row of the image of a cell, that of the observer's row before others; empty for an image without one."""
        own, image = self.sheet.cell(*at).own, self.sheet.images[at.column]
        return own.image_uuid if own is not None else next(iter(image.image_uuids), "")

    # -- counts by ticks ----------------------------------------------------------------------------------------

    def ticks(self, at: SheetPlace) -> list[Site]:
        """The observer's ticks in a cell, in the order of their numbers."""
        key = self.sheet.images[at.column].key
        return ticks_of(self.context.document, self.sheet.sites[at.row], key, self.observer, self.target)

    def why_outside(self, at: SheetPlace, lon: float, lat: float) -> str:
        """A sentence why nothing of a cell is seen at a place: beyond its image; empty where it may be."""
        if self.sheet.cell(*at).cover is Cover.NOT_COVERED:
            return self.tr("This image does not cover the site: nothing can be seen of it there.")
        layer_uuid = self.sheet.images[at.column].layer_uuid
        bounds = next((scene.bounds for scene in self.sheet.scenes if scene.layer_uuid == layer_uuid), None)
        if bounds is not None and not any(bounds.contains_point(lon + turn, lat) for turn in (0.0, 360.0, -360.0)):
            return self.tr("That place lies outside of the image: nothing is counted there.")
        return ""

    def add_tick(self, at: SheetPlace, lon: float, lat: float) -> bool:
        """Count one more thing of a cell at a place; False where that is refused."""
        return self._record_with(add_tick, at, (lon, lat))

    def take_tick_back(self, at: SheetPlace) -> bool:
        """Take back the last tick of a cell; False where there is none."""
        site_uuid, image_uuid = self.sheet.sites[at.row], self._image_uuid(at)
        return self._attempt(take_tick_back, site_uuid, image_uuid, observer=self.observer, target=self.target)

    def see(self, at: SheetPlace, presence: str, **fields: Any) -> bool:
        """Record *present*, *absent* or *cannot tell*; False where that is refused.

        A count does not outlive what was seen, nor a change what can no longer be told.
        """
        cell = self.sheet.cell(*at)
        if cell.cover is Cover.NOT_COVERED and presence != "cannot tell":
            return self.refuse(self.tr("This image does not cover the site: nothing can be seen of it there."))
        if presence == "absent":
            fields["why"] = ""
        if presence != "present":
            fields |= {"count_low": None, "count_high": None}
        if presence == "cannot tell" and cell.own is not None and cell.own.change in _CHANGES_TOLD:
            fields |= {"change": "", "compared_to_uuid": ""}
        return self.record(at, presence=presence, **fields)

    def count(self, at: SheetPlace, text: str) -> bool:
        """Record a count, "3", "3-5" or "3+"; an empty text removes it. False where that is refused."""
        try:
            low, high = read_count(text)
        except InvalidValue as error:
            return self.refuse(in_language(error.sentence))
        own = self.sheet.cell(*at).own
        if low and own is not None and own.presence == "absent":
            return self.refuse(self.tr("The row says “absent”: press + first where {0} are seen.").format(low))
        fields: dict[str, Any] = {"count_low": low, "count_high": high}
        if low and (own is None or not own.presence):
            return self.see(at, "present", **fields)
        if own is None and low is None:
            return True
        return self.record(at, **fields)

    def compare(self, at: SheetPlace, change: str) -> bool:
        """Record the change against the earlier row of this site; False where that is refused."""
        own, is_told = self.sheet.cell(*at).own, change in _CHANGES_TOLD
        if own is None:
            return self.refuse(self.tr("Say first what is seen here: + present, - absent, ? cannot tell."))
        if is_told and own.presence == "cannot tell":
            return self.refuse(self.tr("This row says that it cannot be told, so no change can: * says that."))
        earlier = self.earlier(at, is_told=is_told)
        if earlier is None and self.earlier(at) is not None:
            return self.refuse(self.tr("The earlier rows say that it cannot be told, so no change can: * says that."))
        if earlier is None:
            return self.refuse(self.tr("No earlier dated image has a row of this site to compare with."))
        return self.record(at, change=change, compared_to_uuid=earlier.image_uuid)

    def carry_words(self, at: SheetPlace) -> bool:
        """Copy the words of the earlier row, and nothing else of it; False where there are none."""
        earlier = self.earlier(at)
        if earlier is None or not earlier.words:
            return self.refuse(self.tr("The earlier row of this site has no words to carry forward."))
        return self.record(at, words=earlier.words)

    def earlier(self, at: SheetPlace, *, is_told: bool = False) -> Observation | None:
        """The observer's row of this site on the last earlier image, or the last that tells; None for a first one."""
        column = self.sheet.earlier(*at, is_told=is_told)
        return None if column < 0 else self.sheet.cell(at.row, column).own

    def row_of(self, at: SheetPlace) -> Observation | None:
        """The row of a cell that can become evidence: the observer's own, else the only one that is shown."""
        cell = self.cell(at)
        return cell.own or (cell.others[0] if len(cell.others) == 1 else None)

    def link_row(self, at: SheetPlace) -> bool:
        """Link the row of a cell as support of the claim that is open; False where that is refused."""
        row, claim = self.row_of(at), self.context.document.claims.get(self.context.claim_uuid)
        if row is None:
            return self.refuse(self.tr("Say first what is seen here: + present, - absent, ? cannot tell."))
        if claim is None:
            return self.refuse(self.tr("No claim is open: report one (R) or judge (J), then link what is seen."))
        if any(link.evidence_uuid == row.uuid for link in self.context.document.links.claim_to_evidence(claim.uuid)):
            return self.refuse(self.tr("This row is evidence of the claim that is open already."))
        if not self._attempt(link_evidence, claim.uuid, "observations", row.uuid, bearing="supports"):
            return False
        words = one_line(claim.statement or claim.source_wording, 60)
        self.context.messages.tell(self.tr("Linked as support of “{0}”: its card has the relation.").format(words))
        return True

    def remove(self, at: SheetPlace) -> bool:
        """Delete the observer's row of a cell; False where there is none."""
        own = self.sheet.cell(*at).own
        return own is not None and self._attempt(delete_observations, (own.uuid,))

    def state_view(self, column: int, view: str) -> bool:
        """State how clear an image was: for the rows on it without another value, and for those to come.

        False where that is refused.
        """
        image = self.sheet.images[column]
        before = self.view_of(image)
        return self._attempt(state_view, image.key, image.image_uuids, view, before, observer=self.observer)

    def _attempt(self, command: Any, *args: Any, **fields: Any) -> bool:
        sentence = self.context.attempt(command, *args, **fields)
        return self.refuse(sentence) if sentence else True

    def refuse(self, sentence: str) -> bool:
        """Say why something cannot be recorded. False, as the answer of whoever asked for it."""
        self.refused.emit(sentence)
        return False
