"""Judgements for claims of the tests: likely, with low confidence where nothing else is said."""

from __future__ import annotations

from typing import Any

from layers.document.claim import Claim

LIKELY: dict[str, Any] = {"likelihood_term": "likely", "likelihood_low": 55, "likelihood_high": 80, "confidence": "low"}
ASSESSED_LIKELY = {"state": "assessed", **LIKELY}


def judgement(statement: str, **fields: Any) -> Claim:
    """A claim of ours with the uuid *j*, judged likely for the reason of one image; `fields` say otherwise."""
    own = {"uuid": "j", "voice": "analyst", "confidence_reason": "One image", **ASSESSED_LIKELY}
    return Claim(statement=statement, **{**own, **fields})
