"""Gathers, when a product is laid out, the facts on the layers of its maps that are needed later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from layers.product.facts import ImageFact
from viewer.export.plates.maps.image_captions import data_facts, dates_of
from viewer.export.plates.maps.in_grey import faint_in_grey
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.processing import stretches_on_screen


class LayersRead(Struct, frozen=True):
    """Facts on the layers of each map, in the maps' order."""

    dates: tuple[str, ...]
    """The dates of the images in words."""
    data: tuple[tuple[ImageFact, ...], ...]
    """The vector layers with their credits."""
    stretches: tuple[Mapping[str, str], ...]
    """The styles, as JSON by uuid, of layers that are stretched from the view (DRA), fixed as they are now."""
    faint: tuple[str, ...]
    """Names of letters that hardly show on their ground in grey, of all maps."""


def layers_read(maps: Sequence[MapOnPage], style: HouseStyle) -> LayersRead:
    """Gather the facts from the scenes of the maps, once these have read their layers."""
    return LayersRead(
        tuple(map(dates_of, maps)),
        tuple(tuple(data_facts(on_page)) for on_page in maps),
        tuple(stretches_on_screen(on_page.scene) for on_page in maps),
        tuple(faint_in_grey(maps, style)),
    )
