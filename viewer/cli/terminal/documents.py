"""Makes a document of the command line's arguments: cases, rasters, vectors, services."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from layers.document.document import Document
from layers.errors import CannotBePlaced, UnsupportedFormat
from layers.geo.crs import PIXEL_SPACE, crs_name, is_off_earth
from layers.geo.crs_catalog import fit_of
from layers.project.opening.case_paths import CaseHome, bring_home
from layers.project.opening.intake import read_case
from layers.project.storage.sqlite_file import is_case
from layers.requests.addresses import is_ranged_address
from layers.requests.probe import Probe
from layers.services.address_keys import split_key
from layers.services.naming import asks_server, is_service_text, service_from_text
from layers.services.offers.chosen_service import chosen_service, other_day
from viewer.cli.terminal.catalogue_scenes import layers_of_item, layers_of_item_file
from viewer.cli.terminal.reading import existing
from viewer.cli.terminal.server_documents import ServerDocuments, offer_at
from viewer.cli.terminal.server_features import FeaturesWanted, feature_layers
from viewer.commands.found_layers import (
    FoundLayer,
    chosen_unasked,
    edit_for,
    layer_of_service,
    layers_of_address,
    layers_of_probe,
    layers_of_service,
    said_of_unasked,
)
from viewer.commands.imagery.service_times import today
from viewer.network.consent import host_of

if TYPE_CHECKING:
    from layers.pool.pool import ReaderPool

ACTOR = "command line"


class Opened(Struct, frozen=True):
    """The files of the command line in one document. `home` is the folder of the case, in which its files are read."""

    document: Document
    home: CaseHome
    named: frozenset[str]
    """Uuids of the layers of files and services that were named beside the case."""
    notices: tuple[str, ...] = ()
    """Sentences on decisions made without asking: pixel space for a lone file without a place, one picture of many."""


def document_of(
    files: list[str],
    pool: ReaderPool,
    style: str = "",
    crs_of_data: str = "",
    *,
    is_steady: bool = False,
    servers: ServerDocuments | None = None,
    features: FeaturesWanted | None = None,
) -> Opened:
    """Make a document of all `files`, first to last from the bottom, imagery under vectors.

    `style` is for the layers that are added, `crs_of_data` for those of files that do not state theirs; `is_steady`:
    for a document that is drawn and not kept, whose layers look the same each time. Nothing is asked: a file without a
    place is shown in pixel space where it is the only one, and is refused with others. `servers` are asked for what
    addresses of services offer, and for `features`; None refuses these. Raises the GeoloupeError of the first that
    cannot be opened.
    """
    document, home, case_layers = Document(), CaseHome(), frozenset[str]()
    notices: list[str] = []
    named = [text for text in files if not is_service_text(text) and not text.lower().endswith(".gpkg")]
    pool.foretell(str(Path(text).resolve()) for text in named)  # a GeoPackage may be a case: no reader needs its folder
    for text in files:
        if not is_service_text(text) and existing(text).is_file() and is_case(Path(text)):
            if home.folder or document.layers:
                raise UnsupportedFormat("{text} is a second case: name one case, and before any other file.", text=text)
            document, home = case_at_home(Path(text))
            case_layers = frozenset(document.layers)
            continue
        everything, notice = _layers_at(text, pool, servers, features)
        notices += [notice, said_of_unasked(everything)]
        layers = [_in_crs(layer, crs_of_data) for layer in chosen_unasked(everything)]
        if len(files) == 1 and layers[0].question is not None and layers[0].question.has_pixels:
            notices.append(layers[0].question.notice)
            layers = [in_pixel_space(layer) for layer in layers]
        document.apply(
            edit_for(document, [checked_place(layer) for layer in layers], ACTOR, style, is_steady=is_steady)
        )
    return Opened(document, home, frozenset(document.layers) - case_layers, tuple(filter(None, notices)))


def case_at_home(path: Path) -> tuple[Document, CaseHome]:
    """Read a case, and make the paths of its layers absolute. Raises as `read_case`."""
    document = read_case(path).document
    return document, bring_home(document, path.resolve().parent)


def checked_place(layer: FoundLayer) -> FoundLayer:
    """Return the layer. Raises CannotBePlaced where its place would have to be asked for."""
    if layer.question is not None:
        raise CannotBePlaced(layer.question.refusal())
    return layer


def _in_crs(layer: FoundLayer, crs: str) -> FoundLayer:
    """Place the layer in a CRS where its place would have to be asked for.

    Raises CannotBePlaced where it has none there.
    """
    question = layer.question
    if not crs or question is None or question.bounds is None:
        return layer
    placed = layer.placed(crs)
    if placed.bounds_lonlat is None and not is_off_earth(crs):
        raise CannotBePlaced(
            "{name} is not in {crs_name}. {doubt}",
            name=question.name,
            crs_name=crs_name(crs),
            doubt=fit_of(crs, question.bounds).doubt,
        )
    return placed


def in_pixel_space(layer: FoundLayer) -> FoundLayer:
    """Put the layer in pixel space, where it can be shown there."""
    return layer.placed(PIXEL_SPACE) if layer.question is not None and layer.question.has_pixels else layer


def without_keys(files: list[str]) -> list[str]:
    """The files and addresses without the keys of addresses, which are shown to their hosts and stand nowhere."""
    return [split_key(text).address for text in files]


def hosts_named(files: list[str]) -> list[str]:
    """Hosts of the services and COGs among `files`: typing one is consent to contact it. Raises BadTemplate."""
    typed = [text for text in files if is_service_text(text)]
    services = [service_from_text(text) for text in typed if not asks_server(text)]
    own = [host_of(text) for text in typed if asks_server(text)]
    return [*own, *(host for service in services for host in service.hosts)]


def found_layers(text: str, pool: ReaderPool) -> list[FoundLayer]:
    """Find the layers of a path or a service: all tables of a vector file, the first of many pictures."""
    return chosen_unasked(_layers_in(text, pool))


def _layers_at(
    text: str, pool: ReaderPool, servers: ServerDocuments | None, features: FeaturesWanted | None
) -> tuple[list[FoundLayer], str]:
    """The layers of a word, and a sentence on what a server has not sent of them; empty for nothing."""
    if servers is None or is_ranged_address(text) or not (is_service_text(text) and asks_server(text)):
        return _layers_in(text, pool), ""
    address, _, chosen = text.partition("#")
    offer = offer_at(address, servers)
    if offer.service in ("wfs", "ogcapi") and features is not None:
        return feature_layers(offer, chosen, features, servers, pool)
    if layers := layers_of_item(offer):
        return layers, ""
    service = chosen_service(offer, chosen, today())
    return [layer_of_service(service)], other_day(offer, chosen, service)


def _layers_in(text: str, pool: ReaderPool) -> list[FoundLayer]:
    if is_ranged_address(text):
        from viewer.export.headless import answered_in_loop  # Qt: only where a file on a host is named

        return layers_of_address(text, answered_in_loop(pool, Probe(text)).facts)
    if is_service_text(text):
        return layers_of_service(text)
    path = existing(text).resolve()
    if layers := layers_of_item_file(path):
        return layers
    return layers_of_probe(path, pool.ask(Probe(str(path))).facts)
