"""Edits that mark the place of a photograph's camera from its EXIF; what the picture shows is not judged."""

from __future__ import annotations

import os
from typing import Any

from shapely import Point

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.site import Site
from layers.document.vocabulary import PHOTO
from layers.phrase import Phrase
from layers.raster.photograph import Photograph
from viewer.commands.sites import add_site


def photo_fields(photograph: Photograph, name: str) -> dict[str, Any]:
    """Columns of the mark of a photograph, whose file is named `name`."""
    looks = "" if photograph.direction_deg is None else f" It looked towards {photograph.direction_deg:.0f}°."
    fields: dict[str, Any] = {
        "label": os.path.splitext(name)[0],
        "mark_kind": PHOTO,
        "position_basis": f"EXIF of {name}: where the camera was, as it says itself",
        "notes": f"Photograph {photograph.words}.{looks}",
    }
    if photograph.taken.endswith("Z"):
        fields["observed_at"] = photograph.taken
    return fields


def mark_photograph(
    document: Document, photograph: Photograph, name: str, *, actor: str, now: str | None = None
) -> Edit:
    """Mark the place of the camera; the edit is empty where that is marked already. Raises InvalidValue."""
    label = Phrase("Mark the camera’s place of {name}", name=name)
    if marked_photograph(document, photograph, name) is not None:
        return Edit(label, ())
    place = Point(photograph.lon, photograph.lat)
    return Edit(label, add_site(document, place, actor=actor, now=now, **photo_fields(photograph, name)).changes)


def marked_photograph(document: Document, photograph: Photograph, name: str) -> Site | None:
    """The mark of this photograph; None without one."""
    basis = photo_fields(photograph, name)["position_basis"]
    for site in document.sites.values():
        if site.mark_kind == PHOTO and site.position_basis == basis and site.kind == "point":
            at = site.geometry
            if abs(at.x - photograph.lon) < 1e-9 and abs(at.y - photograph.lat) < 1e-9:
                return site
    return None
