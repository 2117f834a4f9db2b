"""geoloupe search: finds the rows of a case that have some words, in any script, the best first."""

from __future__ import annotations

import argparse

from viewer.cli.terminal.command import DONE, Command, add_json, print_json
from viewer.support.terminal import say


def _search(arguments: argparse.Namespace) -> int:
    from layers.finding.about_sites import sites_about  # for start-up time, as the next ones
    from layers.finding.case_index import CaseIndex
    from layers.finding.case_text import texts_of
    from viewer.cli.terminal.reading import open_case

    document = open_case(arguments.case)
    answers = CaseIndex(texts_of(document)).search(arguments.text)
    if arguments.json:
        keys = ("table", "uuid", "title", "snippet", "score")
        print_json(
            [
                {key: getattr(answer, key) for key in keys}
                | {"sites": sites_about(document, answer.table, answer.uuid)}
                for answer in answers
            ]
        )
        return DONE
    for answer in answers:
        say(f"{answer.table.replace('_', ' ')} | {answer.title}")
        if answer.snippet and answer.snippet != answer.title:
            say(f"   {answer.snippet}")
    if not answers:
        say(f"Nothing found for “{arguments.text}”.")
    return DONE


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE")
    parser.add_argument("text", metavar="TEXT", help="words, or beginnings of words; a phrase in quotation marks")
    add_json(parser)


SEARCH = Command("search", "find rows of a case by their words", _add_arguments, _search)
