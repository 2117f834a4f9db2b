"""Radar and thermal images told from optical ones."""

from __future__ import annotations

import pytest

from layers.raster.sensor_kinds import image_kind


@pytest.mark.parametrize(
    ("words", "bands", "kind"),
    [
        (("Sentinel-1A", "C-SAR"), (), "radar"),
        (("", "", "S1A_IW_GRDH_1SDV_20240412T083000"), ("red", "green", "blue"), "radar"),
        (("ICEYE-X7",), (), "radar"),
        (("RADARSAT-2",), (), "radar"),
        (("GF-3",), (), "radar"),
        (("LANDSAT 8", "OLI_TIRS"), ("red", "green", "blue"), "optical"),
        (("LANDSAT 8", "OLI_TIRS"), ("lwir11",), "thermal"),
        (("", "TIRS"), (), "thermal"),
        (("ECOSTRESS",), (), "thermal"),
        (("Sentinel-2B", "MSI"), (), "optical"),
        (("WV03",), (), "optical"),
        (("Pléiades 1A",), (), "optical"),
        (("PHR 1B",), (), "optical"),
        ((), ("nir",), "optical"),
        ((), ("red", "green", "blue", "b1"), ""),
        (("", "", ""), (), ""),
        (("Search and rescue, sardines",), (), ""),
        (("x" * 100_000,), (), ""),
    ],
)
def test_the_kind_of_an_image(words: tuple[str, ...], bands: tuple[str, ...], kind: str) -> None:
    assert image_kind(words, bands) == kind
