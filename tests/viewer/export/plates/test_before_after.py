"""Before and after: one frame, one scale, dates with their basis, and marks dashed on the image that lacks them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.comparison import Frame
from layers.document.document import Document
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.lint.check import findings
from layers.product.spec import ProductMap, ProductSpec
from layers.raster.stretch import StretchRule
from layers.raster.style import RasterStyle, Stretch
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.export.plates.conftest import wait_for
from viewer.cli.products.printed_product import matched
from viewer.commands.layers import update_layer
from viewer.export.headless import Studio
from viewer.export.plates.maps.map_scenes import scene_makers
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.printed_plate import PrintedPlate

FRAME = Bounds(10.0, 50.0, 11.0, 51.0)
SPEC = ProductSpec(
    layout="before-after",
    title="Two years",
    author="An Analyst",
    bounds=FRAME,
    maps=(ProductMap(Frame(("old",))), ProductMap(Frame(("new",)))),
)
type Case = Callable[..., Document]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    y, x = np.mgrid[0:64, 0:64]
    values = np.stack((60 + x, 60 + y, np.full_like(x, 90))).astype(np.uint8)
    paths = [
        write_raster(tmp_path / f"{name}.tif", values + more, "EPSG:4326", Bounds(9, 49, 12, 52), photometric="RGB")
        for name, more in (("old", 0), ("new", 60))
    ]

    def make(**dates: tuple[str, str]) -> Document:
        layers = [
            Layer(
                uuid=name,
                kind="raster",
                name=f"The {name} one",
                source_json=f'{{"path": "{path}"}}',
                credit=f"Agency of the {name}",
                acquired_at=dates.get(name, ("", ""))[0],
                date_kind="interval" if dates.get(name) else "unknown",
                date_basis=dates.get(name, ("", ""))[1],
            )
            for name, path in zip(("old", "new"), paths, strict=True)
        ]
        return Document(
            {
                "layers": layers,
                "images": [Image(uuid=f"image-{name}", image_key=name, layer_uuid=name) for name in ("old", "new")],
                "sites": [
                    Site(uuid="seen", geometry=Point(10.4, 50.4), label="New hall", image_uuid="image-new"),
                    Site(uuid="both", geometry=Point(10.6, 50.6), label="Old hall", image_uuid="image-old"),
                ],
            }
        )

    return make


DATED = {"old": ("1985-01-01/1985-12-31", "analyst"), "new": ("2020-01-01/2020-12-31", "file name")}


def texts(plate: Plate) -> str:
    return facts_of(plate).words_of()


def test_known_dates_make_before_and_after_with_both_intervals_and_their_basis(plate_of, case) -> None:
    plate = plate_of(SPEC, case(**DATED))
    assert [strip.partition(" · ")[0] for strip in plate.strips] == ["Before", "After"]
    for words in ("Before · 1985", "After · 2020", "1985 (known to the year, from the analyst)", "from the file name)"):
        assert words in texts(plate)
    assert "Agency of the old" in plate.captions[0][0]
    assert "Agency of the new" in plate.captions[1][0]


@pytest.mark.parametrize(
    "dates",
    [{}, {"old": DATED["old"]}, {**DATED, "old": ("1985-01-01/2020-06-30", "analyst")}],
    ids=["none", "one", "overlapping"],
)
def test_without_known_dates_apart_they_are_a_and_b(plate_of, case, dates) -> None:
    plate = plate_of(SPEC, case(**dates))
    assert [strip.partition(" · ")[0] for strip in plate.strips] == ["A", "B"]
    assert "Before" not in texts(plate)
    assert "After" not in texts(plate)


def test_both_have_one_frame_and_one_scale(plate_of, case) -> None:
    plate = plate_of(SPEC, case(**DATED))
    one, other = (frame for frame in PrintedPlate(plate, 200).frames)
    assert one.view == other.view
    assert one.rect_px.size() == other.rect_px.size()
    rules = {found.rule for found in findings(plate.spec, plate.content, facts_of(plate), ())}
    assert not rules & {"same-frame", "before-after"}


def test_one_bar_and_arrow_do_for_both(plate_of, case) -> None:
    """Each map had its own, though they show the same ground."""
    plate = plate_of(SPEC, case(**DATED))
    keys = [piece.key for piece in plate.pieces]
    assert [key for key in keys if key.startswith(("scale bar", "north arrow"))] == ["scale bar:0", "north arrow:0"]
    assert [fact.arrow for fact in facts_of(plate).maps] == [True, True]
    assert all(fact.scale_bar is not None for fact in facts_of(plate).maps)


def test_a_mark_of_one_image_is_dashed_on_the_other(plate_of, case) -> None:
    plate = plate_of(SPEC, case(**DATED))
    for number, place in ((0, "seen"), (1, "both")):
        labels = {label.uuid: label.text for label in plate.namings[number].labels}
        assert labels[place].replace("\n", " ").startswith("place of ")
        assert not labels[({"seen", "both"} - {place}).pop()].startswith("place of ")
        assert plate.maps[number].index.is_place(place)
    assert "not said to be present" in texts(plate)


def test_one_map_of_one_image_does_not_pretend_that_a_mark_of_another_is_on_it(plate_of, case) -> None:
    plate = plate_of(replace(SPEC, layout="single", maps=(ProductMap(Frame(("old",))),)), case(**DATED))
    assert plate.maps[0].index.is_place("seen")
    assert not plate.maps[0].index.is_place("both")
    assert "not said to be present" in texts(plate)


def test_a_matched_stretch_is_declared(studio: Studio, case) -> None:
    document = case(**DATED)
    spec = replace(SPEC, match=True)
    scenes = [studio.scene_made(make, document) for make in scene_makers(spec)]
    found = matched(spec, scenes)
    assert found != spec
    plate = Plate(found, document, scenes)
    wait_for(PrintedPlate(plate, 96))
    plate = plate.refreshed()
    assert "bands 1, 2, 3, stretch matched to Before, band by band. Credit" in plate.captions[1][0]
    assert "bands 1, 2, 3, pixel values unchanged. Credit" in plate.captions[0][0]
    assert [one.side for one in facts_of(plate).maps] == ["before", "after"]
    assert [image.tells_match for one in facts_of(plate).maps for image in one.images] == [False, True]
    processing = PrintedPlate(plate, 96).words.processing
    assert "Image processing of The new one: bands 1, 2, 3, stretch matched to Before, band by band" in processing
    assert "Image processing of The old one: bands 1, 2, 3, pixel values unchanged, 0 – 255" in processing
    assert "by hand" not in texts(plate) + processing, "nobody's hand was in it"
    assert "same-stretch" not in {one.rule for one in findings(found, plate.content, facts_of(plate), ())}


def test_the_first_of_a_match_keeps_its_own_stretch_and_words_on_it(studio: Studio, case) -> None:
    document = case(**DATED)
    style = RasterStyle((1, 2, 3), (Stretch(60.0, 120.0),) * 3, rule=StretchRule("percentile", 5, 95))
    document.apply(update_layer(document, "old", actor="me", style_json=json.dumps(style.to_json())))
    spec = replace(SPEC, match=True)
    scenes = [studio.scene_made(make, document) for make in scene_makers(spec)]
    plate = Plate(matched(spec, scenes), document, scenes)
    assert "bands 1, 2, 3, stretched to 5 – 95 % of the image. Credit" in plate.refreshed().captions[0][0]


@pytest.mark.bounded
def test_a_nudge_is_in_the_footnote_and_names_nobody(plate_of, case) -> None:
    document = case(**DATED)
    rows = {name: list(document.table(name).values()) for name in ("layers", "images", "sites")}
    nudge = (
        '{"dx_m": 120.0, "dy_m": 0.0, "lon": 10.5, "lat": 50.5, "how": "hand", "by": "Somebody", "at": "2026-11-27"}'
    )
    rows["layers"][1] = replace(rows["layers"][1], nudge_json=nudge)
    document = Document(rows)
    assert "The new one as shown: moved by hand 120 m east" in texts(plate_of(SPEC, document))
    assert "Somebody" not in texts(plate_of(SPEC, document)), "it is the name by which somebody logged in"
    published = plate_of(replace(SPEC, publish=True), document)
    assert "120 m east" in texts(published)
    assert "Somebody" not in texts(published)


def test_who_gave_an_image_out_stands_below_it_and_answers_the_check(plate_of, case) -> None:
    document = case(**DATED)
    document.apply(update_layer(document, "old", actor="me", provider="The survey"))
    plate = plate_of(SPEC, document)
    assert "provided by The survey" in plate.captions[0][0]
    lacking = [one.where for one in findings(SPEC, plate.content, facts_of(plate), ()) if one.rule == "image-sensor"]
    assert lacking == ["image “The new one”"]


def test_an_image_that_is_named_by_its_date_is_told_of_once(plate_of, case) -> None:
    document = case(old=("1985", "analyst"), new=("2020", "analyst"))
    document.apply(update_layer(document, "new", actor="me", name="2020"))
    plate = plate_of(SPEC, document)
    assert plate.captions[1][0].startswith("Image: 2020 (known to the year, from the analyst)")
    assert plate.captions[0][0].startswith("Image: The old one, 1985 (known to the year")
