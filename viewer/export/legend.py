"""What a legend lists: only what is inside the frame."""

from __future__ import annotations

from dataclasses import dataclass

from layers.document.document import Document
from layers.document.site import Site
from layers.document.vocabulary import SITE_CLASSES
from layers.geo.bounds import Bounds
from viewer.commands.meta import sites_visible


@dataclass(frozen=True)
class LegendRow:
    """A sample site to draw the symbol of, and its words. Without a sample the row is a heading or a note."""

    text: str
    sample: Site | None = None
    count: int = 0


ROLE_TITLES = {
    "named in a claim": "Named in a claim",
    "setting": "Setting (public infrastructure)",
    "other": "Other sites",
}


def legend_rows(document: Document, frame_lonlat: Bounds) -> list[LegendRow]:
    """Headings by role, classes below them with how many are in the frame, and what hollow means."""
    if not sites_visible(document):
        return []
    inside = [site for site in document.sites.values() if _touches(site, frame_lonlat)]
    rows: list[LegendRow] = []
    for role, title in ROLE_TITLES.items():
        classes: dict[str, list[Site]] = {}
        for site in inside:
            if site.role == role:
                classes.setdefault(site.class_code, []).append(site)
        if classes:
            rows.append(LegendRow(title))
        rows += [
            LegendRow(SITE_CLASSES.get(code, code), sites[0], len(sites)) for code, sites in sorted(classes.items())
        ]
    if any(site.is_area for site in inside):
        rows.append(LegendRow("Hollow: place known to no better than 1 km; the radius is in the case"))
    return rows


def _touches(site: Site, frame: Bounds) -> bool:
    if site.geometry.is_empty:
        return False
    return Bounds(*site.geometry.bounds).intersects(frame)
