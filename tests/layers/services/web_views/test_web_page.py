"""Addresses of pages of web maps tell where they look, how near, of which day; wrong ones tell why not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import BadCoordinate, GeoloupeError
from layers.geo.baidu_mercator import from_bd09
from layers.geo.datum import Datum, from_wgs84
from layers.geo.measure import distance_m
from layers.services.web_views.web_page import ShownPage, read_page
from layers.services.web_views.web_viewer import shipped_web_maps

LAT, LON = 51.884, 128.334
BEIJING = (116.40, 39.91)
_BD = from_bd09(*(lambda place: (place.lon, place.lat))(from_wgs84(*BEIJING, Datum.BD09)))
_GCJ = from_wgs84(*BEIJING, Datum.GCJ02)


def page_of(address: str) -> ShownPage:
    return read_page(address, shipped_web_maps().viewers)


LEVELS = (
    ("https://www.google.com/maps/@51.884,128.334,15z?entry=ttu&g_ep=EgoyMDI0MTIxMS4wIKXMDSo%3D", "Google Maps", 15),
    ("https://www.google.com/maps/@51.884,128.334,15.25z", "Google Maps", 15.25),
    ("https://www.google.co.uk/maps/place/Vostochny/@51.884,128.334,14z/data=!3m1!4b1!4m6!3m5", "Google Maps", 14),
    ("https://maps.google.com/maps?ll=51.884,128.334&z=11&t=k", "Google Maps", 11),
    ("https://www.bing.com/maps?cp=51.884%7E128.334&lvl=15.2&style=a", "Bing Maps", 15.2),
    ("https://www.bing.com/maps/?v=2&cp=51.884~128.334&lvl=16&style=h&FORM=BMLOGO", "Bing Maps", 16),
    ("https://yandex.ru/maps/?l=sat&ll=128.334%2C51.884&z=12.5", "Yandex Maps", 12.5),
    ("https://yandex.com/maps/213/moscow/?ll=128.334,51.884&z=15&l=sat%2Cskl", "Yandex Maps", 15),
    (
        "https://browser.dataspace.copernicus.eu/?zoom=12&lat=51.884&lng=128.334&themeId=DEFAULT-THEME",
        "Copernicus Browser",
        12,
    ),
    ("https://apps.sentinel-hub.com/eo-browser/?zoom=10&lat=51.884&lng=128.334", "Sentinel Hub EO Browser", 10),
    (
        "https://livingatlas.arcgis.com/wayback/#mapCenter=128.334%2C51.884%2C14&mode=explore&active=26334",
        "Esri Wayback",
        14,
    ),
    ("https://livingatlas.arcgis.com/wayback/#active=34007&mapCenter=128.334,51.884,14", "Esri Wayback", 14),
    ("https://www.openstreetmap.org/#map=15/51.884/128.334&layers=H", "OpenStreetMap", 15),
    ("https://opentopomap.org/#map=13/51.884/128.334", "OpenStreetMap", 13),
    (
        "https://zoom.earth/maps/satellite/#view=51.884,128.334,8z/date=2024-04-12,03:00,+9/layers=fires",
        "Zoom Earth",
        8,
    ),
    ("https://zoom.earth/#view=51.884,128.334,8.5z", "Zoom Earth", 8.5),
    ("https://maps.apple.com/?ll=51.884,128.334&z=15&t=k", "Apple Maps", 15),
    ("https://wego.here.com/?map=51.884,128.334,15,satellite", "HERE WeGo", 15),
    ("https://2gis.ru/moscow?m=128.334%2C51.884%2F12.5", "2GIS", 12.5),
    ("https://mapy.com/en/letecka?x=128.334&y=51.884&z=15", "Mapy.com", 15),
    ("https://wikimapia.org/#lang=en&lat=51.884&lon=128.334&z=15&m=w", "Wikimapia", 15),
    ("https://satellites.pro/Russia_map#51.884,128.334,15", "satellites.pro", 15),
    (
        "https://firms.modaps.eosdis.nasa.gov/map/#d:24hrs;td:24hrs;col:firms-shape;@128.334,51.884,9.5z",
        "NASA FIRMS",
        9.5,
    ),
    (
        "https://www.arcgis.com/home/webmap/viewer.html?center=128.334,51.884&level=15&basemap=satellite",
        "ArcGIS Map Viewer",
        15,
    ),
    ("https://map.openaerialmap.org/#/128.334,51.884,12/square/1321?_k=x", "OpenAerialMap", 12),
)


@pytest.mark.parametrize(("address", "viewer", "level"), LEVELS)
def test_middle_and_level_are_read(address: str, viewer: str, level: float) -> None:
    page = page_of(address)
    assert (page.viewer, page.level, page.why_not) == (viewer, pytest.approx(level), "")
    assert (page.lat, page.lon) == (pytest.approx(LAT), pytest.approx(LON))
    assert page.error_m < 100
    assert page.credit


@pytest.mark.parametrize("address", [address for address, _, _ in LEVELS])
def test_the_address_that_is_kept_leads_to_the_same_view_and_holds_nothing_else(address: str) -> None:
    page = page_of(address)
    again = page_of(page.address)
    assert (again.lat, again.lon, again.level, again.acquired_at) == (page.lat, page.lon, page.level, page.acquired_at)
    for other in ("entry", "ttu", "Vostochny", "FORM", "themeId", "_k", "moscow", "data="):
        assert other not in page.address


def test_a_whole_level_is_exact_and_a_rounded_one_is_not() -> None:
    assert page_of(LEVELS[0][0]).level_step == 0.0
    assert page_of(LEVELS[1][0]).level_step == pytest.approx(0.01)


def test_metres_from_top_to_bottom_of_google() -> None:
    page = page_of("https://www.google.com/maps/@51.884,128.334,1263m/data=!3m1!1e3")
    assert (page.level, page.span_m, page.why_not) == (None, 1263.0, "")


def test_google_earth_looking_straight_down() -> None:
    page = page_of("https://earth.google.com/web/@51.884,128.334,259.46a,1234.5d,35y,30h,0t,0r/data=CgRCAggBOgMK")
    assert page.span_m == pytest.approx(2 * 1234.5 * math.tan(math.radians(17.5)))
    assert (page.heading_deg, page.date_kind, page.acquired_at) == (30.0, "unknown", "")
    assert "data=" not in page.address


NOT_FLAT = (
    "https://www.google.com/maps/@51.884,128.334,500a,35y,39.3t/data=!3m1!1e3",
    "https://www.google.com/maps/@51.884,128.334,500a,35y,12h,39.3t/data=!3m1!1e3",
    "https://www.google.com/maps/@51.884,128.334,3a,75y,210h,90t/data=!3m6!1e1!3m4!1sAF1Q",
    "https://www.google.com/maps/@?api=1&map_action=pano&viewpoint=51.884,128.334",
    "https://earth.google.com/web/@51.884,128.334,259.46a,1234.5d,35y,30h,45t,0r",
    "https://earth.google.com/web/@51.884,128.334,259.46a,9234000d,35y,0h,0t,0r",
    "https://www.bing.com/maps?cp=51.884~128.334&lvl=18&style=o",
    "https://yandex.com/maps/?ll=128.334,51.884&z=15&panorama%5Bpoint%5D=128.334%2C51.884",
    "https://map.baidu.com/@12966104,4826024,21z,87t,-179.99h",
)


@pytest.mark.parametrize("address", NOT_FLAT)
def test_what_is_no_map_from_above_is_said(address: str) -> None:
    assert page_of(address).why_not.endswith((".", "nearer."))


def test_baidus_metres_are_brought_to_wgs84() -> None:
    page = page_of(f"https://map.baidu.com/@{_BD[0]:.2f},{_BD[1]:.2f},18z/maptype%3DB_EARTH_MAP")
    assert distance_m(page.lon, page.lat, *BEIJING) < 5
    assert page.error_m >= 10, "the conversion is known to ten metres"
    metres_per_px = 156543.033928 / 2.0 ** (page.level or 0)
    assert (page.crs, metres_per_px) == ("EPSG:3395", pytest.approx(1.0, rel=1e-4))


def test_gcj02_is_brought_to_wgs84() -> None:
    page = page_of(f"https://www.google.cn/maps/@{_GCJ.lat:.6f},{_GCJ.lon:.6f},15z")
    assert distance_m(page.lon, page.lat, *BEIJING) < 2
    assert distance_m(_GCJ.lon, _GCJ.lat, *BEIJING) > 300


def test_worldview_tells_the_edges_in_degrees_and_the_day() -> None:
    page = page_of(
        "https://worldview.earthdata.nasa.gov/?v=120.25,48.5,136.25,55.5&l=VIIRS_SNPP_CorrectedReflectance_TrueColor"
        "&lg=true&t=2024-04-12-T10%3A23%3A45Z"
    )
    assert page.crs == "EPSG:4326"
    assert page.bounds == (120.25, 48.5, 136.25, 55.5)
    assert (page.lon, page.lat) == (128.25, 52.0)
    assert (page.acquired_at, page.date_kind) == ("2024-04-12", "instant"), "the hour is that of the visit"


def test_worldview_without_a_day_and_on_polar_maps() -> None:
    assert page_of("https://worldview.earthdata.nasa.gov/?v=120,48,136,55").date_kind == "unknown"
    page = page_of("https://worldview.earthdata.nasa.gov/?p=arctic&v=-2000000,-1500000,2000000,1500000&t=2024-04-12")
    assert (page.crs, page.bounds) == ("EPSG:3413", (-2e6, -1.5e6, 2e6, 1.5e6))
    assert page.lat == pytest.approx(90.0)


def test_the_days_that_copernicus_browser_was_asked_for() -> None:
    start = "https://browser.dataspace.copernicus.eu/?zoom=12&lat=51.884&lng=128.334&datasetId=S2_L2A_CDAS"
    one = page_of(
        f"{start}&fromTime=2024-04-12T00%3A00%3A00.000Z&toTime=2024-04-12T23%3A59%3A59.999Z&layerId=1_TRUE_COLOR"
        "&visualizationUrl=U2FsdGVkX1%2Bsecret&dateMode=SINGLE"
    )
    assert (one.acquired_at, one.date_kind) == ("2024-04-12", "instant")
    assert one.layers == "S2_L2A_CDAS 1_TRUE_COLOR"
    assert one.credit == "Contains modified Copernicus Sentinel data 2024"
    assert "U2Fsd" not in one.address
    many = page_of(f"{start}&fromTime=2024-03-12T00:00:00.000Z&toTime=2024-04-12T23:59:59.999Z")
    assert (many.acquired_at, many.date_kind) == ("2024-03-12/2024-04-12", "interval")
    backwards = page_of(f"{start}&fromTime=2024-05-12T00:00:00.000Z&toTime=2024-04-12T23:59:59.999Z")
    impossible = page_of(f"{start}&fromTime=2024-02-30T00:00:00.000Z&toTime=2024-02-30T23:59:59.999Z")
    for undated in (page_of(start), page_of(f"{start}&toTime=2024-04-12T23:59:59.999Z"), backwards, impossible):
        assert (undated.acquired_at, undated.date_kind) == ("", "unknown")
        assert undated.credit == "Contains modified Copernicus Sentinel data"


def test_a_release_of_wayback_is_never_a_date_of_an_image() -> None:
    page = page_of("https://livingatlas.arcgis.com/wayback/#active=26334&mapCenter=128.334,51.884,14")
    assert (page.acquired_at, page.date_kind, page.takes_release) == ("", "unknown", True)
    assert page.title == "Esri Wayback, release 26334"
    assert "day of a release" in page.warning
    older = page_of(
        "https://livingatlas.arcgis.com/wayback/#localChangesOnly=true&ext=128.3335,51.8835,128.3345,51.8845"
    )
    assert (older.lon, older.lat) == (pytest.approx(128.334), pytest.approx(51.884, abs=1e-4))
    assert older.bounds is not None


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("2024-04-12,03:00,+9", "2024-04-11"),
        ("2024-04-12,22:00,-5", "2024-04-13"),
        ("2024-04-12,12:00,+5:30", "2024-04-12"),
        ("2024-04-12,am", "2024-04-12"),
        ("0001-01-01,00:00,+9", ""),
    ],
)
def test_days_of_zoom_earth_in_utc(when: str, day: str) -> None:
    assert page_of(f"https://zoom.earth/maps/satellite/#view=51.884,128.334,8z/date={when}").acquired_at == day


WRONG = (
    "",
    "Vostochny",
    "51.884, 128.334",
    "ftp://www.google.com/maps/@51.884,128.334,15z",
    "file:///maps/@51.884,128.334,15z",
    "javascript://www.google.com/maps/@51.884,128.334,15z",
    "https://",
    "https://[::1/maps/@51.884,128.334,15z",
    "https://example.org/maps/@51.884,128.334,15z",
    "https://www.google.com.example.org/maps/@51.884,128.334,15z",
    "https://www.google.com@example.org/maps/@51.884,128.334,15z",
    "https://notgoogle.com/maps/@51.884,128.334,15z",
    "https://www.google.com/search?q=@51.884,128.334,15z",
    "https://www.google.com/maps",
    "https://www.google.com/maps/@nan,nan,15z",
    "https://www.google.com/maps/@NaN,128.334,15z",
    "https://www.google.com/maps/@1e999,128.334,15z",
    "https://www.google.com/maps/@inf,-inf,15z",
    "https://www.google.com/maps/@91,128.334,15z",
    "https://www.google.com/maps/@-90.0001,128.334,15z",
    "https://www.google.com/maps/@89.9,128.334,15z",
    "https://www.google.com/maps/@51.884,361,15z",
    "https://www.google.com/maps/@51.884,128.334,99z",
    "https://www.google.com/maps/@51.884,128.334,-3z",
    "https://www.google.com/maps/@51.884,128.334,0m",
    "https://www.google.com/maps/@51.884,128.334,99999999999m",
    "https://www.google.com/maps/@" + "9" * 3000 + ",128.334,15z",
    "https://www.google.com/maps/@51.884,128.334,15z\u202e",
    "https://www.google.com/maps/@51.884,\n128.334,15z",
    "https://www.google.com/maps/@51.884,128.334,15z?" + "a=1&" * 900,
    "https://www.google.com/maps/@٥١.884,128.334,15z",
    "https://www.bing.com/maps?cp=128.334~51.884&lvl=15",
    "https://yandex.com/maps/?ll=51.884,128.334&z=15",
    "https://map.baidu.com/@99999999,5773024,15z",
    "https://map.baidu.com/@12948066,99999999,15z",
    "https://map.baidu.com/@NaN,1e999,15z",
    "https://browser.dataspace.copernicus.eu/?zoom=12&lat=91&lng=128.334",
    "https://browser.dataspace.copernicus.eu/?zoom=12&lat=nan&lng=128.334",
    "https://browser.dataspace.copernicus.eu/?lat=51.884&lng=128.334",
    "https://worldview.earthdata.nasa.gov/?v=136,48,120,55",
    "https://worldview.earthdata.nasa.gov/?v=120,200,136,300",
    "https://worldview.earthdata.nasa.gov/?v=nan,nan,nan,nan",
    "https://worldview.earthdata.nasa.gov/?p=arctic&v=-1e9,-1,1e9,1",
    "https://worldview.earthdata.nasa.gov/?p=arctic&v=-99999999,-1,99999999,1",
    "https://livingatlas.arcgis.com/wayback/#mapCenter=128.334,91,14",
    "https://livingatlas.arcgis.com/wayback/#active=1",
    "https://www.openstreetmap.org/#map=15/51.884",
    "https://zoom.earth/maps/satellite/#view=91,128.334,8z",
)


@pytest.mark.parametrize("address", WRONG)
def test_wrong_and_hostile_addresses_are_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(BadCoordinate) as refusal:
        page_of(address)
    assert refusal.value.sentence.endswith((".", "has."))


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    for host in ("www.google.com/maps/", "www.bing.com/maps?", "worldview.earthdata.nasa.gov/?v=", "zoom.earth/#view="):
        try:
            page = page_of(f"https://{host}{text}")
        except GeoloupeError:
            continue
        assert math.isfinite(page.lon)
        assert abs(page.lat) <= 90


@given(st.floats(-85, 85), st.floats(-180, 180), st.integers(1, 21))
def test_the_place_that_was_written_is_read(lat: float, lon: float, level: int) -> None:
    page = page_of(f"https://www.google.com/maps/@{lat:.7f},{lon:.7f},{level}z")
    assert (page.lat, page.lon, page.level) == (pytest.approx(lat, abs=1e-7), pytest.approx(lon, abs=1e-7), level)
