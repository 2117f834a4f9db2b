"""The views of panels and insets that nobody chose: places where many sites lie close together."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.product.maps.crowded_places import crowded_places, with_crowded_maps
from layers.product.spec import ProductMap, ProductSpec


def document_of(*middles: tuple[float, float], each: int = 6) -> Document:
    """A case with crowds of sites about these places, and two sites far from all."""
    rng = np.random.default_rng(1)
    places = [
        *(np.array(middle) + rng.normal(0, 0.05, 2) for middle in middles for _ in range(each)),
        (60.0, 10.0),
        (1.0, 31.0),
    ]
    sites = [Site(uuid=f"s{at}", geometry=Point(*place), label=f"S{at}") for at, place in enumerate(places)]
    return Document({"sites": sites})


TWO = document_of((10.0, 50.0), (30.0, 40.0))


def test_each_crowd_has_a_view_with_all_its_sites_and_no_other() -> None:
    views = crowded_places(TWO, 4)
    assert [(round(view.centre[0]), round(view.centre[1])) for view in views] == [(10, 50), (30, 40)]
    inside = [
        sum(view.contains_point(site.geometry.x, site.geometry.y) for view in views) for site in TWO.sites.values()
    ]
    assert inside == [1] * 12 + [0, 0]


def test_panels_and_insets_get_the_crowds_that_were_asked_for() -> None:
    west = Bounds(0.0, 30.0, 20.0, 60.0)
    panels = with_crowded_maps(ProductSpec(layout="panels"), TWO)
    assert len({product_map.bounds for product_map in panels.maps}) == 2
    insets = with_crowded_maps(ProductSpec(layout="insets", bounds=west), TWO)
    assert insets.maps[0] == ProductMap()
    assert [west.contains(product_map.bounds) for product_map in insets.maps[1:]] == [True]


def test_chosen_maps_stay_and_other_layouts_have_none() -> None:
    chosen = ProductSpec(layout="panels", maps=(ProductMap(title="a"), ProductMap(title="b")))
    assert with_crowded_maps(chosen, TWO) is chosen
    assert with_crowded_maps(ProductSpec(), TWO) == ProductSpec()


@pytest.mark.parametrize(
    ("layout", "document", "words"),
    [
        ("panels", document_of((10.0, 50.0)), "Panels need two views"),
        ("panels", Document({}), "Panels need two views"),
        ("insets", document_of((10.0, 50.0), each=1), "needs places to enlarge"),
        ("insets", document_of((-170.0, 0.0), (170.0, 0.0)), "needs places to enlarge"),
    ],
)
def test_a_single_view_is_refused_in_a_sentence(layout: str, document: Document, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        with_crowded_maps(ProductSpec(layout=layout), document)
