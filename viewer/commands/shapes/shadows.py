"""Edits of marks on shadows: statements on the ground and the picks, and the facts of the image."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.marks.mark_shape import as_json, shape_of_site
from layers.document.marks.shadow_mark import ShadowMark
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.time.shadows import ShadowImage
from viewer.commands.fields import row_of
from viewer.commands.sites import named_sites, update_site


def change_shadow(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Set fields of a mark on a shadow; its height follows. Raises InvalidValue."""
    shape = replace(_shadow(document, uuid), **fields)
    return _changed(document, uuid, shape, actor, now)


def read_shadow_image(document: Document, uuid: str, image: ShadowImage, *, actor: str, now: str | None = None) -> Edit:
    """Set the facts of the image as they are known now: its date may have been stated since. Raises InvalidValue."""
    return _changed(document, uuid, replace(_shadow(document, uuid), image=image), actor, now)


def _changed(document: Document, uuid: str, shape: ShadowMark, actor: str, now: str | None) -> Edit:
    site = row_of(document.sites, uuid, Phrase("site"))
    edit = update_site(document, uuid, actor=actor, now=now, shape_json=as_json(shape))
    return Edit(Phrase("Measure the shadow of {named_sites}", named_sites=named_sites(site)), edit.changes)


def _shadow(document: Document, uuid: str) -> ShadowMark:
    shape = shape_of_site(row_of(document.sites, uuid, Phrase("site")))
    if not isinstance(shape, ShadowMark):
        raise InvalidValue("This mark is on no shadow: draw one from the foot of an object to its shadow's tip.")
    return shape
