"""The legend of a product: the sites and the vector layers inside the frame, each with its classes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from msgspec.structs import force_setattr

from layers.document.document import Document
from layers.document.mark_template import class_name
from layers.document.site import Site
from layers.document.vocabulary import LIKELIHOOD_TERMS, NOT_KNOWN_TO_EXIST, ROLES
from layers.grid.tile_grid import View
from layers.observing.search_hatches import SearchHatch
from layers.observing.seen_then import DIFFERING
from layers.phrase import either
from layers.product.content import ClaimSaid
from layers.product.judging.likelihood_terms import TERM
from layers.vector.style.symbol import Symbol
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.seen_signs import UNSURE
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.rendering.world_copies import world_copies
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

LONGEST_ROW = 300
"""Most characters of the name of a layer or a class in a legend."""


class LegendRow(Struct, frozen=True):
    """A row of a legend: a sample site, or a symbol, with its words; a heading without either.

    A note may have a sample too, of what it explains.
    """

    text: str
    sample: Site | None = None
    count: int = 0
    is_note: bool = False
    circle: bool = False
    """True for the note on the circle of a loosely known place."""
    look: Symbol | None = None
    geometry: str = ""
    """The geometry of the symbol, by its OGC name."""
    hatch: str = ""
    """A hatch that it explains: obscured or not searched; empty for none."""
    presence: str = ""
    """A sign that it explains, of what was seen of a mark, as `paint_presence` paints it; empty for none."""
    sign: str = ""
    """A sign of crowded marks that it explains: *moved*, *stack* or *dot*; empty for none."""

    def __post_init__(self) -> None:
        force_setattr(self, "text", one_line(self.text, LONGEST_ROW))

    @property
    def has_symbol(self) -> bool:
        has_sign = self.sample is not None or self.look is not None or bool(self.hatch or self.presence)
        return not self.is_note and has_sign


def legend_rows(document: Document, in_frame: Iterable[str]) -> list[LegendRow]:
    """Rows on the sites in a frame (uuids): headings by role, their classes with the number of sites, and notes."""
    marks = [document.sites[uuid] for uuid in in_frame if uuid in document.sites]
    inside = [site for site in marks if site.is_site]
    rows: list[LegendRow] = []
    for role in ROLES:
        classes: dict[tuple[str, str], list[Site]] = {}
        for site in inside:
            if site.role == role:
                doubt = word(site.lifecycle) if site.may_not_exist else ""
                classes.setdefault((in_language(class_name(document, site.class_code)), doubt), []).append(site)
        if classes:
            rows.append(LegendRow(_role_title(role)))
        for (title, doubt), sites in sorted(classes.items(), key=lambda entry: (entry[0][0].casefold(), entry[0][1])):
            text = f"{title} ({doubt})" if doubt else title
            rows.append(LegendRow(text, min(sites, key=_hollow_first), len(sites)))
    not_judged = [
        site for site in inside if site.kind == "point" and site.judged_error_m is None and not site.may_not_exist
    ]
    if areas := [site for site in inside if site.is_area]:
        rows.append(_circle_note(areas, has_dotted_rims=bool(not_judged)))
    if not_judged:
        text = translate("Export", "Dotted rim: how well the place is known was not judged")
        rows.append(LegendRow(text, min(not_judged, key=lambda site: site.uuid), is_note=True))
    rows += _doubt_notes(inside)
    if searched := [site for site in marks if site.mark_kind == "search area" and site.kind == "polygon"]:
        text = translate("Export", "Frame: an area that was searched")
        rows.append(LegendRow(text, min(searched, key=lambda site: site.uuid), is_note=True))
    return rows


def _circle_note(areas: list[Site], *, has_dotted_rims: bool) -> LegendRow:
    """The note on circles and hollow symbols, dotted ones included. An image's pixel is no 90 % radius."""
    is_judged = any(site.judged_error_m is not None for site in areas)
    sign = translate("Export", "Hollow, or a dotted circle") if is_judged else translate("Export", "A dotted circle")
    if is_judged and has_dotted_rims:
        sign = translate("Export", "Hollow without dots on its rim, or a dotted circle")
    radius = " (90 %)" if is_judged else ""
    text = translate("Export", "{0}: the place is known to no better than 1 km{1}").format(sign, radius)
    return LegendRow(text, min(areas, key=_surest_first), is_note=True, circle=True)


def _surest_first(site: Site) -> tuple[bool, str]:
    """Sort key for a sample: sites that are known to exist first, then the same site in any order."""
    return site.may_not_exist, site.uuid


def _doubt_notes(inside: list[Site]) -> list[LegendRow]:
    """Notes on the meaning of dashed rims here. A line may be dashed by its class: the words in brackets say so."""
    doubtful = [site for site in inside if site.may_not_exist and site.kind != "line"]
    samples = {site.lifecycle: site for site in sorted(doubtful, key=lambda site: site.uuid, reverse=True)}
    rimmed = samples.keys()
    notes = list[LegendRow]()
    if kinds := [word for word in NOT_KNOWN_TO_EXIST if word in rimmed - {"closed"}]:
        text = translate("Export", "Dashed rim: {0}, not known to exist").format(in_language(either(kinds)))
        notes.append(LegendRow(text, samples[kinds[0]], is_note=True))
    if "closed" in rimmed:
        notes.append(
            LegendRow(translate("Export", "Dashed rim: closed, no longer in use"), samples["closed"], is_note=True)
        )
    if any(site.may_not_exist and site.kind == "line" for site in inside):
        text = translate("Export", "Lines are dashed by their class; brackets say what is planned, agreed or closed")
        notes.append(LegendRow(text, is_note=True))
    return notes


def _role_title(role: str) -> str:
    titles = {
        "named in a claim": translate("Export", "Named in a claim"),
        "setting": translate("Export", "Setting (public infrastructure)"),
    }
    return titles.get(role, translate("Export", "Other sites"))


def _hollow_first(site: Site) -> tuple[bool, bool, str]:
    """Sort key for a sample: hollow symbols first, then sites not judged, then the same site in any order."""
    return not site.is_area, site.judged_error_m is not None, site.uuid


def hatch_rows(hatches: Iterable[SearchHatch]) -> list[LegendRow]:
    """Rows on the hatches of searches that found nothing, those that are drawn."""
    drawn = list(hatches)
    rows = []
    if any(not hatch.obscured.is_empty for hatch in drawn):
        text = translate("Export", "Searched, but hidden from view: cannot be told")
        rows.append(LegendRow(text, hatch="obscured"))
    if any(not hatch.missed.is_empty for hatch in drawn):
        rows.append(LegendRow(translate("Export", "Not searched"), hatch="not searched"))
    return rows


def presence_rows(presences: Iterable[str]) -> list[LegendRow]:
    """Rows on the signs of what was seen of marks on the image, those that are drawn."""
    drawn = set(presences)
    rows = []
    if "absent" in drawn:
        rows.append(LegendRow(translate("Export", "Not seen on the image that is shown"), presence="absent"))
    if drawn & {*UNSURE}:
        text = translate("Export", "Cannot be told from the image that is shown")
        if DIFFERING in drawn:
            text = translate("Export", "Cannot be told from the image that is shown, or observers differ")
        rows.append(LegendRow(text, presence="cannot tell"))
    return rows


def spread_rows(signs: Iterable[str], insets: int = 0) -> list[LegendRow]:
    """Notes on the signs of marks too close together, those that are drawn. `insets`: number of them on the page."""
    drawn = set(signs)
    rows = []
    if "moved" in drawn:
        text = translate("Export", "Moved from its place (dot)")
        rows.append(LegendRow(text, is_note=True, sign="moved"))
    if "stack" in drawn:
        text = translate("Export", "×3: marks too close to part")
        rows.append(LegendRow(text, is_note=True, sign="stack"))
    if "dot" in drawn:
        text = translate("Export", "Dot: a mark without a name here")
        if insets:
            text = translate("Export", "Dot: shown larger in an inset")
        rows.append(LegendRow(text, is_note=True, sign="dot"))
    return rows


def judgement_rows(claims: Iterable[ClaimSaid]) -> list[LegendRow]:
    """Notes on the terms of likelihood that judgements use, with their bands, and apart from these on confidence."""
    claims = list(claims)
    texts = [words for claim in claims for words in (claim.likelihood, *(own.words for own in claim.judged)) if words]
    used = {match.casefold() for words in texts for match in TERM.findall(words)}
    bands = [
        f"{in_language(entry.term)} {entry.low}–{entry.high} %" for entry in LIKELIHOOD_TERMS if entry.term in used
    ]
    rows = []
    if bands:
        text = translate("Export", "Likelihood, of the statement: {0}").format("; ".join(bands))
        rows.append(LegendRow(text, is_note=True))
    if texts or any(claim.confidence for claim in claims):
        text = translate("Export", "Confidence, of what it rests on: low, moderate or high")
        rows.append(LegendRow(text, is_note=True))
    return rows


def layer_rows(scene: MapScene, view: View) -> list[LegendRow]:
    """Rows of the layers in view, the topmost first.

    A layer has none until all its features in the frame are known: half a count would be wrong.
    """
    rows: list[LegendRow] = []
    for uuid in scene.stack.in_view(view):
        drawing = scene.drawings[uuid]
        if isinstance(drawing, VectorDrawing) and drawing.is_resolved and scene.stack.knows_classes(uuid):
            rows += _rows_of(drawing, view) if drawing.symbology.scale_at(view) else []
    return rows


def _rows_of(drawing: VectorDrawing, view: View) -> list[LegendRow]:
    style, name = drawing.style, drawing.layer.name
    counts = _counts(drawing, view)
    if not counts or not drawing.shows_in(drawing.seen(view), world_copies(drawing.seen(view))):
        return []
    geometry = drawing.geometry
    if style.mode == "single":
        # Points are places that can be counted; of a coast it only says how its file is cut into lines.
        count = sum(counts.values()) if "Point" in geometry else 0
        return [LegendRow(name, count=count, look=style.own_symbol, geometry=geometry)]
    rows = [LegendRow(name)]
    for index, style_class in enumerate(style.classes):
        if style_class.shown and index in counts:
            rows.append(
                LegendRow(
                    style_class.title(style.mode), count=counts[index], look=style_class.symbol, geometry=geometry
                )
            )
    other = len(style.classes)
    if style.show_other and other in counts:
        rows.append(
            LegendRow(translate("Export", "Others"), count=counts[other], look=style.other_symbol, geometry=geometry)
        )
    return rows if len(rows) > 1 else []


def _counts(drawing: VectorDrawing, view: View) -> dict[int, int]:
    """Number of features of each class in the frame."""
    content, counts = drawing.content, dict[int, int]()
    if not content.tables or content.tables[0].crs != view.grid.crs:
        return counts
    for table in content.tables:
        rows = content.rows_in(table, drawing.seen(view).world_bounds())
        codes = content.codes_of(table, rows)
        each = [len(rows)] if codes is None else np.bincount(codes, minlength=len(content.symbols)).tolist()
        for index, count in enumerate(each):
            if count:
                counts[index] = counts.get(index, 0) + count
    return counts
