"""The rules of wording: what each asks of a text, in which kinds of text, with its sentence and its cure."""

from __future__ import annotations

from msgspec import Struct

from layers.phrase import Phrase

KINDS = ("title", "statement", "reason", "label", "caption", "note")
"""Kinds of text: headlines, propositions, reasons of a confidence, names of marks, lines below pictures, all others."""
ADVICE = "warning"
"""The severity of a rule: none of them blocks. What blocks is judged with the rows of the case, by the check itself."""


class WordingRule(Struct, frozen=True):
    """A rule of wording. Its `sentence` has the words that it is about at `{found}`; its patterns are data, in a file
    for each language.
    """

    name: str
    title: Phrase
    sentence: Phrase
    cure: Phrase
    kinds: tuple[str, ...] = KINDS
    severity: str = ADVICE


RULES = (
    WordingRule(
        "proof",
        Phrase("No proof where an image only shows"),
        Phrase("“{found}” claims more than an image or a report can bear."),
        Phrase("Say what is seen, or that the two agree."),
    ),
    WordingRule(
        "absence-of",
        Phrase("Absence in words rests on a search"),
        Phrase("“{found}” says that something is not there."),
        Phrase("Write that it was not seen, on which image or in which search."),
    ),
    WordingRule(
        "gone",
        Phrase("Not visible is not gone"),
        Phrase("“{found}” says what became of it, and images show only where it is seen."),
        Phrase("Write when it was last seen, and on which image it is not visible."),
    ),
    WordingRule(
        "published-date",
        Phrase("The date of an image is not that of its publication"),
        Phrase("“{found}” takes the day of publication for that of the image."),
        Phrase("Give the day on which it was taken, or say that this is not known."),
    ),
    WordingRule(
        "guilt",
        Phrase("No words of guilt in our own voice"),
        Phrase("“{found}” judges somebody."),
        Phrase("Leave it to whoever says so, in their words, or name what is seen."),
    ),
    WordingRule(
        "purpose",
        Phrase("Presence is no purpose"),
        Phrase("“{found}” reads a purpose from what is there."),
        Phrase("Say what is there; record a judgement of what it is for, or cite who says so."),
    ),
    WordingRule(
        "military",
        Phrase("Military by a source that says so"),
        Phrase("“{found}”: nobody is named who says so."),
        Phrase("Name the source that calls it so, or leave the word out."),
    ),
    WordingRule(
        "officials-likely",
        Phrase("A speaker's term sets no likelihood of ours"),
        Phrase("“{found}” gives a speaker's word a place on our scale."),
        Phrase("Keep the word in the speaker's mouth, and judge on evidence of our own."),
    ),
    WordingRule(
        "stacked-hedges",
        Phrase("One hedge at a time"),
        Phrase("“{found}” hedges twice."),
        Phrase("Keep one hedge, or use a term of likelihood."),
    ),
    WordingRule(
        "attribution",
        Phrase("Reports keep their speaker"),
        Phrase("“{found}”: no image shows this, and nobody is named who says it."),
        Phrase("Say who says so, and where."),
    ),
    WordingRule(
        "cause",
        Phrase("A change is no cause"),
        Phrase("“{found}” gives a cause, and images show only the change."),
        Phrase("Say what changed and when; cite who gives the cause, or judge it as a claim."),
    ),
    WordingRule(
        "measure",
        Phrase("Counts and measures with their error"),
        Phrase("“{found}” has no error."),
        Phrase("Add ± and how it was measured, or the least and the most."),
    ),
    WordingRule(
        "highly-confident",
        Phrase("Confidence is low, moderate or high"),
        Phrase("“{found}” is no degree of confidence."),
        Phrase("Write low, moderate or high confidence, in a sentence on the basis of the judgement."),
    ),
    WordingRule(
        "likelihood-and-confidence",
        Phrase("Likelihood and confidence in two sentences"),
        Phrase("“{found}” has a likelihood and a confidence in one sentence."),
        Phrase("Put them in two sentences: one on the proposition, one on the basis of the judgement."),
    ),
    WordingRule(
        "likelihood-in-reason",
        Phrase("A reason is no likelihood"),
        Phrase("“{found}” says how likely it is, and not why."),
        Phrase("Give what the judgement rests on."),
        ("reason",),
    ),
    WordingRule(
        "independently",
        Phrase("Independent means two origins"),
        Phrase("“{found}”: carriers of one report are one origin."),
        Phrase("Name the two origins, or count them as one."),
    ),
    WordingRule(
        "mixed-terms",
        Phrase("One row of terms in a text"),
        Phrase("“{found}”: these terms are of two rows of ICD 203's."),
        Phrase("Use the terms of one row."),
    ),
)
"""All rules, the most serious first: a sentence gets the advice of one of them."""
JUDGED = frozenset(("purpose", "cause", "gone", "attribution"))
"""Rules that the statement of a recorded judgement keeps: it has a likelihood, a confidence and reasons."""
INDEPENDENTLY = "independently"
"""The rule that a claim keeps whose sources have two origins."""
MILITARY = "military"
"""The rule that a judgement keeps about reports whose speakers use the word."""
BY_NAME = {rule.name: rule for rule in RULES}
