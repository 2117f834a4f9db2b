"""The layers of a product stay those that it was made with."""

from __future__ import annotations

from msgspec.structs import replace

from layers.document.comparison import Frame
from layers.document.document import Document
from layers.document.layer import Layer
from layers.product.case_facts import facts_of_case
from layers.product.maps.kept_layers import OtherLayers, other_layers, shown_layers
from layers.product.spec import ProductMap, ProductSpec, read_spec


def case_of(**shown: bool) -> Document:
    """A case of images, and of vectors whose names begin with v, each shown by the tree or not."""
    rows = [
        Layer(
            uuid=name, name=name, kind="vector" if name[0] == "v" else "raster", order_key=float(at), visible=is_shown
        )
        for at, (name, is_shown) in enumerate(shown.items())
    ]
    return Document({"layers": rows})


MADE = case_of(old=True, aside=False, roads=True)
SPEC = ProductSpec(layers=shown_layers(MADE))
LATER = case_of(old=True, aside=True, roads=False, new=True)


def test_a_product_shows_the_layers_that_it_was_made_with() -> None:
    assert SPEC.layers == ("old", "roads")
    shown = [row.uuid for row in SPEC.rows_kept(LATER.layers_in_order()) if row.visible]
    assert shown == ["old", "roads"]
    (facts,) = facts_of_case(LATER, SPEC, (), None).maps
    assert len(facts.images) == 2


def test_layers_are_kept_in_the_case() -> None:
    assert read_spec(SPEC.to_json()) == SPEC
    before = read_spec(ProductSpec().to_json())
    assert before is not None
    assert before.layers is None
    odd = read_spec(SPEC.to_json().replace('["old", "roads"]', '{"old": 1}'))
    assert odd is not None
    assert odd.layers is None


def test_what_the_tree_shows_otherwise_is_told_topmost_first() -> None:
    assert other_layers(SPEC, MADE) == OtherLayers()
    assert other_layers(SPEC, LATER) == OtherLayers(("new", "aside"), ("roads",))
    assert other_layers(ProductSpec(), LATER) == OtherLayers(), "one that follows the tree differs in nothing"


def test_maps_with_images_of_their_own_follow_no_image_of_the_tree() -> None:
    spec = replace(SPEC, maps=(ProductMap(Frame(("old",))), ProductMap(Frame(("aside", "vown")))))
    later = case_of(old=True, new=True, vown=True, vnew=True)
    assert other_layers(spec, later) == OtherLayers(("vnew",))
