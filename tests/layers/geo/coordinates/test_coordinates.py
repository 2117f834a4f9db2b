import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layers.errors import BadCoordinate
from layers.geo.coordinates import Notation, digits_for, format_coordinate
from layers.geo.coordinates.parse import parse_candidates, parse_coordinate
from layers.geo.measure import distance_m

LON = st.floats(-180, 180)
LAT = st.floats(-90, 90)
ERROR = st.one_of(st.none(), st.floats(0.001, 1e6))


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        (Notation.DD, "51.88400° N, 128.33400° E"),
        (Notation.DDM, "51°53.040' N, 128°20.040' E"),
        (Notation.DMS, "51°53'02.4\" N, 128°20'02.4\" E"),
        (Notation.UTM, "52U 454161 5748346"),
        (Notation.MGRS, "52U DC 54160 48346"),
    ],
)
def test_vostochny_in_all_notations(notation, text):
    assert format_coordinate(128.334, 51.884, notation) == text
    assert format_coordinate(128.334 - 360, 51.884, notation) == text


@pytest.mark.parametrize(
    ("error_m", "texts"),
    [
        (0.01, ("51.8840000° N", "51°53.04000' N", "51°53'02.400\" N", "52U 454160.90", "52U DC 54160 48346")),
        (30, ("51.8840° N", "51°53.04' N", "51°53'02\" N", "52U 454160 ", "52U DC 5416 4834")),
        (1000, ("51.88° N", "51°53' N", "51°53' N", "52U 454000 ", "52U DC 54 48")),
        (1e9, ("52° N", "52° N", "52° N", "52U 500000 ", "52U DC")),
    ],
)
def test_as_many_digits_as_the_error_allows(error_m, texts):
    for notation, text in zip(Notation, texts, strict=True):
        assert format_coordinate(128.334, 51.884, notation, error_m).startswith(text)


def test_where_utm_ends():
    assert format_coordinate(10, 88, Notation.UTM) == "88.00000° N, 10.00000° E"
    assert format_coordinate(10, 88, Notation.MGRS) == "ZAE 38561 81304"
    assert format_coordinate(10, 84, Notation.UTM).startswith("33X ")
    assert format_coordinate(10, -80, Notation.UTM).startswith("32C ")


def test_a_hair_south_of_the_equator_is_one_square_not_two():
    assert format_coordinate(0, -1e-10, Notation.MGRS) == "31N AA 66021 00000"
    assert format_coordinate(0, -3e-8, Notation.MGRS) == "31M AV 66021 99999"


def test_rounding_never_shows_sixty_nor_a_southern_zero():
    assert format_coordinate(9.99999999, 59.9999999, Notation.DMS) == "60°00'00.0\" N, 10°00'00.0\" E"
    assert format_coordinate(-1e-9, -1e-9, Notation.DD) == "0.00000° N, 0.00000° E"


@pytest.mark.parametrize("notation", Notation)
@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 0), (0, math.inf), (0, 90.1)])
def test_no_place_is_a_dash(notation, lon, lat):
    assert format_coordinate(lon, lat, notation) == "–"


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("notation", Notation)
@given(lon=st.floats(allow_nan=True), lat=st.floats(-91, 91), error_m=st.floats())
@example(lon=180.0, lat=90.0, error_m=1.0)
@example(lon=-180.0, lat=-90.0, error_m=0.0)
@example(lon=1e300, lat=84.0, error_m=math.inf)
def test_formatting_never_raises(notation, lon, lat, error_m):
    assert format_coordinate(lon, lat, notation, error_m)


@pytest.mark.parametrize("notation", Notation)
@given(lon=LON, lat=LAT, error_m=ERROR)
@example(lon=128.334, lat=51.884, error_m=None)
@example(lon=180.0, lat=84.0, error_m=None)
@example(lon=-180.0, lat=-80.0, error_m=None)
@example(lon=5.0, lat=60.0, error_m=0.001)
@example(lon=10.0, lat=36.0, error_m=None)
@example(lon=10.0, lat=-0.1, error_m=1e5)
@example(lon=0.0, lat=-2.7e-10, error_m=None)
def test_round_trip_within_the_stated_error(notation, lon, lat, error_m):
    text = format_coordinate(lon, lat, notation, error_m)
    read = parse_coordinate(text)
    # The stated error is one axis's; the last 0.1 % is the scale of the grid, a cell cut by a zone's edge is smaller.
    assert distance_m(lon, lat, read.lon, read.lat) <= read.error_m * math.sqrt(2) * 1.01 + 1e-4
    if error_m is None and -80 <= lat <= 84:
        assert read.notation is notation
        assert read.error_m < 2 or notation is Notation.UTM  # where two numbers may end in 0 by chance


@given(LON, LAT)
def test_every_separator_and_side_reads_the_same(lon, lat):
    place = (round(lon, 6), round(lat, 6))
    north, east = "S" if place[1] < 0 else "N", "W" if place[0] < 0 else "E"
    texts = [f"{place[1]:.6f}{gap}{place[0]:.6f}" for gap in (",", ", ", ";", " ", "\n", " / ", "\t")]
    a, b = f"{abs(place[1]):.6f}", f"{abs(place[0]):.6f}"
    texts += [f"{a}{north} {b}{east}", f"{north}{a} {east}{b}", f"{b}{east}, {a}{north}", f"{a} {north}/{b} {east}"]
    texts += [text.replace(".", ",") for text in (f"{a}° {north} {b}° {east}", f"{place[1]:.6f}; {place[0]:.6f}")]
    texts += [f"Lat: {place[1]:.6f} Lon: {place[0]:.6f}", f"POINT ({place[0]:.6f} {place[1]:.6f})"]
    for text in texts:
        read = parse_coordinate(text)
        assert (read.lon, read.lat) == pytest.approx(place, abs=1e-9), text


@given(st.one_of(st.text(max_size=60), st.text("0123456789.,-+ NSEWnsewd°'\":;/()UTMG@=&?#ZAВС\n", max_size=60)))
def test_no_text_raises_anything_but_bad_coordinate(text):
    candidates = parse_candidates(text)
    for read in candidates:
        assert -180 <= read.lon <= 180
        assert -90 <= read.lat <= 90
        assert read.error_m > 0
    if candidates:
        assert parse_coordinate(text) == candidates[0]
    else:
        with pytest.raises(BadCoordinate):
            parse_coordinate(text)


@pytest.mark.parametrize(
    ("error_m", "digits"), [(None, 7), (0, 7), (0.5, 6), (5, 5), (50, 4), (300, 3), (3000, 2), (20_000, 1), (2e6, 0)]
)
def test_digits_for(error_m: float | None, digits: int) -> None:
    assert digits_for(error_m) == digits
    if error_m and digits < 7:
        assert 111_320 / 10**digits < 10 * error_m
        assert 111_320 / 10**digits > error_m / 10 or digits == 0
