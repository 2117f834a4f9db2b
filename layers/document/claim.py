"""A claim: a proposition somebody made, and what the analyst thinks of it."""

from __future__ import annotations

from layers.document.rows import Row


class Claim(Row, frozen=True, kw_only=True):
    """Likelihood and confidence are the analyst's and stand on assessed claims only; `source_wording` is verbatim.

    A judgement is the statement with its likelihood, confidence, reason, alternatives, assumptions, indicators, change
    note and links. The words that a field takes stand in `layers.document.vocabulary`.
    """

    statement: str = ""
    source_wording: str = ""
    made_by: str = ""
    made_at: str = ""
    voice: str = "speaker"
    state: str = "reported"
    likelihood_term: str = ""
    likelihood_low: int | None = None
    likelihood_high: int | None = None
    confidence: str = ""
    confidence_reason: str = ""
    place_note: str = ""
    marking: str = ""
    status: str = "draft"
    reviewed_by: str = ""
    reviewed_at: str = ""
    place_precision_m: float | None = None
    """Radius in metres within which the place must be known for the statement to hold."""
    steps_json: str = ""
    """Ordered steps by which it is known: what was checked, how, on what, and the result of each step."""
    words_kind: str = ""
    """Kind of the words in the source: somebody's own, or as the source reports them."""
    alternatives: str = ""
    assumptions: str = ""
    indicators: str = ""
    """Signs that would change the judgement."""
    change_note: str = ""
    """Changes since the last issue."""
