"""The question how far one raster has to be moved to lie on another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from msgspec import field
from msgspec.structs import replace

from layers.raster.common_grid import CommonGrid
from layers.requests.imagery import ReadTile
from layers.requests.question import Question


class Register(Question, frozen=True):
    """Phase correlation of two tiles of one grid: header `Registered`. `path` is the moving file's."""

    op: ClassVar[str] = "register"
    moving: ReadTile = field(default_factory=ReadTile)
    fixed: ReadTile = field(default_factory=ReadTile)

    @classmethod
    def facts_kind(cls) -> Any:
        from layers.raster.phase_correlation import Registered  # for start-up time: readers import this module

        return Registered

    @classmethod
    def on(cls, grid: CommonGrid, moving: ReadTile, fixed: ReadTile) -> Self:
        """Build the question for two files, each with its bands, on a grid."""
        return cls(moving.path, _on(grid, moving), _on(grid, fixed))

    def params(self) -> dict[str, Any]:
        return {"path": self.path, "moving": self.moving.params(), "fixed": self.fixed.params()}

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        moving, fixed = (_tile(params.get(name)) for name in ("moving", "fixed"))
        return cls(str(params.get("path", "")), moving, fixed)


def _on(grid: CommonGrid, tile: ReadTile) -> ReadTile:
    width, height = grid.width, grid.height
    return replace(tile, crs=grid.crs, affine=grid.affine, width=width, height=height, resampling="cubic")


def _tile(params: Any) -> ReadTile:
    return ReadTile.of(params if isinstance(params, Mapping) else {})
