"""Finds sites that a case has already: those of the same name at the same place."""

from __future__ import annotations

from collections.abc import Collection

import shapely
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.site import Site

PLACE_DIGITS = 7
"""Decimal places of a degree to which places are compared, which is about a centimetre."""

type _Key = tuple[str, str, int, tuple[float, ...]]


class SamePlaces:
    """The sites of a case with certain names. Each stands for one newcomer: of two alike, one may be known."""

    def __init__(self, document: Document, labels: Collection[str]) -> None:
        """`labels`: the names of the newcomers; other sites of the case are not looked at, as there may be 100,000."""
        wanted = frozenset(label.strip() for label in labels)
        self._left: dict[_Key, list[Site]] = {}
        for site in document.sites.values():
            if site.label.strip() in wanted:
                self._left.setdefault(_key(site.label, site.geometry), []).append(site)

    def take(self, label: str, geometry: BaseGeometry) -> Site | None:
        """The site of the case that is the newcomer, and then no other one; None where it has none."""
        sites = self._left.get(_key(label, geometry))
        return sites.pop(0) if sites else None


def _key(label: str, geometry: BaseGeometry) -> _Key:
    """A name and a place. Rings may begin elsewhere and run the other way round in a case that was saved."""
    bounds = tuple(round(side, PLACE_DIGITS) + 0.0 for side in geometry.bounds)
    return label.strip(), geometry.geom_type, int(shapely.get_num_coordinates(geometry)), bounds
