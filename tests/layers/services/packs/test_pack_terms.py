from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.services.catalog import catalog
from layers.services.packs.pack_terms import PackLeave, pack_terms
from layers.services.tile_service import TileService

SERVICES = [service for group in catalog() for service in group.services]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.title)
def test_a_service_of_the_catalogue_is_packed_where_its_line_allows_it(service: TileService) -> None:
    """Fails for USGS when its line is deleted, and for the others when one says what they do not."""
    terms = pack_terms(service)
    is_given = service.group == "USGS"
    assert (terms.leave is PackLeave.GIVEN) == is_given == service.may_prefetch
    if not is_given:
        assert terms.leave is PackLeave.REFUSED
        assert "do not allow tiles to be fetched ahead" in terms.sentence


@pytest.mark.parametrize(
    "template",
    [
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "https://a.tile.openstreetmap.org/{z}/{x}/{y}.png",
        "https://mt{switch:0,1,2,3}.google.com/vt/lyrs=s&x={x}&y={y}&z={z}",
        "https://ecn.t{switch:0,1}.tiles.virtualearth.net/tiles/a{q}.jpeg?g=1",
        "https://server.arcgisonline.com/ArcGIS/rest/services/World_Imagery/MapServer/tile/{z}/{y}/{x}",
    ],
)
def test_an_address_that_was_typed_is_known_by_its_host(template: str) -> None:
    """Whatever its row says: a case of a stranger cannot give leave."""
    assert pack_terms(TileService("Mine", template, may_prefetch=True)).leave is PackLeave.REFUSED


def test_terms_that_nobody_knows_are_for_the_analyst_to_read() -> None:
    terms = pack_terms(TileService("Mine", "https://tiles.example.org/{z}/{x}/{y}.png"))
    assert terms.leave is PackLeave.UNKNOWN
    assert "Read them first" in terms.sentence
    notgoogle = TileService("Mine", "https://notgoogle.com/{z}/{x}/{y}.png")
    assert pack_terms(notgoogle).leave is PackLeave.UNKNOWN


def test_leave_is_told_with_the_licence() -> None:
    mine = TileService(
        "Mine", "https://tiles.example.org/{z}/{x}/{y}.png", may_prefetch=True, licence="CC BY 4.0", non_commercial=True
    )
    terms = pack_terms(mine)
    assert terms.leave is PackLeave.GIVEN
    assert "CC BY 4.0" in terms.sentence
    assert "non-commercial" in terms.sentence


def test_leave_of_the_catalogue_needs_both_to_fetch_ahead_and_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the row of a case says of keeping."""
    provider = TileService("Strict", "https://strict.example.org/{z}/{x}/{y}.png", may_prefetch=True, may_cache=False)
    group = type("Group", (), {"services": (provider,)})
    monkeypatch.setattr("layers.services.packs.pack_terms.catalog", lambda: (group,))
    mine = TileService("Mine", "https://a.strict.example.org/{z}/{x}/{y}.png", may_prefetch=True)
    assert pack_terms(mine).leave is PackLeave.REFUSED


def test_tiles_that_may_not_be_kept_are_never_packed() -> None:
    mine = TileService("Mine", "https://tiles.example.org/{z}/{x}/{y}.png", may_prefetch=True)
    terms = pack_terms(replace(mine, may_cache=False))
    assert terms.leave is PackLeave.REFUSED
    assert "do not allow its tiles to be kept" in terms.sentence


def test_a_licence_that_a_service_states_is_said_and_gives_no_leave_by_itself() -> None:
    service = TileService("World", "https://t.example.org/{z}/{x}/{y}.png", licence="CC BY 4.0")
    terms = pack_terms(service)
    assert terms.leave is PackLeave.UNKNOWN
    assert "states “CC BY 4.0”" in terms.sentence
    assert "not known" not in terms.sentence
    assert "not known" in pack_terms(replace(service, licence="proprietary")).sentence
