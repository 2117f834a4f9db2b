"""Tests of what metadata files and tags say of an acquisition, and that what they do not say stays missing."""

import contextlib
import json
from pathlib import Path

import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert

from layers.decoding import encoded
from layers.errors import FileMissing, NotReadable, TooLarge
from layers.raster.acquisition import Acquisition
from layers.readers.deliveries.acquisition_tags import imagery_acquisition, nitf_acquisition, tiff_acquisition
from layers.readers.deliveries.airbus import dimap_acquisition
from layers.readers.deliveries.landsat import landsat_acquisition
from layers.readers.deliveries.maxar import maxar_acquisition
from layers.readers.deliveries.planet import planet_acquisition, planet_xml_acquisition
from layers.readers.deliveries.sentinel2 import sentinel2_acquisition
from layers.readers.deliveries.stac import is_stac_item, stac_acquisition
from layers.readers.door import ops
from layers.readers.sidecars import sidecar_text
from layers.readers.sidecars.sidecar_groups import groups_of_json, groups_of_xml, parse_groups
from layers.readers.sidecars.sidecar_text import parse_xml, read_json, read_text
from layers.readers.sidecars.sidecar_values import angle, azimuth, inside, number, percent, share, text, utc
from tests.support.readers import tiny_deliveries as tiny


def asked(path: Path) -> Acquisition:
    header, _ = ops.run("acquisition", {"path": str(path)})
    return convert(json.loads(json.dumps(header["acquisition"], allow_nan=False)), Acquisition)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021-08-20T15:53:34.031Z", "2021-08-20T15:53:34.031Z"), ("2021-08-20 15:53:34", "2021-08-20T15:53:34Z"),
        ("2021-08-20T17:53:34+02:00", "2021-08-20T15:53:34Z"), ("2021-08-20T23:53:34-02:00", "2021-08-21T01:53:34Z"),
        ("2020-09-04T02:17:33.1930730Z", "2020-09-04T02:17:33.193Z"), ("2021:08:20 15:53:34", "2021-08-20T15:53:34Z"),
        ("20210820155334", "2021-08-20T15:53:34Z"), ("2021-08-20", "2021-08-20"), ("2021:08:20", "2021-08-20"),
        ("2021-08-20T15:53Z", "2021-08-20T15:53:00Z"), ("2021-13-20", ""), ("2021", ""), ("", ""), ("yesterday", ""),
        ("2021-08-20T25:00:00Z", ""), ("0001-01-01T00:00:00+14:00", ""), (20210820, ""), (None, ""), ("20/08/2021", ""),
    ],
)  # fmt: skip
def test_dates_become_utc_or_nothing(value, expected):
    assert utc(value) == expected


def test_numbers_are_finite_and_in_range_or_missing():
    assert [number(v) for v in ("1.5", 2, " 3 ", "nan", "inf", "1e999", "", None, "x", True, "1_0", 10**400)] == [
        1.5,
        2,
        3,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
    ]
    assert (percent(-1), percent("-999"), percent("101"), percent(0)) == (None, None, None, 0)
    assert (share("0.008"), share(-999), share(1)) == (0.8, None, 100)
    assert (angle(-3.2), angle(91), azimuth(-10), azimuth(361)) == (3.2, None, 350, None)


def test_text_is_one_plain_bounded_line():
    assert text("a\n b\t\x1b[31mc\u202e") == "a b [31mc"
    assert len(text("x" * 9000)) == 500
    assert text(None) == text(True) == text(["x"]) == ""


def test_planet_xml():
    found = planet_xml_acquisition(parse_xml(PLANET_XML.encode(), "x"))
    assert (found.at, found.platform, found.sensor) == ("2019-07-14T10:01:02.500Z", "PlanetScope 1035", "PS2")
    assert (found.incidence_deg, found.off_nadir_deg) == (4.9, 4.5)
    assert (found.sun_azimuth_deg, found.sun_elevation_deg, found.cloud_percent) == (150.1, 55.2, 3.0)
    assert found.product_id == "20190714_100102_1035_3B_AnalyticMS"


def test_cloud_of_planet_xml_below_one_is_not_guessed():
    found = planet_xml_acquisition(parse_xml(PLANET_XML.replace(">3.0<", ">0.12<").encode(), "x"))
    assert found.cloud_percent is None
    assert found.notes == ("Cloud is stated as 0.12, which is percent or a share of one.",)


PLANET_XML = """<ps:EarthObservation xmlns:ps="http://schemas.planet.com/ps/v1" xmlns:eop="http://earth.esa.int/eop"
 xmlns:opt="http://earth.esa.int/opt" xmlns:gml="http://www.opengis.net/gml">
 <gml:metaDataProperty><ps:EarthObservationMetaData>
  <eop:identifier>20190714_100102_1035_3B_AnalyticMS</eop:identifier></ps:EarthObservationMetaData></gml:metaDataProperty>
 <gml:using><eop:EarthObservationEquipment>
  <eop:platform><eop:Platform><eop:shortName>PlanetScope</eop:shortName>
   <eop:serialIdentifier>1035</eop:serialIdentifier></eop:Platform></eop:platform>
  <eop:instrument><eop:Instrument><eop:shortName>PS2</eop:shortName></eop:Instrument></eop:instrument>
  <eop:acquisitionParameters><ps:Acquisition>
   <eop:incidenceAngle uom="deg">4.9</eop:incidenceAngle>
   <opt:illuminationAzimuthAngle uom="deg">150.1</opt:illuminationAzimuthAngle>
   <opt:illuminationElevationAngle uom="deg">55.2</opt:illuminationElevationAngle>
   <ps:spaceCraftViewAngle uom="deg">-4.5</ps:spaceCraftViewAngle>
   <ps:acquisitionDateTime>2019-07-14T10:01:02.5+00:00</ps:acquisitionDateTime>
  </ps:Acquisition></eop:acquisitionParameters>
 </eop:EarthObservationEquipment></gml:using>
 <gml:resultOf><ps:EarthObservationResult>
  <opt:cloudCoverPercentage uom="percentage">3.0</opt:cloudCoverPercentage>
 </ps:EarthObservationResult></gml:resultOf>
</ps:EarthObservation>"""


def test_maxar_xml_says_the_same_as_its_imd(tmp_path):
    imd = parse_groups(next(tiny.maxar(tmp_path).glob("*.IMD")).read_text())
    xml = "<isd><IMD><PRODUCTORDERID>502541534010_01_P003</PRODUCTORDERID><BANDID>Multi</BANDID>"
    xml += "<BAND_C><TDILEVEL>1</TDILEVEL></BAND_C>"
    image = next(imd.named("IMAGE")).values
    xml += "<IMAGE>" + "".join(f"<{k.upper()}>{v}</{k.upper()}>" for k, v in image.items()) + "</IMAGE>"
    xml += "<MAP_PROJECTED_PRODUCT><PRODUCTGSD>15.0</PRODUCTGSD></MAP_PROJECTED_PRODUCT></IMD></isd>"
    assert maxar_acquisition(groups_of_xml(parse_xml(xml.encode(), "x"))) == maxar_acquisition(imd)


def test_several_images_of_one_maxar_product_are_a_composite_without_angles():
    one = tiny.MAXAR_IMAGE.format(second=47, gsd=1.2)
    two = one.replace("IMAGE_1", "IMAGE_2").replace("1040010042376D00", "1040010099999D00").replace("2018", "2019")
    found = maxar_acquisition(parse_groups(one + two))
    assert (found.at, found.until) == ("2018-10-02T02:50:47.704Z", "2019-10-02T02:50:47.704Z")
    assert found.date_kind == "composite"
    assert (found.off_nadir_deg, found.incidence_deg, found.sun_azimuth_deg) == (None, None, None)


def test_neither_angle_is_ever_made_of_the_other():
    imd = tiny.MAXAR_IMAGE.format(second=47, gsd=1.2)
    only_off_nadir = maxar_acquisition(parse_groups(imd.replace("meanSatEl", "x")))
    assert (only_off_nadir.off_nadir_deg, only_off_nadir.incidence_deg) == (26.6, None)
    only_incidence = maxar_acquisition(parse_groups(imd.replace("meanOffNadirViewAngle", "x")))
    assert (only_incidence.off_nadir_deg, only_incidence.incidence_deg) == (None, 29.5)


def test_strips_of_several_days_are_a_composite(tmp_path):
    text = next(tiny.dimap(tmp_path).glob("DIM_*")).read_text()
    start, end = text.index("<Source_Identification>"), text.index("</Dataset_Sources>")
    other = text[start:end].replace("2021-08-20", "2021-08-27")
    found = dimap_acquisition(parse_xml((text[:end] + other + text[end:]).encode(), "x"))
    assert (found.at, found.until) == ("2021-08-20T15:53:33Z", "2021-08-27T15:53:33Z")
    assert (found.date_kind, found.off_nadir_deg) == ("composite", None)


def test_collected_gsd_of_dimap_is_taken_for_panchromatic_images_only(tmp_path):
    text = next(tiny.dimap(tmp_path).glob("DIM_*")).read_text()
    found = dimap_acquisition(parse_xml(text.replace("PROCESSING>MS<", "PROCESSING>P<").encode(), "x"))
    assert found.collected_gsd_m == pytest.approx(0.92, abs=0.01)


def test_multispectral_gsd_of_dimap_is_taken_where_it_fits_the_pixels(tmp_path):
    text = next(tiny.dimap(tmp_path).glob("DIM_*")).read_text().replace('unit="m">2<', 'unit="m">1.2<')
    assert dimap_acquisition(parse_xml(text.encode(), "x")).collected_gsd_m == pytest.approx(0.92, abs=0.01)
    assert dimap_acquisition(parse_xml(text.replace("EULA", "NA").encode(), "x")).licence == ""


def test_cloud_that_nobody_looked_for_stays_missing():
    assert landsat_acquisition(parse_groups("CLOUD_COVER = -1.00\nSUN_ELEVATION = 4\n")).cloud_percent is None
    assert maxar_acquisition(parse_groups("BEGIN_GROUP = IMAGE_1\ncloudCover = -999;\n")).cloud_percent is None
    assert planet_acquisition({"properties": {"cloud_cover": 0.25}}).cloud_percent == 25


@pytest.mark.parametrize(
    "found",
    [
        landsat_acquisition(parse_groups("")),
        maxar_acquisition(parse_groups("")),
        planet_acquisition({}),
        dimap_acquisition(parse_xml(b"<Dimap_Document/>", "x")),
        tiff_acquisition({}),
        imagery_acquisition({}),
        nitf_acquisition({}),
        stac_acquisition({"properties": {}}),
        planet_xml_acquisition(parse_xml(b"<a/>", "x")),
    ],
)
def test_empty_metadata_say_nothing(found):
    assert found == Acquisition()


def test_sentinel2_without_granules_has_no_angles():
    found = sentinel2_acquisition(parse_xml(b"<a/>", "x"), [])
    assert (found.at, found.date_kind, found.incidence_deg, found.sun_elevation_deg) == ("", "unknown", None, None)
    assert found.credit == ""


NITF = {
    "NITF_IDATIM": "20040102030405",
    "NITF_USE00A_OBL_ANG": "12.30",
    "NITF_USE00A_MEAN_GSD": "039.4",
    "NITF_USE00A_SUN_EL": "+45.0",
    "NITF_USE00A_SUN_AZ": "123.4",
    "NITF_PIAIMC_CLOUDCVR": "999",
    "NITF_STDIDC_MISSION": "WV02",
    "NITF_IID2": "AN ID",
}


def test_nitf_gsd_is_in_inches_and_its_obliquity_is_neither_angle():
    found = nitf_acquisition(NITF)
    assert (found.at, found.date_kind, found.platform) == ("2004-01-02T03:04:05Z", "instant", "WV02")
    assert found.collected_gsd_m == pytest.approx(1.0008, abs=1e-4)
    assert (found.off_nadir_deg, found.incidence_deg, found.cloud_percent) == (None, None, None)
    assert (found.sun_azimuth_deg, found.sun_elevation_deg) == (123.4, 45.0)
    assert found.notes == ("Obliquity angle 12.3°, as the NITF calls it.",)
    assert nitf_acquisition({"NITF_IDATIM": "20040102------"}).at == "2004-01-02"
    assert nitf_acquisition({"NITF_IDATIM": "--------------"}).date_kind == "unknown"


def test_the_time_of_processing_is_not_the_acquisition():
    found = tiff_acquisition({"TIFFTAG_DATETIME": "2021:01:01 00:00:00", "TIFFTAG_COPYRIGHT": "(c) me"})
    assert (found.at, found.date_kind, found.credit) == ("", "unknown", "(c) me")
    assert imagery_acquisition({"ACQUISITIONDATETIME": "2014-10-12 04:23:45"}).at == "2014-10-12T04:23:45Z"


STAC = {
    "type": "Feature",
    "stac_version": "1.0.0",
    "id": "S2B_52UDC",
    "properties": {
        "datetime": "2021-07-11T02:31:24Z",
        "platform": "sentinel-2b",
        "instruments": ["msi"],
        "gsd": 10,
        "view:off_nadir": 2.5,
        "view:sun_azimuth": 152,
        "eo:cloud_cover": 7.2,
        "license": "proprietary",
        "providers": [{"name": "ESA", "roles": ["producer"]}, {"name": "EU", "roles": ["licensor"]}],
    },
}


def test_what_tiff_tags_say_beside_the_acquisition_is_told_as_what_it_is():
    found = tiff_acquisition({"TIFFTAG_DATETIME": "2018:07:16 06:06:23", "TIFFTAG_IMAGEDESCRIPTION": "Sentinel-1A IW"})
    assert (found.at, found.platform) == ("", "Sentinel-1A")
    assert found.notes[0] == "Described in the file as “Sentinel-1A IW”."
    assert "stamped 2018:07:16 06:06:23: mostly when it was written" in found.notes[1]
    dated = tiff_acquisition({"TIFFTAG_DATETIME": "x", "DATE_ACQUIRED": "2015-08-04", "SCENE": "LC80200392015216LGN00"})
    assert (dated.platform, dated.product_id, dated.notes) == ("Landsat 8", "LC80200392015216LGN00", ())


def test_stac_item_beside_an_image(tmp_path):
    path = tiny.write_tif(tmp_path / "a.tif", tiny.flat(5, 60.0))
    assert asked(path) == Acquisition()
    (tmp_path / "a.json").write_text(json.dumps(STAC))
    found = asked(path)
    assert (found.at, found.platform, found.sensor) == ("2021-07-11T02:31:24Z", "sentinel-2b", "msi")
    assert (found.off_nadir_deg, found.incidence_deg, found.collected_gsd_m) == (2.5, None, 10)
    assert (found.licence, found.credit, found.cloud_percent) == ("proprietary", "EU", 7.2)
    assert not is_stac_item({"type": "Feature", "properties": {}})


def test_a_stac_interval_is_one():
    properties = {"datetime": None, "start_datetime": "2020-01-01T00:00:00Z", "end_datetime": "2020-12-31T00:00:00Z"}
    found = stac_acquisition({"properties": properties})
    assert (found.at, found.until, found.date_kind) == ("2020-01-01T00:00:00Z", "2020-12-31T00:00:00Z", "interval")


def test_single_images_find_the_metadata_of_their_delivery(tmp_path):
    assert asked(next(tiny.landsat(tmp_path).glob("*_SR_B4.TIF"))).platform == "Landsat 8"
    assert asked(next(tiny.landsat(tmp_path / "1", 1).glob("*_B8.TIF"))).sun_azimuth_deg == 158.07402468
    assert asked(next(tiny.maxar(tmp_path).glob("*_R1C2-*.TIF"))).off_nadir_deg == 26.6
    assert asked(next(tiny.dimap(tmp_path).glob("*_R2C1.JP2"))).incidence_deg == pytest.approx(35.1, abs=0.1)
    assert asked(next(tiny.planet(tmp_path).glob("*_SR_8b_clip.tif"))).sensor == "PSB.SD"
    safe = tiny.sentinel2(tmp_path)
    assert asked(next(safe.rglob("*_B04_10m.jp2"))).incidence_deg == 8.5
    assert asked(safe).platform == "Sentinel-2B"


def test_broken_metadata_beside_an_image_is_a_note_and_tags_still_speak(tmp_path):
    path = tiny.write_tif(tmp_path / "a.tif", tiny.flat(5, 60.0))
    with rasterio.open(path, "r+") as dataset:
        dataset.update_tags(TIFFTAG_COPYRIGHT="(c) me", ACQUISITION_DATE="2021-02-03")
        dataset.update_tags(ns="IMAGERY", SATELLITEID="GE01", CLOUDCOVER="12")
    (tmp_path / "a.json").write_text('{"type": "Feature", ')
    found = asked(path)
    assert (found.at, found.credit, found.platform, found.cloud_percent) == ("2021-02-03", "(c) me", "GE01", 12)
    assert len(found.notes) == 1
    assert "a.json" in found.notes[0]


def test_files_beyond_bounds_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_text("[1]")
    with pytest.raises(NotReadable, match=r"a\.json"):
        read_json(str(path))
    path.write_text('{"a": NaN, "b": ' + "[" * 100_000 + "}")
    with pytest.raises(NotReadable):
        read_json(str(path))
    path.write_text('{"a": NaN, "b": Infinity}')
    assert read_json(str(path)) == {"a": None, "b": None}
    monkeypatch.setattr(sidecar_text, "MAX_JSON_BYTES", 10)
    with pytest.raises(TooLarge, match=r"a\.json"):
        read_json(str(path))
    with pytest.raises(FileMissing):
        read_text(str(tmp_path / "none"))


def test_inside_finds_files_below_the_folder_in_any_case(tmp_path):
    (tmp_path / "sub").mkdir()
    file = tmp_path / "sub" / "A.TIF"
    file.write_text("x")
    assert inside(str(tmp_path), "sub/A.TIF") == inside(str(tmp_path), ".\\sub\\a.tif") == str(file)
    assert inside(str(tmp_path), "sub") == inside(str(tmp_path), "sub/../sub/A.TIF") == ""
    (tmp_path / "sub" / "a.tiF").write_text("y")
    assert inside(str(tmp_path), "sub/a.TIF") == ""


def test_groups_of_json_and_lists_over_lines():
    groups = groups_of_json({"A": {"k": "v", "n": 3}, "x": "y"})
    assert (groups.first("K", "A"), groups.first("n"), groups.first("x", "A")) == ("v", "3", "")
    listed = parse_groups(
        "BEGIN_GROUP = IMAGE_1\n\ta = (\n\t(0, 1),\n\t(2, 3) );\n\tb = 4;\nEND_GROUP = IMAGE_1\nc = 5;"
    )
    assert (listed.first("a"), listed.first("b", "IMAGE"), listed.first("c", "IMAGE")) == ("", "4", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["acquired", "gsd", "view_angle", "cloud_cover", "providers", "instruments", "datetime", "id",
                        "start_datetime", "end_datetime", "license", "view:sun_azimuth", "platform"])  # fmt: skip


@pytest.mark.bounded
@given(st.dictionaries(KEYS, JSON), JSON)
def test_any_json_gives_facts_that_are_json(properties, identity):
    for found in (
        planet_acquisition({"properties": properties, "id": identity}),
        planet_acquisition({"properties": identity}),
        stac_acquisition({"properties": properties, "id": identity}),
    ):
        assert convert(json.loads(json.dumps(encoded(found), allow_nan=False)), Acquisition) == found
        assert all(isinstance(text, str) for _, text in found.facts())


@pytest.mark.bounded
@given(st.binary(max_size=300), st.text(max_size=300))
def test_any_bytes_and_text_are_refused_or_understood(data, content):
    with contextlib.suppress(NotReadable):
        dimap_acquisition(parse_xml(data, "x"))
    landsat_acquisition(parse_groups(content))
    maxar_acquisition(parse_groups(content))
