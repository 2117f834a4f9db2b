"""The layer of a server that is chosen at first."""

from __future__ import annotations

import pytest

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import TileGrid, View
from layers.services.offers.offer import OfferedLayer
from layers.services.tile_service import TileService
from layers.services.times.offered_times import OfferedTimes
from tests.viewer.panels.imagery.conftest import rows_of
from viewer.panels.imagery.entry_rows import first_choice

VIEW = View(TileGrid(WEB_MERCATOR, 100.0, 1_000_000.0, 6_500_000.0), 0, 0, 1000, 700)
"""Around 9 E, 50 N."""
HERE, ELSEWHERE = Bounds(5.0, 45.0, 15.0, 55.0), Bounds(-80.0, -10.0, -70.0, 0.0)


def offered(name: str, bounds: Bounds | None = HERE, *, dated: bool = False, drawn: bool = True) -> OfferedLayer:
    template = f"https://t.example.org/{name}/{'{time}/' if dated else ''}{{z}}/{{x}}/{{y}}.png"
    service = TileService(name, template, bounds=bounds) if drawn else None
    times = OfferedTimes("2024-01-01/2024-02-01/P1D") if dated else None
    return OfferedLayer(name=name, service=service, times=times)


MARS, STREETS = offered("mars", drawn=False), offered("streets")
FAR, DAYS = offered("far", ELSEWHERE, dated=True), offered("Days", dated=True)


@pytest.mark.parametrize(
    ("layers", "named", "chosen"),
    [
        ((MARS, STREETS, FAR, DAYS), "", "Days"),
        ((MARS, STREETS, FAR), "", "streets"),
        ((MARS, FAR), "", "far"),
        ((MARS,), "", ""),
        ((), "", ""),
        ((STREETS, FAR, DAYS), "streets", "streets"),
        ((STREETS, FAR, DAYS), "STREETS", "streets"),
        ((MARS, DAYS), "mars", "mars"),
        ((STREETS, DAYS), "gone", "Days"),
        ((offered("days"), DAYS), "Days", "Days"),
    ],
)
def test_the_named_layer_else_a_dated_one_of_this_place(
    layers: tuple[OfferedLayer, ...], named: str, chosen: str
) -> None:
    row = first_choice(rows_of(*layers), named, VIEW)
    name = "" if row is None or row.layer is None else row.layer.name
    assert name == chosen
