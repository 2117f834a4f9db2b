"""Capabilities of WMS: the layers in them, and the addresses that maps of them are asked from."""

from __future__ import annotations

import gzip
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import GeoloupeError, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M
from layers.services.offers.wms_maps import in_style
from tests.support.wms_documents import TYPED, WORLD, asked, document, layer_xml, offered, only, service_of


def test_a_layer_in_web_mercator_is_drawn_on_the_grid_of_most_services() -> None:
    layer = only(document(layer_xml(WORLD + "<Abstract>About  it</Abstract>")))
    service = layer.service
    assert service is not None
    assert (service.kind, service.layer, service.title, service.tile_px, service.grid) == ("wms", "a", "A", 512, None)
    question = asked(service)
    half = MERCATOR_HALF_M
    assert [float(number) for number in question.pop("BBOX").split(",")] == pytest.approx([-half, 0, 0, half])
    assert question == {
        "SERVICE": "WMS",
        "VERSION": "1.3.0",
        "REQUEST": "GetMap",
        "LAYERS": "a",
        "STYLES": "",
        "CRS": "EPSG:3857",
        "WIDTH": "512",
        "HEIGHT": "512",
        "FORMAT": "image/png",
        "TRANSPARENT": "TRUE",
    }
    assert (layer.abstract, layer.bounds_lonlat, layer.formats) == (
        "About it",
        Bounds(-180, -90, 180, 90),
        ("image/png", "image/jpeg"),
    )
    assert (layer.problems, layer.choices, layer.times, layer.levels) == ((), (), None, None)


@pytest.mark.parametrize(
    "crs", ["EPSG:4326", "EPSG:31466", "EPSG:3006", "EPSG:2193", "EPSG:32661", "EPSG:3031", "EPSG:25832"]
)
def test_w1_boxes_of_1_3_0_stand_in_the_order_of_the_crs_and_those_of_1_1_1_never(crs: str) -> None:
    swapped = crs not in ("EPSG:3031", "EPSG:25832")
    new, old = (
        service_of(document(layer_xml(crs=f"<{word}>{crs}</{word}>"), version))
        for word, version in (("CRS", "1.3.0"), ("SRS", "1.1.1"))
    )
    west, south, east, north = (float(number) for number in asked(old, 2, 1, 2)["BBOX"].split(","))
    assert new.crs == old.crs == crs
    expected = [south, west, north, east] if swapped else [west, south, east, north]
    assert [float(number) for number in asked(new, 2, 1, 2)["BBOX"].split(",")] == pytest.approx(expected)
    assert (asked(new)["CRS"], asked(old)["SRS"], "SRS" in asked(new)) == (crs, crs, False)


def test_w1_degrees_in_one_order_only_are_preferred() -> None:
    service = service_of(document(layer_xml(crs="<CRS>EPSG:4326</CRS><CRS>CRS:84</CRS>")))
    assert asked(service, 0, 1, 0) | {"BBOX": "0,-90,180,90", "CRS": "CRS:84"} == asked(service, 0, 1, 0)
    assert service.matrices.turn == 360


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
def test_w2_the_other_order_of_axes_is_a_choice(version: str) -> None:
    layer = only(document(layer_xml(crs="<CRS>EPSG:4326</CRS>"), version))
    ((name, other),) = layer.choices
    assert layer.service is not None
    west, south, east, north = asked(layer.service, 2, 1, 1)["BBOX"].split(",")
    assert asked(other, 2, 1, 1)["BBOX"].split(",") == [south, west, north, east]
    assert name == ("East before north" if version == "1.3.0" else "North before east")
    assert only(document(layer_xml(), version)).choices == ()


@pytest.mark.parametrize(
    ("box", "bounds"),
    [
        (WORLD, (-180, -90, 180, 90)),
        ('<LatLonBoundingBox minx="5" miny="47" maxx="15" maxy="55"/>', (5, 47, 15, 55)),
        ('<LatLonBoundingBox minx="-10" miny="100" maxx="10" maxy="120"/>', (100, -10, 120, 10)),  # turned round
        ('<LatLonBoundingBox minx="170" miny="-10" maxx="-170" maxy="10"/>', (170, -10, 190, 10)),
        ('<LatLonBoundingBox minx="-180" miny="-90.0000001" maxx="180" maxy="90.0000001"/>', (-180, -90, 180, 90)),
        ('<BoundingBox CRS="EPSG:4326" minx="47" miny="5" maxx="55" maxy="15"/>', (5, 47, 15, 55)),
        ('<BoundingBox CRS="EPSG:4326" minx="100" miny="5" maxx="120" maxy="15"/>', (100, 5, 120, 15)),  # not turned
        ('<BoundingBox CRS="CRS:84" minx="5" miny="47" maxx="15" maxy="55"/>', (5, 47, 15, 55)),
        (WORLD + '<BoundingBox CRS="EPSG:4326" minx="1" miny="2" maxx="3" maxy="4"/>', (-180, -90, 180, 90)),
    ],
)
def test_w3_the_box_in_degrees_is_preferred_and_one_in_the_wrong_order_turned(
    box: str, bounds: tuple[float, ...]
) -> None:
    assert only(document(layer_xml(box))).bounds_lonlat == pytest.approx(bounds)


@pytest.mark.parametrize(
    "box",
    [
        '<LatLonBoundingBox minx="500000" miny="5000000" maxx="600000" maxy="6000000"/>',
        '<LatLonBoundingBox minx="nan" miny="0" maxx="1" maxy="1"/>',
        '<LatLonBoundingBox minx="0" miny="0" maxx="0" maxy="0"/>',
        '<LatLonBoundingBox minx="inf" miny="-inf" maxx="1" maxy="1"/>',
        '<BoundingBox CRS="EPSG:32633" minx="1e30" miny="1e30" maxx="2e30" maxy="2e30"/>',
        '<BoundingBox CRS="EPSG:404000" minx="0" miny="0" maxx="1" maxy="1"/>',
    ],
)
def test_w3_a_box_without_sense_is_left_out_and_said(box: str) -> None:
    layer = only(document(layer_xml(box)))
    assert layer.bounds_lonlat is None
    assert ["makes no sense" in problem for problem in layer.problems] == [True]
    assert layer.service is not None


def test_w4_the_version_of_the_answer_is_asked_for_in_its_own_words() -> None:
    old = asked(service_of(document(layer_xml(), "1.1.1"), TYPED + "&VERSION=1.3.0"))
    new = asked(service_of(document(layer_xml(), "1.3.0"), TYPED + "&VERSION=1.1.1"))
    assert (old["VERSION"], old["SRS"], new["VERSION"], new["CRS"]) == ("1.1.1", "EPSG:3857", "1.3.0", "EPSG:3857")


def test_w4_words_of_both_versions_are_read_in_each() -> None:
    mixed = "<SRS>EPSG:4326</SRS>" + '<LatLonBoundingBox minx="1" miny="2" maxx="3" maxy="4"/>'
    layer = only(document(layer_xml(mixed, crs=""), "1.3.0"))
    assert (layer.crs, layer.bounds_lonlat) == (("EPSG:4326",), Bounds(1, 2, 3, 4))


def test_w4_versions_before_1_1_1_are_tolerated() -> None:
    assert asked(service_of(document(layer_xml(crs="<SRS>EPSG:4326 EPSG:3857</SRS>"), "1.1.0")))["SRS"] == "EPSG:3857"
    first = (
        '<WMT_MS_Capabilities version="1.0.0"><Service><Title>Old</Title></Service><Capability><Request><Map><Format>'
        '<PNG/><JPEG/></Format><DCPType><HTTP><Get onlineResource="http://old.example.org/map?"/></HTTP></DCPType></Map>'
        "</Request><Layer><Name>a</Name><SRS>EPSG:4326</SRS></Layer></Capability></WMT_MS_Capabilities>"
    )
    service = service_of(first, "http://old.example.org/map?")
    assert asked(service, 0) | {"WMTVER": "1.0.0", "REQUEST": "map", "FORMAT": "PNG"} == asked(service, 0)
    assert service.url(0, 0, 0).startswith("http://old.example.org/map?WMTVER")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE WMT_MS_Capabilities SYSTEM "http://schemas.example.org/wms/1.1.1/WMS_MS_Capabilities.dtd">',
        '<!DOCTYPE WMT_MS_Capabilities SYSTEM "http://x.example/" [ <!ELEMENT VendorSpecificCapabilities EMPTY> ]>',
        '<!DOCTYPE WMT_MS_Capabilities [ <!ENTITY % more SYSTEM "file:///etc/passwd"> %more; <!ENTITY e SYSTEM "a"> ]>',
    ],
)
def test_w8_a_document_type_is_passed_over(doctype: str) -> None:
    head = f'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n{doctype}\n'
    assert only(document(layer_xml(title="R&amp;D"), "1.1.1", head=head)).title == "R&D"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8-sig"),
        ("UTF-8", "utf-8"),
        ("ISO-8859-1", "iso-8859-1"),
        ("ISO-8859-15", "iso-8859-15"),
        ("UTF-16", "utf-16"),
        ("UTF-8", "iso-8859-1"),  # it says what it is not
        ("windows-1252", "cp1252"),
    ],
)
def test_w9_a_mark_and_the_declaration_tell_the_encoding(declared: str, encoding: str) -> None:
    text = document(layer_xml(title="Grünfläche – Übersicht" if "8859" not in encoding else "Grünfläche, Übersicht"))
    text = text.replace('<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{declared}"?>')
    assert only(text.encode(encoding)).title.startswith("Grünfläche")


def test_w9_what_stands_before_the_declaration_and_bare_ampersands_are_mended() -> None:
    assert (
        only("\n  " + document(layer_xml(title="A & B"), href="https://maps.example.org/wms?a=1&b=2")).title == "A & B"
    )
    assert only(gzip.compress(document(layer_xml()).encode())).name == "a"


def test_w10_layers_inherit_and_headings_are_groups() -> None:
    inner = (
        "<Layer><Title>Top</Title><CRS>EPSG:3857</CRS><CRS>EPSG:4326</CRS>"
        + WORLD
        + "<Style><Name>s</Name><Title>S</Title></Style><Dimension name='time' default='2020'>2019,2020</Dimension>"
        + "<MaxScaleDenominator>5000</MaxScaleDenominator><Attribution><Title>Them</Title></Attribution>"
        + "<Layer><Name>mid</Name><CRS>EPSG:25832</CRS><CRS/><Style><Name>t</Name></Style>"
        + "<Layer><Title>Heading</Title><Layer><Layer><Name>deep</Name><Title>Deep</Title>"
        + "<Style><Name>s</Name><Title>Own</Title></Style></Layer></Layer></Layer></Layer></Layer>"
    )
    mid, deep, second = offered(document(inner + layer_xml(name="b", title=""))).layers
    assert (mid.name, mid.title, mid.group) == ("mid", "mid", ("Top",))
    assert (deep.title, deep.group) == ("Deep", ("Top", "mid", "Heading"))
    assert deep.crs == mid.crs == ("EPSG:3857", "EPSG:4326", "EPSG:25832")
    assert [(style.name, style.title) for style in mid.styles] == [("s", "S"), ("t", "")]
    assert [(style.name, style.title) for style in deep.styles] == [("t", ""), ("s", "Own")]
    assert (deep.attribution, deep.scales, deep.bounds_lonlat) == ("Them", (0, 5000), Bounds(-180, -90, 180, 90))
    assert deep.times is not None
    assert (deep.times.initial, second.times, second.title, second.group) == ("2020", None, "b", ())


def test_w10_a_layer_without_any_crs_is_listed_and_said() -> None:
    bare, sound = offered(document(layer_xml(crs="") + layer_xml(name="b"))).layers
    assert (bare.service, bare.problems) == (None, ("It is offered in no CRS at all.",))
    assert sound.service is not None


@pytest.mark.parametrize(
    "name", ["a,b", "a b", "topp:states", "a&amp;b", "Straße", "地图", "a+b", "a{z}b", "a%2Cb", "a#b?c=d"]
)
def test_w11_a_name_survives_the_address(name: str) -> None:
    service = service_of(document(layer_xml(name=name)))
    plain = name.replace("&amp;", "&")
    assert (service.layer, asked(service)["LAYERS"]) == (plain, plain)
    assert service.url(0, 0, 0).isascii()
    assert "," not in service.url(0, 0, 0).partition("LAYERS=")[2].partition("&")[0]


@pytest.mark.parametrize(
    ("value", "is_nearest"), [("1", True), ("true", True), ("TRUE", True), ("0", False), ("false", False)]
)
def test_w12_truth_is_written_in_two_ways(value: str, is_nearest: bool) -> None:
    layer = only(document(layer_xml(f"<Dimension name='time' nearestValue='{value}'>2019,2020</Dimension>")))
    assert layer.times is not None
    assert layer.service is not None
    assert (layer.times.nearest, layer.service.nearest) == (is_nearest, is_nearest)


def test_w13_times_are_read_lazily_and_stand_in_the_address() -> None:
    text = "2010-01-01T00:00:00Z/2025-03-20T00:00:00Z/PT5M"
    layer = only(
        document(
            layer_xml(f"<Dimension name='TIME' units='ISO8601' default='2024-01-01T00:00:00Z'>\n{text}\n</Dimension>")
        )
    )
    assert layer.times is not None
    assert layer.service is not None
    assert (layer.times.count, layer.service.times, layer.service.time) == (1_600_417, text, "2024-01-01T00:00:00Z")
    assert asked(layer.service)["TIME"] == "2024-01-01T00:00:00Z"
    assert asked(layer.service.at("2024-02-02T00:05:00Z"))["TIME"] == "2024-02-02T00:05:00Z"


@pytest.mark.parametrize(
    "inner",
    [
        "<Dimension name='time' units='ISO8601'/><Extent name='time' {said}>2019-01-01,2020-01-01</Extent>",
        "<Extent name='TIME' {said}>2019-01-01,2020-01-01</Extent><Dimension name='time' units='ISO8601'/>",
        "<Dimension name='time' {said}>2019-01-01,2020-01-01</Dimension><Extent name='time'/>",
    ],
)
def test_w14_values_stand_in_either_place(inner: str) -> None:
    said = "default='2020-01-01' nearestValue='1'"
    layer = only(document(layer_xml(inner.format(said=said)), "1.1.1"))
    assert layer.times is not None
    assert (list(layer.times), layer.times.default, layer.times.nearest) == (
        ["2019-01-01", "2020-01-01"],
        "2020-01-01",
        True,
    )
    nested = document(
        f"<Layer><Dimension name='time' units='ISO8601'/>{layer_xml('<Extent name="time">2019</Extent>')}</Layer>",
        "1.1.1",
    )
    assert only(nested).times is not None


@pytest.mark.parametrize("values", ["2019/2020/P1X", "2019-01-01/PRESENT", "current", "", "nonsense"])
def test_w15_odd_times_leave_the_layer_open(values: str) -> None:
    layer = only(document(layer_xml(f"<Dimension name='time' default='current'>{values}</Dimension>")))
    assert layer.service is not None
    assert layer.times is not None
    assert layer.service.is_dated is bool(layer.times.count)
    assert layer.service.url(0, 0, 0)


def test_w16_a_day_is_sent_as_a_day() -> None:
    layer = only(document(layer_xml("<Dimension name='time'>2019-01-01/2019-12-31/P1D</Dimension>")))
    assert layer.service is not None
    assert asked(layer.service)["TIME"] == "2019-12-31"


def test_w17_a_default_outside_gives_way_and_is_said() -> None:
    layer = only(
        document(layer_xml("<Dimension name='time' default='2031-01-01'>2019-01-01/2019-12-31/P1D</Dimension>"))
    )
    assert layer.service is not None
    assert layer.times is not None
    assert (layer.service.time, len(layer.times.problems)) == ("2019-12-31", 1)


def test_t13_other_dimensions_are_listed_and_asked_for_where_the_server_has_no_default() -> None:
    inner = (
        "<Dimension name='elevation' units='m' default='0'>0,10,20</Dimension>"
        "<Dimension name='run'>00, 06 ,12</Dimension><Dimension name='band'/>"
    )
    layer = only(document(layer_xml(inner)))
    assert layer.service is not None
    assert [(d.name, d.values, d.default) for d in layer.dimensions][:2] == [
        ("elevation", ("0", "10", "20"), "0"),
        ("run", ("00", "06", "12"), ""),
    ]
    assert {name: value for name, value in asked(layer.service).items() if name.startswith(("DIM", "ELEV"))} == {
        "DIM_RUN": "00"
    }


@pytest.mark.parametrize(
    ("largest", "tile_px"),
    [("512", 512), ("4096", 512), ("400", 256), ("256", 256), ("200", 200), ("1", 16), ("0", 512)],
)
def test_w19_tiles_are_no_larger_than_the_service_allows(largest: str, tile_px: int) -> None:
    limits = f"<MaxWidth>{largest}</MaxWidth><MaxHeight>2048</MaxHeight>"
    service = service_of(document(layer_xml(), service=limits))
    assert (asked(service)["WIDTH"], asked(service)["HEIGHT"]) == (str(tile_px), str(tile_px))
    assert service.matrices.matrices[0].bounds == pytest.approx(
        [-MERCATOR_HALF_M, -MERCATOR_HALF_M, MERCATOR_HALF_M, MERCATOR_HALF_M]
    )


@pytest.mark.parametrize(
    ("formats", "image", "is_transparent"),
    [
        (("image/jpeg", "image/png"), "image/png", "TRUE"),
        (("image/jpeg", "image/png; mode=8bit"), "image/png; mode=8bit", "TRUE"),
        (("image/png; mode=8bit", "image/png; mode=24bit"), "image/png; mode=24bit", "TRUE"),
        (("image/jpeg", "image/vnd.jpeg-png"), "image/vnd.jpeg-png", "TRUE"),
        (("image/gif", "image/jpeg"), "image/jpeg", "FALSE"),
        (("image/webp", "image/jpeg"), "image/webp", "TRUE"),
    ],
)
def test_w21_formats_are_chosen_by_transparency(formats: tuple[str, ...], image: str, is_transparent: str) -> None:
    layer = only(document(layer_xml(), formats=formats))
    assert layer.service is not None
    assert (asked(layer.service)["FORMAT"], asked(layer.service)["TRANSPARENT"]) == (image, is_transparent)
    assert ["white" in problem for problem in layer.problems] == [True] * (image == "image/jpeg")


def test_w21_where_no_format_is_named_png_is_asked_and_that_is_said() -> None:
    text = document(layer_xml(), formats=())
    assert asked(service_of(text))["FORMAT"] == "image/png"
    assert offered(text).problems == ("The service says no format of its maps: PNG is asked for.",)


def test_w21_formats_that_are_not_drawn_are_said() -> None:
    layer = only(document(layer_xml(), formats=("image/svg+xml", "image/gif", "application/vnd.google-earth.kml+xml")))
    assert layer.service is None
    assert "image/svg+xml" in layer.problems[0]


@pytest.mark.parametrize(
    ("inner", "scales", "levels"),
    [
        (
            "<MinScaleDenominator>1000</MinScaleDenominator><MaxScaleDenominator>100000</MaxScaleDenominator>",
            (1000, 1e5),
            (12, 18),
        ),
        ("<MaxScaleDenominator>100000</MaxScaleDenominator>", (0, 1e5), (12, 22)),
        ('<ScaleHint min="0.39597979746" max="39.597979746"/>', (1000, 1e5), (12, 18)),
        ('<ScaleHint min="0" max="39.597979746"/>', (0, 1e5), (12, 22)),
        ('<ScaleHint min="0" max="INF"/>', None, None),
        (
            "<MinScaleDenominator>5e4</MinScaleDenominator><MaxScaleDenominator>6e4</MaxScaleDenominator>",
            (5e4, 6e4),
            (13, 13),
        ),
        (
            "<MinScaleDenominator>100000</MinScaleDenominator><MaxScaleDenominator>1000</MaxScaleDenominator>",
            (1000, 1e5),
            (12, 18),
        ),
    ],
)
def test_w22_scales_are_told_and_limit_the_levels(
    inner: str, scales: tuple[float, float] | None, levels: tuple[int, int] | None
) -> None:
    layer = only(document(layer_xml(inner)))
    assert layer.service is not None
    assert layer.scales == (pytest.approx(scales, rel=1e-6) if scales else None)
    assert layer.levels == levels
    if levels:
        assert (layer.service.min_level, layer.service.max_level) == levels


@pytest.mark.parametrize("spelling", ["EPSG:900913", "EPSG:102100", "EPSG:102113", "ESRI:102100", "EPSG:3785"])
def test_w23_web_mercator_is_known_by_all_its_names_and_asked_by_the_servers_own(spelling: str) -> None:
    service = service_of(document(layer_xml(crs=f"<SRS>EPSG:4326</SRS><SRS>{spelling}</SRS>"), "1.1.1"))
    assert (service.crs, service.grid, asked(service)["SRS"]) == ("EPSG:3857", None, spelling)


def test_w23_a_layer_only_in_other_crss_is_asked_in_one_that_has_a_place() -> None:
    crs = "<CRS>AUTO2:42001</CRS><CRS>EPSG:404000</CRS><CRS>EPSG:5773</CRS><CRS>EPSG:54004</CRS><CRS>EPSG:25832</CRS>"
    layer = only(document(layer_xml(crs=crs)))
    assert layer.service is not None
    assert (layer.crs, layer.service.crs) == (
        ("AUTO2:42001", "EPSG:404000", "EPSG:5773", "ESRI:54004", "EPSG:25832"),
        "ESRI:54004",
    )
    matrices = layer.service.matrices.matrices
    assert matrices[-1].resolution < 0.04


@pytest.mark.parametrize(
    ("crs", "words"), [("IAU_2015:49900", "no place on a map of the Earth"), ("IAU2000:49900", "not known here")]
)
def test_t8_mars_is_not_drawn_on_the_earth(crs: str, words: str) -> None:
    layer = only(document(layer_xml(crs=f"<CRS>{crs}</CRS>")))
    assert (layer.service, words in layer.problems[0]) == (None, True)


def test_w26_1500_layers_are_read_and_each_stands_for_itself() -> None:
    crs = "".join(f"<CRS>EPSG:{code}</CRS>" for code in range(32601, 32661))
    layers = "".join(
        layer_xml(f"<CRS>EPSG:{2000 + at}</CRS><Abstract>{'x' * 2000}</Abstract>", f"n{at}") for at in range(1500)
    )
    offer = offered(document(f"<Layer><Title>All</Title>{crs}{WORLD}{layers}</Layer>"))
    assert len(offer.layers) == 1500
    assert all(layer.service for layer in offer.layers)


def test_styles_are_listed_and_one_is_drawn_on_demand() -> None:
    styles = "".join(f"<Style><Name>{name}</Name><Title>T</Title></Style>" for name in ("day", "night,dark"))
    layer = only(document(layer_xml(styles)))
    assert layer.service is not None
    assert [style.name for style in layer.styles] == ["day", "night,dark"]
    night = in_style(layer.service, "night,dark")
    assert [asked(service)["STYLES"] for service in (layer.service, night, in_style(night, ""))] == [
        "",
        "night,dark",
        "",
    ]
    assert "night,dark" not in night.url(0, 0, 0)


def test_terms_and_credit_travel_with_the_service() -> None:
    terms = (
        "<ContactInformation><ContactPersonPrimary><ContactOrganization>The county</ContactOrganization>"
        "</ContactPersonPrimary></ContactInformation><Fees>none</Fees><AccessConstraints>CC BY 4.0</AccessConstraints>"
    )
    credit = "<Attribution><Title>© Them</Title><OnlineResource xlink:href='/about'/></Attribution>"
    offer = offered(document(layer_xml(credit), service=terms))
    service = offer.layers[0].service
    assert service is not None
    assert (offer.licence, offer.version, offer.title, offer.service) == ("CC BY 4.0", "1.3.0", "Maps", "wms")
    assert (service.licence, service.attribution, service.link) == (
        "CC BY 4.0",
        "© Them",
        "https://maps.example.org/about",
    )
    assert (service.group, service.operator) == ("Maps", "The county")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html><body>log in</body></html>", "no capabilities document of WMS"),
        ("<WMS_Capabilities version='1.3.0'/>", "no capabilities document of WMS"),
        ("not XML at all", "cannot be read"),
        ("<\udcfe\udcff?xml", "cannot be read"),  # looks like UTF-16 and is none
        ("", "cannot be read"),
        (
            "<ServiceExceptionReport><ServiceException>No such map</ServiceException></ServiceExceptionReport>",
            "No such map",
        ),
        ("<!DOCTYPE a [<!ENTITY b 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'>]><a/>", "cannot be read"),
    ],
)
def test_what_is_no_document_is_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        offered(text.encode("utf-8", "surrogateescape"))


@given(st.integers(0, 4000), st.integers(0, 200), st.binary(max_size=6))
def test_a_spoiled_document_never_breaks_the_reading(start: int, length: int, put: bytes) -> None:
    whole = document(
        f"<Layer><Title>Top</Title><CRS>EPSG:4326</CRS>{WORLD}"
        + layer_xml("<Dimension name='time'>2019/2020/P1Y</Dimension>")
        + "</Layer>"
    ).encode()
    try:
        offer = offered(whole[:start] + put + whole[start + length :])
    except GeoloupeError:
        return
    assert all(math.isfinite(number) for layer in offer.layers for number in layer.bounds_lonlat or ())
