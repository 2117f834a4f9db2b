"""The check for a map, which products and copied pictures need."""

from __future__ import annotations

from layers.geo.crs import is_off_earth
from viewer.canvas.widget import MapCanvas
from viewer.support.language.translation import translate
from viewer.support.messages import Messages


def has_map(canvas: MapCanvas, messages: Messages) -> bool:
    """True while the canvas shows a part of the Earth; otherwise a message says what to do."""
    if not is_off_earth(canvas.viewport.crs):
        return True
    sentence = translate("MapNeeded", "A product needs a map: choose a CRS for the map in the status bar.")
    messages.show("export", sentence, "warning")
    return False
