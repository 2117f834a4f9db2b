"""Coordinates as they come in mails, reports, notices and addresses; nearly all of them name the same place."""

import pytest

from layers.errors import BadCoordinate
from layers.geo.coordinates import Notation
from layers.geo.coordinates.parse import parse_candidates, parse_coordinate

DD, DDM, DMS, UTM, MGRS = Notation

VOSTOCHNY = [
    ("51.884, 128.334", DD),
    ("51.884 128.334", DD),
    ("51.884\t128.334", DD),
    ("51.884\n128.334", DD),
    ("51,884 128,334", DD),
    ("51,884; 128,334", DD),
    ("51,884, 128,334", DD),
    ("51,884,128,334", DD),
    ('"51.884","128.334"', DD),
    ("(51.884, 128.334)", DD),
    ("51.884, 128.334.", DD),
    ("+51.884+128.334/", DD),
    ("128.334 51.884", DD),
    ("128.334E 51.884N", DD),
    ("51.884N/128.334E", DD),
    ("51.884 n, 128.334 e", DD),
    ("51.884 N 128.334", DD),
    ("51.884° north, 128.334° east", DD),
    ("51,884° N 128,334° E", DD),
    ("Lat: 51.884 Lon: 128.334", DD),
    ("Lon: 128.334, Lat: 51.884", DD),
    ("Latitude = 51.884° Longitude = 128.334°", DD),
    ('{"lat": 51.884, "lng": 128.334}', DD),
    ('{"type": "Point", "coordinates": [128.334, 51.884]}', DD),
    ("51°53'02.4\" N, 128°20'02.4\" E", DMS),
    ("51°53′02.4″N 128°20′02.4″E", DMS),
    ("51º 53’ 02.4” N  128º 20’ 02.4” E", DMS),
    ("51°53'02.4''N 128°20'02.4''E", DMS),
    ("N51°53'02.4\" E128°20'02.4\"", DMS),
    ("51 53 02.4 N 128 20 02.4 E", DMS),
    ("51 53 02.4, 128 20 02.4", DMS),
    ("51:53:02.4 128:20:02.4", DMS),
    ("51d53m02.4s N 128d20m02.4s E", DMS),
    ("51 deg 53 min 02.4 sec N, 128 deg 20 min 02.4 sec E", DMS),
    ("515302.4N 1282002.4E", DMS),
    ("N515302.4 E1282002.4", DMS),
    ("51-53-02.4N 128-20-02.4E", DMS),
    ("51° 53.04' N / 128° 20.04' E", DDM),
    ("51°53,04' N 128°20,04' E", DDM),
    ("5153.04N 12820.04E", DDM),
    ("51 53.04 128 20.04", DDM),
    ("51°53'02,4\" с.ш. 128°20'02,4\" в.д.", DMS),
    ("51,884° С 128,334° В", DD),
    ("51.884 с. ш., 128.334 в. д.", DD),
    ("широта 51.884 долгота 128.334", DD),
    ("51.884 градусов северной широты, 128.334 градусов восточной долготы", DD),
    ("北纬51°53′02.4″，东经128°20′02.4″", DMS),
    ("北纬51度53分02.4秒，东经128度20分02.4秒", DMS),
    ("geo:51.884,128.334", DD),
    ("geo:51.884,128.334?z=12", DD),
    ("https://www.google.com/maps/@51.884,128.334,15z", DD),
    ("https://www.google.com/maps/place/X/@51.8,128.3,15z/data=!4m6!8m2!3d51.884!4d128.334", DD),
    ("https://www.google.com/maps?q=51.884,128.334", DD),
    ("https://maps.google.com/?q=loc:51.884+128.334", DD),
    ("https://www.google.com/maps/place/51%C2%B053'02.4%22N+128%C2%B020'02.4%22E/", DMS),
    ("https://www.openstreetmap.org/#map=12/51.884/128.334", DD),
    ("https://www.openstreetmap.org/?mlat=51.884&mlon=128.334#map=12/51.8/128.3", DD),
    ("https://yandex.com/maps/?ll=128.334%2C51.884&z=12", DD),
    ("https://www.bing.com/maps?cp=51.884~128.334&lvl=12", DD),
    ("https://example.org/viewer?zoom=10&lat=51.884&lng=128.334", DD),
    ("https://zoom.earth/maps/satellite/#view=51.884,128.334,10z", DD),
    ("https://example.org/geohack.php?pagename=X&params=51_53_02.4_N_128_20_02.4_E_type:landmark", DMS),
    ("www.google.com/maps?ll=51.884,128.334", DD),
    ("https://2gis.ru/amur?m=128.334%2C51.884%2F11", DD),
    ("https://2gis.ru/geo/128.334,51.884?m=128.3,51.8/16", DD),
    ("https://2gis.ru/amur/geo/141373143521735/128.334%2C51.884?m=128.3%2C51.8%2F16", DD),
    ("https://2gis.ru/amur/firm/70000001007229923/128.334%2C51.884", DD),
    ("https://worldview.earthdata.nasa.gov/?v=128.234,51.784,128.434,51.984&t=2024-01-01", DD),
    ("https://worldview.earthdata.nasa.gov/?v=-231.766,51.784,-231.566,51.984", DD),
    ("https://livingatlas.arcgis.com/wayback/#mapCenter=128.334%2C51.884%2C14&mode=explore", DD),
    ("https://livingatlas.arcgis.com/wayback/#active=64001&mapCenter=128.334,51.884,12", DD),
    ("https://browser.dataspace.copernicus.eu/?zoom=10&lat=51.884&lng=128.334&themeId=DEFAULT-THEME", DD),
    ("https://apps.sentinel-hub.com/eo-browser/?zoom=10&lat=51.884&lng=128.334", DD),
    ("https://yandex.ru/maps/?ll=128.3,51.8&pt=128.334,51.884,pm2rdm~128.4,51.9&z=12", DD),
    ("https://yandex.ru/maps/?pt=128.334,51.884~128.4,51.9", DD),
    ("POINT (128.334 51.884)", DD),
    ("POINT Z (128.334 51.884 120)", DD),
    ("SRID=4326;point(128.334 51.884)", DD),
    ("52U DC 54160 48346", MGRS),
    ("52UDC5416048346", MGRS),
    ("52u-dc-54160-48346", MGRS),
    ("MGRS: 52U\u00a0DC 5416 4834", MGRS),
    ("52U 454161 5748346", UTM),
    ("52N 454161 5748346", UTM),
    ("52 N 454161mE 5748346mN", UTM),
    ("UTM 52U 454160,9 5748346,1", UTM),
    ("454161E 5748346N 52U", UTM),
    ("454161 5748346 52U", UTM),
    ("454161, 5748346, 52 N", UTM),
    ("UTM zone 52 north, E 454161, N 5748346", UTM),
]


@pytest.mark.parametrize(("text", "notation"), VOSTOCHNY)
def test_one_place_written_in_many_ways(text, notation):
    read = parse_coordinate(text)
    assert (read.lat, read.lon) == pytest.approx((51.884, 128.334), abs=1e-4)
    assert (read.notation, read.text) == (notation, text)


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("-51.884, -128.334", -51.884, -128.334),
        ("−51.884 −128.334", -51.884, -128.334),
        ("51.884-128.334", 51.884, -128.334),
        ("51.884S 128.334W", -51.884, -128.334),
        ("S51 53 02.4 W128 20 02.4", -51.884, -128.334),
        ("51°53'02.4S 128°20'02.4W", -51.884, -128.334),
        ("51d53m02.4S 128d20m02.4W", -51.884, -128.334),
        ("-0 30, -0 15", -0.5, -0.25),
        ("51.884 ю.ш. 128.334 з.д.", -51.884, -128.334),
        ("51,128", 51, 128),
        ("51,5 128", 51.5, 128),
        ("51,53,02,128,20,04", 51 + 53 / 60 + 2 / 3600, 128 + 20 / 60 + 4 / 3600),
        ("51.884, 308.334", 51.884, -51.666),
        ("128.334, -51.884", -51.884, 128.334),
    ],
)
def test_signs_hemispheres_and_orders(text, lat, lon):
    read = parse_coordinate(text)
    assert (read.lat, read.lon) == pytest.approx((lat, lon), abs=1e-9)


@pytest.mark.parametrize(
    ("text", "error_m"),
    [
        ("51.884, 128.334", 56),
        ("51.88400, 128.33400", 0.56),
        ("51.884, 128", 34_500),
        ("51°53'02\" N, 128°20'02\" E", 15.5),
        ("geo:51.884,128.334;u=35", 35),
        ("52U DC 54160 48346", 0.5),
        ("52U DC 54 48", 500),
        ("52U DC", 50_000),
        ("52U 454161 5748346", 0.5),
        ("52U 454100 5748300", 50),
        ("52U 454161.5 5748346.2", 0.05),
    ],
)
def test_the_error_that_digits_imply(text, error_m):
    assert parse_coordinate(text).error_m == pytest.approx(error_m, rel=0.01)


def test_mgrs_means_the_centre_of_its_cell():
    corner, cell = parse_coordinate("52U 454000 5748000"), parse_coordinate("52U DC 54 48")
    centre = parse_coordinate("52U 454500 5748500")
    assert (cell.lon, cell.lat) == pytest.approx((centre.lon, centre.lat), abs=1e-9)
    assert cell.lat > corner.lat
    assert cell.lon > corner.lon


def test_mgrs_just_at_the_equator_is_read_as_other_programs_write_it():
    read = parse_coordinate("31M AA 66021 00000")
    assert (read.lon, read.lat) == pytest.approx((0, 0), abs=1e-5)


def test_candidates_name_every_reading():
    assert [(read.lat, read.lon) for read in parse_candidates("10.5 20.5")] == [(10.5, 20.5), (20.5, 10.5)]
    for text, place in (("0,0", (0, 0)), ("45,45", (45, 45)), ("45.0, 45", (45, 45))):
        assert [(read.lat, read.lon) for read in parse_candidates(text)] == [place]
    assert [(read.lat, read.lon) for read in parse_candidates("51.9 128.3")] == [(51.9, 128.3)]
    assert [(read.lat, read.lon) for read in parse_candidates("51 N 40")] == [(51, 40), (40, 51)]
    by_band, by_hemisphere = parse_candidates("52S 454161 3900000")
    assert 32 < by_band.lat < 40
    assert by_hemisphere.lat < -50
    assert len(parse_candidates("https://www.google.com/maps/place/X/@51.8,128.3,15z/data=!3d51.884!4d128.334")) == 2
    assert parse_candidates("Vostochny") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "There is no coordinate"),
        ("  \n", "There is no coordinate"),
        ("51.884", "is no coordinate"),
        ("Vostochny", "is no coordinate"),
        ("bay", "is no coordinate"),
        ("Point 99", "is no coordinate"),
        ("Point Pleasant", "is no coordinate"),
        ("52U", "is no coordinate"),
        ("5.2e1, 3", "is no coordinate"),
        ("51.884, 128.334, 120", "is no coordinate"),
        ("91, 200", "latitude goes from -90 to 90, not 91"),
        ("51 N, 400 E", "longitude goes from -180 to 180, not 400"),
        ("52°60' N 10° E", "Minutes must be below 60"),
        ("52°10'60\" N 10° E", "Seconds must be below 60"),
        ("-51 N 128 E", "either a minus sign or the letter N"),
        ("51 N 40 N", "two latitudes"),
        ("52UDC 541 4834", "as many digits"),
        ("52UDC541", "as many digits"),
        ("99U DC 54 48", "no UTM zone 99"),
        ("52U IO 54 48", "is no coordinate"),
        ("52U ZC 54 48", "no MGRS square"),
        ("ZZZ 12345 12345", "no MGRS square"),
        ("52U DR 54 48", "no MGRS square"),
        ("52J 454161 5748346", "does not lie in UTM band J"),
        ("61U 454161 5748346", "no UTM zone 61"),
        ("52U 54161 5748346", "six digits"),
        ("https://maps.app.goo.gl/abc", "copy the long address"),
        ("https://example.org/", "holds no coordinates"),
        ("https://[", "malformed"),
        ("geo:here", "geo: address reads"),
        ("geo:51,128;crs=moon", "not in WGS 84"),
        ("POINT EMPTY", "point in WKT reads"),
        ("SRID=3857;POINT(1 2)", "EPSG:3857"),
        ("1 " * 100, "too long"),
        ("1" * 5000, "too long"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text, reason):
    with pytest.raises(BadCoordinate, match=reason) as caught:
        parse_coordinate(text)
    assert caught.value.sentence.endswith(".")
