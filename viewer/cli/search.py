"""geoloupe search: finds the rows of a case that have some words, in any script, the best first."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli.terminal.command import DONE, Command, add_json, print_json
from viewer.support.terminal import complain, say

if TYPE_CHECKING:
    from layers.document.document import Document


def _search(arguments: argparse.Namespace) -> int:
    from layers.finding.about_sites import sites_about  # for start-up time, as the next ones
    from layers.finding.case_index import CaseIndex
    from layers.finding.case_text import texts_of
    from viewer.cli.terminal.reading import case_file, open_case

    document = open_case(arguments.case)
    texts = texts_of(document, _kept_texts(document, case_file(arguments.case)))
    answers = CaseIndex(texts).search(arguments.text)
    if arguments.json:
        keys = ("table", "uuid", "title", "snippet", "score")
        print_json(
            [
                {key: getattr(answer, key) for key in keys}
                | {"snippet": answer.words, "sites": sites_about(document, answer.table, answer.uuid)}
                for answer in answers
            ]
        )
        return DONE
    for answer in answers:
        say(f"{answer.table.replace('_', ' ')} | {answer.title}")
        if answer.snippet and answer.snippet != answer.title:
            say(f"   {answer.words}")
    if not answers:
        say(f"Nothing found for “{arguments.text}”.")
    return DONE


def _kept_texts(document: Document, case: Path) -> dict[str, str]:
    """The words of the kept copies of a case by their uuid; why one has none goes to standard error."""
    from layers.document.source import SourceFile  # for start-up time, as the next ones
    from layers.errors import GeoloupeError
    from layers.finding.kept_words_store import KeptWordsStore
    from layers.project.saving.blobs import SessionBlobs
    from layers.project.saving.kept_bytes import KeptBytes
    from layers.project.saving.kept_documents import WITH_WORDS, KeptDocuments
    from layers.project.storage.fsops import DISK
    from viewer.cli.terminal.reading import reader_of_documents
    from viewer.support.settings import kept_words_folder

    rows = document.table("source_files").values()
    copies = [row for row in rows if isinstance(row, SourceFile) and row.content_type in WITH_WORDS]
    if not copies:
        return {}
    kept = KeptBytes(SessionBlobs(case.parent / "no session", DISK), lambda: case)
    texts: dict[str, str] = {}
    with reader_of_documents() as pool:
        for copy, facts in KeptDocuments(kept, KeptWordsStore(kept_words_folder()), pool).read_all(copies):
            if isinstance(facts, GeoloupeError):
                complain(facts.sentence)
            else:
                texts[copy.uuid] = facts.text
                if facts.pages_left:
                    complain(
                        f"{copy.name}: {facts.pages_left} of its pages cannot be unpacked here, and are not searched."
                    )
    return texts


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE")
    parser.add_argument("text", metavar="TEXT", help="words, or beginnings of words; a phrase in quotation marks")
    add_json(parser)


SEARCH = Command("search", "find rows of a case by their words", _add_arguments, _search)
