"""geoloupe scenes ADDRESS: searches an archive of imagery (STAC), page by page."""

from __future__ import annotations

import argparse
import time
from typing import Any

from layers.errors import ServerFault
from layers.services.address_keys import split_key
from layers.services.stac.documents import read_stac
from layers.services.stac.item import StacItem
from layers.services.stac.pages import Pager
from layers.services.stac.question import StacQuestion
from layers.services.stac.scenes import item_facts
from layers.services.stac.walk import CatalogueWalk
from viewer.cli.terminal.command import DONE, print_json
from viewer.cli.terminal.server_documents import ServerDocuments, server_documents
from viewer.support.terminal import complain, say

LONGEST_PAUSE_S = 10.0


def list_archive(arguments: argparse.Namespace) -> int:
    """Print the scenes of an archive that answer the question. Raises a GeoloupeError where it cannot be asked."""
    from layers.geo.bounds import Bounds  # for start-up time

    question = StacQuestion(
        boxes=(Bounds(*arguments.bounds),) if arguments.bounds else (),
        begin=arguments.begin or "",
        end=arguments.end or "",
    )
    with server_documents([arguments.folder]) as servers:
        asker, items = _searched(split_key(arguments.folder).address, question, servers)
    problems = [str(problem) for problem in asker.problems]
    if arguments.json:
        print_json({"items": list(map(item_facts, items)), "matched": asker.matched, "problems": problems})
        return DONE
    for sentence in problems:
        complain(sentence)
    for item in items:
        say(
            f"{item.id}: {', '.join(filter(None, (item.platform, item.datetime or item.start, str(item.cloud_words))))}"
        )
    say(f"{len(items)} of {asker.matched or len(items)} scenes." if items else "No scene listed.")
    return DONE


def _searched(
    address: str, question: StacQuestion, servers: ServerDocuments
) -> tuple[Pager | CatalogueWalk, list[StacItem]]:
    landing = servers.document(address)
    document = read_stac(landing.body, landing.address)
    asker: Any
    if document.service == "stac-api" or document.links_of("search"):
        asker, items = Pager(question, document), list[StacItem]()
    else:
        asker = CatalogueWalk(question, document)
        items = list(asker.first_items)
    while (request := asker.next_request()) is not None:
        answer, error = servers.asked(request)
        if answer is None and not isinstance(error, ServerFault):
            raise error or ServerFault("The archive sent nothing.")
        body, source, status = (b"", "", 0) if answer is None else (answer.body, answer.address, answer.status)
        items += asker.take(body, source, status)
        time.sleep(min(asker.pause_s, LONGEST_PAUSE_S))
    return asker, items
