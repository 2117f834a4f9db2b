"""The credit of an image on a product."""

from __future__ import annotations

from typing import Any

from layers.document.layer import Layer


def credit_of(row: Layer) -> str:
    """The credit that a layer's row states, or the service that it stands for."""
    if row.credit.strip():
        return row.credit.strip()
    attribution: Any = row.source.get("attribution")
    return attribution.strip() if isinstance(attribution, str) else ""
