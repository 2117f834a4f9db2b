"""Finds how the marks of a map were seen, each on the image that the map shows at its place."""

from __future__ import annotations

from layers.document.document import Document
from viewer.canvas.image_below import images_around
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.place_of import presences_on
from viewer.canvas.sites.site_index import SiteIndex


def seen_on_map(document: Document, scene: MapScene, index: SiteIndex) -> dict[str, str]:
    """The presence of each mark that has a row on the topmost image at its place, by uuid, as `presences_of` has it.

    What is present is left out: it is drawn as ever.
    """
    presences: dict[str, str] = {}
    of_layer: dict[str, dict[str, str]] = {}
    observed = dict.fromkeys(row.site_uuid for row in document.observations.values())
    for site in (index.sites[uuid] for uuid in observed if uuid in index.sites):
        for layer in images_around(scene, site.geometry)[:1]:
            if layer not in of_layer:
                of_layer[layer] = presences_on(document, scene.drawings[layer].layer)
            presence = of_layer[layer].get(site.uuid, "present")
            if presence != "present":
                presences[site.uuid] = presence
    return presences
