"""Spellings of CRSs by services, and the order of their axes."""

from __future__ import annotations

import pytest
from pyproj import Transformer

from layers.errors import BadCRS
from layers.geo.crs import is_off_earth, parse_crs, transform_points
from layers.services.offers.crs_names import crs_of, crs_texts, is_north_first, unknown_crs_problem


@pytest.mark.parametrize(
    ("spelling", "crs"),
    [
        ("EPSG:3857", "EPSG:3857"),
        ("epsg:4326", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG:6.18.3:3857", "EPSG:3857"),
        ("urn:ogc:def:crs:EPSG::3857", "EPSG:3857"),
        ("urn:ogc:def:crs:EPSG:3857", "EPSG:3857"),
        ("urn:x-ogc:def:crs:EPSG:6.9:25832", "EPSG:25832"),
        ("urn:opengis:def:crs:EPSG::25832", "EPSG:25832"),
        ("EPSG::102113", "EPSG:3857"),
        ("OGC:1.3:CRS84\n", "OGC:CRS84"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84"),
        ("urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84"),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC:CRS84"),
        ("https://www.opengis.net/def/crs/EPSG/0/3857", "EPSG:3857"),
        ("http://www.opengis.net/def/crs/EPSG/9.9.1/25833/", "EPSG:25833"),
        ("http://www.opengis.net/gml/srs/epsg.xml#4326", "EPSG:4326"),
        ("[EPSG:3857]", "EPSG:3857"),
        ("IGNF:LAMB93", "IGNF:LAMB93"),
        ("ignf:lamb93", "IGNF:LAMB93"),
        ("3857", "EPSG:3857"),
        ("IAU_2015:49900", "IAU_2015:49900"),
        ("urn:ogc:def:crs:IAU:2015:49910", "IAU_2015:49910"),
        ("http://www.opengis.net/def/crs/IAU/2015/49900", "IAU_2015:49900"),
        ("IAU2000:49900", ""),
        ("urn:ogc:def:crs:IAU2000::49910", ""),
        ("NASA:4326", ""),
        ("EPSG:404000", ""),
        ("AUTO2:42001,1,10,50", ""),
        ("undefined", ""),
        ("", ""),
        ("x" * 5000, ""),
    ],
)
def test_t8_spellings_are_normalised_and_no_unknown_authority_is_taken_for_epsg(spelling: str, crs: str) -> None:
    assert crs_of(spelling) == (crs or None)
    if crs:
        parse_crs(crs)


def test_t8_mars_is_never_taken_for_the_earth() -> None:
    assert is_off_earth(crs_of("http://www.opengis.net/def/crs/IAU/2015/49910") or "")
    assert "“IAU2000:49900”" in unknown_crs_problem("IAU2000:49900")


@pytest.mark.parametrize(
    ("spelling", "crs"),
    [
        ("CRS:84", "OGC:CRS84"),
        ("EPSG:900913", "EPSG:3857"),
        ("EPSG:102100", "EPSG:3857"),
        ("ESRI:102100", "EPSG:3857"),
        ("EPSG:102113", "EPSG:3857"),
        ("EPSG:3785", "EPSG:3857"),
        ("EPSG:54004", "ESRI:54004"),
        ("OSGEO:41001", "EPSG:3857"),
        ("EPSG:102014", "ESRI:102014"),
    ],
)
def test_w23_aliases_of_common_crss_are_known(spelling: str, crs: str) -> None:
    assert crs_of(spelling) == (crs or None)


def test_w23_a_list_keeps_its_order_and_what_is_unknown_as_it_is_spelled() -> None:
    spellings = ("EPSG:900913", "CRS:84", "EPSG:3857", "AUTO2:42001", "EPSG:404000")
    assert crs_texts(spellings) == ("EPSG:3857", "OGC:CRS84", "AUTO2:42001", "EPSG:404000")


@pytest.mark.parametrize(
    ("crs", "is_swapped"),
    [
        *((crs, True) for crs in ("EPSG:4326", "EPSG:31466", "EPSG:3006", "EPSG:2193", "EPSG:32661", "EPSG:4258")),
        *((crs, False) for crs in ("OGC:CRS84", "EPSG:3857", "EPSG:32633", "EPSG:25832", "EPSG:3031", "EPSG:3413")),
        *((crs, False) for crs in ("EPSG:5041", "IGNF:LAMB93", "ESRI:54004", "EPSG:2048")),
    ],
)
def test_w1_the_order_of_axes_is_that_of_projs_list(crs: str, is_swapped: bool) -> None:
    """An independent view of it: PROJ itself swaps where it makes x, y of a CRS's own order."""
    assert is_north_first(crs) is is_swapped
    known = parse_crs(crs)
    area = known.area_of_use
    lon, lat = ((area.west + area.east) / 2 + 1, (area.south + area.north) / 2 + 1) if area else (1.0, 2.0)
    (x,), (y,) = (values.tolist() for values in transform_points("EPSG:4326", crs, [lon], [lat]))
    own = Transformer.from_crs("OGC:CRS84", known).transform(lon, lat)
    assert own == pytest.approx((y, x) if is_swapped else (x, y), rel=1e-6)


def test_w1_heights_have_no_order() -> None:
    with pytest.raises(BadCRS):
        is_north_first("EPSG:5773")
