from __future__ import annotations

import json
import tomllib
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest

from layers.decoding import encoded
from layers.errors import BadTemplate
from layers.services.catalog import catalog
from layers.services.imagery_entry import ImageryEntry
from layers.services.tile_service import TileService

SERVICES = [service for group in catalog() for service in group.services]
CATALOG = tomllib.loads((files("layers.services") / "catalog.toml").read_text("utf-8"))
ENTRIES = [entry for group in catalog() for entry in group.entries]


def test_the_catalogue_holds_what_it_should() -> None:
    titles = ["NASA GIBS", "USGS", "EOX", "OpenStreetMap", "Element 84", "Microsoft"]
    assert [group.title for group in catalog()] == titles
    assert len(SERVICES) == 11
    assert Counter(entry.role for entry in ENTRIES) == {"dated": 7, "basemap": 4, "archive": 2}
    assert sum(service.is_dated for service in SERVICES) == 7
    assert [service.title for service in SERVICES if service.non_commercial] == ["Sentinel-2 cloudless 2024"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.title)
def test_every_service_is_credited_licensed_and_survives_the_project_file(service: TileService) -> None:
    assert service.attribution
    assert service.licence
    assert service.link.startswith("https://")
    assert service.template.startswith("https://")
    dated = service.at("2024-04-12")
    assert TileService.from_json(json.loads(json.dumps(encoded(dated)))) == dated
    address = dated.url(3, 1, 2)
    assert "{" not in address
    assert ("2024-04-12" in address) == service.is_dated


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.title)
def test_every_entry_says_where_it_comes_from(entry: ImageryEntry) -> None:
    assert entry.title
    assert entry.attribution
    assert entry.licence
    assert entry.note or entry.role != "archive"
    assert entry.link.startswith("https://")
    assert entry.hosts
    assert (entry.service is None) == entry.address.startswith("https://")


def test_a_day_must_be_chosen() -> None:
    with pytest.raises(BadTemplate, match="date"):
        SERVICES[0].url(0, 0, 0)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"template": 5},
        {"template": "file:///{z}{x}{y}"},
        {"max_level": 40},
        {"min_level": 9, "max_level": 3},
        {"tile_px": 300},
        {"time": 20240412},
    ],
)
def test_a_layer_that_is_no_service_is_refused(values: dict) -> None:
    good = {"template": "https://e.org/{z}/{x}/{y}"} if values else {}
    with pytest.raises(BadTemplate):
        TileService.from_json(good | values)


STATED = {
    "NASA GIBS": {"may_prefetch": False},
    "USGS": {"may_prefetch": True},
    "EOX": {"non_commercial": True, "may_prefetch": False},
    "OpenStreetMap": {"min_cache_days": 7.0, "may_prefetch": False},
    "Element 84": {},
    "Microsoft": {},
}
"""Terms that the catalogue states, by provider: read from what the provider has published."""
TERMS = ("may_cache", "may_prefetch", "may_export", "non_commercial", "min_cache_days", "max_connections")


@pytest.mark.parametrize("group", CATALOG["group"], ids=lambda group: group["title"])
def test_each_line_of_terms_stands_in_the_catalogue(group: dict[str, Any]) -> None:
    """Fails where one is deleted, also one that says what holds for most."""
    assert {name: group[name] for name in TERMS if name in group} == STATED[group["title"]]
    assert not [name for entry in group["service"] for name in TERMS if name in entry]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.title)
def test_each_service_of_the_catalogue_has_the_terms_of_its_provider(service: TileService) -> None:
    usual = {"may_cache": True, "may_export": True, "non_commercial": False, "min_cache_days": 0.0}
    usual |= {"may_prefetch": False, "max_connections": 6}
    assert {name: getattr(service, name) for name in TERMS} == usual | STATED[service.group]
