"""The rows that a published product withholds, in groups: which they are, and the hand that would put them right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from layers.phrase import Phrase
from layers.product.content import WithheldRows
from layers.product.lint.finding import Checked, Fault, Jump, short
from layers.product.publishing import Withheld
from layers.text.counted import counted

MOST_NAMED = 3


class _Words(NamedTuple):
    """The words for a group: one of it, several, why it is withheld, the cure, and the field that the cure changes."""

    one: str
    several: str
    why: str
    cure: str
    field: str


_REVIEW = "A reviewer sets their status to reviewed: select them in the list of {0}. Else let them be left out."
_LOWER = Phrase("Whoever marked them lowers their marking, or you raise the product's. Else let them be left out.")
_WORDS: dict[tuple[str, str], _Words] = {
    (Withheld.UNREVIEWED, "sites"): _Words(
        "draft mark", "draft marks", "that nobody reviewed and no claim on it names", _REVIEW.format("sites"), "status"
    ),
    (Withheld.UNREVIEWED, "claims"): _Words(
        "draft judgement", "draft judgements", "that nobody reviewed", _REVIEW.format("claims"), "status"
    ),
    (Withheld.STATEMENT, "claims"): _Words(
        "statement of ours",
        "statements of ours",
        "in draft, with only the source's words printed for it",
        _REVIEW.format("claims"),
        "status",
    ),
    (Withheld.INTERNAL, "claims"): _Words(
        "claim of internal sources",
        "claims of internal sources",
        "that no public source bears",
        Phrase("You cite a public source for them, or raise the product's marking. Else let them be left out."),
        "sources",
    ),
    (Withheld.INTERNAL, "responses"): _Words(
        "answer",
        "answers",
        "that an internal source alone bears",
        Phrase(
            "You cite a public source for them, or whoever marked theirs lowers its marking: else the page says "
            "nothing of them."
        ),
        "marking",
    ),
    (Withheld.INTERNAL, "sources"): _Words(
        "internal source", "internal sources", "marked above the product", _LOWER, "marking"
    ),
    (Withheld.HIGHER, "sites"): _Words("mark", "marks", "marked above the product", _LOWER, "marking"),
    (Withheld.HIGHER, "claims"): _Words("claim", "claims", "marked above the product", _LOWER, "marking"),
    (Withheld.WITHDRAWN, "claims"): _Words(
        "withdrawn claim",
        "withdrawn claims",
        "that a published product does not repeat",
        Phrase("You set their state back if they hold after all. Else let them be left out."),
        "state",
    ),
}
_MEASUREMENTS = {
    Withheld.UNREVIEWED: ("draft measurement", "draft measurements", "that nobody reviewed"),
    Withheld.HIGHER: ("measurement", "measurements", "marked above the product"),
}


def withheld(checked: Checked) -> Iterator[Fault]:
    """A fault for each group of rows, with all of their uuids: one cure may put them right together."""
    if not checked.content.is_published:
        return
    for group in checked.content.left_out.rows:
        words = _WORDS.get((group.reason, group.table))
        if words is not None and group.rows:
            if group.are_measurements and (said := _MEASUREMENTS.get(Withheld(group.reason))):
                words = words._replace(one=said[0], several=said[1], why=said[2])
            yield _fault(group, words)


def _fault(group: WithheldRows, words: _Words) -> Fault:
    count = len(group.names)
    names = [f"“{short(name)}”" for name in group.names[:MOST_NAMED] if name.strip()]
    more = count - len(names)
    listed = ", ".join(names) + (f" and {more} more" if names and more else "")
    return Fault(
        f"{words.several}: {listed}" if listed else words.several,
        Phrase(
            "{counted} left out, {why}.",
            counted=counted(count, f"{words.one} is", f"{words.several} are"),
            why=words.why,
        ),
        words.cure,
        Jump(group.cured_in, group.rows[0], words.field),
        rows=group.rows,
    )
