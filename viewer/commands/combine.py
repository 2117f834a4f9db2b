"""Makes a layer whose channels come from different images."""

from __future__ import annotations

import json
from collections.abc import Sequence

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points
from layers.document.placing.nudge import read_nudge
from layers.errors import InvalidValue
from layers.raster.combined import MAX_BANDS, CombinedPart, Member, combined_raster, members_of
from layers.raster.info import RasterInfo
from layers.raster.scene import SceneInfo
from layers.raster.style import RasterStyle
from viewer.commands.layers import add_layer

_PLACES = ("path", "part", "shipped", "height_m", "band_names", "content")

type Channel = tuple[CombinedPart, int]
"""An image and the number of one of its bands, from 1."""


def part_of(layer: Layer, info: RasterInfo, scene: SceneInfo | None = None) -> CombinedPart:
    """A layer of one file as an image to combine. Raises InvalidValue for a combined one."""
    if members_of(layer.source):
        raise InvalidValue("{name} is combined already: choose the layers that it is made of.", name=layer.name)
    if read_control_points(layer.control_points_json):
        raise InvalidValue(
            "{name} is placed by control points: images that are combined lie as their files say.", name=layer.name
        )
    if read_nudge(layer.nudge_json):
        raise InvalidValue(
            "{name} is shifted on the map: images that are combined lie as their files say.", name=layer.name
        )
    source = {key: layer.source[key] for key in _PLACES if key in layer.source}
    member = Member(layer.name, source, len(info.bands), layer.crs, layer.acquired_at, layer.date_kind, layer.credit)
    return CombinedPart(member, info, scene)


def combine_layers(
    document: Document, channels: Sequence[Channel], name: str, *, actor: str, now: str | None = None
) -> Edit:
    """Add a layer of all bands of the channels' images that shows the channels as red, green, blue.

    Raises InvalidValue where a band is missing, CannotBePlaced where the images do not overlap.
    """
    parts = _distinct([part for part, _ in channels])
    if sum(part.member.bands for part in parts) > MAX_BANDS:
        raise InvalidValue(
            "Together these images have more than {max_bands} bands: choose images with fewer.", max_bands=MAX_BANDS
        )
    info = combined_raster(name, parts)
    if info is None:
        raise InvalidValue("None of these images has been read yet: try again in a moment.")
    before = [sum(other.member.bands for other in parts[:place]) for place in range(len(parts))]
    firsts = dict(zip([_key(part) for part in parts], before, strict=True))
    for part, number in channels:
        if not 1 <= number <= part.member.bands:
            raise InvalidValue("{name} has no band {number}: choose another.", name=part.member.name, number=number)
    bands = [firsts[_key(part)] + number for part, number in channels]
    style = RasterStyle.from_json({"bands": bands}, info)
    source = {"combined": [member.to_json() for member in _named_apart([part.member for part in parts])]}
    return add_layer(document, "raster", name, source, actor=actor, now=now, style_json=json.dumps(style.to_json()))


def _key(part: CombinedPart) -> str:
    return json.dumps([part.member.source, part.member.crs], sort_keys=True)


def _distinct(parts: Sequence[CombinedPart]) -> list[CombinedPart]:
    return list({_key(part): part for part in parts}.values())


def _named_apart(members: Sequence[Member]) -> list[Member]:
    """Members with different names, as their bands are named after them."""
    distinct: list[Member] = []
    for member in members:
        names = {other.name for other in distinct}
        tries = (f"{member.name} ({number})" for number in range(2, len(members) + 2))
        free = next(name for name in (member.name, *tries) if name not in names)
        distinct.append(replace(member, name=free))
    return distinct
