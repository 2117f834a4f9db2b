"""Counts the layers and sites that a canvas cannot show, by reason, and puts them in sentences."""

from __future__ import annotations

from msgspec import Struct

from viewer.support.language.translation import translate


class Unplaced(Struct, frozen=True):
    """Numbers of layers and sites by reason. Layers that are hidden, or that cannot be drawn at all, do not count."""

    layers_on_earth: int = 0
    """Layers on the Earth, where the canvas is off it."""
    sites_on_earth: int = 0
    layers_off_earth: int = 0
    """Layers in a CRS off the Earth for which the canvas has no place."""
    layers_beyond: int = 0
    """Layers beyond the edge of Web Mercator, where the canvas ends there."""
    sites_beyond: int = 0
    sites_nowhere: int = 0
    """Sites whose coordinates are no place on the Earth: no canvas shows them."""

    def sentences(self) -> list[str]:
        """A sentence for each reason that applies."""
        of_earth = self.layers_on_earth + self.sites_on_earth
        lies_on = (
            translate("unplaced", "as it lies on the Earth")
            if of_earth == 1
            else translate("unplaced", "as they lie on the Earth")
        )
        lies_off = (
            translate("unplaced", "as it lies elsewhere")
            if self.layers_off_earth == 1
            else translate("unplaced", "as they lie elsewhere")
        )
        nowhere = translate("unplaced", "as it is no place on the Earth")
        reasons = (
            (lies_on, self.layers_on_earth, self.sites_on_earth),
            (lies_off, self.layers_off_earth, 0),
            (translate("unplaced", "beyond 85 degrees, where this map ends"), self.layers_beyond, self.sites_beyond),
            (
                nowhere if self.sites_nowhere == 1 else translate("unplaced", "as they are no places on the Earth"),
                0,
                self.sites_nowhere,
            ),
        )
        return [
            translate("unplaced", "Not drawn here, {0}: {1}").format(reason, _counted(layers, sites))
            for reason, layers, sites in reasons
            if layers or sites
        ]


def _counted(layers: int, sites: int) -> str:
    words = []
    if layers:
        words.append(translate("unplaced", "{count} layers", "{count} layer", layers))
    if sites:
        words.append(translate("unplaced", "{count} sites", "{count} site", sites))
    return translate("unplaced", " and ").join(words)
