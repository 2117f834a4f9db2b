"""A judgement for claims of the tests: likely, with low confidence."""

from __future__ import annotations

from typing import Any

LIKELY: dict[str, Any] = {"likelihood_term": "likely", "likelihood_low": 55, "likelihood_high": 80, "confidence": "low"}
ASSESSED_LIKELY = {"state": "assessed", **LIKELY}
