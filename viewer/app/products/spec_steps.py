"""Undo and redo of a product inside its window: each step restores only the fields that it changed."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from layers.product.spec import ProductSpec

LONGEST = 500


class _Step(Struct, frozen=True):
    before: dict[str, Any]
    after: dict[str, Any]
    series: str


class SpecSteps:
    """Undo steps of a product. Successive steps of the same series are one, unless the series is empty."""

    def __init__(self) -> None:
        self._done: list[_Step] = []
        self._undone: list[_Step] = []

    def note(self, before: ProductSpec, after: ProductSpec, series: str = "") -> None:
        """Record a change of the product; equal `series` in a row make one step, an empty one always a new step."""
        names = ProductSpec.__struct_fields__
        changed = [name for name in names if getattr(before, name) != getattr(after, name)]
        if not changed:
            return
        step = _Step(_values(before, changed), _values(after, changed), series)
        last = self._done[-1] if self._done else None
        if series and last is not None and last.series == series and not self._undone:
            step = _Step({**step.before, **last.before}, {**last.after, **step.after}, series)
            self._done.pop()
        self._done = [*self._done[-LONGEST:], step]
        self._undone.clear()

    def undo(self, spec: ProductSpec) -> ProductSpec:
        """Return the product before the last step; unchanged where there is none."""
        if not self._done:
            return spec
        self._undone.append(self._done.pop())
        return replace(spec, **self._undone[-1].before)

    def redo(self, spec: ProductSpec) -> ProductSpec:
        """Return the product after the step undone last; unchanged where there is none."""
        if not self._undone:
            return spec
        self._done.append(self._undone.pop())
        return replace(spec, **self._done[-1].after)


def _values(spec: ProductSpec, names: list[str]) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in names}
