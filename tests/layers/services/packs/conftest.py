"""A service, a plan of four levels over a small area, and bytes of pictures."""

from __future__ import annotations

import pytest

from layers.geo.bounds import Bounds
from layers.services.packs.pack_plan import PackPlan, plan_pack
from layers.services.tile_service import TileService

PNG = b"\x89PNG\r\n\x1a\n"
SERVICE = TileService(
    "Sky",
    "https://tiles.example.org/{time}/{z}/{x}/{y}.png?style=a&api_key=s3cret",
    max_level=8,
    time="2024-04-12",
    attribution="Sky company",
    licence="CC0",
)


@pytest.fixture
def plan() -> PackPlan:
    return plan_pack(SERVICE, [Bounds(10.0, 50.0, 16.0, 54.0)], (4, 8))
