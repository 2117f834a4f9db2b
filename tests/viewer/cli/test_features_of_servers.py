"""Features named by the address of their server: drawn by `render`, kept beside a case by `new`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from PySide6.QtGui import QImage

from layers.project.opening.intake import read_case
from layers.services.features.feature_origin import origin_of
from tests.support.feature_server import FeatureServer, serving_features


@pytest.fixture
def server(own_home: Path) -> Iterator[FeatureServer]:
    with serving_features() as server:
        yield server


def test_info_of_a_landing_page_tells_its_collections(cli, server: FeatureServer) -> None:
    done = cli("info", server.address, "--json")
    assert done.code == 0, done.err
    facts = json.loads(done.out)
    assert (facts["service"], facts["title"]) == ("ogcapi", "Loopback Features")
    assert [layer["name"] for layer in facts["layers"]] == ["parks"]


@pytest.mark.parametrize("odd", [(), ("north first",)], ids=lambda odd: "".join(odd))
def test_render_draws_the_features_of_the_bounds(
    cli, server: FeatureServer, tmp_path: Path, odd: tuple[str, ...]
) -> None:
    server.odd, out, empty = set(odd), tmp_path / "map.png", tmp_path / "empty.png"
    common = ("--size", "300x200", "--bounds", "10,50.19,10.025,50.21")
    done = cli("render", f"{server.address}#parks", "--out", str(out), *common)
    assert (done.code, done.err) == (0, "")
    assert len(server.items) == 3
    picture = QImage(str(out))
    assert len({picture.pixel(x, 100) for x in range(300)}) > 1
    done = cli("render", f"{server.address}#parks", "--out", str(empty), "--size", "300x200", "--bounds", "60,0,61,1")
    assert done.code == 1
    assert "no features of “Parks” there" in done.err


def test_render_asks_for_all_that_its_picture_shows(cli, server: FeatureServer, tmp_path: Path) -> None:
    """A picture of another shape than its bounds shows more: no edge of what was fetched may stand in it."""
    bounds = ("--bounds", "10,50.195,10.005,50.205")
    done = cli("render", f"{server.address}#parks", "--out", str(tmp_path / "map.png"), "--size", "400x200", *bounds)
    assert (done.code, done.err) == (0, "")
    west, south, east, north = map(float, dict(parse_qsl(urlsplit(server.items[0]).query))["bbox"].split(","))
    assert (south, north) == (pytest.approx(50.195, abs=1e-5), pytest.approx(50.205, abs=1e-5))
    assert west < 9.99
    assert east > 10.015


@pytest.mark.bounded
def test_render_says_what_is_missing(cli, server: FeatureServer, tmp_path: Path) -> None:
    server.odd = {"broken"}
    done = cli("render", f"{server.address}#parks", "--out", str(tmp_path / "map.png"), "--size", "300x200")
    assert done.code == 0
    assert "Parks: 10 of 25 features." in done.err


def test_new_keeps_the_features_beside_the_case(cli, server: FeatureServer, tmp_path: Path) -> None:
    case = tmp_path / "walks.gpkg"
    done = cli("new", str(case), f"{server.address}#parks", "--bounds", "10,50,10.0095,51")
    assert (done.code, done.err) == (0, "")
    (layer,) = read_case(case).document.layers.values()
    origin = origin_of(layer.source)
    assert (layer.name, layer.kind, layer.credit) == ("Parks", "vector", "Survey")
    assert origin is not None
    assert (origin.words, origin.question.licence) == ("10 features.", "CC BY 4.0")
    assert origin.question.address == f"{server.address}collections/parks/items"
    (file,) = (tmp_path / "walks features").iterdir()
    assert layer.source["path"] == f"walks features/{file.name}"
    assert file.name == f"127.0.0.1-{server.server_address[1]} Parks {origin.fetched_at[:10]}.geojson"
    server.stop()
    done = cli("render", str(case), "--out", str(tmp_path / "map.png"), "--size", "300x200")
    assert (done.code, done.err) == (0, "")  # it needs no server any more


def test_new_keeps_gml_of_wfs_as_it_came(cli, server: FeatureServer, tmp_path: Path) -> None:
    case = tmp_path / "walks.gpkg"
    done = cli("new", str(case), f"http://{server.host}/wfs?SERVICE=WFS#parks")
    assert (done.code, done.err) == (0, "")
    (layer,) = read_case(case).document.layers.values()
    (file,) = (tmp_path / "walks features").iterdir()
    assert (layer.name, file.suffix) == ("Parks", ".gml")
    out = tmp_path / "map.png"
    done = cli("render", str(case), "--out", str(out), "--size", "300x200", "--bounds", "10,50,10.4,50.4")
    assert (done.code, done.err) == (0, "")
    picture = QImage(str(out))
    assert picture.pixel(150, 100) != picture.pixel(10, 10)  # the point lies in the middle: north first was heeded


def test_features_on_another_host_are_refused(cli, server: FeatureServer, tmp_path: Path) -> None:
    with serving_features() as other:
        server.items_host = other.host
        done = cli("new", str(tmp_path / "walks.gpkg"), f"{server.address}#parks")
        assert done.code == 1
        assert f"{other.host} is not contacted" in done.err
        assert other.log == []


def test_what_is_no_collection_is_said(cli, server: FeatureServer, tmp_path: Path) -> None:
    done = cli("new", str(tmp_path / "walks.gpkg"), f"{server.address}#roads")
    assert done.code == 1
    assert "no layer “roads”: it has parks" in done.err
