"""Classes: who is in which, counts, rules, and the automatic ones."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from layers.colour.palettes import OTHER_COLOR
from layers.document.vocabulary import SITE_CLASSES
from layers.errors import InvalidValue
from layers.vector.columns import NO_VALUES, Attributes, Column, Kind, attributes_of, column_of
from layers.vector.style.automatic import categorised, graduated, suggested_column
from layers.vector.style.classes import StyleClass, counts_of
from layers.vector.style.layer_style import VectorStyle, classify
from layers.vector.style.markers import FACILITIES, facility_of
from layers.vector.style.routes import ROUTES, route_of
from layers.vector.style.symbol import Symbol
from layers.vector.texts import Texts

KINDS = ["port", "rail", "port", None, "", "港口", "port", "rail"]


@pytest.fixture
def attributes() -> Attributes:
    columns = [
        column_of("kind", KINDS),
        column_of("height", [1, 5, 10, None, 3, 7, 10, 2]),
        column_of("depth", [0.5, 1.5, None, 2.5, 3.5, 4.5, 5.5, 6.5]),
        column_of("open", [True, False] * 4),
    ]
    return attributes_of(range(8), columns)


@pytest.mark.parametrize("shared", [False, True])
def test_categories_hold_their_value_and_nothing_else(attributes: Attributes, shared: bool) -> None:
    if shared:  # few distinct texts, kept once
        texts = Texts.of(["port", "rail", "", "港口"])
        codes = np.array([0, 1, 0, 2, 2, 3, 0, 1], np.uint8)
        column = Column("kind", Kind.TEXT, NO_VALUES, attributes.columns["kind"].valid, texts, codes, rows=8)
        attributes = attributes_of(range(8), [column])
    style = VectorStyle(mode="categorised", column="kind", classes=(StyleClass(value="rail"), StyleClass(value="port")))
    found, symbols = classify(style, attributes)
    assert found.tolist() == [1, 0, 1, 2, 2, 2, 1, 0]
    assert found.dtype == np.uint16
    assert len(symbols) == 3


def test_numbers_and_truth_are_categories_too(attributes: Attributes) -> None:
    assert counts_of(attributes.columns["height"]) == {"10": 2, "1": 1, "2": 1, "3": 1, "5": 1, "7": 1}
    style = VectorStyle(mode="categorised", column="open", classes=(StyleClass(value="true"),))
    assert classify(style, attributes)[0].tolist() == [0, 1] * 4


def test_a_limit_belongs_to_one_class(attributes: Attributes) -> None:
    classes = (StyleClass(lower=1, upper=5), StyleClass(lower=5, upper=10))
    style = VectorStyle(mode="graduated", column="height", classes=classes)
    assert classify(style, attributes)[0].tolist() == [0, 0, 1, 2, 0, 1, 1, 0]


def test_hidden_classes_and_the_others_have_no_look(attributes: Attributes) -> None:
    classes = (StyleClass(value="port", shown=False), StyleClass(value="rail"))
    style = VectorStyle(mode="categorised", column="kind", classes=classes, show_other=False)
    assert classify(style, attributes)[1] == (None, Symbol(), None)


def test_a_column_that_is_gone_leaves_all_in_the_look_of_their_own(attributes: Attributes) -> None:
    style = VectorStyle(mode="categorised", column="gone", classes=(StyleClass(value="port"),))
    assert set(classify(style, attributes)[0].tolist()) == {1}


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ("height >= 7", [2, 5, 6]),
        ("kind = 'port' and height > 1", [2, 6]),
        ("kind is null", [3]),
        ("kind is not null", [0, 1, 2, 4, 5, 6, 7]),
        ("kind = ''", [4]),
        ("kind contains '港'", [5]),
        ("depth < 1.6", [0, 1]),
        ("\"kind\" != 'port'", [1, 4, 5, 7]),
        ("", list(range(8))),
    ],
)
def test_rules(attributes: Attributes, rule: str, rows: list[int]) -> None:
    style = VectorStyle(mode="rules", classes=(StyleClass(rule=rule),))
    assert np.flatnonzero(classify(style, attributes)[0] == 0).tolist() == rows


@pytest.mark.parametrize(
    "rule", ["__import__('os')", "height >", "height > 1 or", "nobody = 1", "a;b", "$area > 1", "any('x')"]
)
def test_what_is_no_rule_is_refused(attributes: Attributes, rule: str) -> None:
    with pytest.raises(InvalidValue):
        classify(VectorStyle(mode="rules", classes=(StyleClass(rule=rule),)), attributes)


def test_the_automatic_style_of_facilities(attributes: Attributes) -> None:
    column = column_of("type", ["Launch site", "port", "GNSS monitoring station", "other thing", "airport"])
    style = categorised(VectorStyle(), column, "Point")
    signs = {one.value: one.symbol.marker for one in style.classes}
    assert signs == {
        "Launch site": "launch_site",
        "port": "port",
        "GNSS monitoring station": "gnss_station",
        "other thing": "circle",
        "airport": "airfield",
    }
    assert len({one.symbol.fill_color for one in style.classes}) == 5
    assert VectorStyle.from_json(style.to_json()) == style


def test_the_automatic_style_of_routes() -> None:
    column = column_of("mode", ["rail", "road", "Oil pipeline", "gas_pipeline", "sea", "air", "Disputed", "path"])
    symbols = {one.value: one.symbol for one in categorised(VectorStyle(), column, "LineString").classes}
    assert symbols["rail"] == ROUTES["rail"]
    assert symbols["Oil pipeline"] == ROUTES["oil_pipeline"]
    assert symbols["Disputed"].dash
    assert symbols["air"].arrow == "end"
    assert not symbols["path"].dash


def test_codes_are_titled_as_words_and_all_alike() -> None:
    def labels(*values: str) -> dict[str, str]:
        made = categorised(VectorStyle(), column_of("kind", list(values)), "LineString")
        return {str(one.value): one.label for one in made.classes}

    assert labels("rail", "gas_pipeline") == {"rail": "Rail", "gas_pipeline": "Gas pipeline"}
    assert labels("rail", "road") == {"rail": "", "road": ""}, "words are shown as they are"
    assert labels("Rail", "a_b", "港口") == {"Rail": "", "a_b": "A b", "港口": ""}


def test_more_values_than_classes_go_to_the_others() -> None:
    column = column_of("n", [*range(100), 7, 7])
    style = categorised(VectorStyle(), column, "Point")
    assert len(style.classes) == 24
    assert "7" in {one.value for one in style.classes}
    values = [float(one.value) for one in style.classes]
    assert values == sorted(values)


@pytest.mark.parametrize("method", ["equal interval", "quantile", "natural breaks", "pretty"])
def test_every_number_is_in_a_class(method: str) -> None:
    numbers = [float(v) for v in np.random.default_rng(1).lognormal(2, 2, 400)]
    column = column_of("v", [*numbers, None])
    style = graduated(VectorStyle(), column, "Polygon", method=method, count=5)
    found, _ = classify(style, attributes_of(range(401), [column]))
    assert (found[:400] < len(style.classes)).all()
    assert found[400] == len(style.classes)
    assert 1 < len(style.classes) <= (5 if method != "pretty" else 12)


def test_graduated_by_size_grows() -> None:
    column = column_of("v", [1.0, 2.0, 30.0, 50.0, 70.0])
    sizes = [one.symbol.size_px for one in graduated(VectorStyle(), column, "Point", count=3, vary="size").classes]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_a_column_of_few_named_kinds_is_suggested(attributes: Attributes) -> None:
    assert suggested_column(attributes) == "kind"


def test_signs_are_those_of_the_sites() -> None:
    assert set(FACILITIES) == set(SITE_CLASSES) - {
        "rail",
        "rail_spur",
        "road",
        "oil_pipeline",
        "gas_pipeline",
        "sea",
        "air",
        "other",
    }
    assert {"rail", "road", "oil_pipeline", "gas_pipeline", "sea", "air"} <= set(ROUTES)
    assert all(facility_of(code) == code for code in FACILITIES)
    assert [facility_of(word) for word in ("sport hall", "Космодром", "口岸", "")] == [
        "",
        "launch_site",
        "border_crossing",
        "",
    ]
    assert [route_of(word) for word in ("Железная дорога", "天然气管道", "Ferry")] == ["rail", "gas_pipeline", "sea"]


def test_a_class_has_a_title_that_can_be_read() -> None:
    assert StyleClass(lower=801533.0, upper=1416111.5).title("graduated") == "801\u202f533 – 1\u202f416\u202f111.5"
    assert StyleClass(value="").title("categorised") == "(empty)"
    assert StyleClass(value="", label="none").title("categorised") == "none"


@pytest.mark.parametrize(
    ("word", "facility", "route"),
    [
        ("research", "", ""), ("seasonal road", "", "road"), ("soil track", "", ""), ("trail", "", ""),
        ("repair", "", ""), ("fair", "", ""), ("claimed", "", ""), ("Railways", "", "rail"),
        ("oil pipeline", "", "oil_pipeline"),
        ("Транспортный узел", "", ""), ("спорткомплекс", "", ""), ("portable", "", ""), ("workshop", "", ""),
        ("airport terminal", "airfield", ""), ("bus terminal", "", ""), ("container terminal", "port", ""),
        ("oil terminal", "pipeline_node", "oil_pipeline"), ("Морской порт", "port", "sea"), ("в порту", "port", ""),
        ("pumping station", "pipeline_node", ""), ("военный аэродром", "airfield", ""),
        ("нефтепровод", "", "oil_pipeline"),
        ("газопровод", "", "gas_pipeline"), ("大连港", "port", ""), ("cosmodrome", "launch_site", ""),
        ("ports", "port", ""),
        ("ДИСПУТ", "", ""), ("disputed", "", "disputed boundary"), ("air", "", "air"),
    ],
)  # fmt: skip
def test_words_name_what_they_mean_and_nothing_that_only_holds_their_letters(word: str, facility: str, route: str):
    assert (facility_of(word), route_of(word)) == (facility, route)


def test_classes_keep_the_colour_that_the_layer_had() -> None:
    style = VectorStyle("#ffffff", 1.0, "#cc3300", size_px=9.0)
    column = column_of("n", [1.0, 2.0, 3.0, 9.0, 20.0])
    by_colour = graduated(style, column, "Point", vary="color")
    assert by_colour.other_symbol.fill_color == OTHER_COLOR
    assert by_colour.own_symbol == style.own_symbol
    by_size = graduated(by_colour, column, "Point", vary="size")
    assert {one.symbol.fill_color for one in by_size.classes} == {"#cc3300"}
    assert replace(by_size, mode="single").symbols == (style.own_symbol,)
    assert VectorStyle.from_json(by_size.to_json()) == by_size
    areas = graduated(VectorStyle("#cc3300", 1.2, "#40cc3300"), column, "Polygon", vary="size")
    assert len({one.symbol.stroke_width_px for one in areas.classes}) == len(areas.classes) > 2
