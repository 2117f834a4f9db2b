"""Finds the layer that the typed address of a server names, without a dialog: `ADDRESS#LAYER@TIME`."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from layers.errors import BadTemplate, GeoloupeError, NotAllowed, UnsupportedFormat
from layers.services.offers.chosen_service import chosen_service
from layers.services.offers.offer import ServiceOffer
from layers.services.offers.recognise import recognised
from layers.services.offers.typed_address import address_kind
from viewer.commands.found_layers import FoundLayer, layer_of_service
from viewer.commands.imagery.service_times import today
from viewer.network.fetcher import Fetcher
from viewer.panels.imagery.offer_source import FetchedOffers
from viewer.support.jobs import Jobs

WORLD_WIDE_DEG = 180.0
"""Degrees of longitude from which on imagery is of the world: the map does not go to all of it."""

type LayersOfOffer = Callable[[ServiceOffer, str], list[FoundLayer]]
"""The layers of an offer that are named behind the # of its address. Raises a GeoloupeError."""


def find_server_layers(
    text: str,
    fetcher: Fetcher | None,
    jobs: Jobs,
    done: Callable[[list[FoundLayer] | GeoloupeError], None],
    choose: LayersOfOffer | None = None,
) -> None:
    """Ask a server what it offers, and find the layer that its address names, or the only one.

    text: the address; what stands behind its # names a layer, and behind an @ a time
    fetcher: the way to the network; None where nothing may use it
    jobs: reads the server's document
    done: is called later, or at once, with the layers or the error
    choose: finds the layers of the offer; by default those of tiles and maps
    """
    address, _, chosen = text.partition("#")
    typed = address_kind(address)
    if typed is None:
        done(BadTemplate("“{text}” is no address of a service.", text=address[:80]))
        return
    if fetcher is None:
        done(NotAllowed("Nothing may use the network here."))
        return

    def take(offer: ServiceOffer | None, error: GeoloupeError | None) -> None:
        if offer is None:
            done(error or BadTemplate("The server offers nothing."))
            return
        try:
            layers = (choose or layers_of_offer)(offer, chosen)
        except GeoloupeError as refusal:
            done(refusal)
            return
        done(layers)

    FetchedOffers(fetcher, jobs, recognised).ask(typed.address, take)


def layers_of_offer(offer: ServiceOffer, chosen: str) -> list[FoundLayer]:
    """The layer of tiles or maps that is named. Raises BadTemplate, and UnsupportedFormat for features."""
    if offer.service in ("wfs", "ogcapi"):
        raise UnsupportedFormat("{title} offers features: choose them in Layer > Add Imagery.", title=offer.title)
    service = chosen_service(offer, chosen, today())
    is_regional = service.bounds is not None and service.bounds.width < WORLD_WIDE_DEG
    return [replace(layer_of_service(service), bounds_lonlat=service.bounds if is_regional else None)]
