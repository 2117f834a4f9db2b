import json

import pytest
from msgspec import ValidationError, convert

from layers.decoding import encoded
from layers.raster.acquisition import Acquisition
from layers.raster.scene import SceneBand, SceneInfo

FULL = Acquisition(
    "2021-08-20T15:53:34.031Z", "", "instant", "PHR 1A", "PHR", 0.7, 0.5, 31.2, 35.1, 108.2, 72.9, 0.0, "5888", "EULA",
    "©CNES", ("A note.",),
)  # fmt: skip


@pytest.mark.parametrize("value", [Acquisition(), FULL])
def test_json_and_back(value):
    assert convert(json.loads(json.dumps(encoded(value))), Acquisition) == value


def test_scene_json_and_back():
    bands = (
        SceneBand("B04", "red", ("a/b.jp2",), 1, 10.0, 664.6, nodata=0.0, scale=1e-4, offset=-0.1, unit="reflectance"),
        SceneBand("SCL", "", ("c", "d"), 2, role="quality"),
    )
    scene = SceneInfo("p", "f", "Planet", "t", bands, FULL, ("Odd.",))
    assert convert(json.loads(json.dumps(encoded(scene))), SceneInfo) == scene
    assert (scene.find("b04"), scene.find("Red"), scene.find("blue")) == (1, 1, None)
    assert encoded(bands[0].place) == {"paths": ("a/b.jp2",), "index": 1, "nodata": 0.0}
    assert encoded(bands[1].place) == {"paths": ("c", "d"), "index": 2}


def test_an_undated_image_says_so_first():
    assert Acquisition().facts() == [("Acquired", "date unknown"), ("Kind of date", "unknown")]
    assert Acquisition().when == "date unknown"


def test_facts_label_the_two_angles_apart_and_leave_out_what_is_missing():
    facts = dict(FULL.facts())
    assert facts["Off-nadir (at the satellite)"] == "31.2°"
    assert facts["Incidence (at the ground)"] == "35.1°"
    assert facts["Cloud"] == "0 %"
    assert (facts["Collected GSD"], facts["Product GSD"]) == ("0.7 m", "0.5 m")
    assert all(text for _, text in FULL.facts())
    assert "Incidence (at the ground)" not in dict(Acquisition(off_nadir_deg=3.0).facts())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (FULL, "2021-08-20 15:53:34 UTC"),
        (Acquisition("2020-01-01", "2020-12-31", "interval"), "2020-01-01 to 2020-12-31 (interval)"),
        (Acquisition("2020-01-01", "", "composite"), "2020-01-01 (composite)"),
        (Acquisition("2020-01-01", "", "instant"), "2020-01-01"),
    ],
)
def test_when(value, expected):
    assert value.when == expected


def test_or_else_takes_what_is_missing_and_keeps_date_and_kind_together():
    first = Acquisition(platform="A", cloud_percent=0.0, notes=("x",))
    second = Acquisition("2020", "2021", "interval", "B", "S", cloud_percent=9.0, notes=("x", "y"))
    assert first.or_else(second) == Acquisition(
        "2020", "2021", "interval", "A", "S", cloud_percent=0.0, notes=("x", "y")
    )
    dated = Acquisition("2019", "", "instant").or_else(second)
    assert (dated.at, dated.until, dated.date_kind) == ("2019", "", "instant")


@pytest.mark.parametrize("bad", [{"date_kind": "yesterday"}, {"cloud_percent": "much"}, {"notes": 3}])
def test_foreign_values_are_refused(bad):
    with pytest.raises(ValidationError):
        convert(bad, Acquisition)
