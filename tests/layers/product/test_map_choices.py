"""Images that are chosen for a page and set against each other stand in the order of their dates."""

from __future__ import annotations

from layers.document.document import Document
from layers.document.layer import Layer
from layers.product.maps.map_choices import map_choices, with_chosen
from layers.product.spec import ProductSpec


def chosen_years(layout: str, **dates: str) -> list[str]:
    """The images of the maps, first to last, of layers with these dates, the topmost named last."""
    layers = [
        Layer(uuid=name, kind="raster", name=name, order_key=float(at), acquired_at=date)
        for at, (name, date) in enumerate(dates.items())
    ]
    document, spec = Document({"layers": layers}), ProductSpec(layout=layout)
    made = with_chosen(spec, map_choices(document, spec))
    return [product_map.frame.layers[0] for product_map in made.maps if product_map.frame is not None]


def test_before_stands_before_after_whatever_lies_on_top() -> None:
    assert chosen_years("before-after", old="1985", new="2010-03-01") == ["old", "new"]
    assert chosen_years("panels", new="2010", old="1985/1986", mid="1990") == ["old", "mid", "new"]


def test_an_image_without_a_date_leaves_the_order_of_the_layers() -> None:
    assert chosen_years("before-after", old="1985", unknown="") == ["unknown", "old"]
