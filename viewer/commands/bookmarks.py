"""Edits of bookmarks, which are views with their layers, in the order of a tour."""

from __future__ import annotations

from collections.abc import Sequence

from layers.document.bookmark_state import BookmarkState, state_of
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.kept_view import KeptView
from layers.document.rows import Bookmark
from layers.phrase import Phrase
from viewer.commands.fields import row_of
from viewer.commands.meta import set_sites_visible, sites_visible
from viewer.commands.named_order import NamedOrder
from viewer.commands.order_keys import keys_at
from viewer.commands.stamps import insert, new_uuid, stamp_of, update

TOUR = NamedOrder[Bookmark]("bookmarks", Phrase("bookmark"), lambda document: document.bookmarks)
bookmarks_in_order = TOUR.of
rename_bookmark, move_bookmark, delete_bookmarks = TOUR.rename, TOUR.move, TOUR.delete


def present_state(document: Document) -> BookmarkState:
    """The layers as they are shown now."""
    return BookmarkState.of(document.layers_in_order(), sites_visible(document))


def new_name(document: Document) -> str:
    """A name that no bookmark has yet."""
    names = {bookmark.name for bookmark in document.bookmarks.values()}
    number = len(names) + 1
    while f"View {number}" in names:
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
    """Add a bookmark of a view with the layers as they are now, after another one or at the end. Raises InvalidValue.

    The row is the last change's ``after``.
    """
    KeptView.from_json(viewport_json)
    stamp = stamp_of(actor, now)
    key, renumbered = TOUR.key_after(document, after, stamp)
    bookmark = Bookmark(
        uuid=uuid or new_uuid(),
        name=TOUR.checked_name(name or new_name(document)),
        order_key=key,
        viewport_json=viewport_json,
        state_json=present_state(document).as_json(),
    )
    return Edit(
        Phrase("Add bookmark “{name}”", name=bookmark.name), (*renumbered, insert("bookmarks", bookmark, stamp))
    )


def add_views(
    document: Document, views: Sequence[tuple[str, str]], *, actor: str, now: str | None = None
) -> tuple[Change, ...]:
    """Changes that add bookmarks of views alone at the end, each a name and the JSON of a view. Raises InvalidValue."""
    stamp, rows = stamp_of(actor, now), bookmarks_in_order(document)
    keys, renumbered = keys_at("bookmarks", rows, len(rows), len(views), stamp)
    added: list[Change] = []
    for key, (name, viewport_json) in zip(keys, views, strict=True):
        KeptView.from_json(viewport_json)
        named = TOUR.checked_name(name or f"View {len(rows) + len(added) + 1}")
        bookmark = Bookmark(uuid=new_uuid(), name=named, order_key=key, viewport_json=viewport_json)
        added.append(insert("bookmarks", bookmark, stamp))
    return (*renumbered, *added)


def update_bookmark(document: Document, uuid: str, viewport_json: str, *, actor: str, now: str | None = None) -> Edit:
    """Set the view of a bookmark, with the layers as they are now. Raises InvalidValue."""
    KeptView.from_json(viewport_json)
    bookmark, state = row_of(document.bookmarks, uuid, Phrase("bookmark")), present_state(document).as_json()
    changes = update("bookmarks", bookmark, stamp_of(actor, now), viewport_json=viewport_json, state_json=state)
    return Edit(Phrase("Update bookmark “{name}”", name=bookmark.name), changes)


def show_layers_of(document: Document, uuid: str, *, actor: str, now: str | None = None) -> Edit:
    """Show the layers as a bookmark has them; layers added since are hidden. Raises InvalidValue.

    The edit is empty where they are shown so already, and for a bookmark of a view alone.
    """
    bookmark, stamp = row_of(document.bookmarks, uuid, Phrase("bookmark")), stamp_of(actor, now)
    state, changes = state_of(bookmark.state_json), list[Change]()
    remembered = {layer.uuid: layer for layer in state.layers}
    for layer in document.layers.values() if remembered else ():
        was = remembered.get(layer.uuid)
        fields = was.fields_for(layer) if was is not None else {"visible": False}
        changes += update("layers", layer, stamp, **fields)
    if state.sites_visible is not None and state.sites_visible != sites_visible(document):
        changes += set_sites_visible(document, state.sites_visible, actor=actor, now=now).changes
    return Edit(Phrase("Show layers of bookmark “{name}”", name=bookmark.name), tuple(changes))


def lost_layers(document: Document, uuid: str) -> list[str]:
    """The names of the layers that a bookmark shows and the case no longer has. Raises InvalidValue."""
    state = state_of(row_of(document.bookmarks, uuid, Phrase("bookmark")).state_json)
    return [layer.name for layer in state.layers if layer.visible and layer.uuid not in document.layers]
