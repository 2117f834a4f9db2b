"""geoloupe search: rows of the demo and of a small case by their words, in the keys of the contract."""

from __future__ import annotations

import hashlib
from pathlib import Path

from shapely import Point

from layers.document.document import Document
from layers.document.rows import Comment
from layers.document.source import Source, SourceFile
from layers.project.saving.publish import write_case
from tests.support.readers.kept_documents import PAGE, PAGE_ADDRESS, pdf_of, wacz_of, warc_of, warc_record
from tests.viewer.canvas.conftest import site
from viewer.cli.terminal.command import DONE

KEYS = ["table", "uuid", "title", "snippet", "score", "sites"]


def test_three_scripts_find_their_rows_in_the_demo(cli, demo: Path) -> None:
    for typed, title in (("酒泉", "Jiuquan"), ("Восточный", "Vostochny"), ("jiuquan", "Jiuquan")):
        answers = cli("search", demo, typed, "--json").json
        assert all(list(answer) == KEYS for answer in answers)
        best = answers[0]
        assert (best["table"], best["sites"]) == ("sites", [best["uuid"]])
        assert title in best["title"]
        assert sorted(answers, key=lambda answer: -answer["score"]) == answers


def test_a_comment_is_found_and_leads_to_its_site(cli, tmp_path: Path) -> None:
    rows = {
        "sites": [site("a", Point(1, 2), label="Pad", notes="海南三亚港以西")],
        "comments": [Comment(uuid="k", target_uuid="a", body="Look at the gantry\nonce more")],
    }
    write_case(Document(rows), tmp_path / "a.gpkg")
    answer = cli("search", tmp_path / "a.gpkg", "gantry", "--json").json[0]
    assert (answer["table"], answer["uuid"], answer["sites"]) == ("comments", "k", ["a"])
    assert answer["snippet"] == "Look at the gantry once more"
    assert cli("search", tmp_path / "a.gpkg", "gantry").out.startswith("comments | Look at the gantry\n")
    assert cli("search", tmp_path / "a.gpkg", "三亚", "--json").json[0]["uuid"] == "a"
    nothing = cli("search", tmp_path / "a.gpkg", "crane")
    assert (nothing.code, nothing.out) == (DONE, "Nothing found for “crane”.\n")


def test_words_of_a_kept_pdf_and_of_a_page_in_a_web_archive_find_their_row(cli, tmp_path: Path) -> None:
    kept = {
        "p": pdf_of("Космодром Восточный", "port of 三亚"),
        "w": wacz_of(warc_of(warc_record(PAGE_ADDRESS, PAGE.encode()))),
        "x": b"%PDF-1.4 damaged",
    }
    types = {"p": "application/pdf", "w": "application/wacz", "x": "application/pdf"}
    rows = {
        "sources": [Source(uuid="s", title="Reports")],
        "source_files": [
            SourceFile(
                uuid=uuid,
                source_uuid="s",
                name=f"{uuid}.file",
                content_type=types[uuid],
                sha256=hashlib.sha256(data).hexdigest(),
            )
            for uuid, data in kept.items()
        ],
    }
    case = tmp_path / "a.gpkg"
    write_case(Document(rows), case, blobs={("source_files", uuid): data for uuid, data in kept.items()})
    first = cli("search", case, "三亚", "--json")
    assert {answer["uuid"] for answer in first.json} == {"p", "w"}
    assert "x.file is no whole PDF" in first.err
    page = next(answer for answer in first.json if answer["uuid"] == "p")
    assert page["snippet"].startswith("page 2: ")
    assert set(page) == {"table", "uuid", "title", "snippet", "score", "sites"}
    (source,) = cli("sources", case, "--json").json
    assert [(file["name"], file["sha256"][:8]) for file in source["files"]] == [
        (f"{uuid}.file", hashlib.sha256(data).hexdigest()[:8]) for uuid, data in kept.items()
    ]
    answers = cli("search", case, "восточный", "--json").json
    assert {(answer["table"], answer["uuid"]) for answer in answers} == {("source_files", "p"), ("source_files", "w")}
    assert all("Восточный" in answer["snippet"] for answer in answers)
