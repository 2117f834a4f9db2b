"""Parents of missing tiles stand in: the nearest that are at hand, looked for only at levels that have any."""

from __future__ import annotations

from PySide6.QtGui import QImage

from layers.services.matrix import SourceTile
from layers.services.tile_matrix import mercator_quadtree
from viewer.rendering.tiles.mosaic import with_ancestors

MATRICES = mercator_quadtree()
PICTURE = QImage(8, 8, QImage.Format.Format_RGB32)


def test_the_nearest_parent_at_hand_stands_in() -> None:
    pictures = {SourceTile(3, 1, 2): PICTURE, SourceTile(5, 5, 8): PICTURE, SourceTile(5, 31, 31): PICTURE}
    tiles = [SourceTile(7, 20, 32), SourceTile(6, 15, 20), SourceTile(7, 100, 100)]
    ancestors = with_ancestors(pictures.get, tiles, MATRICES, {3, 5})
    assert set(ancestors) == {SourceTile(5, 5, 8), SourceTile(3, 1, 2)}


def test_other_levels_are_not_looked_at() -> None:
    asked: list[SourceTile] = []

    def have(tile: SourceTile) -> QImage | None:
        asked.append(tile)
        return None

    assert with_ancestors(have, [SourceTile(9, 300, 200)], MATRICES, {2, 9, 11}) == {}
    assert {tile.level for tile in asked} == {2}
