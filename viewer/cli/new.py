"""geoloupe new CASE [FILES...]: makes a case with these layers."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import NotAllowed
from viewer.cli.terminal.command import DONE, Command, parse_bounds
from viewer.support.plain_imports import load_qt
from viewer.support.terminal import complain

if TYPE_CHECKING:
    from viewer.cli.terminal.server_documents import ServerDocuments


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="the GeoPackage to make; it must not be there yet")
    parser.add_argument("files", nargs="*", metavar="FILES", help="rasters, vectors, tile templates, services")
    parser.add_argument("--bounds", type=parse_bounds, metavar="W,S,E,N", help="of features that a server sends")


def _run(arguments: argparse.Namespace) -> int:
    from layers.geo.bounds import Bounds  # for start-up time, as all below
    from layers.project.saving.publish import write_case
    from viewer.app.imagery.feature_files import features_folder
    from viewer.cli.terminal.documents import document_of, without_keys
    from viewer.cli.terminal.reading import one_reader
    from viewer.cli.terminal.server_features import FeaturesWanted

    bounds = Bounds(*arguments.bounds) if arguments.bounds else None
    target = Path(arguments.case)
    if target.exists():
        raise NotAllowed("{target} is there already: choose another name, or move the old file away.", target=target)
    with one_reader() as pool, _servers(arguments.files) as servers:
        wanted = FeaturesWanted(features_folder(target), bounds)
        opened = document_of(without_keys(arguments.files), pool, servers=servers, features=wanted)
    document = opened.document
    write_case(document, target)
    for notice in opened.notices:
        complain(notice)
    count = len(document.layers)
    print(f"{target}: a new case with {count} layer{'' if count == 1 else 's'}.")
    return DONE


def _servers(files: list[str]) -> AbstractContextManager[ServerDocuments | None]:
    """Servers to be asked, where a file is an address that only its server can explain."""
    from layers.services.naming import asks_server  # for start-up time, as all below

    if not any(map(asks_server, files)):
        return nullcontext()
    load_qt()
    from viewer.cli.terminal.server_documents import server_documents

    return server_documents(files)


NEW = Command("new", "make a case with these layers", _add_arguments, _run)
