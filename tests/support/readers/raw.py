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
    return _Other(op, dict(params)) if kind is None else kind.of(params)


class _Other(Question):
    def __init__(self, op: str, params: dict[str, Any]) -> None:
        super().__init__(str(params.get("path", "")))
        object.__setattr__(self, "op", op)
        object.__setattr__(self, "_params", params)

    def params(self) -> dict[str, Any]:
        return self._params  # type: ignore[attr-defined,no-any-return]
