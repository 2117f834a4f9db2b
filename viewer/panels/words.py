"""The domain's fixed words for the screen. Stored words stay English."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QT_TRANSLATE_NOOP

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.layer import ALLOWED, FORBIDDEN
from layers.document.mark_template import class_name
from layers.document.site import Site
from layers.document.source import Source
from layers.document.vocabulary import SITE_CLASSES, class_of, class_words
from layers.observing.search_words import area_name
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

RELIABILITY_WORDS: dict[str, object] = {
    "A": QT_TRANSLATE_NOOP("Words", "completely reliable"),
    "B": QT_TRANSLATE_NOOP("Words", "usually reliable"),
    "C": QT_TRANSLATE_NOOP("Words", "fairly reliable"),
    "D": QT_TRANSLATE_NOOP("Words", "not usually reliable"),
    "E": QT_TRANSLATE_NOOP("Words", "unreliable"),
    "F": QT_TRANSLATE_NOOP("Words", "cannot be judged"),
}
CREDIBILITY_WORDS: dict[int, object] = {
    1: QT_TRANSLATE_NOOP("Words", "confirmed by other sources"),
    2: QT_TRANSLATE_NOOP("Words", "probably true"),
    3: QT_TRANSLATE_NOOP("Words", "possibly true"),
    4: QT_TRANSLATE_NOOP("Words", "doubtful"),
    5: QT_TRANSLATE_NOOP("Words", "improbable"),
    6: QT_TRANSLATE_NOOP("Words", "cannot be judged"),
}


def example(value: str) -> str:
    """An example of an entry, as an empty field shows it, marked so that it is not taken for an entry."""
    return translate("Words", "e.g. {0}").format(value)


def export_choices() -> list[tuple[str, str]]:
    """The answers to whether files may show a layer, with their words."""
    return [
        ("", translate("Words", "Not known")),
        (ALLOWED, translate("Words", "Allowed")),
        (FORBIDDEN, translate("Words", "Not allowed")),
    ]


def choices(words: Iterable[str]) -> list[tuple[str, str]]:
    """(stored, shown) pairs for a choice field; empty text shows as a dash."""
    return [(text, capital(text) if text else "–") for text in words]


def class_title(code: str, document: Document | None = None) -> str:
    """The title of a class code; an unknown code unchanged. In a case, its own classes have the names given there."""
    return one_line(class_words(code) if document is None else class_name(document, code))


def class_choices() -> list[tuple[str, str]]:
    return [(code, class_title(code)) for code in SITE_CLASSES]


def reliability_words(letter: str) -> str:
    """The words for a letter of the Admiralty code; empty for any other letter."""
    return translate("Words", RELIABILITY_WORDS[letter]) if letter in RELIABILITY_WORDS else ""


def reliability_choices() -> list[tuple[str, str]]:
    return [("", "–"), *((letter, " · ".join((letter, reliability_words(letter)))) for letter in RELIABILITY_WORDS)]


def credibility_choices() -> list[tuple[int | None, str]]:
    words = [(number, translate("Words", text)) for number, text in CREDIBILITY_WORDS.items()]
    return [(None, "–"), *((number, f"{number} · {text}") for number, text in words)]


def grade_words(reliability: str, credibility: int | None) -> str:
    """Both grades of the Admiralty code together, such as "B2: source usually reliable, item probably true"."""
    if not reliability:
        return "" if credibility is None else translate("Words", "The source itself is not graded: open it to do so.")
    source = reliability_words(reliability)
    if credibility is None:
        return translate("Words", "Source: {0} · {1}").format(reliability, source)
    item = translate("Words", CREDIBILITY_WORDS[credibility]) if credibility in CREDIBILITY_WORDS else ""
    return translate("Words", "{0}: source {1}, item {2}").format(f"{reliability}{credibility}", source, item)


def likelihood_text(claim: Claim) -> str:
    """Term and band, as "likely (55–80 %)"; empty without a judgement."""
    band = f"{claim.likelihood_low}–{claim.likelihood_high} %" if claim.likelihood_low is not None else ""
    if claim.likelihood_term:
        return f"{word(claim.likelihood_term)} ({band})" if band else word(claim.likelihood_term)
    return band


def error_text(error_m: float | None) -> str:
    """A position error in metres or kilometres; a dash where it was not judged."""
    if error_m is None:
        return "–"
    return f"{error_m / 1000:g} km" if error_m >= 1000 else f"{error_m:g} m"


def kind_title(site: Site, document: Document | None = None) -> str:
    """The title of a mark's class; of a mark that is no site and has no class, the kind of mark that it is."""
    if not site.is_site and class_of(site.class_code) == "other":
        return capital(site.noun)
    return class_title(site.class_code, document)


def site_name(site: Site, document: Document) -> str:
    """The label of a mark on one line; without one, the search that a search area is for, its number, or words for no
    label.
    """
    if site.label.strip():
        return one_line(site.label)
    if site.mark_kind == "search area":
        return one_line(in_language(area_name(document, site)))
    return (
        translate("Words", "(no label)")
        if site.number is None
        else translate("Words", "Marker {0}").format(site.number)
    )


def source_name(source: Source) -> str:
    """The title of a source on one line, or words for no title."""
    return one_line(source.title) or translate("Words", "(no title)")


def no_words() -> str:
    """The words for a claim without a statement."""
    return translate("Words", "(no words yet)")


def no_name() -> str:
    """The words for a row whose name is empty."""
    return translate("Words", "(no name)")


def marks_counted(sites: int, measurements: int) -> str:
    """The marks of a case as its lists count them: “62 sites”, “62 sites and 1 measurement”."""
    sites_counted = translate("Words", "{count} sites", "{count} site", sites)
    measured = translate("Words", "{count} measurements", "{count} measurement", measurements)
    if not (sites and measurements):
        return measured if measurements else sites_counted
    return translate("Words", "{0} and {1}").format(sites_counted, measured)
