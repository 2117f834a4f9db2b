"""The words that each file of a plate carries beside its picture.

They name a party only where they have all that is claimed of it, and its answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec.structs import replace
from PySide6.QtCore import QLocale

from layers.product.content import ProductContent
from layers.product.issuing.edition import status_words
from layers.product.parties import Telling
from layers.text.links import link_in
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_words import alt_text, annotation_credit, has_annotation
from viewer.export.printed import ProductWords, ShownPlace
from viewer.support.language.translation import in_language, translate

MOST_KEYWORDS = 12


def map_title(plate: Plate, on_page: MapOnPage) -> str:
    """The title of a map, by which it is known beside its picture."""
    title = plate.strips[on_page.number] or plate.title
    is_told = on_page.page in plate.party_pages or not plate.parties.names.names_any(title)
    return title if title and is_told else translate("Export", "Map {0}").format(on_page.number + 1)


def map_alt_text(plate: Plate, on_page: MapOnPage, title: str) -> str:
    """A map in words. It counts its parties but names none, as it may be read and copied without their answers."""
    is_told = on_page.page in plate.party_pages
    labels = plate.namings[on_page.number].labels
    of_parties = {site.uuid for site in plate.content.sites if site.is_named or site.is_party}
    names = [" ".join(label.text.split()) for label in labels if label.uuid not in of_parties]
    parties = sum(label.uuid in of_parties for label in labels) if is_told else 0
    spec, lonlat = plate.spec, on_page.framing.lonlat()
    if not is_told and plate.parties.names.names_any(spec.alt_text):
        spec = replace(spec, alt_text="")
    return alt_text(spec, title, plate.read.dates[on_page.number], names, lonlat, parties)


def words_of_pages(plate: Plate, pages: Collection[int], processing: Iterable[str] = ()) -> ProductWords:
    """The words of a file with these pages. `processing` are further lines on the processing."""
    spec = plate.spec
    maps = [on_page for on_page in plate.maps if on_page.page in pages]
    is_told = bool(plate.party_pages & set(pages))

    def admit(text: str) -> str:
        return text if is_told or not plate.parties.names.names_any(text) else ""

    images = [line for lines in (*plate.captions, plate.common_captions) for line in lines]
    annotation = annotation_credit(spec) if has_annotation(plate.maps) else ""
    data = "; ".join(plate.data_credits).rstrip(".")
    owed = [translate("Export", "Data: {0}.").format(data)] if data else []
    owed += [translate("Export", "Annotation: {0}").format(annotation)] if annotation else []
    sources = [f"{source.number} {in_language(source.citation)}" for source in plate.content.sources]
    about = " ".join(filter(None, (spec.bottom_line, spec.subtitle, spec.caption)))
    alts = [map_alt_text(plate, on_page, map_title(plate, on_page)) for on_page in maps]
    alt = (admit(spec.alt_text) if maps or not plate.maps else "") or " ".join(alts)
    nameless = " ".join(plate.parties.sentences(Telling.NAMELESS))
    return ProductWords(
        title=admit(plate.title),
        description=admit(about),
        author="" if spec.publish else spec.author,
        organisation=spec.organisation,
        marking=plate.marking,
        credits=tuple(dict.fromkeys((*images, *owed))),
        sources=tuple(filter(None, map(admit, sources))),
        alt_text=alt,
        made_on=plate.edition.made_on,
        status=in_language(status_words(plate.edition)),
        processing=admit(" ".join(filter(None, (spec.processing_note, *processing)))),
        parties=tuple(_sentences(plate, pages) if is_told else filter(None, [nameless])),
        in_short=_in_short(plate, about, nameless),
        keywords=keywords_of(plate.content),
        imagery=tuple(filter(None, map(admit, _dated_images(plate, maps)))),
        usage=tuple(filter(None, map(admit, _licences(plate, maps)))),
        web_statement=next(filter(None, (link_in(line) for line in _licences(plate, maps))), ""),
        places=shown_places(plate, admit),
    )


def _dated_images(plate: Plate, maps: Sequence[MapOnPage]) -> list[str]:
    """The images of maps, each with its date as it is printed."""
    facts = (fact for on_page in maps for fact in plate.images[on_page.number] if not fact.is_reference)
    return list(dict.fromkeys(", ".join(filter(None, (fact.name, in_language(fact.date)))) for fact in facts))


def _licences(plate: Plate, maps: Sequence[MapOnPage]) -> list[str]:
    """The licences of images and data, each with the name of what it is for."""
    facts = (fact for on_page in maps for fact in (*plate.images[on_page.number], *plate.read.data[on_page.number]))
    return list(dict.fromkeys(f"{fact.name}: {fact.licence}" for fact in facts if fact.licence))


def keywords_of(content: ProductContent) -> tuple[str, ...]:
    """The classes of the marks, the most frequent first: they name nobody."""
    shown = [in_language(site.class_words) for site in content.sites if site.uuid not in content.withheld]
    counts = Counter(words for words in shown if words)
    return tuple(words for words, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_KEYWORDS])


def shown_places(plate: Plate, admit: Callable[[str], str]) -> tuple[ShownPlace, ...]:
    """The countries of the marks as the case states them, and the name of the site that a page is about."""
    content = plate.content
    shown = [site for site in content.sites if site.uuid not in content.withheld]
    own = [site for site in shown if site.uuid == plate.spec.site] if plate.spec.layout == "site" else []
    places = list[ShownPlace]()
    for site in own or shown:
        code = _code_of(plate.document.sites[site.uuid].location_country)
        name = admit(site.name) if own and not (site.is_named or site.is_party) else ""
        if code or name:
            places.append(ShownPlace(code, _country_name(code), name))
    return tuple(sorted(dict.fromkeys(places)))


def _code_of(country: str) -> str:
    """An ISO code as a case has it; empty for other words."""
    code = country.strip().upper()
    return code if code.isascii() and code.isalpha() and len(code) in (2, 3) else ""


def _country_name(code: str) -> str:
    """The English name of a country; empty for a code that is not known."""
    territory = QLocale.codeToTerritory(code)
    return "" if territory == QLocale.Country.AnyTerritory else QLocale.territoryToString(territory)


def _sentences(plate: Plate, pages: Collection[int]) -> Sequence[str]:
    """The sentences on parties of the first of these pages that has any."""
    page = min(plate.party_pages & set(pages))
    level = plate.parties.level if page == 0 else plate.further_level
    return plate.parties.sentences(max(level, Telling.WORDS))


def _in_short(plate: Plate, about: str, nameless: str) -> str:
    """A description that names nobody, for files without room for what is said of the parties."""
    return " ".join(text for text in (about, nameless) if text and not plate.parties.names.names_any(text))
