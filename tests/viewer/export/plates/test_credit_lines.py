"""The credits of a page: of all that it draws, and of nothing else."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

import sample_data
from layers.document.document import Document
from layers.document.layer import Layer
from layers.product.spec import ProductSpec
from tests.viewer.export.conftest import FRAME
from viewer.export.formats.metadata import credit_line
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.printed_plate import PrintedPlate

SPEC = ProductSpec(title="A yard", bounds=FRAME)
COASTS = sample_data.credits()["coast.geojson"].credit


def words(plate: Plate) -> str:
    """Printed, and in the metadata."""
    return facts_of(plate).words_of("imprint") + credit_line(PrintedPlate(plate, 96).words)


@pytest.mark.bounded
def test_an_annotation_is_credited_where_there_is_one(plate_of, document) -> None:
    bare = Document({"layers": list(document.table("layers").values())})
    for spec in (SPEC, replace(SPEC, author="An Analyst"), replace(SPEC, annotation_credit="The desk")):
        assert "Annotation" in words(plate_of(spec))
        assert "Annotation" not in words(plate_of(spec, bare))
        assert "Annotation" not in words(
            plate_of(replace(spec, left_out=spec.left_out | {"annotation", "labels", "key", "claims"}))
        )
    assert "Annotation: the analyst." in words(plate_of(SPEC))


@pytest.mark.bounded
def test_the_coasts_of_a_locator_are_credited_where_it_is_drawn(plate_of) -> None:
    plate = plate_of(SPEC)
    assert any(piece.key == "locator" for piece in plate.pieces)
    assert f"Data: {COASTS}; Place names: GeoNames" in facts_of(plate).words_of("imprint")
    assert COASTS in credit_line(PrintedPlate(plate, 96).words)
    assert COASTS in words(plate_of(replace(SPEC, layout="panels")))
    assert COASTS not in words(plate_of(replace(SPEC, layout="plain")))
    assert COASTS not in words(plate_of(replace(SPEC, left_out=frozenset({"locator"}))))


def test_a_file_says_what_is_shown_where_and_of_when(plate_of, document) -> None:
    """Its keywords are classes, which name nobody; its countries are those that the case states."""
    sites = [
        replace(site, location_country={"in": "RU", "in2": "ru", "out": "CN", "area": "the north"}.get(uuid, ""))
        for uuid, site in document.sites.items()
    ]
    rows = {name: list(document.table(name).values()) for name in ("layers", "claims", "claim_sites")}
    of = Document({**rows, "sites": sites})
    told = PrintedPlate(plate_of(SPEC, of), 96).words
    assert told.keywords[0] == "Port"
    assert [(place.country_code, place.country, place.name) for place in told.places] == [("RU", "Russia", "")]
    assert any("12 April 2024, 08:05 UTC" in line for line in told.imagery)
    own = PrintedPlate(plate_of(replace(SPEC, layout="site", site="in2"), of), 96).words
    assert [place.country_code for place in own.places] == ["RU"]
    assert not any(place.name for place in own.places), "it may be named with what is claimed of it only"
    area = replace(of.sites["area"], location_country="KZ", label="The depot")
    unnamed = Document({"layers": rows["layers"], "sites": [area]})
    own = PrintedPlate(plate_of(replace(SPEC, layout="site", site="area"), unnamed), 96).words
    assert [tuple(place) for place in own.places] == [("KZ", "Kazakhstan", "The depot")]


def test_an_image_of_a_host_that_nobody_allowed_is_not_named(plate_of, document) -> None:
    source = json.dumps({"template": "https://tiles.example/{z}/{x}/{y}.png"})
    layer = Layer(uuid="far", kind="tiles", name="Far", source_json=source, credit="Example tiles")
    rows = [*document.table("layers").values(), layer]
    plate = plate_of(SPEC, Document({"layers": rows}))
    assert plate.maps[0].scene.drawings["far"].is_paused
    assert plate.maps[0].unseen() == {"far"}
    assert "Example" not in facts_of(plate).words_of()


@pytest.mark.bounded
def test_an_image_that_cannot_be_read_is_named_below_the_map(plate_of, document, tmp_path) -> None:
    """Else a page without its image looks finished, as if there were nothing to see."""
    source = json.dumps({"path": str(tmp_path / "gone.tif")})
    layers = [*document.table("layers").values(), Layer(uuid="gone", kind="raster", name="Gone", source_json=source)]
    (lines,) = plate_of(SPEC, Document({"layers": layers})).captions
    assert "Not on this map, as it cannot be read: Gone." in lines
    (lines,) = plate_of(SPEC, document).captions
    assert not [line for line in lines if "cannot be read" in line]
