"""Finds packs of a service beside a case, so that none is made a second time under another name."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from layers.errors import GeoloupeError
from layers.services.packs.mbtiles_pack import PackState, pack_state
from layers.services.packs.pack_plan import PackPlan
from layers.services.tile_service import TileService

ENDING = ".mbtiles"
MOST_LOOKED_AT = 200
"""Most files of a folder that are looked into."""


class FoundPack(Struct, frozen=True):
    """A pack of a service that lies in a folder."""

    name: str
    state: PackState


def packs_in_folder(folder: Path, service: TileService) -> tuple[FoundPack, ...]:
    """The packs of a service and its time in a folder, by name. Files that are none, or damaged, are passed over."""
    packs: list[FoundPack] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ENDING)
    except OSError:
        return ()
    for path in paths[:MOST_LOOKED_AT]:
        try:
            state = pack_state(path, service, writable=False)
        except GeoloupeError:
            continue
        if state is not None:
            packs.append(FoundPack(path.name, state))
    return tuple(packs)


def pack_for(plan: PackPlan, name: str, packs: tuple[FoundPack, ...]) -> FoundPack | None:
    """The pack into which a plan belongs: the one of that name, else one of the same area and levels; None for none."""
    own = next((pack for pack in packs if pack.name == name), None)
    return own or next((pack for pack in packs if pack.state.is_for(plan)), None)
