"""The sheet as a value: sites by images of known dates, gaps apart from places that no image shows, after each edit."""

from __future__ import annotations

import time
from statistics import median

import shapely

from layers.document.document import Document
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.observation import Observation
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.observing.sheet import Cover, Sheet, SheetScene, sheet_after, sheet_of
from viewer.commands.imagery.observations import delete_observations, record_observation
from viewer.commands.imagery.sheet_rows import record_look
from viewer.commands.sites import delete_sites, update_site

YEARS = ("1985", "1990", "1995")
HERE, AWAY = Bounds(9.0, 49.0, 11.0, 51.0), Bounds(-60.0, -10.0, -59.0, -9.0)


def scene(year: str, bounds: Bounds = HERE, **fields: str) -> SheetScene:
    facts = {"acquired_at": f"{year}-08-01", "date_kind": "instant"} | fields
    return SheetScene(layer_uuid=f"l{year}", image_key=f"k{year}", title=f"Scene {year}", bounds=bounds, **facts)


def image(year: str) -> Image:
    return Image(
        uuid=f"i{year}",
        image_key=f"k{year}",
        layer_uuid=f"l{year}",
        layer_title=f"Scene {year}",
        acquired_at=f"{year}-08-01",
        date_kind="instant",
    )


def case(*years: str, rows: list[Observation] | None = None) -> Document:
    """A case with two sites and a layer for each year of `YEARS`, of which these are images of evidence."""
    return Document(
        {
            "sites": [
                Site(uuid="a", label="A", geometry=shapely.Point(10.0, 50.0)),
                Site(uuid="b", label="B", geometry=shapely.Point(40.0, 50.0)),
            ],
            "layers": [Layer(uuid=f"l{year}", kind="raster", name=f"Scene {year}", order_key=1.0) for year in YEARS],
            "images": [image(year) for year in years],
            "observations": rows or [],
        }
    )


def row(year: str, presence: str = "present", observer: str = "me", **fields: str) -> Observation:
    return Observation(
        uuid=f"{year} {observer}",
        site_uuid="a",
        image_uuid=f"i{year}",
        presence=presence,
        observer=observer,
        **fields,
    )


def days(sheet: Sheet) -> list[str]:
    return [column.acquired_at for column in sheet.images]


def test_images_of_the_case_and_of_its_layers_stand_by_date_and_the_same_one_once() -> None:
    document = case("1990")
    scenes = [scene("1995"), scene("1985"), scene("1990"), scene("2001", acquired_at="", date_kind="unknown")]
    sheet = sheet_of(document, ["a", "b"], scenes, "me")
    assert days(sheet) == ["1985-08-01", "1990-08-01", "1995-08-01", ""]
    assert [column.image_uuids for column in sheet.images] == [(), ("i1990",), (), ()]
    assert [column.layer_uuid for column in sheet.images] == ["l1985", "l1990", "l1995", "l2001"]


def test_an_image_of_elsewhere_is_no_column_and_a_composite_comes_last() -> None:
    scenes = [scene("1985", date_kind="composite"), scene("1990"), scene("1995", AWAY)]
    assert days(sheet_of(case(), ["a"], scenes, "me")) == ["1990-08-01", "1985-08-01"]


def test_a_gap_is_apart_from_a_place_that_the_image_does_not_show() -> None:
    sheet = sheet_of(case("1985", rows=[row("1985")]), ["a", "b"], [scene("1985"), scene("1990")], "me")
    assert not sheet.cell(0, 0).is_gap
    assert sheet.cell(0, 1).is_gap
    assert sheet.cell(1, 1).cover is Cover.NOT_COVERED
    assert not sheet.cell(1, 1).is_gap


def test_rows_of_other_observers_stand_beside_the_own_one() -> None:
    document = case("1985", rows=[row("1985", "present"), row("1985", "absent", "Ann", view_quality="clear")])
    cell = sheet_of(document, ["a"], [], "Ann").cell(0, 0)
    assert cell.own is not None
    assert (cell.own.presence, [other.presence for other in cell.others]) == ("absent", ["present"])


def test_the_clearness_of_an_image_is_that_of_most_rows_of_the_observer() -> None:
    rows = [row("1985", view_quality="clear"), row("1985", observer="Ann", view_quality="obscured")]
    document = case("1985", rows=rows)
    assert [sheet_of(document, ["a"], [], who).images[0].view for who in ("me", "Ann", "Bob")] == [
        "clear",
        "obscured",
        "",
    ]


def test_the_earlier_row_is_that_of_the_last_dated_image_before() -> None:
    sheet = sheet_of(case(*YEARS, rows=[row("1985")]), ["a"], [scene(year) for year in YEARS], "me")
    assert [sheet.earlier(0, at) for at in range(3)] == [-1, 0, 0]


def test_after_each_edit_the_sheet_equals_one_that_is_made_anew() -> None:
    document, scenes = case(), [scene(year) for year in YEARS]
    sheet = sheet_of(document, ["a", "b"], scenes, "me")

    def follow(edit: object) -> None:
        nonlocal sheet
        sheet = sheet_after(sheet, document, document.apply(edit))  # type: ignore[arg-type]
        anew = sheet_of(document, ["a", "b"], scenes, "me")
        assert (sheet.rows, sheet.images, sheet.sites) == (anew.rows, anew.images, anew.sites)
        assert sheet.covers.tolist() == anew.covers.tolist()

    def facts(year: str) -> dict[str, str]:
        known = image(year)
        names = ("image_key", "layer_uuid", "layer_title", "acquired_at", "date_kind")
        return {name: getattr(known, name) for name in names}

    first = record_look(document, "a", "", facts("1990"), actor="me", presence="present")
    follow(first)
    follow(record_look(document, "a", "", facts("1985"), actor="me", presence="present", view_quality="clear"))
    follow(record_observation(document, "a", document.images[first.changes[0].uuid].uuid, actor="me", words="wider"))
    follow(first.inverse().__class__("nothing", ()))
    (uuid, *_) = document.observations
    follow(delete_observations(document, [uuid], actor="me"))
    follow(update_site(document, "b", actor="me", geometry=shapely.Point(10.5, 50.5)))
    follow(update_site(document, "b", actor="me", label="other"))
    follow(delete_sites(document, ["b"], actor="me"))


def test_a_sheet_of_100_sites_and_50_dates_is_made_in_a_fraction_of_200_ms() -> None:
    years = [str(1950 + number) for number in range(50)]
    document = Document(
        {
            "sites": [
                Site(uuid=f"s{number}", geometry=shapely.Point(10 + number / 1000, 50.0)) for number in range(2000)
            ],
            "layers": [Layer(uuid=f"l{year}", kind="raster", name=year, order_key=1.0) for year in years],
            "images": [image(year) for year in years],
            "observations": [
                Observation(
                    uuid=f"o{number} {year}",
                    site_uuid=f"s{number}",
                    image_uuid=f"i{year}",
                    observer="me",
                    presence="present",
                )
                for number in range(200)
                for year in years
            ],
        }
    )
    sites, scenes = [f"s{number}" for number in range(100)], [scene(year) for year in years]
    times = []
    for _ in range(5):
        start = time.process_time()
        sheet = sheet_of(document, sites, scenes, "me")
        times.append(time.process_time() - start)
    assert sheet.covers.shape == (100, 50)
    assert len(sheet.rows) == 5000
    assert median(times) < 0.1, times
    edit = record_observation(document, "s7", "i1960", actor="me", words="seen")
    changes = document.apply(edit)
    start = time.process_time()
    after = sheet_after(sheet, document, changes)
    assert time.process_time() - start < 0.02
    assert after.cell(7, 10).own is not None
