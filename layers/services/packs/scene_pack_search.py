"""Finds packs of a picture of a catalogue beside a case, so that none is fetched a second time by another case."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from msgspec import Struct

from layers.geo.bounds import Bounds
from layers.services.offers.kept_item import PACK_ASSET, PACK_BOUNDS, PACK_SOURCE

MOST_LOOKED_AT = 200
"""Most items of a folder that are looked into."""
MOST_BYTES = 2_000_000
"""Largest item that is read: those of catalogues have some ten thousand bytes."""


class ScenePack(Struct, frozen=True):
    """A pack of a part of a picture, with its bounds in longitude and latitude."""

    path: Path
    bounds: Bounds


def scene_packs_in(folder: Path, address: str) -> tuple[ScenePack, ...]:
    """The packs in a folder of the picture at an address without a signature, by name; what is none is passed over."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".json" and path.is_file())
    except OSError:
        return ()
    packs = (_pack_of(path, address) for path in paths[:MOST_LOOKED_AT])
    return tuple(pack for pack in packs if pack is not None)


def _pack_of(item: Path, address: str) -> ScenePack | None:
    """The pack beside an item, where it is of the picture at an address; None for anything else."""
    try:
        with item.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        stated = json.loads(text) if len(text) <= MOST_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None
    assets = stated.get("assets") if isinstance(stated, dict) else None
    asset = assets.get(PACK_ASSET) if isinstance(assets, dict) else None
    if not isinstance(asset, dict) or asset.get(PACK_SOURCE) != address:
        return None
    path, bounds = item.with_suffix(".tif"), _bounds_of(asset.get(PACK_BOUNDS))
    is_beside = asset.get("href") == f"./{path.name}" and path.is_file() and not path.is_symlink()
    return ScenePack(path, bounds) if bounds is not None and is_beside else None


def _bounds_of(value: Any) -> Bounds | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(type(number) in (int, float) and math.isfinite(number) for number in value):
        return None
    left, bottom, right, top = map(float, value)
    is_box = -540 <= left < right <= 540 and -90 <= bottom < top <= 90
    return Bounds(left, bottom, right, top) if is_box else None
