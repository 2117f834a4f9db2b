"""geoloupe new CASE [FILES...]: makes a case with these layers."""

from __future__ import annotations

import argparse
from pathlib import Path

from layers.errors import NotAllowed
from viewer.cli.terminal.command import DONE, Command
from viewer.support.terminal import complain


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="the GeoPackage to make; it must not be there yet")
    parser.add_argument("files", nargs="*", metavar="FILES", help="rasters, vectors, tile templates")


def _run(arguments: argparse.Namespace) -> int:
    from layers.project.saving.publish import write_case  # for start-up time
    from viewer.cli.terminal.documents import document_of
    from viewer.cli.terminal.reading import one_reader

    target = Path(arguments.case)
    if target.exists():
        raise NotAllowed("{target} is there already: choose another name, or move the old file away.", target=target)
    with one_reader() as pool:
        opened = document_of(arguments.files, pool)
    document = opened.document
    write_case(document, target)
    for notice in opened.notices:
        complain(notice)
    count = len(document.layers)
    print(f"{target}: a new case with {count} layer{'' if count == 1 else 's'}.")
    return DONE


NEW = Command("new", "make a case with these layers", _add_arguments, _run)
