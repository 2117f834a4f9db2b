"""The legend of a product: only what is inside the frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from layers.document.document import Document
from layers.document.site import Site
from layers.document.vocabulary import ROLES, SITE_CLASSES
from layers.vector.style.symbol import Symbol
from viewer.support.text import one_line

LONGEST_ROW = 300
"""Characters of a name of a layer or a class that a legend has room for."""


@dataclass(frozen=True)
class LegendRow:
    """A sample site, or a look, to draw the symbol of, and its words. Without either it is a heading, or a note."""

    text: str
    sample: Site | None = None
    count: int = 0
    is_note: bool = False
    look: Symbol | None = None
    geometry: str = ""
    """What the look is of: the OGC name of a geometry."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", one_line(self.text, LONGEST_ROW))

    @property
    def has_symbol(self) -> bool:
        return self.sample is not None or self.look is not None


def legend_rows(document: Document, in_frame: Iterable[str]) -> list[LegendRow]:
    """Headings by role, classes below them with how many of these sites (uuids) there are, and what hollow means."""
    inside = [document.sites[uuid] for uuid in in_frame if uuid in document.sites]
    rows: list[LegendRow] = []
    for role in ROLES:
        classes: dict[str, list[Site]] = {}
        for site in inside:
            if site.role == role:
                classes.setdefault(site.class_code, []).append(site)
        if classes:
            rows.append(LegendRow(_role_title(role)))
        rows += [
            LegendRow(SITE_CLASSES.get(code, code), min(sites, key=_least_known), len(sites))
            for code, sites in sorted(
                classes.items(), key=lambda entry: SITE_CLASSES.get(entry[0], entry[0]).casefold()
            )
        ]
    if any(site.is_area for site in inside):
        note = "Hollow, or a dashed circle: the place is known to no better than 1 km (90 %)"
        rows.append(LegendRow(QCoreApplication.translate("Export", note), is_note=True))
    return rows


def _role_title(role: str) -> str:
    titles = {"named in a claim": "Named in a claim", "setting": "Setting (public infrastructure)"}
    return QCoreApplication.translate("Export", titles.get(role, "Other sites"))


def _least_known(site: Site) -> tuple[bool, str]:
    """The same sample for the same sites in any order: hollow where one of them is."""
    return not site.is_area, site.uuid
