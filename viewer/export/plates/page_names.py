"""The names that a page prints: its title, that of its site, and those of its marks."""

from __future__ import annotations

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.site import Site
from layers.product.content import ProductContent
from layers.product.own_paths import without_paths
from layers.product.parties import in_place_of_a_name
from layers.product.site_words import subtitle_of
from layers.product.spec import ProductSpec
from viewer.export.plates.party_block import PartyBlock
from viewer.support.language.translation import in_language


class PageNames:
    """The names on one product's pages, which follow what its block on parties may say."""

    def __init__(self, spec: ProductSpec, document: Document, parties: PartyBlock) -> None:
        self._spec, self._document, self._parties = spec, document, parties

    def title(self, content: ProductContent) -> str:
        """Title of the spec, the site or the case. A firm's page that names nobody does not have its name as title."""
        site_name = self._site_name()
        title = self._spec.title or site_name or self.for_publication(self._document.meta("title"))
        row = self._site()
        is_name = row is not None and title in (row.label, site_name)
        if is_name and self._parties.is_nameless and self._parties.names.names_any(title):
            return in_place_of_a_name(content)
        return title

    def head_spec(self) -> ProductSpec:
        """The spec as its head prints it: where a firm is not named, its place is not either."""
        row = self._site()
        if (
            row is None
            or not self._parties.is_nameless
            or self._spec.subtitle not in (subtitle_of(row), in_language(subtitle_of(row)))
        ):
            return self._spec
        return replace(self._spec, subtitle=self._spec.subtitle.partition(" · ")[0])

    def name_of(self, uuid: str, content: ProductContent) -> str:
        """The name of a mark in words."""
        site = content.site(uuid)
        return in_language(site.name) if site is not None else self._label(self._document.sites[uuid])

    def for_publication(self, words: str) -> str:
        """The words, without paths of the analyst's own machine where the product is published."""
        return without_paths(words) if self._spec.publish else words

    def _site(self) -> Site | None:
        return self._document.sites.get(self._spec.site) if self._spec.layout == "site" else None

    def _site_name(self) -> str:
        row = self._site()
        return self._label(row) if row is not None else ""

    def _label(self, row: Site) -> str:
        return in_language(self.for_publication(row.with_doubt(row.label)))
