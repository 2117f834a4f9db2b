"""Edits of searches that go cell by cell over an area on an image: begun, answered, and answered otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.search import Search
from layers.document.site import Site
from layers.document.vocabulary import MEASURED, WHYS
from layers.errors import InvalidValue
from layers.geo.longitudes import Place
from layers.observing.search_cells import CANNOT_TELL, FOUND, SearchCell, SearchSheet, result_of, shares_of, sheet_of
from layers.observing.search_grid import SearchGrid, cell_name
from layers.observing.search_words import too_coarse
from layers.phrase import Phrase
from viewer.commands.fields import check_choice, row_of
from viewer.commands.imagery.images import known_image
from viewer.commands.imagery.searches import made_for, record_search, stands_on, update_search
from viewer.commands.sites import add_site, update_site
from viewer.commands.stamps import new_uuid, stamp_of

SEARCH_AREA = "search area"
METHOD = "cell by cell"
_BY_MASK = "; cloud by "
_NOUN = Phrase("search")
_NO_REASON = {"why": "", "words": ""}


def begin_search(
    document: Document,
    area: str | BaseGeometry,
    grid: SearchGrid,
    *,
    image: Mapping[str, Any],
    pixel_m: float,
    target: str,
    target_size_m: float | None,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
    observer: str = "",
    area_label: str = "",
) -> Edit:
    """Begin a search of an area, a polygon's uuid or a shape, cell by cell on an image.

    A polygon that nothing stands on becomes a search area, and of any other its shape becomes one, in the same step.
    `image` are the facts of its row, `pixel_m` the ground size of its pixel there. Raises InvalidValue, also where the
    target is too small for the image.
    """
    if target_size_m is None or not target_size_m > 0:
        raise InvalidValue("State the size of what is looked for, in metres: “none seen” holds for a size only.")
    coarse = too_coarse(target_size_m, pixel_m)
    if coarse is not None:
        raise InvalidValue(coarse)
    now = stamp_of(actor, now).now
    uuid = uuid or new_uuid()
    site, made = _area(document, area, area_label, uuid, actor, now)
    known = known_image(document, actor=actor, now=now, **image)
    sheet = SearchSheet(grid)
    shares = shares_of(sheet, site.geometry)
    search = record_search(
        Document({"sites": (site,), "images": (known.image,)}),
        actor=actor,
        now=now,
        uuid=uuid,
        observer=observer,
        area_uuid=site.uuid,
        image_uuid=known.image.uuid,
        target=target.strip(),
        target_size_m=target_size_m,
        gsd_m=round(pixel_m, 3),
        method=METHOD,
        cells_json=sheet.text,
        **shares._asdict(),
    )
    return Edit(Phrase("Begin search"), (*made, *known.changes, *search.changes))


def _area(
    document: Document, area: str | BaseGeometry, label: str, search: str, actor: str, now: str
) -> tuple[Site, tuple[Change, ...]]:
    """The search area of a new search of this uuid, with the changes that make it one."""
    if isinstance(area, str):
        site = row_of(document.sites, area, Phrase("search area"))
        if site.mark_kind == SEARCH_AREA:
            return site, ()
        if site.mark_kind in ("site", "annotation") and not stands_on(document, site.uuid):
            changes = update_site(document, site.uuid, actor=actor, now=now, mark_kind=SEARCH_AREA).changes
            return next(change.row for change in changes if isinstance(change.row, Site)), changes
        area, label = site.geometry, label or site.label
    fields = {"mark_kind": SEARCH_AREA, "label": label, "props_json": made_for(search)}
    changes = add_site(document, area, actor=actor, now=now, **fields).changes
    made = changes[0].row
    assert isinstance(made, Site)
    return made, changes


def answer_cell(
    document: Document,
    uuid: str,
    cell: SearchCell,
    *,
    actor: str,
    now: str | None = None,
    place: Place | None = None,
    mark_uuid: str | None = None,
) -> Edit:
    """Keep what a cell of a search showed; shares and result follow. `place` is where something was found: it is
    marked there, in the same step. Raises InvalidValue.
    """
    search = row_of(document.searches, uuid, _NOUN)
    sheet = _sheet(search)
    check_choice(cell.why, ("", *WHYS), Phrase("reason"))
    stamp = stamp_of(actor, now)
    is_untold = cell.answer == CANNOT_TELL
    if is_untold and not (cell.why or cell.words.strip()):
        raise InvalidValue("Say why it cannot be told: {whys}; or say it in words.", whys=", ".join(WHYS))
    reason = {"why": cell.why, "words": "" if cell.why else cell.words.strip()} if is_untold else _NO_REASON
    cell = replace(cell, by=search.observer or actor, at=stamp.now, **reason)
    marks: tuple[Change, ...] = ()
    if cell.answer != FOUND:
        cell = replace(cell, marks=())
    if cell.answer == FOUND and place is not None:
        site = add_site(
            document,
            shapely.Point(place),
            actor=actor,
            now=now,
            uuid=mark_uuid or new_uuid(),
            label=search.target,
            position_basis=MEASURED,
            observed_at=_day_of(document, search),
        )
        marks = site.changes
        cell = replace(cell, marks=(*cell.marks, site.changes[0].row.uuid))
    changed = _kept(document, search, sheet.with_cell(cell), actor, now)
    label = Phrase(
        "Search {cell}: {answer}", cell=cell_name(cell.row, cell.column), answer=Phrase(cell.answer or "open")
    )
    return Edit(label, (*marks, *changed))


def note_cells(
    document: Document, uuid: str, cells: Iterable[SearchCell], *, mask: str = "", actor: str, now: str | None = None
) -> Edit:
    """Keep what the pixels of cells tell: where they lack data, lie under cloud or at the noise floor. Answers stay.

    `mask` names the mask by which cloud is known, for the row.
    """
    search = row_of(document.searches, uuid, _NOUN)
    sheet = _sheet(search)
    for cell in cells:
        kept = sheet.cell(cell.row, cell.column)
        sheet = sheet.with_cell(replace(kept, no_data=cell.no_data, cloud=cell.cloud, dark=cell.dark))
    method = f"{METHOD}{_BY_MASK}{mask}" if mask else search.method
    return Edit(Phrase("Read pixels of search"), _kept(document, search, sheet, actor, now, method=method))


def mask_words(search: Search) -> str:
    """The words for the mask by which cloud is known in a search; empty where none was read."""
    return search.method.partition(_BY_MASK)[2]


def _kept(
    document: Document, search: Search, sheet: SearchSheet, actor: str, now: str | None, **more: str
) -> tuple[Change, ...]:
    """The changes of a search's row to other cells, with the shares and the result that follow."""
    area = row_of(document.sites, search.area_uuid, Phrase("search area")).geometry
    shares = shares_of(sheet, area)
    fields = {"cells_json": sheet.text, "result": result_of(sheet), **shares._asdict(), **more}
    return update_search(document, search.uuid, actor=actor, now=now, **fields).changes


def _sheet(search: Search) -> SearchSheet:
    sheet = sheet_of(search)
    if sheet is None:
        raise InvalidValue("That search has no grid of cells: begin a new one.")
    return sheet


def _day_of(document: Document, search: Search) -> str:
    """The date on which the image of a search saw the ground; empty for a composite and an unknown date."""
    image = document.images.get(search.image_uuid)
    return image.acquired_at if image is not None and image.date_kind in ("instant", "interval") else ""
