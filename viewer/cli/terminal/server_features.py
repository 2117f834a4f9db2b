"""Features of servers for headless subcommands: fetched into a file, which is a layer from then on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from layers.errors import BadTemplate, ServerFault
from layers.geo.bounds import Bounds
from layers.requests.probe import Probe
from viewer.cli.terminal.server_documents import ServerDocuments

if TYPE_CHECKING:
    from layers.pool.pool import ReaderPool
    from layers.services.features.feature_question import FeatureQuestion
    from layers.services.offers.offer import ServiceOffer
    from viewer.commands.found_layers import FoundLayer


class FeaturesWanted(Struct, frozen=True):
    """The folder for files of features, and the bounds in lon, lat of those that are wanted; None: all."""

    folder: Path
    bounds: Bounds | None = None


def feature_layers(
    offer: ServiceOffer, chosen: str, wanted: FeaturesWanted, servers: ServerDocuments, pool: ReaderPool
) -> tuple[list[FoundLayer], str]:
    """The layers of the features that `chosen` names in an offer, and a sentence on what is missing; empty for nothing.

    Raises BadTemplate where no layer is meant, and the GeoloupeError of a server that sends no features.
    """
    # For start-up time.
    from layers.services.features.feature_origin import FeatureOrigin
    from layers.services.features.feature_walk import FeatureWalk
    from layers.time.utc import utc_now
    from viewer.app.imagery.feature_files import write_features
    from viewer.commands.found_layers import layers_of_probe
    from viewer.commands.imagery.fetched_features import with_origin

    question, now = _question(offer, chosen, wanted.bounds), utc_now()
    walk = FeatureWalk(question)
    while (request := walk.next_request()) is not None:
        answer, error = servers.asked(request, keep=False)
        if error is not None or answer is None:
            walk.fail(error or ServerFault("The server sent nothing."))
        else:
            walk.take(answer.body, answer.address, answer.headers.get("content-crs", ""))
    if not walk.count:
        raise ServerFault("The server has no features of “{name}” there.", name=question.title)
    path = write_features(walk, wanted.folder, now[:10]).resolve()
    origin = FeatureOrigin(question=question, fetched_at=now, words=walk.outcome)
    layers = with_origin(layers_of_probe(path, pool.ask(Probe(str(path))).facts), origin)
    return layers, "" if walk.is_complete else f"{question.title}: {walk.outcome}"


def _question(offer: ServiceOffer, chosen: str, bounds: Bounds | None) -> FeatureQuestion:
    # For start-up time.
    from layers.services.features.feature_question import FeatureQuestion
    from layers.services.offers.chosen_service import chosen_layer

    layer, _ = chosen_layer(offer, chosen)
    if not layer.address:
        why = next(iter(layer.problems), "")
        raise BadTemplate("The layer “{name}” cannot be fetched. {why}", name=layer.name or layer.title, why=why)
    return FeatureQuestion(
        kind=offer.service,
        address=layer.address,
        title=layer.title or layer.name,
        bounds=bounds,
        attribution=layer.attribution or offer.attribution,
        licence=layer.licence or offer.licence,
    )
