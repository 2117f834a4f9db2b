"""Rules on the page: marking, titles, place and scale, furniture, labels, imprint, type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layers.geo.bounds import Bounds
from layers.phrase import Phrase, all_of, joined
from layers.product.boundaries import says_whose_view
from layers.product.facts import SCALE_CHANGES_M
from layers.product.lint.finding import (
    BLOCKING,
    CONTINENT_DEG,
    CONTINENT_M,
    WARNING,
    Checked,
    Fault,
    Jump,
    Rule,
    map_name,
    short,
    to_layer,
    to_part,
)
from layers.product.marking import free_words, lacking
from layers.product.own_paths import without_paths
from layers.product.spec_words import typed_with_paths
from layers.time.written_dates import written_date

LEAST_PT = 6.0
LEAST_MAP_MM, _LEAST_OF_PAGE = 35.0, 0.25
"""Least shorter side of a map, and that as a part of the shorter side of a small page."""
MGRS_UP_TO_M = 200_000.0
"""A wider frame has its centre in degrees only: one square of the grid would say more than is meant."""
_FILE_NAME = re.compile(r"\S+\.(?:tiff?|jp2|jpe?g|png|gpkg|nc|img|vrt|ntf|hdf5?|zarr)|\S*_\S*_\S*", re.IGNORECASE)
_DEGREES = re.compile(r"\d\s*°\s*[NSEW]?")
_MGRS = re.compile(r"\b(?:\d{1,2}[C-HJ-NP-X]|[ABYZ])\s?[A-HJ-NP-Z]{2}(?:\s?\d+\s?\d+)?\b")
_METRIC = re.compile(r"\d\s*(?:k?m|km|metres|kilometres)\b")


def _marking_shown(checked: Checked) -> Iterator[Fault]:
    facts = checked.facts
    wanted = checked.spec.marking or checked.content.marking
    if not facts.is_laid_out or not wanted:
        return
    for place, shown in (("top", facts.marking_top), ("bottom", facts.marking_bottom)):
        if not shown.strip():
            yield Fault(
                Phrase("the {place} of the page", place=place),
                Phrase("The marking “{wanted}” does not stand there.", wanted=wanted),
                Phrase("Print the marking above and below every page."),
                Jump("product", "", "marking"),
            )


def _marking_high(checked: Checked) -> Iterator[Fault]:
    shown = checked.facts.marking_top if checked.facts.is_laid_out else checked.spec.marking
    missing = lacking(shown, checked.content.input_markings)
    if missing:
        yield Fault(
            Phrase("the marking"),
            Phrase("What is on the page is marked {missing}, the product lower.", missing=all_of(missing)),
            Phrase("Raise the product's marking, or leave out what is marked so."),
            Jump("product", "", "marking"),
        )


def _marking_free(checked: Checked) -> Iterator[Fault]:
    for words in free_words(checked.spec.marking, checked.content.input_markings):
        yield Fault(
            Phrase("the marking “{words}”", words=short(words)),
            Phrase("Something on the page is marked in these words of its own, which no scale ranks."),
            Phrase("Read them, and repeat them in the product's marking or give the reason why not."),
            Jump("product", "", "marking"),
        )


def _title(checked: Checked) -> Iterator[Fault]:
    title = checked.spec.title.strip()
    if not title:
        yield Fault(
            Phrase("the title"),
            Phrase("The product has none."),
            Phrase("Write a title: place, country, subject."),
            Jump("product", "", "title"),
        )
    elif _FILE_NAME.fullmatch(title):
        yield Fault(
            Phrase("the title"),
            Phrase("“{title}” is the name of a file.", title=short(title)),
            Phrase("Write a title: place, country, subject."),
            Jump("product", "", "title"),
        )


def _bottom_line(checked: Checked) -> Iterator[Fault]:
    if not (checked.spec.bottom_line.strip() or checked.spec.subtitle.strip()):
        yield Fault(
            Phrase("the subtitle"),
            Phrase("The finding does not stand there in a sentence."),
            Phrase("Write the bottom line, or a subtitle."),
            Jump("product", "", "bottom_line"),
        )


def _centre(checked: Checked) -> Iterator[Fault]:
    if not checked.facts.is_laid_out:
        return
    for fact in checked.maps:
        if fact.bounds is None:
            continue
        has_degrees = bool(_DEGREES.search(fact.centre))
        has_mgrs = fact.width_m > MGRS_UP_TO_M or bool(_MGRS.search(fact.centre))
        if not (has_degrees and has_mgrs):
            what = Phrase("coordinates of its middle") if not has_degrees else Phrase("the MGRS square of its middle")
            yield Fault(
                map_name(fact),
                Phrase("The page does not give the {what}.", what=what),
                Phrase("Show the line of its middle."),
                to_part("imprint"),
            )


def _scale_bar(checked: Checked) -> Iterator[Fault]:
    if not checked.facts.is_laid_out:
        return
    for fact in checked.facts.maps:
        bar, where = fact.scale_bar, map_name(fact)
        if bar is None or not bar.shown:
            if fact.bounds is not None and fact.width_m < CONTINENT_M:
                yield Fault(where, Phrase("It has no scale bar."), Phrase("Show the scale bar."), to_part("scale bar"))
        elif not _METRIC.search(bar.words):
            yield Fault(
                where,
                Phrase("Its scale bar is not metric."),
                Phrase("Show it in metres or kilometres."),
                to_part("scale bar"),
            )
        elif fact.width_m >= SCALE_CHANGES_M and bar.holds_at_lat is None:
            yield Fault(
                where,
                Phrase("Its scale changes over the frame, and the bar does not say for which latitude it holds."),
                Phrase("State the latitude, or leave the bar out."),
                to_part("scale bar"),
            )


def _north_arrow(checked: Checked) -> Iterator[Fault]:
    if not checked.facts.is_laid_out:
        return
    for fact in checked.facts.maps:
        is_excused = fact.width_m >= CONTINENT_M or bool(fact.arrow_left_out)
        if fact.bounds is not None and not fact.arrow and not is_excused:
            yield Fault(
                map_name(fact),
                Phrase("It has no north arrow: true north is drawn even where it is up."),
                Phrase("Show the north arrow."),
                to_part("north arrow"),
            )


def _legend(checked: Checked) -> Iterator[Fault]:
    for fact in checked.facts.maps:
        for words in fact.legend_missing:
            yield Fault(
                joined(", ", [map_name(fact), short(words)]),
                Phrase("It is drawn, and the legend does not explain it."),
                Phrase("Show the legend, or name it with a label."),
                to_part("legend"),
            )
        for words in fact.legend_unseen:
            yield Fault(
                joined(", ", [map_name(fact), short(words)]),
                Phrase("The legend explains it, and it is not in the frame."),
                Phrase("Leave it out of the legend."),
                to_part("legend"),
            )


def _labels_clear(checked: Checked) -> Iterator[Fault]:
    for fact in checked.facts.maps:
        for words in fact.covered:
            yield Fault(
                joined(", ", [map_name(fact), short(words)]),
                Phrase("A label, a callout or furniture covers it."),
                Phrase("Drag what covers it aside, or choose a larger page."),
                to_part("labels"),
            )
        if not fact.halo and fact.sites.named:
            yield Fault(
                map_name(fact),
                Phrase("Its labels have no halo."),
                Phrase("Choose a house style with halos."),
                Jump("product", "", "style"),
            )


def _overlaps(checked: Checked) -> Iterator[Fault]:
    for part, other, page in checked.facts.overlaps:
        yield Fault(
            Phrase("page {page}, {one} and {other}", page=page + 1, one=short(part), other=short(other)),
            Phrase("One lies on the other."),
            Phrase("Drag them apart, or choose a larger page."),
            to_part(part),
        )


def _cut_text(checked: Checked) -> Iterator[Fault]:
    for text in checked.facts.texts:
        if text.is_cut:
            yield Fault(
                Phrase("page {page}, {part} “{words}”", page=text.page + 1, part=text.part, words=short(text.words)),
                Phrase("The text is cut."),
                Phrase("Shorten it, or choose a larger page."),
                to_part(text.part),
            )


def _type_size(checked: Checked) -> Iterator[Fault]:
    small = {text.part: text.size_pt for text in checked.facts.texts if 0 < text.size_pt < LEAST_PT - 0.01}
    for part, size in small.items():
        yield Fault(
            part,
            Phrase(
                "Its type is {size} pt high on paper; below {least_pt} pt nobody reads it.",
                size=f"{size:.1f}",
                least_pt=f"{LEAST_PT:g}",
            ),
            Phrase("Choose a larger page, or leave something out."),
            to_part(part),
        )


def _map_size(checked: Checked) -> Iterator[Fault]:
    # On a small page a map may be smaller: there it is most of what is seen.
    least = min(LEAST_MAP_MM, _LEAST_OF_PAGE * min(checked.spec.page_mm))
    for fact in checked.facts.maps:
        if 0 < fact.least_side_mm < least:
            yield Fault(
                map_name(fact),
                Phrase(
                    "Its shorter side is {side} mm on the page; below {least} mm little can be made out.",
                    side=f"{fact.least_side_mm:.0f}",
                    least=f"{least:.0f}",
                ),
                Phrase("Show fewer maps, choose a larger page, or leave words out."),
                Jump("product", "", "page"),
            )


def _in_grey(checked: Checked) -> Iterator[Fault]:
    """The page must be readable without colours: many prints, and many eyes, have none."""
    for entry, other in checked.facts.alike_in_grey:
        yield Fault(
            Phrase("the legend, {one} and {other}", one=short(entry), other=short(other)),
            Phrase("Without colour their signs look alike."),
            Phrase("Give one of them another sign, dashes, or a colour that is lighter or darker."),
            to_part("legend"),
        )
    for words in checked.facts.faint_in_grey:
        yield Fault(
            short(words),
            Phrase("Without colour the letters can hardly be told from what they stand on."),
            Phrase("Choose letters that are lighter or darker than their ground or their halo."),
            Jump("product", "", "style"),
        )


def _boundaries(checked: Checked) -> Iterator[Fault]:
    """Boundaries are contested: each map of them has to state whose view it shows."""
    facts = checked.facts
    if not facts.is_laid_out or says_whose_view(facts.words_of().replace(facts.locator_credit, "")):
        return
    for image in {image.layer: image for fact in facts.maps for image in fact.images}.values():
        if image.draws_boundaries:
            yield Fault(
                Phrase("layer “{name}”", name=short(image.name)),
                Phrase("It draws boundaries, and the page does not say whose view of them that is."),
                Phrase(
                    "Say it in the layer's credit, such as “boundaries are de facto, as … draws them”, and print that."
                ),
                to_layer(image, "credit"),
            )


def _key(checked: Checked) -> Iterator[Fault]:
    for fact in checked.facts.maps:
        for uuid in sorted(fact.sites.keyed):
            site = checked.content.site(uuid)
            if site is not None and not checked.holds(site.name):
                yield Fault(
                    joined(", ", [map_name(fact), short(site.name)]),
                    Phrase("It has a number on the map, and no line in the key."),
                    Phrase("Show the key."),
                    to_part("key"),
                )


def _locator(checked: Checked) -> Iterator[Fault]:
    """A plain map has none by its layout; one that shows a continent tells by itself where it lies."""
    maps = checked.maps
    if not checked.facts.is_laid_out or checked.spec.layout == "plain":
        return
    if any(fact.locator or fact.width_m >= CONTINENT_M or _is_continent(fact.bounds) for fact in maps):
        return
    if maps and maps[0].bounds is not None:
        yield Fault(
            map_name(maps[0]),
            Phrase("No inset shows where in the world it lies."),
            Phrase("Show the locator."),
            to_part("locator"),
        )


def _is_continent(bounds: Bounds | None) -> bool:
    return bounds is not None and bounds.width > CONTINENT_DEG


def _projection(checked: Checked) -> Iterator[Fault]:
    if not checked.facts.is_laid_out:
        return
    for fact in checked.maps:
        if not fact.crs_words.strip() or not checked.holds(fact.crs_words):
            yield Fault(
                map_name(fact),
                Phrase("The page does not name its projection and datum."),
                Phrase("Show the imprint."),
                to_part("imprint"),
            )


def _author(checked: Checked) -> Iterator[Fault]:
    spec = checked.spec
    if spec.publish and not (spec.organisation.strip() or spec.annotation_credit.strip()):
        yield Fault(
            Phrase("the imprint"),
            Phrase("A published product leaves out the names of people, and no organisation answers for it."),
            Phrase("Enter the organisation, or a credit for the annotation."),
            Jump("product", "", "organisation"),
        )
    elif not (spec.author.strip() or spec.organisation.strip() or spec.annotation_credit.strip()):
        yield Fault(
            Phrase("the imprint"),
            Phrase("Nobody answers for the product."),
            Phrase("Enter its author or organisation."),
            Jump("product", "", "author"),
        )


def _annotation_credit(checked: Checked) -> Iterator[Fault]:
    """The images are others' work, the marks are ours: each is credited by itself."""
    if not checked.has_marks:
        return
    spec = checked.spec
    credit = (spec.annotation_credit or ("" if spec.publish else spec.author) or spec.organisation).strip()
    if credit and not checked.holds(credit):
        yield Fault(
            Phrase("the credits"),
            Phrase("The annotation is not credited apart from the images."),
            Phrase("Show the line of credits."),
            Jump("product", "", "annotation_credit"),
        )


def _made_on(checked: Checked) -> Iterator[Fault]:
    facts = checked.facts
    if not facts.is_laid_out:
        return
    if not facts.made_on or not checked.holds(written_date(facts.made_on)):
        yield Fault(
            Phrase("the imprint"),
            Phrase("The day of the product is not on the page."),
            Phrase("Show the imprint."),
            to_part("imprint"),
        )


def _number(checked: Checked) -> Iterator[Fault]:
    """A product that has a number prints it: a reader needs it to tell prints apart. One that is issued gets one."""
    facts = checked.facts
    if facts.number and facts.is_laid_out and not checked.holds(facts.number):
        yield Fault(
            Phrase("the imprint"),
            Phrase("Its number is not on the page."),
            Phrase("Show the imprint."),
            to_part("imprint"),
        )


def _alt_text(checked: Checked) -> Iterator[Fault]:
    for fact in checked.maps:
        if checked.facts.is_laid_out and not fact.alt_text.strip():
            yield Fault(
                map_name(fact),
                Phrase("It has no alternative text for those who cannot see it."),
                Phrase("Write in a sentence what it shows."),
                Jump("product", "", "alt_text"),
            )


def _leaks(checked: Checked) -> Iterator[Fault]:
    if not checked.spec.publish:
        return
    if not checked.content.is_published:
        yield Fault(
            Phrase("the words of evidence"),
            Phrase("They hold what is internal, and the product is to be published."),
            Phrase("Make the product anew from the case."),
            Jump("product", "", "publish"),
        )
    for name, words in typed_with_paths(checked.spec):
        yield Fault(
            Phrase("the {replace}", replace=name.replace("_", " ")),
            Phrase(
                "It names a folder or a machine of somebody's: “{without_paths}” is printed.",
                without_paths=short(without_paths(words)),
            ),
            Phrase("Take the path out of the text."),
            Jump("product", "", name),
        )
    for text in checked.facts.texts:
        words = text.words
        for source in checked.content.sources:
            words = words.replace(source.url, "") if source.url else words
        if without_paths(words) != words:
            yield Fault(
                Phrase(
                    "page {page}, {part} “{without_paths}”",
                    page=text.page + 1,
                    part=text.part,
                    without_paths=short(without_paths(words)),
                ),
                Phrase("It names a folder or a machine of somebody's."),
                Phrase("Take the path out of the text."),
                to_part(text.part),
            )


RULES = (
    Rule("marking-shown", Phrase("The marking above and below"), WARNING, _marking_shown, 1),
    Rule("marking-high-enough", Phrase("A marking as high as its inputs'"), BLOCKING, _marking_high, 1),
    Rule("marking-in-words", Phrase("Markings in free words"), WARNING, _marking_free, 1),
    Rule("title", "A title", WARNING, _title, 2),
    Rule("bottom-line", Phrase("The finding in a sentence"), WARNING, _bottom_line, 3),
    Rule("coordinates", Phrase("Coordinates of the middle"), WARNING, _centre, 7),
    Rule("scale-bar", Phrase("A metric scale bar"), WARNING, _scale_bar, 8),
    Rule("north-arrow", Phrase("A north arrow"), WARNING, _north_arrow, 9),
    Rule("legend", Phrase("A legend of only what is visible"), WARNING, _legend, 10),
    Rule("labels-clear", Phrase("Labels that cover nothing"), WARNING, _labels_clear, 11),
    Rule("overlap", Phrase("Nothing on anything else"), WARNING, _overlaps, 11),
    Rule("cut-text", Phrase("No text cut"), WARNING, _cut_text, 11),
    Rule("grey", Phrase("Told apart without colour"), WARNING, _in_grey),
    Rule("boundaries", Phrase("Boundaries with whose view they are"), WARNING, _boundaries),
    Rule("key", Phrase("A line in the key for every number"), WARNING, _key, 12),
    Rule("locator", Phrase("An inset that shows where"), WARNING, _locator, 16),
    Rule("projection", Phrase("Projection and datum"), WARNING, _projection, 17),
    Rule("author", Phrase("Author or organisation"), WARNING, _author, 18),
    Rule("annotation-credit", Phrase("A credit of its own for the annotation"), WARNING, _annotation_credit, 6),
    Rule("made-on", Phrase("The day of the product"), WARNING, _made_on, 18),
    Rule("number", Phrase("Number and version"), WARNING, _number, 18),
    Rule("map-size", Phrase("Maps large enough to be read"), WARNING, _map_size),
    Rule("type-size", Phrase("Type of 6 pt or more"), WARNING, _type_size),
    Rule("alternative-text", Phrase("An alternative text"), WARNING, _alt_text),
    Rule("publishing-leak", Phrase("Nothing internal in what is published"), WARNING, _leaks),
)
