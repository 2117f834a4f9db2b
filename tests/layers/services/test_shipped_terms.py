"""Credit and terms of services that the shipped catalogue knows, however they came: typed, imported, or in a case."""

from __future__ import annotations

import pytest

from layers.services.listed.connections import read_connections
from layers.services.listed.typed_entry import entry_of_text
from layers.services.naming import service_from_text
from layers.services.shipped_terms import with_shipped_terms
from layers.services.tile_service import TileService

OSM = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
CREDIT = "© OpenStreetMap contributors"


@pytest.mark.parametrize(
    "template",
    [OSM, OSM.replace("https", "http"), OSM.replace("tile.", "a.tile."), OSM.replace("tile.", "{s}.tile.")],
)
def test_a_typed_address_of_a_shipped_service_has_its_credit_and_policy(template: str) -> None:
    for service in (entry_of_text(template).service, service_from_text(template)):
        assert service is not None
        assert (service.attribution, service.licence, service.template) == (CREDIT, "ODbL 1.0", template)
        assert service.link == "https://www.openstreetmap.org/copyright"
        assert (service.may_prefetch, service.may_export, service.min_cache_days) == (False, True, 7.0)
    assert entry_of_text(OSM).title == "OpenStreetMap"
    assert entry_of_text(OSM).attribution == CREDIT


def test_a_connection_of_another_program_has_them_and_keeps_its_name() -> None:
    xml = f'<qgsXYZTilesConnections><xyztiles url="{OSM}" name="Streets" zmin="0" zmax="19"/></qgsXYZTilesConnections>'
    (entry,) = read_connections(xml.encode()).entries
    assert entry.service is not None
    assert (entry.title, entry.attribution, entry.service.may_export) == ("Streets", CREDIT, True)


def test_others_are_left_as_they_are() -> None:
    other = TileService("Sky", "https://tiles.example.org/{z}/{x}/{y}.png")
    assert with_shipped_terms(other) is other


def test_other_tiles_of_a_shipped_host_are_under_its_policy_and_credited_as_they_were() -> None:
    own = TileService("Mine", OSM, attribution="As I say", may_prefetch=True)
    layer = TileService("Cycle", "https://tile.openstreetmap.org/cycle/{z}/{x}/{y}.png")
    for service in (own, layer):
        under_policy = with_shipped_terms(service)
        assert under_policy.attribution == service.attribution
        assert (under_policy.title, under_policy.may_prefetch) == (service.title, False)
        assert under_policy.min_cache_days == 7.0


def test_the_strictest_policy_of_a_host_binds_a_layer_that_shares_only_its_credit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free, bound = (
        TileService(name, f"https://t.example/{name}/{{z}}/{{x}}/{{y}}.png", attribution="All", may_export=is_free)
        for name, is_free in (("free", True), ("bound", False))
    )
    monkeypatch.setattr("layers.services.shipped_terms.shipped_by_host", lambda: {"t.example": (free, bound)})
    other = TileService("Other", "https://t.example/other/{z}/{x}/{y}.png")
    assert (with_shipped_terms(other).attribution, with_shipped_terms(other).may_export) == ("All", False)
    same = TileService("Mine", free.template, may_export=False)
    assert with_shipped_terms(same).may_export, "what the catalogue read of these tiles holds, not the caution before"


def test_a_dated_layer_is_known() -> None:
    template = (
        "https://gibs.earthdata.nasa.gov/wmts/epsg3857/best/VIIRS_SNPP_CorrectedReflectance_TrueColor/default/{time}"
        "/GoogleMapsCompatible_Level9/{z}/{y}/{x}.jpg"
    )
    assert "GIBS" in with_shipped_terms(TileService("Sky", template)).attribution
