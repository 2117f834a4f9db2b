"""The words that a product prints about a mark: its name, its place with its error, and whether we inferred it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from layers.document.alias import origin_of
from layers.document.document import Document
from layers.document.mark_position import at_best_m, shown_error_m
from layers.document.mark_template import class_name
from layers.document.site import Site
from layers.document.vocabulary import class_of, class_words
from layers.geo.coordinates import Notation, format_coordinate
from layers.observing.search_words import area_name
from layers.observing.seen_words import NOT_KNOWN, seen_lines
from layers.phrase import Phrase, joined
from layers.product.content import NamedSite
from layers.text.counted import metres

NAMED_ROLE = "named in a claim"
_INFERRED = re.compile(
    r"\binfer|\bassum|\bguess|\bgeneral knowledge|\bnot in S\d|\bnot in the source|\bours\b", re.IGNORECASE
)
_STATED = re.compile(
    r"\bis from S\d|\bas stated\b|\bstated by\b|\bfrom the source\b|\bpublished (?:coordinate|address)", re.IGNORECASE
)


def site_words(
    document: Document,
    site: Site,
    number: int | None = None,
    is_told: bool = False,
    named_by: str = "",
    shown_on: Mapping[str, str] = NOT_KNOWN,
) -> NamedSite:
    """One mark in words. `is_told`: a claim of the product names it; `named_by` are the numbers of the sources in which
    that is, "S1". `shown_on`: dates of the dated images that show it, by the images' keys; empty: not known.
    """
    error_m = site.least_error_m
    lon, lat = site.place.x, site.place.y
    is_inferred = is_told and is_place_inferred(site)
    return NamedSite(
        uuid=site.uuid,
        name=name_of(document, site),
        class_words=kind_words(document, site),
        role=site.role,
        mark_kind=site.mark_kind or "site",
        number=number,
        place=format_coordinate(lon, lat, Notation.DD, shown_error_m(site)),
        is_line=site.kind == "line",
        mgrs=format_coordinate(lon, lat, Notation.MGRS, shown_error_m(site)),
        precision=precision_words(site),
        basis=_basis(site),
        doubt=site.doubt,
        lifecycle=site.lifecycle,
        error_m=error_m,
        is_area=site.is_area,
        is_party=is_told,
        is_named=is_party(site) and (site.role == NAMED_ROLE or bool(document.links.site_to_claims(site.uuid))),
        is_firm=class_of(site.class_code) == "company",
        identity=identity_words(site),
        place_inferred=is_inferred,
        inferred=inferred_words(site, named_by) if is_inferred else "",
        names=site.aliases,
        seen_lines=seen_lines(document, site.uuid, shown_on=shown_on),
    )


def is_party(site: Site) -> bool:
    """True for a firm or a person, where a claim names it."""
    return site.is_site and (site.role == NAMED_ROLE or class_of(site.class_code) == "company")


def identity_words(site: Site) -> str:
    """The words on the parts of its name that are ours, and on its other names that are."""
    note = site.identity_note.strip().rstrip(".")
    ours = [alias[1] for alias in site.aliases if origin_of(alias)[1]]
    return note or (Phrase("ours: {ours}", ours=", ".join(ours)) if ours else "")


def subtitle_of(site: Site) -> str:
    """The line below the title of a site's own page: its class, that a claim names it, its place.

    *Other* alone is no word that tells a reader anything.
    """
    role = Phrase(site.role) if site.role == NAMED_ROLE else ""
    words = site.with_doubt(class_words(site.class_code))
    if words == class_words("other") and not role and not site.geometry.is_empty:
        words = ""
    what = joined(", ", [word for word in (words, role) if word])
    if site.geometry.is_empty:
        return what
    place = format_coordinate(site.place.x, site.place.y, Notation.DD, shown_error_m(site))
    if role and is_place_inferred(site):
        place = Phrase("{place}, place inferred by us", place=place)
    if site.kind == "line":
        place = Phrase("through {place}", place=place)
    return joined(" · ", [what, place]) if what else place


def place_word(*, is_line: bool) -> str:
    """The word before the coordinate of a mark: that of a line is one point of many on it."""
    return Phrase("Point on the line") if is_line else Phrase("Place")


def kind_words(document: Document, site: Site) -> str:
    """The words for its class; of a search area without a class, for what it is."""
    is_area = site.mark_kind == "search area" and class_of(site.class_code) == "other"
    return Phrase("Search area") if is_area else class_name(document, site.class_code)


def name_of(document: Document, site: Site) -> str:
    """Its label with the doubt where it may not exist, else another name, else its search or its class."""
    name = site.label.strip() or next((alias.strip() for _, alias in site.aliases if alias.strip()), "")
    if not name and site.mark_kind == "search area":
        return area_name(document, site)
    return site.with_doubt(name or class_words(site.class_code) or Phrase("Mark"))


def precision_words(site: Site) -> str:
    """The precision of its place: a radius only where one was judged, never the pick's error or a default as one."""
    basis = _basis(site)
    if site.has_default_error:
        return basis
    if site.kind != "point" and site.position_error_m is None:
        return basis or Phrase("accuracy of the line or outline not judged")
    if site.position_error_m is not None:
        is_ours = is_party(site) and site.role == NAMED_ROLE and is_place_inferred(site)
        # Nobody holds with 90 % that it is there at all: the radius is that of the place which we took for it.
        radius = metres(site.position_error_m)
        words = (
            Phrase("± {radius} around a place inferred by us", radius=radius)
            if is_ours
            else Phrase("± {radius} (90 %)", radius=radius)
        )
    elif (least_m := at_best_m(site)) is not None:
        words = Phrase("≥ {metres}, image placement not stated", metres=metres(least_m))
    else:
        words = Phrase("accuracy not judged")
    return joined(", ", [words, basis]) if basis else words


def _basis(site: Site) -> str:
    """The basis of its place: a word of the vocabulary, or any other text."""
    basis = site.position_basis.strip()
    return Phrase(basis) if basis else ""


def is_place_inferred(site: Site) -> bool:
    """True where no source states the place of a firm or a person: then it is we who have put it there.

    A basis that says so itself is believed. Where it says nothing of a source, and none is named, the place is ours.
    """
    basis = site.position_basis
    if _INFERRED.search(basis):
        return True
    return not (_STATED.search(basis) or site.position_source_uuid)


def inferred_words(site: Site, named_by: str = "") -> str:
    """The words for a place that we inferred, with its basis."""
    basis = _basis(site)
    by = Phrase(", not stated by {named_by}", named_by=named_by) if named_by else ""
    return (
        Phrase("place inferred by us{by}: {basis}", by=by, basis=basis)
        if basis
        else Phrase("place inferred by us{by}", by=by)
    )
