"""Files of Google Earth Pro read whole: the tree, what lies in it, and an account of what does not come as it is."""

from __future__ import annotations

import zipfile
from collections import Counter
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import shapely

from layers.errors import NotReadable, TooLarge, UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Request
from layers.pool.routing import profile_for
from layers.readers.environment import Profile
from layers.readers.kml_gpx import earth_elements
from layers.requests.earth_file import STAYS_BEHIND, EarthFile, ReadEarthFile, ReadEarthPicture
from tests.support.readers.earth_files import LOOK_AT, earth_kml, earth_kmz, many_places
from tests.support.readers.tiny_kmz import BOX, overlay, picture

POOL = ReaderPool(inline=True)
POINT = "<Point><coordinates>1,2</coordinates></Point>"


def facts_of(path: Path) -> EarthFile:
    facts: EarthFile = POOL.ask(ReadEarthFile(str(path))).facts
    return facts


def shapes_of(path: Path) -> list[str]:
    blobs, starts = POOL.ask(ReadEarthFile(str(path))).arrays
    wkb = [blobs[first:last].tobytes() for first, last in pairwise(starts)]
    return [shape.geom_type for shape in shapely.from_wkb(wkb)]


def test_the_tree_is_kept_with_what_lies_in_it(tmp_path: Path) -> None:
    file = facts_of(earth_kmz(tmp_path))
    places = {place.name: place for place in file.places}
    assert file.path_of(places["Fence"].folder) == ("My Places", "Sites A/B", "Fences")
    assert file.path_of(places["Gate"].folder) == ("My Places", "Second file")  # where its link stands
    assert [place.name for place in file.places] == [
        *("Pad", "Fence", "Walk", "Hidden hut", "House", "From the hill", "Gate")
    ]
    pad = places["Pad"]
    assert pad.notes == "Twelve metres\n[files/photo.png]\n[https://example.com/a.jpg]"
    assert pad.data == (("time slider", "2014-06-01"), ("crew", "12"))
    assert (pad.photos, pad.height_m) == (("files/photo.png",), 120.0)
    assert places["From the hill"].is_photo
    assert places["From the hill"].photos == ("files/photo.png",)


def test_kinds_of_geometry_come_apart(tmp_path: Path) -> None:
    path = earth_kmz(tmp_path)
    assert shapes_of(path) == ["Point", "Point", "LineString", "Polygon", "LineString", *["Point"] * 4]
    assert [place.shapes for place in facts_of(path).places] == [1, 3, 1, 1, 1, 1, 1]


def test_style_maps_are_resolved_with_their_hot_spot(tmp_path: Path) -> None:
    style = facts_of(earth_kmz(tmp_path)).places[1].style
    assert (style.icon_color, style.stroke_color, style.stroke_width_px) == ("#ff0000", "#ffaa00", 3.0)
    assert (style.fill_color, style.fill_opacity) == ("#00ff00", 0.498)
    assert style.hot_spot == ("20", "2", "pixels", "pixels")
    assert style.icon.endswith("ylw-pushpin.png")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("<TimeSpan><begin>2014</begin><end>2016-03</end></TimeSpan>", ("span", "2014", "2016-03", [])),
        ("<TimeSpan><end>2016</end></TimeSpan>", ("span", "", "2016", [])),
        (
            "<TimeStamp><when>2019-05-01T08:30:00+03:00</when></TimeStamp>",
            ("stamp", "2019-05-01T05:30:00Z", "", []),
        ),
        ("<TimeStamp><when>2019-05-01T08:30:00</when></TimeStamp>", ("stamp", "2019-05-01", "", ["no time zone"])),
        ("<TimeStamp><when>30.2.2019</when></TimeStamp>", ("", "", "", ["bad time"])),
        ("<TimeStamp><when>2019-02-30T00:00:00Z</when></TimeStamp>", ("", "", "", ["bad time"])),
        ("", ("", "", "", [])),
    ],
)
def test_times_as_exactly_as_they_are_stated(
    tmp_path: Path, time: str, expected: tuple[str, str, str, list[str]]
) -> None:
    file = facts_of(earth_kml(tmp_path, f"<Placemark><name>A</name>{time}{POINT}</Placemark>"))
    (place,) = file.places
    faults = [left.kind for left in file.left if "time" in left.kind]
    assert (place.time_kind, place.begin, place.end, faults) == expected


def test_everything_else_is_accounted_for(tmp_path: Path) -> None:
    file = facts_of(earth_kmz(tmp_path))
    counts = Counter(left.kind for left in file.left)
    assert counts == {
        **dict.fromkeys(
            ("network link", "screen overlay", "tour", "region", "model", "overlay elsewhere", "overlay time"), 1
        ),
        **dict.fromkeys(("picture elsewhere", "folder text", "empty folder", "heights", "track values"), 1),
        **dict.fromkeys(("icon", "balloon", "highlight", "hidden", "several kinds"), 1),
        "view time": 3,
    }
    assert counts.keys() <= set(STAYS_BEHIND)
    (link,) = [left for left in file.left if left.kind == "network link"]
    assert (link.name, link.more) == ("Live ships", "http://example.com/ships.kml")


def test_overlays_inside_lie_in_their_box(tmp_path: Path) -> None:
    (overlay,) = facts_of(earth_kmz(tmp_path)).overlays
    assert (overlay.name, overlay.part, overlay.bounds) == ("Scan of 1988", "files/a.png", (43.0, 36.0, 44.0, 37.0))
    assert overlay.opacity == 0.502
    assert overlay.corners == ((43.0, 36.0), (44.0, 36.0), (44.0, 37.0), (43.0, 37.0))
    assert (overlay.box, overlay.time_kind, overlay.begin) == ((37.0, 36.0, 44.0, 43.0, 0.0), "span", "1988")
    assert not overlay.is_beside


def test_a_picture_beside_a_kml_counts_where_it_lies_below_its_folder(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    (inner / "files").mkdir(parents=True)
    for path in (inner / "files" / "a.png", tmp_path / "b.png"):
        path.write_bytes(picture())
    (inner / "files" / "c.png").symlink_to(tmp_path / "b.png")
    places = "".join(map(partial(overlay, BOX.format("")), ("files/a.png", "../b.png", "files/c.png", "/b.png")))
    file = facts_of(earth_kml(inner, places))
    assert [(laid.part, laid.is_beside) for laid in file.overlays] == [("files/a.png", True)]
    assert [left.more for left in file.left if left.kind == "overlay elsewhere"] == [
        *("../b.png", "files/c.png", "/b.png")
    ]


def test_views_of_places_folders_and_tours(tmp_path: Path) -> None:
    views = facts_of(earth_kmz(tmp_path)).views
    assert [(view.name, view.owner) for view in views] == [
        ("Sites A/B", "folder"),
        ("Pad", "place"),
        ("Only a view", "folder"),
        ("From the hill", "place"),
        ("Flight", "tour"),
    ]
    assert (views[0].lon, views[0].lat, views[0].range_m, views[0].heading_deg) == (43.5, 36.5, 2000.0, 30.0)


def test_a_camera_that_is_tilted_looks_ahead(tmp_path: Path) -> None:
    camera = (
        "<Camera><longitude>0</longitude><latitude>0</latitude><altitude>1000</altitude><heading>90</heading>"
        "<tilt>45</tilt></Camera>"
    )
    (view,) = facts_of(earth_kml(tmp_path, f"<Folder><name>East</name>{camera}</Folder>")).views
    assert view.lon == pytest.approx(1000 / 111_320, rel=1e-3)
    assert view.lat == pytest.approx(0.0, abs=1e-9)
    assert view.range_m == pytest.approx(1414.2, abs=0.1)


def test_a_document_in_a_document_is_a_folder_and_the_first_is_none(tmp_path: Path) -> None:
    inner = f"<Document><name>Inner</name><Placemark><name>A</name>{POINT}</Placemark></Document>"
    file = facts_of(earth_kml(tmp_path, inner))
    assert file.path_of(file.places[0].folder) == ("Inner",)


@pytest.mark.parametrize("entity", ["<!ENTITY a 'b'>", "<!ENTITY a SYSTEM 'file:///etc/passwd'>"])
def test_entities_are_refused(tmp_path: Path, entity: str) -> None:
    path = tmp_path / "a.kml"
    path.write_text(f"<!DOCTYPE kml [{entity}]><kml><Placemark><name>&a;</name>{POINT}</Placemark></kml>", "utf-8")
    with pytest.raises(NotReadable, match="document type or entities"):
        POOL.ask(ReadEarthFile(str(path)))


def test_data_rather_than_marks_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earth_elements, "MOST_PLACES", 10)
    with pytest.raises(TooLarge, match="open it as a layer"):
        POOL.ask(ReadEarthFile(str(earth_kml(tmp_path, many_places(11)))))


def test_other_files_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(UnsupportedFormat):
        POOL.ask(ReadEarthFile(str(path)))


def test_a_file_that_is_cut_off_gives_what_stands_before(tmp_path: Path) -> None:
    path = earth_kml(tmp_path, many_places(20))
    path.write_text(path.read_text("utf-8")[:-700], "utf-8")
    file = facts_of(path)
    assert len(file.places) == 18
    assert "damaged or cut off" in file.problems[0]


def test_scripts_and_pictures_of_descriptions_are_plain_text(tmp_path: Path) -> None:
    html = "<![CDATA[<script>alert(1)</script><p onclick='x'>Hut &amp; <a href='http://example.com'>more</a>.</p>]]>"
    (place,) = facts_of(
        earth_kml(tmp_path, f"<Placemark><name>A</name><description>{html}</description>{POINT}</Placemark>")
    ).places
    assert place.notes == "Hut & more [http://example.com]."


def test_a_reader_of_features_answers() -> None:
    assert profile_for(Request(ReadEarthFile("/a.kmz"), lambda _: None)) is Profile.FEATURES


def test_a_view_without_a_place_is_no_loss(tmp_path: Path) -> None:
    file = facts_of(earth_kml(tmp_path, f"<Placemark><name>A</name>{LOOK_AT}</Placemark><Placemark/>"))
    assert [left.kind for left in file.left if left.kind == "no place"] == ["no place"]
    assert len(file.views) == 1


def test_a_photo_comes_with_its_bytes_and_one_that_is_none_is_refused(tmp_path: Path) -> None:
    path = earth_kmz(tmp_path)
    answer = POOL.ask(ReadEarthPicture(str(path), part="files/photo.png"))
    data, small = answer.arrays
    assert data.tobytes() == picture()
    assert (answer.facts.height, answer.facts.width) == small.shape[:2]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("files/none.png", b"GIF89a")
        archive.writestr("files/cut.png", picture()[:60])
    for part, words in (("none", "is no PNG"), ("cut", "is damaged"), ("gone", "any more")):
        with pytest.raises(NotReadable, match=words):
            POOL.ask(ReadEarthPicture(str(path), part=f"files/{part}.png"))
    unused = [left.name for left in facts_of(path).left if left.kind == "unused picture"]
    assert unused == ["files/cut.png", "files/none.png"]
