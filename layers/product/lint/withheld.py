"""The rows that a published product withholds, in groups, each with the action that would put it right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from layers.phrase import Phrase
from layers.product.content import WithheldRows
from layers.product.lint.finding import Checked, Fault, Jump, short
from layers.product.publishing import Withheld
from layers.text.counted import counted

MOST_NAMED = 3


class _Words(NamedTuple):
    """The words for a group: its rows, how many are left out, the reason, the remedy, and the field that the remedy
    changes.
    """

    what: str
    left_out: Callable[[int], str]
    why: str
    cure: str
    field: str


_LOWER = Phrase("Whoever marked them lowers their marking, or you raise the product's. Else let them be left out.")
_REVIEW_CLAIMS = Phrase(
    "A reviewer sets their status to reviewed: select them in the list of claims. Else let them be left out."
)
_REVIEW_SITES = Phrase(
    "A reviewer sets their status to reviewed: select them in the list of sites. Else let them be left out."
)
_UNREVIEWED, _MARKED_ABOVE = Phrase("that nobody reviewed"), Phrase("marked above the product")
_WORDS: dict[tuple[str, str], _Words] = {
    (Withheld.UNREVIEWED, "sites"): _Words(
        Phrase("draft marks"),
        lambda n: counted(n, "draft mark is", "draft marks are"),
        Phrase("that nobody reviewed and no claim on it names"),
        _REVIEW_SITES,
        "status",
    ),
    (Withheld.UNREVIEWED, "claims"): _Words(
        Phrase("draft judgements"),
        lambda n: counted(n, "draft judgement is", "draft judgements are"),
        _UNREVIEWED,
        _REVIEW_CLAIMS,
        "status",
    ),
    (Withheld.STATEMENT, "claims"): _Words(
        Phrase("statements of ours"),
        lambda n: counted(n, "statement of ours is", "statements of ours are"),
        Phrase("in draft, with only the source's words printed for it"),
        _REVIEW_CLAIMS,
        "status",
    ),
    (Withheld.INTERNAL, "claims"): _Words(
        Phrase("claims of internal sources"),
        lambda n: counted(n, "claim of internal sources is", "claims of internal sources are"),
        Phrase("that no public source bears"),
        Phrase("You cite a public source for them, or raise the product's marking. Else let them be left out."),
        "sources",
    ),
    (Withheld.INTERNAL, "responses"): _Words(
        Phrase("answers"),
        lambda n: counted(n, "answer is", "answers are"),
        Phrase("that an internal source alone bears"),
        Phrase(
            "You cite a public source for them, or whoever marked theirs lowers its marking: else the page says "
            "nothing of them."
        ),
        "marking",
    ),
    (Withheld.INTERNAL, "sources"): _Words(
        Phrase("internal sources"),
        lambda n: counted(n, "internal source is", "internal sources are"),
        _MARKED_ABOVE,
        _LOWER,
        "marking",
    ),
    (Withheld.HIGHER, "sites"): _Words(
        Phrase("marks"), lambda n: counted(n, "mark is", "marks are"), _MARKED_ABOVE, _LOWER, "marking"
    ),
    (Withheld.HIGHER, "claims"): _Words(
        Phrase("claims"), lambda n: counted(n, "claim is", "claims are"), _MARKED_ABOVE, _LOWER, "marking"
    ),
    (Withheld.WITHDRAWN, "claims"): _Words(
        Phrase("withdrawn claims"),
        lambda n: counted(n, "withdrawn claim is", "withdrawn claims are"),
        Phrase("that a published product does not repeat"),
        Phrase("You set their state back if they hold after all. Else let them be left out."),
        "state",
    ),
}
_MEASUREMENTS: dict[str, tuple[str, Callable[[int], str], str]] = {
    Withheld.UNREVIEWED: (
        Phrase("draft measurements"),
        lambda n: counted(n, "draft measurement is", "draft measurements are"),
        _UNREVIEWED,
    ),
    Withheld.HIGHER: (
        Phrase("measurements"),
        lambda n: counted(n, "measurement is", "measurements are"),
        _MARKED_ABOVE,
    ),
}


def withheld(checked: Checked) -> Iterator[Fault]:
    """A fault for each group of rows, with all of their uuids: one cure may put them right together."""
    if not checked.content.is_published:
        return
    for group in checked.content.left_out.rows:
        words = _WORDS.get((group.reason, group.table))
        if words is not None and group.rows:
            if group.are_measurements and (texts := _MEASUREMENTS.get(Withheld(group.reason))):
                words = words._replace(what=texts[0], left_out=texts[1], why=texts[2])
            yield _fault(group, words)


def _fault(group: WithheldRows, words: _Words) -> Fault:
    count = len(group.names)
    names = [f"“{short(name)}”" for name in group.names[:MOST_NAMED] if name.strip()]
    more = count - len(names)
    listed = ", ".join(names)
    if names and more:
        listed = Phrase("{listed} and {more} more", listed=listed, more=more)
    return Fault(
        Phrase("{what}: {listed}", what=words.what, listed=listed) if listed else words.what,
        Phrase("{left_out} left out, {why}.", left_out=words.left_out(count), why=words.why),
        words.cure,
        Jump(group.cured_in, group.rows[0], words.field),
        rows=group.rows,
    )
