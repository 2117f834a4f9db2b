"""Edits of bookmarks: views with their layers, in the order of a tour."""

from __future__ import annotations

import math
from collections.abc import Iterable

from layers.document.bookmark_state import BookmarkState, state_of
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.kept_view import KeptView
from layers.document.rows import Bookmark
from layers.errors import InvalidValue
from viewer.commands.fields import row_of
from viewer.commands.meta import set_sites_visible, sites_visible
from viewer.commands.order_keys import keys_at
from viewer.commands.stamps import delete, insert, new_uuid, stamp_of, update

LONGEST_NAME = 200


def bookmarks_in_order(document: Document) -> list[Bookmark]:
    """In the order of the tour."""
    return sorted(document.bookmarks.values(), key=lambda row: row.order_key if math.isfinite(row.order_key) else 0.0)


def present_state(document: Document) -> BookmarkState:
    """The layers as they are shown now."""
    return BookmarkState.of(document.layers_in_order(), sites_visible(document))


def new_name(document: Document) -> str:
    """A name that no bookmark has yet."""
    taken = {bookmark.name for bookmark in document.bookmarks.values()}
    number = len(taken) + 1
    while f"View {number}" in taken:
        number += 1
    return f"View {number}"


def add_bookmark(
    document: Document,
    viewport_json: str,
    *,
    actor: str,
    name: str = "",
    after: str = "",
    now: str | None = None,
    uuid: str | None = None,
) -> Edit:
    """Remember a view with the layers as they are now, after another bookmark or at the end. Raises InvalidValue.

    The row is the last change's ``after``.
    """
    KeptView.from_json(viewport_json)
    stamp, tour = stamp_of(actor, now), bookmarks_in_order(document)
    place = next((at + 1 for at, row in enumerate(tour) if row.uuid == after), len(tour))
    (key,), renumbered = keys_at("bookmarks", tour, place, 1, stamp)
    bookmark = Bookmark(
        uuid=uuid or new_uuid(),
        name=_checked(name or new_name(document)),
        order_key=key,
        viewport_json=viewport_json,
        state_json=present_state(document).as_json(),
    )
    return Edit(f"Add bookmark “{bookmark.name}”", (*renumbered, insert("bookmarks", bookmark, stamp)))


def rename_bookmark(document: Document, uuid: str, name: str, *, actor: str, now: str | None = None) -> Edit:
    """Raises InvalidValue."""
    bookmark = row_of(document.bookmarks, uuid, "bookmark")
    changes = update("bookmarks", bookmark, stamp_of(actor, now), name=_checked(name))
    return Edit(f"Rename bookmark “{bookmark.name}”", changes)


def update_bookmark(document: Document, uuid: str, viewport_json: str, *, actor: str, now: str | None = None) -> Edit:
    """Let a bookmark remember another view, with the layers as they are now. Raises InvalidValue."""
    KeptView.from_json(viewport_json)
    bookmark, state = row_of(document.bookmarks, uuid, "bookmark"), present_state(document).as_json()
    changes = update("bookmarks", bookmark, stamp_of(actor, now), viewport_json=viewport_json, state_json=state)
    return Edit(f"Update bookmark “{bookmark.name}”", changes)


def move_bookmark(document: Document, uuid: str, position: int, *, actor: str, now: str | None = None) -> Edit:
    """Put a bookmark so that it stands at `position` of the tour afterwards, 0 = first. Raises InvalidValue."""
    bookmark = row_of(document.bookmarks, uuid, "bookmark")
    tour, stamp = bookmarks_in_order(document), stamp_of(actor, now)
    label, others = f"Move bookmark “{bookmark.name}”", [row for row in tour if row.uuid != uuid]
    position = max(0, min(position, len(others)))
    if tour[position].uuid == uuid:
        return Edit(label, ())
    (key,), renumbered = keys_at("bookmarks", others, position, 1, stamp)
    return Edit(label, (*renumbered, *update("bookmarks", bookmark, stamp, order_key=key)))


def delete_bookmarks(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Raises InvalidValue."""
    rows = [row_of(document.bookmarks, uuid, "bookmark") for uuid in dict.fromkeys(uuids)]
    label = f"Delete bookmark “{rows[0].name}”" if len(rows) == 1 else f"Delete {len(rows)} bookmarks"
    return Edit(label, tuple(delete("bookmarks", row) for row in rows))


def show_layers_of(document: Document, uuid: str, *, actor: str, now: str | None = None) -> Edit:
    """Show the layers as a bookmark remembers them; those that came later are hidden. Raises InvalidValue.

    Empty where they are so already, and for a bookmark that remembers a view alone.
    """
    bookmark, stamp = row_of(document.bookmarks, uuid, "bookmark"), stamp_of(actor, now)
    state, changes = state_of(bookmark.state_json), list[Change]()
    remembered = {layer.uuid: layer for layer in state.layers}
    for layer in document.layers.values() if remembered else ():
        was = remembered.get(layer.uuid)
        fields = was.fields_for(layer) if was is not None else {"visible": False}
        changes += update("layers", layer, stamp, **fields)
    if state.sites_visible is not None and state.sites_visible != sites_visible(document):
        changes += set_sites_visible(document, state.sites_visible, actor=actor, now=now).changes
    return Edit(f"Show layers of bookmark “{bookmark.name}”", tuple(changes))


def lost_layers(document: Document, uuid: str) -> list[str]:
    """The names of the layers that a bookmark shows and the case has no longer. Raises InvalidValue."""
    state = state_of(row_of(document.bookmarks, uuid, "bookmark").state_json)
    return [layer.name for layer in state.layers if layer.visible and layer.uuid not in document.layers]


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidValue(f"A bookmark needs a name of at most {LONGEST_NAME} characters.")
    return name
