"""The service that an address with a layer and a time names: `ADDRESS#LAYER@TIME`, as the command line writes it."""

from __future__ import annotations

from datetime import date

from layers.errors import BadTemplate
from layers.phrase import Phrase
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.tile_service import TileService
from layers.services.times.time_steps import ServiceTimes, day_of
from layers.text.counted import counted

NAMED_LAYERS = 5
"""Most layers that a sentence names where none, or an unknown one, was chosen."""


def chosen_service(offer: ServiceOffer, chosen: str, today: date) -> TileService:
    """The service of the layer that `chosen` names ("LAYER" or "LAYER@TIME"; empty where there is only one).

    Without a time a dated layer is at its default time, else at the latest. Raises BadTemplate.
    """
    layer, time = chosen_layer(offer, chosen)
    service = layer.service
    if service is None:
        why = next(iter(layer.problems), "")
        raise BadTemplate("The layer “{name}” cannot be drawn. {why}", name=layer.name or layer.title, why=why)
    if not service.is_dated:
        if time:
            raise BadTemplate("The layer “{name}” has no times: leave @{time} out.", name=layer.name, time=time)
        return service
    times = ServiceTimes(service, today)
    if not time:
        return service if service.time else service.at(times.latest)
    day = day_of(time)
    if day is None:
        raise BadTemplate("“{time}” is no date: write it as 2024-04-12.", time=time[:40])
    return service.at(time if len(time) > len("2024-04-12") else times.on(day))


def other_day(offer: ServiceOffer, chosen: str, service: TileService) -> str:
    """The sentence where the service is at another day than the one that was named; empty where it is at that one."""
    _, time = chosen_layer(offer, chosen)
    wanted, day = day_of(time), day_of(service.time)
    if wanted is None or day is None or wanted == day:
        return ""
    return Phrase(
        "“{name}” has no time {wanted}: {day} is shown, the nearest that it has.",
        name=service.title,
        wanted=wanted.isoformat(),
        day=day.isoformat(),
    )


def chosen_layer(offer: ServiceOffer, chosen: str) -> tuple[OfferedLayer, str]:
    """The layer that is named, and the time behind its name; both signs may also stand in names. Raises BadTemplate."""
    by_name = {layer.name: layer for layer in offer.layers}
    if not chosen and len(offer.layers) == 1:
        return offer.layers[0], ""
    if chosen in by_name:
        return by_name[chosen], ""
    name, at, time = chosen.rpartition("@")
    if at and name in by_name:
        return by_name[name], time
    if at and not name and len(offer.layers) == 1:
        return offer.layers[0], time
    names = ", ".join(list(by_name)[:NAMED_LAYERS])
    if not offer.layers:
        raise BadTemplate(_why_nothing(offer))
    if not chosen:
        raise BadTemplate(
            "The service has {count}: name one behind a #, such as {names}.",
            count=counted(len(offer.layers), "layer"),
            names=names,
        )
    raise BadTemplate("The service has no layer “{name}”: it has {names}.", name=chosen[:80], names=names)


def _why_nothing(offer: ServiceOffer) -> Phrase:
    """The sentence on an offer without layers: of a catalogue it says how its scenes are come by."""
    if not offer.service.startswith("stac-"):
        return Phrase("The service offers nothing that can be drawn.")
    pictures = [item.picture.asset for item in offer.items if item.picture.asset is not None]
    if len(offer.items) == 1 and pictures:
        where = pictures[0].web or pictures[0].path
        return Phrase("“{title}” is a scene of a catalogue: open its picture, {where}.", title=offer.title, where=where)
    return Phrase("“{title}” is a catalogue of scenes, which is searched: it has no layers.", title=offer.title)
