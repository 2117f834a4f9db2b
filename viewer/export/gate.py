"""The gate for all products: each is checked as it is laid out, then stopped, stamped as a draft or let through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self

from layers.errors import ProductStopped
from layers.phrase import Phrase, joined
from layers.product.content import ProductContent
from layers.product.facts import ProductFacts
from layers.product.lint.check import findings
from layers.product.lint.finding import Finding
from layers.product.lint.image_rules import kept_back
from layers.product.lint.passing import stopping
from layers.product.publishing import DRAFT, State
from layers.product.spec import Override, ProductSpec
from viewer.support.language.translation import translate


class Judged(Protocol):
    """A product that can be checked, and stamped as a draft."""

    @property
    def content(self) -> ProductContent: ...

    def facts(self) -> ProductFacts: ...

    def stamped(self) -> Self: ...


def through_gate[P: Judged](laid: P, spec: ProductSpec, overrides: Sequence[Override], state: State) -> P:
    """Return a product that was laid out as it may leave in this state.

    It is the product itself, or, where it is a draft and a blocking finding stands against it, the product stamped
    DRAFT. `overrides` are the analyst's reasons to let findings pass. Raises ProductStopped where a blocking finding
    stands against an issue or a publication, and where the terms of a service forbid that any file shows its images:
    then nothing may be written.
    """
    against = stopping(findings(spec, laid.content, laid.facts(), overrides))
    if not against:
        return laid
    if state != DRAFT:
        raise stopped(against, state)
    if forbidden := kept_back(against, laid.facts()):
        raise not_written(forbidden)
    return laid.stamped()


def not_written(forbidden: Sequence[Finding]) -> ProductStopped:
    """The refusal to write even a draft: the terms of a service forbid files that show its images."""
    names = joined(", ", list(dict.fromkeys(finding.where for finding in forbidden)))
    return ProductStopped(
        "Nothing is written: the terms of its service do not allow a file that shows {names}. Hide that layer, or state"
        " its terms in its properties.",
        names=names,
    )


def stopped(against: Sequence[Finding], state: State) -> ProductStopped:
    """The refusal to issue or publish a product, with a line for each finding that stands against it."""
    verb = Phrase("issued") if state != "published" else Phrase("published")
    count = translate("Export", "{count} findings stand", "{count} finding stands", len(against))
    return ProductStopped(
        "The product is not {verb}: {count} against it.", tuple(map(finding_line, against)), verb=verb, count=count
    )


def finding_line(finding: Finding) -> str:
    """A finding on one line: its severity, where, what is wrong, the cure, and the rule."""
    parts = [
        Phrase(finding.severity),
        ": ",
        finding.where,
        ": ",
        finding.sentence,
        " ",
        finding.cure,
        f" [{finding.rule}]",
    ]
    return joined("", parts)
