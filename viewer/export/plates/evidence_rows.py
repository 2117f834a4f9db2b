"""The words of evidence as rows that flow: key, claims with their answers, sources, caveats, imprint."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import batched

from msgspec.structs import replace

from layers.product.content import ClaimSaid, NamedSite, ProductContent, ResponseSaid
from layers.product.parties import PartyLine, about_words, cited_at, claim_sentence
from layers.product.site_words import place_word
from layers.product.spec import ProductSpec
from layers.time.written_dates import written_date
from viewer.export.plates.setting.flow import Atom
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import Type, whole
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

_RUN_IN = 10
"""Marks in one paragraph of a key that is run in: it has paragraphs in place of a row for each mark."""
_FIRST_ROWS = 2
"""Atoms at the beginning of a key, its heading among them, that are kept with the next: one row is no beginning."""
PARTIES = "parties"
"""The key of the block on the named parties."""


class EvidenceRows:
    """Makes the rows of one product, in its sizes and colours."""

    def __init__(self, sizes: PageSizes, style: HouseStyle) -> None:
        self._sizes, self._style = sizes, style

    def key(
        self,
        numbers: Mapping[str, int],
        name_of: Mapping[str, str],
        left_out: int,
        *,
        run_in: bool = False,
        factor: float = 1.0,
    ) -> list[Atom]:
        """Number and name of each mark that has no label of its own, and the count of marks without either.

        `numbers` and `name_of` are by uuid. `run_in`: a few marks share a paragraph, which takes less room. `factor`:
        size of the letters relative to running text.
        """
        rows = sorted((number, name_of.get(uuid, "")) for uuid, number in numbers.items())
        note = self.count_note(left_out, factor)
        if not rows and not note:
            return []
        body = self._sizes.type(factor)
        head = replace(self._head("key", translate("Export", "Key")), type=self._sizes.type(1.05 * factor, bold=True))
        atoms = [head] if rows else []
        for line_rows in batched(rows, _RUN_IN) if run_in else ():
            words = "; ".join(f"{number}\u00a0{name}" for number, name in line_rows)
            atoms.append(Atom("key", whole(words), body, self._style.ink, 0.12 * self._sizes.body))
        for number, name in () if run_in else rows:
            atoms.append(self._numbered("key", str(number), name, body, 0.12 if factor == 1.0 else 0.0))
        last = len(atoms) - 1
        kept = {*range(_FIRST_ROWS), last - 1} if last and not run_in else {0}
        return [replace(atom, keep=at in kept and at < last) for at, atom in enumerate(atoms)] + note

    def count_note(self, left_out: int, factor: float = 1.0) -> list[Atom]:
        """A sentence on the marks that the page does not name."""
        if not left_out:
            return []
        marks = translate("Export", "{count} marks in the frame are", "{count} mark in the frame is", left_out)
        words = translate("Export", "{0} not named here.").format(marks)
        return [Atom("key", words, self._sizes.type(0.95 * factor), self._style.quiet, 0.3 * self._sizes.body)]

    def key_on_page(self, page: int, factor: float = 1.0) -> list[Atom]:
        """A line on the page that has the key, where that is none of the maps'. `page`: counted from 1."""
        words = translate("Export", "Key to the numbers: page {0}").format(page)
        type_ = self._sizes.type(0.95 * factor, bold=True)
        return [Atom("legend", words, type_, self._style.ink, 0.3 * self._sizes.body)]

    def signs_on_pages(self, key_page: int, legend_page: int) -> list[Atom]:
        """A line on where the key and the legend of a small page are. The pages are counted from 0, the maps' own."""
        if key_page and key_page == legend_page:
            words = translate("Export", "Key to the numbers, and legend: page {0}")
        elif key_page and legend_page:
            words = translate("Export", "Key to the numbers: page {0}. Legend: page {1}.")
        elif key_page:
            words = translate("Export", "Key to the numbers: page {0}")
        else:
            words = translate("Export", "Legend: page {1}")
        type_ = self._sizes.type(0.95, bold=True)
        line = Atom(
            "legend", words.format(key_page + 1, legend_page + 1), type_, self._style.ink, 0.3 * self._sizes.body
        )
        return [line] if key_page or legend_page else []

    def site(self, site: NamedSite | None) -> list[Atom]:
        """The words on one mark: class, place with its precision, state, other names, the days it was seen."""
        if site is None:
            return []
        names = ", ".join(name for _, name in site.names)
        rows = [
            (translate("Export", "Class"), site.class_words),
            (
                in_language(place_word(is_line=site.is_line)),
                ", ".join(filter(None, (site.place, site.mgrs and f"MGRS {site.mgrs}"))),
            ),
            (translate("Export", "Known to"), site.precision),
            (translate("Export", "State"), site.doubt or word(site.lifecycle)),
            (translate("Export", "Other names"), names),
            (translate("Export", "Name"), site.identity),
            (translate("Export", "Source"), site.cited),
            *((translate("Export", "Seen"), line) for line in site.seen_lines),
        ]
        atoms = [self._head("site", site.name)]
        for label, words in rows:
            if words:
                atoms.append(self._plain_row("site", f"{label}: {in_language(words)}"))
        is_told = "inferred by us" in site.precision
        return atoms + ([self._plain_row("site", site.inferred)] if site.inferred and not is_told else [])

    def observed(self, spec: ProductSpec, sites: Iterable[NamedSite], unnamed: Container[str]) -> list[Atom]:
        """A line for each of these marks that anybody looked at: when it was seen and when not.

        Its own page says so of one site; `unnamed` are uuids of marks that may not be named.
        """
        if spec.layout in ("site", "plain") or not (spec.shows("observations") and spec.shows("annotation")):
            return []
        rows = []
        for site in sites:
            lines = [in_language(line) for line in site.seen_lines] if site.uuid not in unnamed else []
            if len(lines) == 1:
                rows.append(self._plain_row("observations", f"{one_line(site.name)}: {lines[0]}"))
            elif lines:
                rows.append(self._plain_row("observations", f"{one_line(site.name)}:"))
                rows += [replace(self._plain_row("observations", line), indent=self._sizes.body) for line in lines]
        return [self._head("observations", translate("Export", "What was seen")), *rows] if rows else []

    def searched(self, spec: ProductSpec, content: ProductContent) -> list[Atom]:
        """The searches that found nothing: a finding, as what was seen is one."""
        if not (spec.shows("observations") and spec.shows("annotation")):
            return []
        rows = [self._plain_row("observations", in_language(words)) for words in content.searched]
        return [self._head("observations", translate("Export", "What was searched")), *rows] if rows else []

    def _plain_row(self, key: str, text: str) -> Atom:
        return Atom(key, whole(text), self._sizes.type(), self._style.ink, 0.2 * self._sizes.body)

    def parties(self, lines: Sequence[PartyLine]) -> list[Atom]:
        """The sentences on the named parties of a page, before all other words beside its map."""
        body, small, gap = self._sizes.type(), self._sizes.type(0.95), self._sizes.body
        if self._sizes.is_small and all(kind == "note" for kind, _ in lines):  # one paragraph takes less room
            words = " ".join(in_language(words) for _, words in lines)
            return [Atom(PARTIES, whole(words), small, self._style.quiet, 0.2 * gap)] if lines else []
        atoms = []
        for kind, words in lines:
            if kind == "head":
                atoms.append(self._head(PARTIES, words))
            elif kind in ("claim", "answer"):
                before = 0.45 if kind == "claim" else 0.3
                atoms.append(Atom(PARTIES, whole(words), body, self._style.ink, before * gap))
            else:
                indent = gap if kind == "inner" else 0.0
                atoms.append(Atom(PARTIES, whole(words), small, self._style.quiet, 0.2 * gap, indent))
        return atoms

    def claims(self, content: ProductContent, *, with_steps: bool = False) -> list[Atom]:
        """Each claim that names nobody: its exact words, who said them, our judgement apart, and the answers.

        `with_steps`: also the steps by which we know it, as a page of a site has room for them.
        """
        claims = [claim for claim in content.claims if not claim.parties]
        if not claims:
            return []
        to_whole = [response for response in content.responses if response.is_to_whole]
        atoms = [self._head("claims", translate("Export", "Claims"))]
        for at, claim in enumerate(claims):
            first, *rows = self._claim(claim, about_words(claim, content))
            # An answer to all claims stands beside them all.
            atoms += [replace(first, stands_alone=at > 0 and not to_whole), *rows]
            atoms += self._steps(claim) if with_steps else []
        if to_whole:
            atoms.append(self._head("claims", translate("Export", "Answers to the whole")))
            atoms += [self._response(response) for response in to_whole]
        return atoms

    def sources(self, content: ProductContent) -> list[Atom]:
        """The list of sources, by the numbers under which they are cited."""
        if not content.sources:
            return []
        type_, quiet = self._sizes.type(0.92), self._style.quiet
        rows = [
            replace(self._numbered("sources", s.number, whole(s.citation), type_, 0.22, quiet), link=s.web_link)
            for s in content.sources
        ]
        return [self._head("sources", translate("Export", "Sources")), *rows]

    def caveats(self, content: ProductContent, more: Sequence[str]) -> list[Atom]:
        """Sentences on what the product does not state, and what is doubtful."""
        texts = list(dict.fromkeys((*content.caveats, *more)))
        return (
            [self._head("caveats", translate("Export", "Notes")), *(self._small("caveats", text) for text in texts)]
            if texts
            else []
        )

    def caption(self, spec: ProductSpec) -> list[Atom]:
        """The analyst's own words below the map."""
        if not spec.caption:
            return []
        sizes = self._sizes
        return [Atom("caption", whole(spec.caption), sizes.type(), self._style.ink, 0.5 * sizes.body)]

    def imprint(self, lines: Sequence[str]) -> list[Atom]:
        """The lines of the imprint, where the foot of the first page has no room for them."""
        return [self._small("imprint", line) for line in lines if line]

    def _claim(self, claim: ClaimSaid, about: str) -> list[Atom]:
        atoms = [self._numbered("claims", claim.number, whole(_claim_words(claim)), self._sizes.type(), 0.6)]
        if about:
            atoms.append(self._inner(translate("Export", "About: {0}").format(one_line(about, 1000))))
        if claim.source_words and claim.statement and claim.statement != claim.source_words:
            atoms.append(self._inner(translate("Export", "In our words: {0}").format(claim.statement)))
        if claim.state:
            atoms.append(self._inner(translate("Export", "State: {0}").format(word(claim.state))))
        if claim.likelihood:
            atoms.append(
                self._inner(translate("Export", "We judge it {0}.").format(in_language(claim.likelihood).rstrip(".")))
            )
        if claim.confidence:
            reason = f". {claim.reason}" if claim.reason else ""
            atoms.append(self._inner(f"{in_language(claim.confidence)}{reason}"))
        atoms += [
            self._inner(in_language(line)) for line in (*claim.beside, *claim.considered, *claim.evidence_lines())
        ]
        if claim.is_ours and not claim.is_reviewed:
            atoms.append(self._inner(translate("Export", "Not independently reviewed.")))
        if claim.place_note:
            atoms.append(self._inner(translate("Export", "On the place: {0}").format(claim.place_note)))
        for response in claim.responses:
            if not response.is_to_whole:
                atoms.append(self._response(response))
        return atoms

    def _steps(self, claim: ClaimSaid) -> list[Atom]:
        """The steps by which a claim is known, numbered in their order."""
        if not claim.steps:
            return []
        lines = [f"{number}. {words}" for number, words in enumerate(claim.steps, 1)]
        return [self._inner(line) for line in (translate("Export", "How we know:"), *lines)]

    def _numbered(self, key: str, number: str, text: str, type_: Type, before: float, color: str = "") -> Atom:
        """A row with its number in front."""
        indent = max(2.0 * self._sizes.body, type_.width(number) + 0.5 * self._sizes.body)
        gap = before * self._sizes.body
        return Atom(key, text, type_, color or self._style.ink, gap, indent, lead=number)

    def _response(self, response: ResponseSaid) -> Atom:
        gap = self._sizes.body
        return Atom("claims", whole(response.sentence), self._sizes.type(), self._style.ink, 0.2 * gap, 2.0 * gap)

    def _inner(self, text: str) -> Atom:
        gap = self._sizes.body
        return Atom("claims", whole(text), self._sizes.type(0.95), self._style.quiet, 0.15 * gap, indent=2.0 * gap)

    def _small(self, key: str, text: str) -> Atom:
        return Atom(key, whole(text), self._sizes.type(0.92), self._style.quiet, 0.22 * self._sizes.body)

    def _head(self, key: str, text: str) -> Atom:
        return Atom(key, whole(text), self._sizes.type(1.05, bold=True), self._style.ink, self._sizes.gap, keep=True)


def _claim_words(claim: ClaimSaid) -> str:
    """A claim in words: a report with its attribution, or our judgement with its citations."""
    if claim.source_words or claim.voice != "analyst":
        return claim_sentence(claim)
    cited = ", ".join(dict.fromkeys(cited_at(quote) for quote in claim.quotes))
    who = ", ".join(part for part in (in_language(claim.speaker), in_language(written_date(claim.made_at))) if part)
    return claim.statement + (f" — {who}" if who else "") + (f" [{cited}]" if cited else "")
