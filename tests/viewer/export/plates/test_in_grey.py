"""Pages whose signs only their colour tells apart, and boundaries without a word on whose view they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

import sample_data
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.product.lint.check import findings
from layers.product.spec import ProductSpec
from layers.vector.style.classes import StyleClass
from layers.vector.style.label_style import LabelStyle
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.symbol import Symbol
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of

FRAME = Bounds(10.0, 50.0, 11.0, 51.0)
SPEC = ProductSpec(title="Pipes", author="Li", bounds=FRAME)
RED, GREEN, PALE = "#d04040", "#2f8f2f", "#f0c0c0"
"""The first two are as light as each other."""


def case(folder: Path, style: VectorStyle, geometry: str = "LineString", name: str = "Pipes") -> Document:
    lines = [[[10.1, 50.1 + at / 5], [10.9, 50.2 + at / 5]] for at in range(2)]
    shapes = [line if geometry == "LineString" else [[*line, [10.5, 50.3], line[0]]] for line in lines]
    features = [
        {"type": "Feature", "properties": {"kind": kind}, "geometry": {"type": geometry, "coordinates": shape}}
        for kind, shape in zip(("gas", "oil"), shapes, strict=True)
    ]
    path = folder / f"{name}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    source, look = json.dumps({"path": str(path)}), json.dumps(style.to_json())
    row = Layer(uuid="l", kind="vector", name=name, source_json=source, style_json=look, credit="A survey")
    return Document({"layers": [row]})


def styled(*symbols: Symbol) -> VectorStyle:
    classes = tuple(StyleClass(symbol, value=kind) for kind, symbol in zip(("gas", "oil"), symbols, strict=True))
    return VectorStyle(mode="categorised", column="kind", classes=classes, show_other=False)


def found(plate: Plate, rule: str) -> list[str]:
    return [one.where for one in findings(plate.spec, plate.content, facts_of(plate), ()) if one.rule == rule]


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("geometry", ["LineString", "Polygon"])
def test_classes_that_only_their_colour_tells_apart_are_found(plate_of, tmp_path, geometry: str) -> None:
    red = Symbol(RED, fill_color=RED, stroke_width_px=3.0)
    green = Symbol(GREEN, fill_color=GREEN, stroke_width_px=3.0)
    assert found(plate_of(SPEC, case(tmp_path, styled(red, green), geometry)), "grey") == ["the legend, gas and oil"]
    pale = replace(red, stroke_color=PALE, fill_color=PALE)
    assert found(plate_of(SPEC, case(tmp_path, styled(red, pale), geometry)), "grey") == []
    dashed = replace(green, dash=(6.0, 6.0), fill_color="#000000")
    assert found(plate_of(SPEC, case(tmp_path, styled(red, dashed), geometry)), "grey") == []


def test_labels_that_only_their_colour_tells_from_their_halo_are_found(plate_of, tmp_path) -> None:
    for halo, is_faint in ((GREEN, True), ("#ffffff", False)):
        style = VectorStyle(labels=LabelStyle(text='"kind"', color=RED, halo_color=halo))
        where = found(plate_of(SPEC, case(tmp_path, style)), "grey")
        assert where == (["labels of Pipes"] if is_faint else [])


@pytest.mark.bounded
def test_boundaries_are_printed_with_whose_view_they_are(plate_of, tmp_path) -> None:
    rule, mine = "boundaries", case(tmp_path, VectorStyle(), name="State border")
    assert found(plate_of(SPEC, mine), rule) == ["layer “State border”"]
    caption = "The border is drawn as either side draws it."
    assert found(plate_of(replace(SPEC, caption=caption), mine), rule) == []
    name = "boundaries.geojson"
    credit, source = sample_data.credits()[name].credit, json.dumps({"path": str(sample_data.path(name))})
    shipped = Layer(uuid="b", kind="vector", name="Land", source_json=source, credit=credit)
    plate = plate_of(replace(SPEC, bounds=Bounds(5.0, 45.0, 15.0, 55.0)), Document({"layers": [shipped]}))
    assert credit in plate.foot[0]
    assert found(plate, rule) == []
    silent = replace(plate.spec, left_out=frozenset({"imprint"}))
    assert found(plate_of(silent, Document({"layers": [shipped]})), rule) == ["layer “Land”"]
