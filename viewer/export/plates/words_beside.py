"""The words beside and below the maps of a page, in their order: key, legend, evidence, caveats."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, auto

from msgspec.structs import replace

from layers.document.document import Document
from layers.product.content import ProductContent
from layers.product.own_paths import without_paths
from layers.product.spec import ProductSpec
from viewer.export.plates.evidence_rows import EvidenceRows
from viewer.export.plates.map_words import MapWords
from viewer.export.plates.maps.image_captions import processing_notes, told_in_captions
from viewer.export.plates.maps.legend_content import LegendRow
from viewer.export.plates.maps.legend_rows import legend_atoms, legend_of
from viewer.export.plates.maps.locator_on_page import locator_atoms, town_of, window_of
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.page_head import caption_below
from viewer.export.plates.page_names import PageNames
from viewer.export.plates.party_block import PartyBlock
from viewer.export.plates.plate_words import notes_on_maps
from viewer.export.plates.setting.flow import Atom
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.sign_band import LETTERS
from viewer.export.plates.things_on_maps import ThingsOnMaps
from viewer.support.language.text import one_line


class BandWords(IntEnum):
    """Amount of the legend that stands in the band; the rest stands with the other words."""

    ALL = auto()
    HEADED = auto()
    """Signs under the headings of their groups, without notes."""
    SIGNS = auto()


_SHORT_CAPTION = 300
"""Most characters of a caption that a slide has before its legend, in any case beside the maps."""


class WordsBeside:
    """The words of one product that flow beside its maps. `legend` has the rows of the legend that was made last."""

    def __init__(
        self,
        spec: ProductSpec,
        document: Document,
        rows: EvidenceRows,
        parties: PartyBlock,
        sizes: PageSizes,
        style: HouseStyle,
    ) -> None:
        self._spec, self._document, self._rows, self._parties = spec, document, rows, parties
        self._sizes, self._style = sizes, style
        self.is_key_run_in = False
        """True where the rows of the key are set as one paragraph, which is shorter."""
        self.has_band, self.has_key_in_band = False, False
        """True where the legend, or the key too, stands in a band across the page."""
        self.band_words = BandWords.ALL
        self.key_page = 0
        """The page that has the key, counted from 1, where the band of the legend says so; 0 where it does not."""
        self.is_legend_first = False
        """True where the legend stands before a key that goes on on another page."""
        self.has_locator = False
        self.legend: list[LegendRow] = []

    def atoms(
        self, key: Sequence[Atom], maps: Sequence[MapOnPage], content: ProductContent, words: MapWords
    ) -> list[Atom]:
        """All words beside and below the maps and on further pages, after those on the named parties."""
        spec, sizes, rows, is_site = self._spec, self._sizes, self._rows, self._spec.layout == "site"
        legend, locator = self.legend_atoms(maps, in_band=False), self._locator(maps)
        explained = [*locator, *legend]
        evidence = rows.observed(spec, content.sites, self._parties.unnamed)
        evidence += rows.searched(spec, content)
        if spec.shows("claims"):
            evidence += rows.claims(content, with_steps=is_site)
            evidence += rows.sources(content) if spec.shows("sources") else []
        if spec.shows("caveats"):
            notes = [*self._parties.left_out(), *notes_on_maps(maps)]
            notes += processing_notes(words.images, told_in_captions(spec))
            evidence += rows.caveats(content, notes)
        ordered = [*evidence, *explained] if is_site else [*explained, *evidence]
        first = rows.site(content.site(spec.site)) if is_site and spec.site not in self._parties.unnamed else []
        caption = self._caption()
        if sizes.is_map_first:
            later = caption if len(spec.caption) > _SHORT_CAPTION else []
            return [*self.first_words(maps), *key, *later, *locator, *evidence]
        if self.is_legend_first and not is_site:
            return [
                *caption,
                *first,
                *explained,
                *key,
                *evidence,
                *(rows.imprint(words.foot) if sizes.is_small else ()),
            ]
        # Numbers on the map are explained beside it, whatever goes to a next page.
        return [*caption, *first, *key, *ordered, *(rows.imprint(words.foot) if sizes.is_small else ())]

    def key_atoms(self, things: ThingsOnMaps, names: PageNames, content: ProductContent) -> list[Atom]:
        """The key to the numbers on the maps; empty where the product has none."""
        if not (self._spec.shows("key") and self._spec.shows("annotation")):
            return []
        named = {uuid: one_line(names.name_of(uuid, content)) for uuid in things.numbers}
        factor = LETTERS if self.has_key_in_band or self._sizes.is_map_first else 1.0
        return self._rows.key(things.numbers, named, things.left_out, run_in=self.is_key_run_in, factor=factor)

    def first_words(self, maps: Sequence[MapOnPage]) -> list[Atom]:
        """The words that a slide has beside its maps in any case: a short caption, and the legend."""
        caption = self._caption() if len(self._spec.caption) <= _SHORT_CAPTION else []
        return [*caption, *self.legend_atoms(maps, in_band=False)]

    def _caption(self) -> list[Atom]:
        return [] if caption_below(self._spec, self._sizes) else self._rows.caption(self._spec)

    def key_on_page(self, page: int, *, in_band: bool = False) -> list[Atom]:
        """The line that says on which page the key is, counted from 1."""
        return self._rows.key_on_page(page, LETTERS if in_band else 1.0)

    def signs_on_pages(self, key_page: int, legend_page: int) -> list[Atom]:
        """The line on the pages of key and legend, counted from 0, where these are none of the maps'."""
        return self._rows.signs_on_pages(key_page, legend_page)

    def legend_atoms(self, maps: Sequence[MapOnPage], *, in_band: bool) -> list[Atom]:
        """The legend of what the maps show, as far as it stands in the band, or as far as not."""
        spec = self._spec
        if not spec.shows("legend") or spec.layout == "plain" or in_band > self.has_band:
            return []
        claims = self._parties.content.claims if spec.shows("claims") else ()
        legend = legend_of(self._document, maps, claims, spec.shows("annotation"))
        if spec.publish:
            legend = [replace(row, text=without_paths(row.text)) for row in legend]
        self.legend = legend
        is_whole = self.band_words is BandWords.ALL
        if in_band is not self.has_band and is_whole:
            return []
        if not is_whole:
            legend = [row for row in legend if (self._is_in_band(row) if in_band else row.is_note)]
        factor = LETTERS if in_band or self._sizes.is_map_first else 1.0
        atoms = legend_atoms(legend, self._sizes, self._style, factor)
        heading = atoms[:1] if is_whole or not in_band else []
        key_line = self.key_on_page(self.key_page, in_band=True) if in_band and self.key_page else []
        return [*heading, *key_line, *atoms[1:]]

    def _is_in_band(self, row: LegendRow) -> bool:
        return row.has_symbol if self.band_words is BandWords.SIGNS else not row.is_note

    def _locator(self, maps: Sequence[MapOnPage]) -> list[Atom]:
        """The locator, where the page has one."""
        if (window := window_of(self._spec, maps)) is None:
            return []
        self.has_locator = True
        # Where a firm is not named, the town that it is in is not either.
        town = None if self._parties.is_nameless else town_of(self._spec, maps)
        return locator_atoms(self._spec, maps, window, self._sizes, self._style, town)
