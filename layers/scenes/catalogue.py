"""Catalogues: sources of dated footprints, such as a folder on this computer, the case, or a server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from layers.scenes.found_scene import FoundScene

_FACTS = (
    *("sensor", "credit", "gsd_m", "kind", "path", "layer_uuid", "date_in_name", "has_picture"),
    *("observation", "version"),
)


class SceneCatalogue(Protocol):
    """A source of scenes. It is asked in the window's thread, and answers with the scenes that it knows already."""

    @property
    def name(self) -> str:
        """Name of the catalogue for people: where its scenes are from."""

    def known_scenes(self) -> tuple[FoundScene, ...]:
        """All scenes that it knows of. The same object is given again until they are others."""


def united(catalogues: Iterable[tuple[FoundScene, ...]]) -> list[FoundScene]:
    """The scenes of several catalogues, each once: one that is found again is completed by what is known there."""
    by_key: dict[str, FoundScene] = {}
    for scenes in catalogues:
        for scene in scenes:
            known = by_key.get(scene.key)
            by_key[scene.key] = scene if known is None else _joined(known, scene)
    return list(by_key.values())


def _joined(first: FoundScene, second: FoundScene) -> FoundScene:
    """The first one, with facts that it lacks taken from the second; date, kind and basis go together."""
    more = {
        name: getattr(second, name)
        for name in _FACTS
        if getattr(first, name) in ("", None) or getattr(first, name) is False
    }
    if not first.date_basis and first.acquired == second.acquired:
        more["date_basis"] = second.date_basis
    if not first.is_dated and second.is_dated:
        more |= {name: getattr(second, name) for name in ("acquired", "until", "date_kind", "date_basis")}
    if first.cloud_percent is None and second.cloud_percent is not None:
        more |= {"cloud_percent": second.cloud_percent, "cloud_of": second.cloud_of}
    if len(second.ring) > len(first.ring):
        more["ring"] = second.ring  # the outline says more than the box around it
    return replace(first, **more)
