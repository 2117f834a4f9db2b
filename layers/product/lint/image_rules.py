"""Rules on images: date, sensor, credit and licence, processing, and two images set beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from layers.phrase import Phrase, all_of, joined
from layers.product.facts import ImageFact, MapFact, ProductFacts
from layers.product.lint.finding import (
    BLOCKING,
    WARNING,
    Checked,
    Fault,
    Finding,
    Jump,
    Rule,
    image_name,
    map_name,
    short,
    to_layer,
    to_part,
)
from layers.services.terms import states_terms
from layers.time.spans import are_apart, span_of

_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_BINDING = re.compile(r"\b(?:CC[ -]?BY\S*|ODbL|NC|ND|SA)\b", re.IGNORECASE)
_FORBIDS = re.compile(
    r"\bCC[ -]BY(?:-NC)?-ND\b|\bno[ -]?deriv\w*|\bnot (?:for|to be) (?:publi|redistribut|shar|export|shown)\w*"
    r"|\bno (?:publication|redistribution|export)\b|\binternal use only\b",
    re.IGNORECASE,
)
"""Licences that an annotated picture would break: a mark on an image is a change to it."""
_BEFORE_AFTER = re.compile(r"\b(before|after)\b", re.IGNORECASE)
FORBIDDING = "licence-forbids"
"""The rule on images that may not stand in a product."""
_SIDES = ("before", "after")
_DIFFERENCE = ("season", "sun", "angle", "registration")
_SAME_FRAME = 1e-6


def _image_date(checked: Checked) -> Iterator[Fault]:
    for fact, image in checked.images():
        if not image.date.strip() or not checked.holds(image.date):
            yield Fault(
                joined(", ", [map_name(fact), image_name(image)]),
                Phrase("No date stands beside it: an image without one must say “date unknown”."),
                Phrase("Print the line of its date, or leave the image out."),
                to_layer(image, "acquired_at"),
            )


def _date_known(checked: Checked) -> Iterator[Fault]:
    for image in checked.shown_once():
        if image.acquired_at or image.date_kind == "composite" or image.is_reference:
            continue
        yield Fault(
            image_name(image),
            Phrase("Its date is not known: a reader cannot tell when this was so."),
            Phrase(
                "Enter its date and its basis, if you know them. Never guess: “date unknown” may stand, with a reason."
            ),
            to_layer(image, "acquired_at"),
        )


def _date_basis(checked: Checked) -> Iterator[Fault]:
    for image in checked.shown_once():
        if image.acquired_at and not image.date_basis:
            yield Fault(
                image_name(image),
                Phrase("It does not say where its date is from."),
                Phrase("Choose the basis of its date: metadata, catalogue, file name, caption or analyst."),
                to_layer(image, "date_basis"),
            )


def _date_true(checked: Checked) -> Iterator[Fault]:
    """A printed year that its row does not have is a fault; so is an instant for a mosaic."""
    for fact, image in checked.images():
        invented = set(_YEAR.findall(image.date)) - set(_YEAR.findall(image.acquired_at))
        where = joined(", ", [map_name(fact), image_name(image)])
        if invented:
            yield Fault(
                where,
                Phrase("The date that is printed, “{date}”, is not the one that is known of it.", date=image.date),
                Phrase("Print the date of the layer, or “date unknown”."),
                to_layer(image, "acquired_at"),
            )
        elif image.date_kind == "composite" and "composite" not in image.date.casefold() and image.date:
            yield Fault(
                where,
                Phrase("It is a composite of many images, and its line does not say so."),
                Phrase("Print “composite” beside its date: a mosaic has no instant."),
                to_layer(image, "date_kind"),
            )


def _sensor(checked: Checked) -> Iterator[Fault]:
    for image in checked.shown_once():
        is_told = bool(image.sensor or image.provider)
        if not is_told and not (image.credit and (image.date_kind == "composite" or image.is_reference)):
            yield Fault(
                image_name(image),
                Phrase("Neither its sensor nor its provider is named."),
                Phrase(
                    "Enter the sensor or the provider, if you know it; else give the reason for which it is not known."
                ),
                to_layer(image, "sensor"),
            )


def _credit(checked: Checked) -> Iterator[Fault]:
    for fact in checked.facts.maps:
        for image in fact.images:
            where = joined(", ", [map_name(fact), image_name(image)])
            if not (image.credit_of_row or image.credit).strip():
                yield Fault(
                    where,
                    Phrase("Nobody is credited for it."),
                    Phrase("Enter the credit that its provider asks for, under Credit in the properties of its layer."),
                    to_layer(image, "credit"),
                )
            elif not image.credit.strip() or not checked.holds(image.credit):
                yield Fault(
                    where,
                    Phrase("Its credit is not on the page."),
                    Phrase("Show the line of credits, or give the page more room."),
                    to_part("credits"),
                )


def _licence(checked: Checked) -> Iterator[Fault]:
    for image in checked.shown_once():
        if _BINDING.search(image.licence) and not checked.holds(image.licence):
            yield Fault(
                image_name(image),
                Phrase("Its licence, {licence}, binds this product, and is not on the page.", licence=image.licence),
                Phrase("Print the licence beside the credit."),
                to_layer(image, "licence"),
            )


def _terms(checked: Checked) -> Iterator[Fault]:
    for image in checked.shown_once():
        if image.lacks_terms or (image.licence.strip() and not states_terms(image.licence)):
            yield Fault(
                image_name(image),
                Phrase("Nobody states on what terms it may be used."),
                Phrase("Look up its terms, and enter them in the properties of its layer; or leave the image out."),
                to_layer(image, "own_licence"),
            )


def _licence_forbids(checked: Checked) -> Iterator[Fault]:
    """An image may stand in an annotated product only where its licence and its service's terms let it."""
    for image in checked.shown_once():
        if not image.may_export:
            reason = Phrase("The terms of its service do not let it stand in a product, and not in a draft either.")
        elif _FORBIDS.search(image.licence):
            reason = Phrase(
                "Its licence, “{licence}”, does not let it stand in a product.", licence=short(image.licence)
            )
        else:
            continue
        yield Fault(
            image_name(image),
            reason,
            Phrase("Leave the image out, or show another one of the same place."),
            to_layer(image, "own_licence" if image.may_export else "own_export"),
        )


def kept_back(findings: Iterable[Finding], facts: ProductFacts) -> list[Finding]:
    """The findings that keep even a draft from being written: on images whose service forbids files that show them."""
    names = {image_name(image) for fact in facts.maps for image in fact.images if not image.may_export}
    return [
        finding
        for finding in findings
        if finding.rule == FORBIDDING and finding.where in names and not finding.explained
    ]


def _processing(checked: Checked) -> Iterator[Fault]:
    if not checked.facts.is_laid_out:
        return
    for fact, image in checked.images():
        notes = [words for words in (image.processing, image.stretch) if words]
        if image.is_reference or checked.spec.processing_note or any(checked.holds(words) for words in notes):
            continue
        yield Fault(
            joined(", ", [map_name(fact), image_name(image)]),
            Phrase("The page does not say how its colours were made."),
            Phrase("Add a note on its processing: bands, stretch, sharpening."),
            Jump("product", "", "processing_note"),
        )


def _nudge(checked: Checked) -> Iterator[Fault]:
    for fact, image in checked.images():
        if image.nudge and not checked.holds(image.nudge):
            yield Fault(
                joined(", ", [map_name(fact), image_name(image)]),
                Phrase("It was shifted by hand, and the page does not say so."),
                Phrase("Print the shift, its author and date in the footnote."),
                to_layer(image, "nudge_json"),
            )


def _view_angle(checked: Checked) -> Iterator[Fault]:
    for image in checked.shown_once():
        if image.view_angle_deg is not None and not image.view_angle_kind:
            yield Fault(
                image_name(image),
                Phrase(
                    "Its angle of view does not say whether it is off nadir at the satellite or incidence at the "
                    "ground."
                ),
                Phrase("Say which of the two it is."),
                to_layer(image, "view_angle"),
            )


# -- images beside each other -----------------------------------------------------------------------------------


def _tops(maps: Sequence[MapFact]) -> list[tuple[MapFact, ImageFact]]:
    pairs = []
    for fact in maps:
        image = next((image for image in fact.images if image.kind != "vector" and not image.is_reference), None)
        if image is not None:
            pairs.append((fact, image))
    return pairs


def _same_frame(checked: Checked) -> Iterator[Fault]:
    maps = checked.maps
    if checked.spec.layout != "before-after" or len(maps) < 2:
        return
    first = maps[0]
    for other in maps[1:]:
        same = first.crs == other.crs and _near(first.resolution, other.resolution)
        if first.bounds and other.bounds:
            same = same and all(abs(a - b) < _SAME_FRAME for a, b in zip(first.bounds, other.bounds, strict=True))
        if not same:
            yield Fault(
                Phrase("{map_name} and {map_name_2}", map_name=map_name(first), map_name_2=map_name(other)),
                Phrase("They do not show the same frame at the same scale."),
                Phrase("Give both maps the same bounds."),
                Jump("product", "", "bounds"),
            )


def _before_after(checked: Checked) -> Iterator[Fault]:
    """*Before* and *after* need dates that are known and apart, in that order."""
    named = [(fact, side) for fact in checked.maps if (side := _called(fact))]
    if not named:
        return
    tops = {fact.number: image for fact, image in _tops(checked.maps)}
    spans = [_span(tops[fact.number]) if fact.number in tops else None for fact, _ in named]
    where = all_of(map_name(fact) for fact, _ in named)
    if not are_apart(spans):
        yield Fault(
            where,
            Phrase("They are called before and after, and their dates are not known to be apart."),
            Phrase("Enter both dates with where they are from, or call the maps A and B."),
            Jump("product", "", "maps"),
        )
        return
    known = sorted((span, word) for span, (_, word) in zip(spans, named, strict=True) if span is not None)
    words = [word for _, word in known]
    if words != sorted(words, reverse=True):
        yield Fault(
            where,
            Phrase("The later image is called before, or the earlier one after."),
            Phrase("Change the sides, or their titles."),
            Jump("product", "", "maps"),
        )


def _called(fact: MapFact) -> str:
    """*before* or *after*: as the page calls a map, else as its title does, where that is English."""
    if fact.side in _SIDES:
        return fact.side
    match = _BEFORE_AFTER.search(fact.title)
    return match[1].casefold() if match else ""


def _same_stretch(checked: Checked) -> Iterator[Fault]:
    """The same stretch is honest for the same sensor and units only; else it is matched, and that is said.

    Panels are set against each other where they show the same ground.
    """
    if checked.spec.layout not in ("before-after", "panels"):
        return
    for (fact, a), (other, b) in combinations(_tops(checked.maps), 2):
        if checked.spec.layout == "panels" and (a.layer == b.layer or not _same_ground(fact, other)):
            continue
        where = Phrase("{map_name} and {map_name_2}", map_name=map_name(fact), map_name_2=map_name(other))
        are_alike = bool(a.sensor) and a.sensor == b.sensor and bool(a.units) and a.units == b.units
        if are_alike and a.stretch != b.stretch and not (a.tells_match or b.tells_match):
            yield Fault(
                where,
                Phrase("The same sensor is stretched in two ways: what differs may be the stretch."),
                Phrase("Give both the same stretch."),
                Jump("product", "", "match"),
            )
        elif not are_alike and not (a.tells_match or b.tells_match) and a.stretch and b.stretch:
            yield Fault(
                where,
                Phrase("They are of different sensors or units, or these are not stated: colours cannot be compared."),
                Phrase("Match the stretch of the second to the first, which the page then declares; or say why not."),
                Jump("product", "", "match"),
            )


def _same_ground(fact: MapFact, other: MapFact) -> bool:
    """True where half of the smaller of two maps is on the other one as well."""
    shared = fact.bounds.intersection(other.bounds) if fact.bounds is not None and other.bounds is not None else None
    if shared is None or fact.bounds is None or other.bounds is None:
        return False
    least = min(box.width * box.height for box in (fact.bounds, other.bounds))
    return shared.width * shared.height > least / 2


def _difference(checked: Checked) -> Iterator[Fault]:
    for fact in checked.facts.maps:
        if fact.is_difference and not all(checked.holds(word) for word in _DIFFERENCE):
            yield Fault(
                map_name(fact),
                Phrase("A difference image does not say what else it holds."),
                Phrase("Caption it “includes season, sun, angle, registration”."),
                Jump("product", "", "caption"),
            )


def _span(image: ImageFact) -> tuple[str, str] | None:
    if image.date_kind not in ("instant", "interval"):
        return None
    first, _, last = image.acquired_at.partition("/")
    return span_of(first, last)


def _near(number: float, other: float) -> bool:
    return abs(number - other) <= 1e-6 * max(abs(number), abs(other))


RULES = (
    Rule("image-date", Phrase("A date beside every image"), WARNING, _image_date, 4),
    Rule("image-date-known", Phrase("Images whose date is known"), WARNING, _date_known, 4),
    Rule("image-date-basis", Phrase("The basis of a date"), WARNING, _date_basis, 4),
    Rule("image-date-true", Phrase("Dates as they are known"), WARNING, _date_true, 4),
    Rule("image-sensor", Phrase("Sensor or provider"), WARNING, _sensor, 5),
    Rule("image-credit", Phrase("A credit for every image and data set"), WARNING, _credit, 6),
    Rule("image-licence", Phrase("Licences that bind the product"), WARNING, _licence, 6),
    Rule("image-terms", Phrase("Images whose terms are stated"), WARNING, _terms, 6),
    Rule(FORBIDDING, Phrase("Licences that let the image stand in it"), BLOCKING, _licence_forbids, 6),
    Rule("image-processing", Phrase("A note on processing"), WARNING, _processing, 19),
    Rule("image-shift", Phrase("Shifts by hand are said"), WARNING, _nudge, 19),
    Rule("view-angle", Phrase("The kind of an angle of view"), WARNING, _view_angle),
    Rule("same-frame", Phrase("The same frame and scale before and after"), WARNING, _same_frame, 20),
    Rule("before-after-dates", Phrase("Before and after need known dates"), BLOCKING, _before_after, 20),
    Rule("same-stretch", Phrase("The same stretch, or a declared match"), WARNING, _same_stretch, 20),
    Rule("difference-caption", Phrase("The caption of a difference"), WARNING, _difference),
)
