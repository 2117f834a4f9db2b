"""The sheet of observations: sites by the images of a case, as one frozen value that follows edits of the document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import shapely
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation, is_after, target_key
from layers.document.site import Site
from layers.document.vocabulary import VIEW_QUALITIES
from layers.geo.antimeridian import in_one_piece
from layers.geo.bounds import Bounds
from layers.time.time_span import span_of

MOST_SITES = 2_000
"""Most sites of one sheet: nobody goes through more of them by hand."""
_OF_ONE_TIME = ("instant", "interval")


class Cover(IntEnum):
    """Knowledge whether an image shows the place of a site."""

    UNKNOWN = -1
    NOT_COVERED = 0
    COVERED = 1


class SheetScene(Struct, frozen=True, kw_only=True):
    """An image that a layer of the case shows, as far as its file or service is known."""

    layer_uuid: str
    image_key: str
    """The key that its row of `images` has, or would have."""
    title: str = ""
    sensor: str = ""
    acquired_at: str = ""
    date_kind: str = "unknown"
    bounds: Bounds | None = None
    """Bounds in longitude and latitude; None where they are not known."""


class SheetImage(Struct, frozen=True, kw_only=True):
    """A column: one image, whichever rows and layers of the case stand for it."""

    key: str
    image_uuids: tuple[str, ...] = ()
    """Its rows of `images`; empty where no evidence rests on it yet."""
    layer_uuid: str = ""
    """The layer that shows it; empty where the case has none."""
    title: str = ""
    sensor: str = ""
    acquired_at: str = ""
    date_kind: str = "unknown"
    bounds: Bounds | None = None
    view: str = ""
    """The word of `VIEW_QUALITIES` that most rows of the observer on it have; empty: not stated."""

    @property
    def is_composite(self) -> bool:
        return self.date_kind == "composite"

    @property
    def is_dated(self) -> bool:
        """True for an image of one time: the day of a composite does not say when it shows."""
        return bool(self.acquired_at) and self.date_kind in _OF_ONE_TIME


class SheetCell(NamedTuple):
    """A site on an image: the row of the observer, those of others, and whether the image shows the place.

    These rows are about the target of the sheet; `besides` are those about other things at the site.
    """

    own: Observation | None
    others: tuple[Observation, ...]
    cover: Cover
    besides: tuple[Observation, ...] = ()

    @property
    def is_gap(self) -> bool:
        """True where the image shows the place and the observer has not said what is seen."""
        return self.own is None and self.cover is Cover.COVERED


class Sheet(Struct, frozen=True, eq=False):
    """The sheet. `rows` holds the observations by site and key of the image; cells without any are not in it."""

    sites: tuple[str, ...] = ()
    images: tuple[SheetImage, ...] = ()
    observer: str = ""
    scenes: tuple[SheetScene, ...] = ()
    rows: Mapping[tuple[str, str], tuple[Observation, ...]] = {}
    covers: NDArray[np.int8] = np.zeros((0, 0), np.int8)
    """(sites, images) Values of `Cover`."""
    target: str = ""
    """The thing at the sites that is looked for: rows about another one are not the cells'."""

    def cell(self, row: int, column: int) -> SheetCell:
        """The cell of a site and an image, by their places in the sheet."""
        entries = self.rows.get((self.sites[row], self.images[column].key), ())
        wanted = target_key(self.target)
        about = [entry for entry in entries if target_key(entry.target) == wanted]
        own = next((entry for entry in about if entry.observer == self.observer), None)
        others = tuple(entry for entry in about if entry is not own)
        besides = tuple(entry for entry in entries if target_key(entry.target) != wanted)
        return SheetCell(own, others, Cover(int(self.covers[row, column])), besides)

    def earlier(self, row: int, column: int, *, is_told: bool = False) -> int:
        """The column of the last earlier image on which the observer has a row of this site; -1 for none.

        An image without a date of its own is neither earlier nor later than another. With `is_told` only rows count
        on which it could be told whether the thing is there.
        """
        image = self.images[column]
        if image.is_dated:
            for at in range(column - 1, -1, -1):
                other = self.images[at]
                if not (other.is_dated and is_after(image.acquired_at, other.acquired_at)):
                    continue
                own = self.cell(row, at).own
                if own is not None and not (is_told and own.presence not in ("present", "absent")):
                    return at
        return -1


def sheet_of(
    document: Document, sites: Sequence[str], scenes: Iterable[SheetScene], observer: str, target: str = ""
) -> Sheet:
    """Make the sheet of these sites, by uuid, in their order, for an observer and what is looked for.

    Its images are those of the case and of its layers that show one of the sites, or have a row of one.
    """
    known = [document.sites[uuid] for uuid in dict.fromkeys(sites) if uuid in document.sites][:MOST_SITES]
    scenes = tuple(scenes)
    columns = _columns(document, scenes)
    keys = {uuid: column.key for column in columns for uuid in column.image_uuids}
    rows: dict[tuple[str, str], tuple[Observation, ...]] = {}
    for site in known:
        for row in document.links.observations_of_site(site.uuid):
            if key := keys.get(row.image_uuid):
                rows[site.uuid, key] = (*rows.get((site.uuid, key), ()), row)
    covers = _covers(known, columns, rows)
    looked_at = {key for _, key in rows}
    kept = [
        at
        for at, column in enumerate(columns)
        if column.key in looked_at or (len(known) and (covers[:, at] == Cover.COVERED).any())
    ]
    images = tuple(replace(columns[at], view=_view_of(document, columns[at], observer)) for at in kept)
    return Sheet(tuple(site.uuid for site in known), images, observer, scenes, rows, covers[:, kept], target)


def images_showing(document: Document, sites: Iterable[str], scenes: Iterable[SheetScene]) -> dict[str, dict[str, str]]:
    """The dated images of the case and of its layers that show each of these sites: their dates by the images' keys."""
    sheet = sheet_of(document, tuple(sites), scenes, "")
    dated = [(at, image) for at, image in enumerate(sheet.images) if image.is_dated]
    return {
        uuid: {image.key: image.acquired_at for at, image in dated if sheet.covers[row, at] == Cover.COVERED}
        for row, uuid in enumerate(sheet.sites)
    }


def sheet_after(sheet: Sheet, document: Document, changes: Changes) -> Sheet:
    """The sheet after an edit of the document; the same one where the edit does not concern it.

    Edits of observations are entered cell by cell; after others that concern it, it is made anew.
    """
    is_other = changes.everything or changes.touches("images", "layers") or _moves_sites(sheet, document, changes)
    if is_other:
        return sheet_of(document, sheet.sites, sheet.scenes, sheet.observer, sheet.target)
    if not changes.touches("observations") or changes.edit is None:
        return sheet
    own_sites = set(sheet.sites)
    keys = {uuid: column.key for column in sheet.images for uuid in column.image_uuids}
    edited = [change for change in changes.edit.changes if change.table == "observations"]
    if not all(isinstance(change.row, Observation) and change.row.image_uuid in keys for change in edited):
        return sheet_of(document, sheet.sites, sheet.scenes, sheet.observer, sheet.target)
    rows, touched = dict(sheet.rows), set()
    for change in edited:
        assert isinstance(change.row, Observation)
        site, key = change.row.site_uuid, keys[change.row.image_uuid]
        touched.add(key)
        if site not in own_sites:
            continue
        others = tuple(row for row in rows.pop((site, key), ()) if row.uuid != change.uuid)
        now = document.observations.get(change.uuid)
        if left := others if now is None else (*others, now):
            rows[site, key] = left
    images = tuple(
        replace(image, view=_view_of(document, image, sheet.observer)) if image.key in touched else image
        for image in sheet.images
    )
    return replace(sheet, rows=rows, images=images)


def _moves_sites(sheet: Sheet, document: Document, changes: Changes) -> bool:
    """True where an edit deletes a site of the sheet, or changes its place or its image."""
    edits = () if changes.edit is None else changes.edit.changes
    touched = changes.uuids("sites")
    if not touched or touched.isdisjoint(sheet.sites):
        return False
    if any(uuid not in document.sites for uuid in touched.intersection(sheet.sites)):
        return True
    return any(
        isinstance(change.before, Site)
        and isinstance(change.after, Site)
        and (change.before.geometry is not change.after.geometry or change.before.image_uuid != change.after.image_uuid)
        for change in edits
        if change.table == "sites"
    )


def _columns(document: Document, scenes: Sequence[SheetScene]) -> list[SheetImage]:
    """All images of the case by date, those without a date of their own at the end."""
    scene_of = {scene.image_key: scene for scene in reversed(scenes)}
    scene_of_layer = {scene.layer_uuid: scene for scene in scenes}
    by_key: dict[str, list[Image]] = {}
    for image in document.images.values():
        by_key.setdefault(image.image_key, []).append(image)
    columns = [_column(document, key, images, scene_of.get(key), scene_of_layer) for key, images in by_key.items()]
    columns += [
        _column(document, key, [], scene, scene_of_layer) for key, scene in scene_of.items() if key not in by_key
    ]
    return sorted(columns, key=_order)


def _column(
    document: Document,
    key: str,
    images: Sequence[Image],
    scene: SheetScene | None,
    scene_of_layer: Mapping[str, SheetScene],
) -> SheetImage:
    layers = [image.layer_uuid for image in images if image.layer_uuid in document.layers]
    layer_uuid = scene.layer_uuid if scene is not None else next(iter(layers), "")
    shown = scene or scene_of_layer.get(layer_uuid)
    dated = next((image for image in images if image.acquired_at), images[0] if images else None)
    if dated is None or (not dated.acquired_at and scene is not None):
        acquired_at, date_kind = ("", "unknown") if scene is None else (scene.acquired_at, scene.date_kind)
    else:
        acquired_at, date_kind = dated.acquired_at, dated.date_kind
    return SheetImage(
        key=key,
        image_uuids=tuple(image.uuid for image in images),
        layer_uuid=layer_uuid,
        title=(dated.layer_title or dated.product_id or dated.service)
        if dated is not None
        else shown.title
        if shown
        else "",
        sensor=dated.sensor if dated is not None else shown.sensor if shown else "",
        acquired_at=acquired_at,
        date_kind=date_kind,
        bounds=None if shown is None else shown.bounds,
    )


def _order(column: SheetImage) -> tuple[bool, float, str, str, str]:
    span = span_of(column.acquired_at) if column.is_dated else None
    return span is None, 0.0 if span is None else span.begin, column.acquired_at, column.title, column.key


def _covers(
    sites: Sequence[Site], columns: Sequence[SheetImage], rows: Mapping[tuple[str, str], tuple[Observation, ...]]
) -> NDArray[np.int8]:
    """(sites, columns) Values of `Cover`, by the bounds of images and sites, by where marks were drawn, and by rows.

    A site that reaches into an image counts as covered.
    """
    covers = np.full((len(sites), len(columns)), Cover.UNKNOWN, np.int8)
    boxes = shapely.bounds(np.array([in_one_piece(site.geometry) for site in sites], object)).reshape(-1, 4)
    left, bottom, right, top = boxes.T
    at_of = {uuid: at for at, column in enumerate(columns) for uuid in column.image_uuids}
    for at, column in enumerate(columns):
        box = column.bounds
        if box is not None:
            meets = np.logical_or.reduce(
                [(box.left <= right + turn) & (left + turn <= box.right) for turn in (0.0, 360.0, -360.0)]
            )
            covers[:, at] = meets & (box.bottom <= top) & (bottom <= box.top)
    number = {site.uuid: row for row, site in enumerate(sites)}
    for row, site in enumerate(sites):
        if site.image_uuid in at_of:
            covers[row, at_of[site.image_uuid]] = Cover.COVERED
    place_of = {column.key: at for at, column in enumerate(columns)}
    for site_uuid, key in rows:
        if covers[number[site_uuid], place_of[key]] == Cover.UNKNOWN:
            covers[number[site_uuid], place_of[key]] = Cover.COVERED
    return covers


def _view_of(document: Document, column: SheetImage, observer: str) -> str:
    """The clearness that most rows of an observer on an image have, of all sites of the case."""
    counts = Counter(
        row.view_quality
        for uuid in column.image_uuids
        for row in document.links.observations_on_image(uuid)
        if row.observer == observer and row.view_quality in VIEW_QUALITIES
    )
    return max(counts, key=lambda word: (counts[word], -VIEW_QUALITIES.index(word)), default="")
