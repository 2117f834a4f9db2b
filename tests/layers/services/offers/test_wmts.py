"""WMTS capabilities as servers write them; each row of the rule book on quirks (T1 to T19) is a test that names it."""

from __future__ import annotations

import re

import pytest

from layers.errors import NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR, WGS84
from layers.services.offers.offer import OfferedLayer
from layers.services.offers.wmts import read_wmts
from layers.services.tile_matrix import TileMatrixSet
from layers.services.tile_service import TileService
from tests.support.wmts_documents import (
    ADDRESS,
    CORNER,
    DEGREE_SCALE,
    SCALE,
    TEMPLATE,
    capabilities,
    degrees,
    dimension,
    get_tile,
    layer,
    link,
    matrix,
    matrix_set,
    mercator,
    resource,
)

WORLD = Bounds(-MERCATOR_HALF_M, -MERCATOR_HALF_M, MERCATOR_HALF_M, MERCATOR_HALF_M)


def only_layer(*contents: str, operations: str = "") -> OfferedLayer:
    (offered,) = read_wmts(capabilities(*contents, operations=operations), ADDRESS).layers
    return offered


def service_of(*contents: str, operations: str = "") -> TileService:
    service = only_layer(*contents, operations=operations).service
    assert service is not None
    return service


def grid_of(*contents: str) -> TileMatrixSet:
    grid = service_of(*contents).grid
    assert grid is not None
    return grid


def problems_of(*contents: str) -> str:
    offer = read_wmts(capabilities(*contents), ADDRESS)
    return " ".join([*offer.problems, *(problem for offered in offer.layers for problem in offered.problems)])


def test_a_plain_document() -> None:
    offer = read_wmts(capabilities(mercator(), layer()), ADDRESS)
    assert (offer.service, offer.title, offer.version) == ("wmts", "Tiles of a town", "1.0.0")
    assert (offer.attribution, offer.licence, offer.link) == ("The town", "CC BY 4.0", "https://town.example/")
    assert offer.problems == ()
    (offered,) = offer.layers
    assert offered.service is not None
    assert (offered.service.operator, offered.service.licence) == ("The town", "CC BY 4.0")
    assert (offered.name, offered.title, offered.crs) == ("scenes", "Scenes", (WEB_MERCATOR,))
    assert offered.bounds_lonlat == Bounds(-180, -85, 180, 85)
    assert (offered.formats, offered.levels, offered.problems) == (("image/png",), (0, 3), ())
    assert [style.name for style in offered.styles] == ["default"]
    service = offered.service
    assert service is not None
    assert service.kind == "wmts"
    assert service.url(2, 1, 3) == "https://tiles.example/wmts/scenes/default/web/2/3/1.png"
    assert service.matrices.matrices[0].bounds == pytest.approx(WORLD)
    assert service.matrices.goes_round(0)


def test_the_queries_of_a_service_without_templates() -> None:
    service = service_of(
        mercator(), layer("a b,ü", resources=""), operations=get_tile("https://kvp.example/s?map=x&amp;request=none")
    )
    assert service.url(1, 0, 1) == (
        "https://kvp.example/s?map=x&SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=a%20b%2C%C3%BC&STYLE=default"
        "&FORMAT=image%2Fpng&TILEMATRIXSET=web&TILEMATRIX=1&TILEROW=1&TILECOL=0"
    )


@pytest.mark.parametrize("corner", ["-180 90", "-90 -180", "-180 -90"], ids=["swapped", "flipped", "both"])
def test_t1_a_corner_is_turned_until_it_is_the_upper_left(corner: str) -> None:
    contents = (degrees(levels=1, corner=corner), layer(links=link("deg")))
    assert grid_of(*contents).matrices[0].bounds == pytest.approx(Bounds(-180, -90, 180, 90))
    assert "Corners of the grid deg" in problems_of(*contents)


def test_t1_each_matrix_has_a_corner_of_its_own() -> None:
    first = matrix("0", SCALE, " ".join(reversed(CORNER.split())), 1, 1)
    second = matrix("1", SCALE / 2, CORNER, 2, 2)
    grid = grid_of(matrix_set("web", "urn:ogc:def:crs:EPSG::3857", first, second), layer())
    assert [found.bounds for found in grid.matrices] == [pytest.approx(WORLD)] * 2


def test_t1_north_first_on_purpose_stays_unsaid() -> None:
    swedish = matrix_set("se", "urn:ogc:def:crs:EPSG::3006", matrix("0", 4096 / 0.00028, "8500000 -1200000", 3, 4))
    contents = (swedish, layer(links=link("se")))
    found = grid_of(*contents).matrices[0]
    assert (found.left, found.top, found.resolution) == pytest.approx((-1200000, 8500000, 4096))
    assert problems_of(*contents) == ""


def test_t1_east_first_in_a_north_first_crs_is_turned() -> None:
    swedish = matrix_set("se", "urn:ogc:def:crs:EPSG::3006", matrix("0", 4096 / 0.00028, "-1200000 8500000", 3, 4))
    found = grid_of(swedish, layer(links=link("se"))).matrices[0]
    assert (found.left, found.top) == (-1200000, 8500000)


def test_t1_crs84_is_east_first() -> None:
    text = degrees(corner="-180 90").replace("urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:OGC:1.3:CRS84")
    contents = (text, layer(links=link("deg")))
    assert grid_of(*contents).matrices[0].bounds == pytest.approx(Bounds(-180, -90, 180, 90))
    assert problems_of(*contents) == ""


@pytest.mark.parametrize("is_degrees", [False, True])
def test_t2_scales_for_96_dpi(is_degrees: bool) -> None:
    factor = 0.28 / (25.4 / 96)
    grid = degrees("web", factor=factor) if is_degrees else mercator(factor=factor)
    found = grid_of(grid, layer())
    assert found.matrices[0].bounds == pytest.approx(Bounds(-180, -90, 180, 90) if is_degrees else WORLD, rel=1e-12)
    assert "96 dpi" in problems_of(grid, layer())


def test_t2_scales_for_96_dpi_of_a_land_are_known_by_its_box() -> None:
    corners = "<ows:LowerCorner>10000 300000</ows:LowerCorner><ows:UpperCorner>{}</ows:UpperCorner>"
    box = f"<ows:BoundingBox>{corners}</ows:BoundingBox>"
    tiles, resolution = 100, 3.0
    edge = 10000 + tiles * 256 * resolution - 1, 300000 + tiles * 256 * resolution - 1
    for pixel_m in (0.00028, 0.0254 / 96):
        grid = matrix_set(
            "nl",
            "EPSG:28992",
            matrix("a", resolution / pixel_m, f"10000 {edge[1] + 1}", tiles, tiles),
            box=box.format(" ".join(map(str, edge))),
        )
        assert grid_of(grid, layer(links=link("nl"), box="")).matrices[0].resolution == pytest.approx(resolution)


def test_t2_of_two_sets_the_one_at_028_mm_comes_first() -> None:
    odd, right = mercator("arcgis", factor=0.28 / (25.4 / 96)), mercator("google")
    found = only_layer(odd, right, layer(links=link("arcgis") + link("google")))
    assert found.service is not None
    assert "/google/" in found.service.template
    assert [name for name, _ in found.choices] == ["arcgis"]


@pytest.mark.parametrize("empty", ["<ScaleDenominator></ScaleDenominator>", ""])
def test_t3_a_missing_scale_is_half_of_the_one_above(empty: str) -> None:
    text = mercator(levels=3)
    scales = re.findall("<ScaleDenominator>.*?</ScaleDenominator>", text)
    text = text.replace(scales[1], empty)
    grid = grid_of(text, layer())
    assert [round(found.resolution, 3) for found in grid.matrices] == [156543.034, 78271.517, 39135.758]
    assert "half of the level above" in problems_of(text, layer())


def test_t4_rounding_is_undone() -> None:
    grid = grid_of(mercator(levels=21, digits=6, corner="-20037508.34 20037508.34"), layer())
    for level, found in enumerate(grid.matrices):
        assert found.left == -MERCATOR_HALF_M
        assert found.top == MERCATOR_HALF_M
        assert found.resolution == pytest.approx(2 * MERCATOR_HALF_M / 256 / 2**level, rel=1e-15)
    deepest = grid.matrices[20]
    gap_m = abs(deepest.tile_bounds(2**20 - 1, 0).right - MERCATOR_HALF_M)
    assert gap_m < deepest.resolution / 2


def test_t4_coarser_rounding_is_undone_by_the_width_of_the_world() -> None:
    levels = [matrix(str(at), f"{SCALE / 2**at:.6g}", CORNER, 2**at, 2**at) for at in range(21)]
    grid = grid_of(matrix_set("web", "EPSG:3857", *levels), layer())
    assert grid.matrices[20].bounds == pytest.approx(WORLD)


def test_t5_levels_come_in_any_order_and_keep_their_identifiers() -> None:
    levels = [
        matrix(name, SCALE / 2**at, CORNER, 2**at, 2**at) for name, at in (("07", 7), ("x:5", 5), ("EPSG:3857:6", 6))
    ]
    found = only_layer(matrix_set("web", "EPSG:3857", *levels), layer())
    assert found.service is not None
    assert [level.identifier for level in found.service.matrices.matrices] == ["x:5", "EPSG:3857:6", "07"]
    assert found.levels == (5, 7)
    assert "/EPSG%3A3857%3A6/" in found.service.url(1, 0, 0)


def test_t5_one_matrix_is_enough() -> None:
    assert len(grid_of(mercator(levels=1), layer()).matrices) == 1


def limits(level: str, *numbers: int) -> str:
    names = ("MinTileRow", "MaxTileRow", "MinTileCol", "MaxTileCol")
    inner = "".join(f"<{name}>{number}</{name}>" for name, number in zip(names, numbers, strict=True))
    return f"<TileMatrixLimits><TileMatrix>{level}</TileMatrix>{inner}</TileMatrixLimits>"


def test_t6_limits_narrow() -> None:
    rows = limits("2", 1, 2, 0, 3) + limits("3", 2, 99, 3, 4)
    contents = (mercator(), layer(links=link("web", f"<TileMatrixSetLimits>{rows}</TileMatrixSetLimits>")))
    grid = grid_of(*contents)
    assert [found.identifier for found in grid.matrices] == ["2", "3"]
    assert [found.tile_range for found in grid.matrices] == [(0, 3, 1, 2), (3, 4, 2, 7)]


def test_t6_wrong_limits_are_passed_over() -> None:
    rows = limits("2", 3, 1, 0, 3) + limits("3", 900, 901, 3, 4)
    contents = (mercator(), layer(links=link("web", f"<TileMatrixSetLimits>{rows}</TileMatrixSetLimits>")))
    assert [found.tile_range for found in grid_of(*contents).matrices] == [(0, 3, 0, 3), (0, 7, 0, 7)]
    assert "limits" in problems_of(*contents)
    foreign = layer(links=link("web", f"<TileMatrixSetLimits>{limits('z9', 0, 0, 0, 0)}</TileMatrixSetLimits>"))
    assert len(grid_of(mercator(), foreign).matrices) == 4


def test_t6_one_level_with_limits_beyond_it_spoils_all() -> None:
    rows = limits("0", 1, 1, 0, 0) + limits("1", 1, 2, 0, 1)
    contents = (mercator(), layer(links=link("web", f"<TileMatrixSetLimits>{rows}</TileMatrixSetLimits>")))
    assert [found.tile_range for found in grid_of(*contents).matrices] == [(0, 0, 0, 0), (0, 1, 0, 1)]


def test_t6_limits_away_from_the_layer_are_passed_over() -> None:
    box = """<ows:WGS84BoundingBox><ows:LowerCorner>10 50</ows:LowerCorner><ows:UpperCorner>11 51</ows:UpperCorner>
      </ows:WGS84BoundingBox>"""
    from_below = f"<TileMatrixSetLimits>{limits('3', 5, 5, 4, 4)}</TileMatrixSetLimits>"
    from_above = f"<TileMatrixSetLimits>{limits('3', 2, 2, 4, 4)}</TileMatrixSetLimits>"
    assert grid_of(mercator(), layer(box=box, links=link("web", from_below))).matrices[0].limits is None
    assert grid_of(mercator(), layer(box=box, links=link("web", from_above))).matrices[0].limits == (4, 4, 2, 2)


def test_t7_a_layer_without_a_box_opens() -> None:
    assert only_layer(mercator(), layer(box="")).bounds_lonlat is None
    assert only_layer(mercator(), layer(box="")).service is not None


def test_t7_names_without_a_prefix() -> None:
    document = capabilities(mercator(), layer()).replace(b"ows:", b"")
    (offered,) = read_wmts(document, ADDRESS).layers
    assert offered.bounds_lonlat == Bounds(-180, -85, 180, 85)
    assert offered.service is not None


def test_t7_a_box_in_the_order_of_its_crs() -> None:
    box = """<ows:BoundingBox crs="urn:ogc:def:crs:EPSG::4326"><ows:LowerCorner>50 5</ows:LowerCorner>
      <ows:UpperCorner>52 9</ows:UpperCorner></ows:BoundingBox>"""
    assert only_layer(mercator(), layer(box=box)).bounds_lonlat == pytest.approx(Bounds(5, 50, 9, 52))


@pytest.mark.parametrize(
    "spelling",
    [
        "urn:ogc:def:crs:EPSG:6.18.3:3857",
        "urn:ogc:def:crs:EPSG:6.18:3:3857",
        "urn:ogc:def:crs:EPSG::102113",
        "http://www.opengis.net/def/crs/EPSG/0/3857",
        "EPSG:900913",
        "\n  EPSG:3857 ",
    ],
)
def test_t8_spellings_of_web_mercator(spelling: str) -> None:
    text = mercator().replace("urn:ogc:def:crs:EPSG::3857", spelling)
    assert only_layer(text, layer()).crs == (WEB_MERCATOR,)


def test_t8_an_unknown_crs_costs_its_grid_alone() -> None:
    odd = matrix_set("odd", "urn:nobody:def:crs:HERE::1", matrix("0", 1000, "0 0", 1, 1))
    found = only_layer(odd, mercator(), layer(links=link("odd") + link("web")))
    assert found.service is not None
    assert "/web/" in found.service.template
    assert found.crs == ("urn:nobody:def:crs:HERE::1", WEB_MERCATOR)
    assert "which is not known" in problems_of(odd, layer(links=link("odd")))
    assert only_layer(odd, layer(links=link("odd"))).service is None


def test_t9_a_number_is_a_number() -> None:
    text = matrix_set("web", "EPSG:3857", matrix("0", "5.590822640287178E8", CORNER, "1.0", "1.0", "256.0 256.0"))
    assert grid_of(text, layer()).matrices[0].columns == 1


def test_t10_the_finest_set_of_a_crs_comes_first() -> None:
    contents = (mercator("coarse", 3), mercator("fine", 9), degrees())
    found = only_layer(*contents, layer(links=link("deg") + link("coarse") + link("fine")))
    assert found.service is not None
    assert "/fine/" in found.service.template
    assert [name for name, _ in found.choices] == ["coarse", "deg"]
    assert found.crs == (WGS84, WEB_MERCATOR)


def test_t11_rest_first_then_the_query() -> None:
    both = only_layer(mercator(), layer(), operations=get_tile("https://tiles.example/kvp?"))
    assert both.service is not None
    assert both.service.template.startswith("https://tiles.example/wmts/scenes")
    assert [(name, service.template[:30]) for name, service in both.choices] == [
        ("web, KVP", "https://tiles.example/kvp?SERV")
    ]
    neither = only_layer(mercator(), layer(resources=""))
    assert neither.service is not None
    assert neither.service.template.startswith(f"{ADDRESS}?SERVICE=WMTS&REQUEST=GetTile")


def test_t11_a_template_that_is_none_leaves_the_query() -> None:
    odd = layer(resources=resource("https://tiles.example/{Unknown}/{TileMatrix}/{TileRow}/{TileCol}.png"))
    found = only_layer(mercator(), odd, operations=get_tile("https://tiles.example/kvp", ""))
    assert found.service is not None
    assert "/kvp?" in found.service.template
    assert "{Unknown}" in " ".join(found.problems)


@pytest.mark.parametrize(
    ("template", "styles", "address"),
    [
        ("https://h.example/{tileMatrixset}/{tileMatrix}/{TILEROW}/{tilecol}", None, "https://h.example/web/1/0/1"),
        ("https://h.example/%7BTileMatrix%7D/%7bTileRow%7d/{TileCol}", None, "https://h.example/1/0/1"),
        ("/a//b/{TileMatrix}/{TileRow}/{TileCol}", None, "https://tiles.example/a//b/1/0/1"),
        ("https://h.example//x//{TileMatrix}/{TileRow}/{TileCol}", None, "https://h.example//x//1/0/1"),
        (
            "https://h.example/{Style}/{TileMatrix}/{TileRow}/{TileCol}",
            "<Style><ows:Identifier/></Style>",
            "https://h.example//1/0/1",
        ),
        ("http://tiles.example/{TileMatrix}/{TileRow}/{TileCol}", None, "https://tiles.example/1/0/1"),
        ("http://other.example/ü x/{TileMatrix}/{TileRow}/{TileCol}", None, "http://other.example/%C3%BC%20x/1/0/1"),
    ],
)
def test_t12_templates(template: str, styles: str | None, address: str) -> None:
    text = layer(resources=resource(template)) if styles is None else layer(resources=resource(template), styles=styles)
    assert service_of(mercator(), text).url(1, 1, 0) == address


def test_t12_an_unknown_brace_is_refused() -> None:
    text = layer(resources=resource("https://h.example/{Planet}/{TileMatrix}/{TileRow}/{TileCol}"))
    found = only_layer(mercator(), text)
    assert found.service is None
    assert "{Planet}" in " ".join(found.problems)


TIMED = resource(TEMPLATE.replace("{TileMatrix}/", "{Time}/{TileMatrix}/"))


@pytest.mark.parametrize(
    ("values", "default", "chosen"),
    [
        (("2019", "2020", "2021"), "2020", "2020"),
        (("20210203", "20210204"), "", "20210204"),
        (("2021-01-01/2021-03-01/P1D",), "", "2021-03-01"),
        (("2021-01-01, 2021-01-05",), "", "2021-01-05"),
        (("2021-01-01T00:00:00Z",), "2021-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
    ],
)
def test_t13_times(values: tuple[str, ...], default: str, chosen: str) -> None:
    contents = (mercator(), layer(more=dimension("Time", *values, default=default), resources=TIMED))
    found = only_layer(*contents)
    assert found.times is not None
    assert found.service is not None
    assert found.service.is_dated
    assert found.service.time == chosen
    assert f"/{chosen.replace(':', '%3A')}/0/0/0.png" in found.service.url(0, 0, 0)
    assert ("its last one" in " ".join(found.problems)) == (not default)


def test_t13_a_default_in_words_with_dates_beside_it_is_the_last_one() -> None:
    found = only_layer(mercator(), layer(more=dimension("Time", "2019", "2021", default="current"), resources=TIMED))
    assert found.service is not None
    assert (found.service.time, found.problems) == ("2021", ())


def test_t13_a_default_in_words_stays_in_the_address() -> None:
    found = only_layer(mercator(), layer(more=dimension("time", default="default"), resources=TIMED))
    assert found.service is not None
    assert not found.service.is_dated
    assert "/web/default/0/0/0.png" in found.service.url(0, 0, 0)


def test_t13_the_template_with_a_time_is_preferred() -> None:
    more = dimension("Time", "2024-01-01/2024-02-01/P1D", default="2024-02-01")
    assert service_of(mercator(), layer(more=more, resources=resource() + TIMED)).is_dated
    by_query = service_of(mercator(), layer(more=more, resources=""), operations=get_tile("https://tiles.example/kvp?"))
    assert by_query.url(0, 0, 0).endswith("&TIME=2024-02-01")


def test_t13_other_dimensions_take_their_default_or_first_value() -> None:
    template = TEMPLATE.replace("{TileMatrix}/", "{elevation}/{RUN}/{TileMatrix}/")
    more = dimension("Elevation", "0", "100", default="100") + dimension("run", "a", "b")
    found = only_layer(mercator(), layer(more=more, resources=resource(template)))
    assert found.service is not None
    assert "/100/a/0/0/0.png" in found.service.url(0, 0, 0)
    assert [(known.name, known.values, known.default) for known in found.dimensions] == [
        ("Elevation", ("0", "100"), "100"),
        ("run", ("a", "b"), "a"),
    ]
    assert "first value, a," in " ".join(found.problems)


def test_t14_sizes_of_tiles() -> None:
    wide = matrix("0", SCALE / 2, CORNER, 1, 2, "512 256")
    large = matrix("1", SCALE / 5, CORNER, 2, 2, "640 640")
    grid = grid_of(matrix_set("web", "EPSG:3857", wide, large), layer())
    assert [(found.tile_width, found.tile_height) for found in grid.matrices] == [(512, 256), (640, 640)]
    assert grid.matrices[0].bounds == pytest.approx(WORLD)


@pytest.mark.parametrize("size", ["0 0", "100000 100000"])
def test_a_level_that_makes_no_sense_costs_itself(size: str) -> None:
    levels = (matrix("0", SCALE, CORNER, 1, 1), matrix("1", SCALE / 2, CORNER, 2, 2, size))
    text = matrix_set("web", "EPSG:3857", *levels)
    assert size == "0 0" or len(grid_of(text, layer()).matrices) == 1
    assert grid_of(text, layer()).matrices[0].identifier == "0"


def test_without_a_style_the_default_is_asked_for_and_none_is_offered() -> None:
    found = only_layer(mercator(), layer(styles=""))
    assert found.service is not None
    assert (found.styles, found.service.url(0, 0, 0)) == ((), "https://tiles.example/wmts/scenes/default/web/0/0/0.png")


def test_formats_with_transparency_come_first_and_features_are_no_pictures() -> None:
    resources = resource(TEMPLATE.replace("png", "jpg"), "image/jpeg") + resource()
    assert service_of(mercator(), layer(resources=resources)).template.endswith(".png")
    features = layer(
        resources=resource(TEMPLATE, "application/vnd.mapbox-vector-tile"),
        formats="<Format>application/vnd.mapbox-vector-tile</Format>",
    )
    found = only_layer(mercator(), features)
    assert found.service is None
    assert "no pictures" in found.problems[0]


def test_a_layer_without_an_identifier_costs_itself() -> None:
    offer = read_wmts(capabilities(mercator(), layer(""), layer("other")), ADDRESS)
    assert [offered.name for offered in offer.layers] == ["other"]
    assert len(offer.problems) == 1


def test_a_saved_document_knows_its_own_address() -> None:
    saved = capabilities(mercator(), layer(resources=""), operations=get_tile("https://tiles.example/kvp?"))
    (offered,) = read_wmts(saved, "/home/me/WMTSCapabilities.xml").layers
    assert offered.service is not None
    assert offered.service.hosts == ("tiles.example",)


def test_w25_a_key_stays_out_of_what_a_case_holds() -> None:
    document = capabilities(
        mercator(),
        layer(resources=resource(f"{TEMPLATE}?api_key=secret")),
        operations=get_tile("https://tiles.example/kvp?map=a&amp;token=secret"),
    )
    (offered,) = read_wmts(document, f"{ADDRESS}?access_token=secret").layers
    assert offered.service is not None
    assert len(offered.choices) == 1
    assert "secret" not in repr(offered)


def test_another_document_is_none() -> None:
    with pytest.raises(NotReadable, match="no capabilities document of WMTS"):
        read_wmts(b"<WMS_Capabilities/>", ADDRESS)


@pytest.mark.bounded
def test_t19_fifteen_hundred_layers() -> None:
    links = link("web") + link("deg")
    names = [f"layer-{number}" for number in range(1500)]
    abstract = f"<ows:Abstract>{'All that was seen of it from above. ' * 60}</ows:Abstract>"
    document = capabilities(
        mercator(levels=20),
        degrees(levels=18),
        *(layer(name, links, TIMED, more=abstract + dimension("time", "2021-01-01/2024-12-31/P1D")) for name in names),
    )
    assert len(document) > 4_000_000
    offer = read_wmts(document, ADDRESS)
    assert [offered.name for offered in offer.layers] == names
    assert all(offered.service is not None for offered in offer.layers)


def test_degrees_have_levels_of_zoom() -> None:
    assert only_layer(degrees(levels=5), layer(links=link("deg"))).levels == (0, 4)
    half = [matrix(str(at), DEGREE_SCALE / 3 / 2**at, "90 -180", 6 * 2**at, 3 * 2**at) for at in range(2)]
    assert only_layer(matrix_set("deg", "EPSG:4326", *half), layer(links=link("deg"))).levels == (0, 1)
