"""A question by the name and the parameters that stand in its message, for tests of what no typed question says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layers.requests.features import ExportRows, Measure, ReadAttributes, ReadColumns, ReadFeatures, ReadRows
from layers.requests.imagery import BuildOverviews, ReadAcquisition, ReadStatistics, ReadTile, ReadVersions
from layers.requests.probe import Probe
from layers.requests.question import Question

_KINDS: tuple[type[Question], ...] = (
    *(Probe, ReadTile, ReadStatistics, ReadAcquisition, ReadVersions, BuildOverviews),
    *(ReadFeatures, ReadAttributes, ReadRows, ReadColumns, Measure, ExportRows),
)
_BY_NAME = {kind.op: kind for kind in _KINDS}


def raw(op: str, params: Mapping[str, Any]) -> Question:
    """The question that a message with this name and these parameters asks, also one that is none of ours."""
    kind = _BY_NAME.get(op)
    return _Other(str(params.get("path", "")), op, params) if kind is None else kind.of(params)


class _Other(Question, frozen=True):
    op: str = ""
    given: Mapping[str, Any] = {}

    def params(self) -> dict[str, Any]:
        return dict(self.given)
