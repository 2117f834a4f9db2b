"""Finds the layers that `bench view` measures, of a file or an address, as the window finds them."""

from __future__ import annotations

from collections.abc import Callable

from layers.errors import GeoloupeError
from layers.requests.addresses import is_ranged_address
from layers.requests.probe import Probe
from layers.services.naming import asks_server, is_service_text
from layers.services.offers.offer import ServiceOffer
from viewer.app.opening.server_layers import find_server_layers, layers_of_offer
from viewer.cli.terminal.documents import checked_place, found_layers
from viewer.cli.terminal.server_documents import ServerDocuments
from viewer.cli.terminal.server_features import FeaturesWanted, feature_layers
from viewer.commands.found_layers import FoundLayer, layers_of_address
from viewer.export.headless import Studio

type LayersDone = Callable[[list[FoundLayer]], None]
type LayersFailed = Callable[[GeoloupeError], None]


def find_layers(text: str, studio: Studio, features: FeaturesWanted, done: LayersDone, failed: LayersFailed) -> None:
    """Find the layers of a path or an address; `done` or `failed` is called later. Files are probed in a job.

    `features` says where the features of a server are written, and which are wanted.
    """
    pool, jobs = studio.pool, studio.context.jobs
    if is_ranged_address(text):
        jobs.run(lambda _: layers_of_address(text, pool.ask(Probe(text)).facts), done, failed)
    elif is_service_text(text) and asks_server(text):
        _ask_server(text, studio, features, done, failed)
    else:
        jobs.run(lambda _: [checked_place(layer) for layer in found_layers(text, pool)], done, failed)


def _ask_server(text: str, studio: Studio, features: FeaturesWanted, done: LayersDone, failed: LayersFailed) -> None:
    """Ask an address for what it offers, and choose the layer that is named behind its #."""

    def choose(offer: ServiceOffer, chosen: str) -> list[FoundLayer]:
        if offer.service in ("wfs", "ogcapi"):
            return feature_layers(offer, chosen, features, ServerDocuments(studio.fetcher), studio.pool)[0]
        return layers_of_offer(offer, chosen)

    def take(answer: list[FoundLayer] | GeoloupeError) -> None:
        failed(answer) if isinstance(answer, GeoloupeError) else done(answer)

    find_server_layers(text, studio.fetcher, studio.context.jobs, take, choose)
