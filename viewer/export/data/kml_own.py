"""The fields of a mark in a KML that bring it back as the same mark, where Geoloupe reads its own file."""

from __future__ import annotations

from typing import Any

from layers.document.site import Site
from layers.geo.coordinates import digits_for
from layers.product.content import NamedSite, ProductContent
from layers.requests.earth_own import OwnMark
from viewer.export.data.kml_folders import is_from_earth

_LONGEST_READ = 200
"""Most characters of a name that come in again."""


def own_mark_of(named: NamedSite, site: Site, written: str, content: ProductContent) -> OwnMark:
    """The fields of a mark; readers outside are told no more than its balloon says. `written`: its name in the file."""
    kept: dict[str, Any] = {} if content.is_published else _kept(site)
    name = written[:_LONGEST_READ]
    label = site.label.strip() and str(named.name).removesuffix(f" ({site.doubt})")
    if not content.is_published:
        label = site.label
    if label != name:
        kept |= {"name": name, "label": label}
    head = (named.class_words or named.doubt or named.names, named.place or named.precision)
    return OwnMark(
        class_code=site.class_code,
        role=site.role,
        mark_kind=site.mark_kind,
        names=tuple((str(language), str(text)) for language, text in named.names),
        place=_pin_of(site),
        digits=digits_for(site.position_error_m),
        error_m=site.position_error_m,
        lifecycle=site.lifecycle,
        stroke_color=site.stroke_color,
        fill_color=site.fill_color,
        stroke_width=site.stroke_width,
        by_role=content.is_published or not site.folder,
        head=sum(map(bool, head)),
        **{"basis": str(named.basis), **kept},
    )


def _kept(site: Site) -> dict[str, Any]:
    """The fields that stay in the house."""
    return {
        "uuid": site.uuid,
        "basis": site.position_basis,
        "lifecycle_as_of": site.lifecycle_as_of,
        "valid_from": site.valid_from,
        "valid_to": site.valid_to,
        "shape_json": site.shape_json,
        "from_earth": is_from_earth(site),
    }


def _pin_of(site: Site) -> tuple[float, float] | None:
    """The point of a mark that the file shows as the circle of its error, with the digits of that."""
    if not site.is_area or site.geometry.is_empty:
        return None
    digits = digits_for(site.position_error_m)
    return round(site.place.x, digits), round(site.place.y, digits)
