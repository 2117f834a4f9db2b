"""Makes the fact-check sheet of a product, and the sheet of what has changed since an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from layers.document.document import Document
from layers.product.content import ProductContent
from layers.product.factcheck.disagreements import with_disagreements
from layers.product.factcheck.fact_rows import FactGatherer, numbered
from layers.product.factcheck.fact_sheet import BASES, FactSheet, LetPass, SheetFact, SubjectState
from layers.product.factcheck.kept_texts import NO_TEXTS, KeptTexts
from layers.product.factcheck.printed_at import PrintedTexts
from layers.product.factcheck.subjects import subject_state
from layers.product.factcheck.ticked_file import TickedSheet
from layers.product.facts import ProductFacts
from layers.product.issuing.edition import Edition, status_words
from layers.product.lint.check import findings
from layers.product.lint.finding import BLOCKING
from layers.product.spec import Override, ProductSpec


class CheckedProduct(Struct, frozen=True):
    """A product as it was laid out, for which a sheet is made."""

    document: Document
    content: ProductContent
    facts: ProductFacts
    spec: ProductSpec
    edition: Edition = Edition()
    overrides: tuple[Override, ...] = ()
    kept: KeptTexts = NO_TEXTS
    """The texts of the kept copies of its sources."""


def fact_sheet(product: CheckedProduct, earlier: TickedSheet | None = None) -> FactSheet:
    """The sheet of a product; with an `earlier` sheet only of the facts that are new or have changed since.

    Facts that say otherwise than what they stand on come first, then those without a source, and last those that their
    quote and the kept text bear out word for word.
    """
    row, texts = product.edition.product, PrintedTexts(product.facts)
    gatherer = FactGatherer(product.document, product.content, product.facts, texts, product.kept)
    gathered = _once(gatherer.all(product.spec, row.correction if row is not None else ""))
    all_facts = numbered(sorted(with_disagreements(numbered(gathered)), key=_rank))
    texts.note("draft")
    carried: tuple[SheetFact, ...] = ()
    gone: tuple[str, ...] = ()
    shown = all_facts
    if earlier is not None:
        known = {fact.key: fact.digest for fact in earlier.facts}
        carried = tuple(fact for fact in all_facts if known.get(fact.key) == fact.digest)
        shown = numbered(fact for fact in all_facts if known.get(fact.key) != fact.digest)
        now = {fact.key for fact in all_facts}
        gone = tuple(f"{fact.number}: {fact.words}" for fact in earlier.facts if fact.key not in now)
    return FactSheet(
        title=product.spec.title or product.content.title or "without a title",
        product=_product_words(product.edition),
        product_uuid=row.uuid if row is not None else "",
        made_on=product.edition.made_on,
        marking=product.content.marking,
        facts=shown,
        carried=carried,
        done=earlier.ticked_keys if earlier is not None else frozenset(),
        gone=gone,
        folded=tuple(texts.folded()),
        let_pass=tuple(_let_pass(product)),
        subjects=tuple(_subjects(product.document, all_facts)),
        since=_since(earlier) if earlier is not None else "",
    )


def _since(earlier: TickedSheet) -> str:
    """The day of an earlier sheet, and who has ticked it."""
    day = earlier.made_on or "an earlier day"
    return f"{day}, ticked by {earlier.checker}" if earlier.checker and earlier.ticked else day


def _once(facts: Iterable[SheetFact]) -> list[SheetFact]:
    """Each fact once: of two of the same words about one row the first, whatever they are called."""
    once: dict[tuple[str, str, str], SheetFact] = {}
    for fact in facts:
        once.setdefault((fact.words.casefold(), fact.table, fact.uuid or fact.subject), fact)
    return list(once.values())


def _rank(fact: SheetFact) -> tuple[int, bool]:
    return BASES.index(fact.basis), fact.is_own and not fact.warnings


def _product_words(edition: Edition) -> str:
    state, row = str(status_words(edition)), edition.product
    if row is None or not row.number:
        return state
    return f"product {row.number}, version {row.version}, {state}"


def _let_pass(product: CheckedProduct) -> Iterator[LetPass]:
    """The overrides, those of blocked findings first, each with the sentence of its finding where that stands."""
    if not product.overrides:
        return
    by_place = {
        (finding.rule, finding.where): finding
        for finding in findings(product.spec, product.content, product.facts, product.overrides)
    }
    passed = []
    for override in product.overrides:
        finding = by_place.get((override.rule, override.where))
        blocks = finding is not None and finding.severity == BLOCKING
        passed.append(LetPass(override, str(finding.sentence) if finding is not None else "", blocks))
    yield from sorted(passed, key=lambda override: not override.blocks)


def _subjects(document: Document, facts: Sequence[SheetFact]) -> Iterator[SubjectState]:
    for table, uuid in dict.fromkeys((fact.table, fact.uuid) for fact in facts):
        state = subject_state(document, table, uuid)
        if state is not None:
            yield state
