"""Decides whether an image tells of a mark, which is then drawn solid; all others are dashed, as "place of".

An image tells of a mark that was drawn on it, and of a mark that an observation of that image states as *present*. All
other marks there come from another date: they show the place of something, not the thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, override

from msgspec.structs import asdict

from layers.document.document import Document
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.site import Site
from layers.document.vocabulary import NOT_KNOWN_TO_EXIST
from layers.observing.blind_look import BlindLook
from layers.observing.seen_then import presences_of
from layers.phrase import Phrase

_ORIGINS = ("path", "shipped", "template", "combined", "table", "part")


class PlaceOf(Site, frozen=True, kw_only=True):
    """A mark on an image that does not tell of it: it is dashed wherever it is painted, and its name says so."""

    @property
    @override
    def may_not_exist(self) -> bool:
        return True

    @override
    def with_doubt(self, name: str) -> str:
        known = Site.with_doubt(self, name) if self.lifecycle in NOT_KNOWN_TO_EXIST else name
        return Phrase("place of {known}", known=known) if known else ""


def place_of(site: Site) -> PlaceOf:
    """The mark as it is shown on an image that does not tell of it."""
    return PlaceOf(**asdict(site))


def solid_marks(
    document: Document, rows: Sequence[Layer], among: Iterable[str] | None = None, blind: BlindLook | None = None
) -> frozenset[str]:
    """Uuids of the marks, of all or of those `among`, that are solid on the images of these layers.

    `rows` are the layers as they are shown; that of a service has the day that is shown. `blind` leaves out what others
    than its observer have seen.
    """
    images, sites = _images_of(document, rows), document.sites
    if not images:
        return frozenset()
    if among is None:
        marked = {uuid for uuid, site in sites.items() if site.image_uuid in images}
    else:
        among = [uuid for uuid in among if uuid in sites]
        marked = {uuid for uuid in among if sites[uuid].image_uuid in images}
    seen = {
        observation.site_uuid
        for image in images
        for observation in document.links.observations_on_image(image)
        if observation.presence == "present"
        and observation.site_uuid in sites
        and (blind is None or blind.shows(observation))
    }
    return frozenset(marked | (seen if among is None else seen.intersection(among)))


def presences_on(document: Document, row: Layer) -> dict[str, str]:
    """The presence of each site, by uuid, that the rows on the image of a layer state, as `presences_of` has it."""
    images = _images_of(document, [row])
    return presences_of(seen for image in images for seen in document.links.observations_on_image(image))


def _images_of(document: Document, rows: Sequence[Layer]) -> frozenset[str]:
    """Uuids of the images that these layers show, also of those recorded from another layer of the same data."""
    shown = [(row, _origin(row)) for row in rows]
    origins = {uuid: _origin(layer) for uuid, layer in document.layers.items()}
    return frozenset(
        image.uuid
        for image in document.images.values()
        if any(_shows(row, origin, image, origins.get(image.layer_uuid, ())) for row, origin in shown)
    )


def _shows(row: Layer, origin: tuple[Any, ...], image: Image, image_origin: tuple[Any, ...]) -> bool:
    is_same = image.layer_uuid == row.uuid or (bool(image_origin) and image_origin == origin)
    day = row.source.get("time") if is_same and row.kind == "tiles" else ""
    return is_same and (not day or (isinstance(day, str) and image.acquired_at.startswith(day[:10])))


def _origin(layer: Layer) -> tuple[Any, ...]:
    """A key that is equal for two layers of the same data; empty where that cannot be known."""
    source = layer.source
    origin = tuple(repr(source[key]) if key in source else "" for key in _ORIGINS)
    return origin if any(origin) else ()
