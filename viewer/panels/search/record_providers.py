"""Providers of hits without a place: the case's layers by name, and its claims by their words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from layers.document.claim import Claim
from layers.document.layer import Layer
from layers.places.names import name_key
from viewer.panels.search.hits import INSIDE, MOST_IN_GROUP, Hit, HitGroup, key_score
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

SHORTEST_WORD = 3
LONGEST = 500
"""Most characters of a claim, and of the typed text, that are compared."""


class LayerProvider:
    """Finds the case's layers by their names."""

    def __init__(self, layers: Callable[[], Mapping[str, Layer]]) -> None:
        self._layers = layers

    def search(self, text: str) -> list[Hit]:
        wanted = name_key(text[:LONGEST])
        if len(wanted) < SHORTEST_WORD and wanted.isascii():
            return []
        matches = [
            (score, layer)
            for layer in list(self._layers().values())  # one step of the interpreter: edits come from another thread
            if (score := key_score(wanted, name_key(layer.name[:LONGEST]))) is not None
        ]
        matches.sort(key=lambda row: (row[0], row[1].name))
        return [_layer_hit(*row) for row in matches[:MOST_IN_GROUP]]


class ClaimProvider:
    """Finds the case's claims by words of their statements and of the wording of their sources."""

    def __init__(self, claims: Callable[[], Mapping[str, Claim]]) -> None:
        self._claims = claims
        self._keyed: dict[str, tuple[Claim, str]] = {}

    def search(self, text: str) -> list[Hit]:
        wanted = name_key(text[:LONGEST])
        if len(wanted) < SHORTEST_WORD and wanted.isascii():
            return []
        kept: dict[str, tuple[Claim, str]] = {}
        matches: list[Claim] = []
        for claim in list(self._claims().values()):
            known = self._keyed.get(claim.uuid)
            if known is None or known[0] is not claim:
                known = claim, f" {name_key(f'{claim.statement[:LONGEST]} {claim.source_wording[:LONGEST]}')}"
            kept[claim.uuid] = known
            if all(f" {word}" in known[1] for word in wanted.split()):
                matches.append(claim)
        self._keyed = kept
        return [_claim_hit(number, claim) for number, claim in enumerate(matches[:MOST_IN_GROUP])]


def _layer_hit(score: float, layer: Layer) -> Hit:
    return Hit(
        group=HitGroup.LAYERS,
        text=one_line(layer.name, 80),
        note="" if layer.visible else translate("Search", "not shown now"),
        icon="vector" if layer.kind == "vector" else "raster",
        lon=math.nan,
        lat=math.nan,
        layer_uuid=layer.uuid,
        score=score,
    )


def _claim_hit(number: int, claim: Claim) -> Hit:
    """A hit for a claim. It is ranked below names, as a sentence only contains the words."""
    return Hit(
        group=HitGroup.CLAIMS,
        text=one_line(claim.statement or claim.source_wording, 90),
        icon="claims",
        lon=math.nan,
        lat=math.nan,
        claim_uuid=claim.uuid,
        score=INSIDE + number / 1000,
    )
