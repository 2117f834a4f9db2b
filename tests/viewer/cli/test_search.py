"""geoloupe search: rows of the demo and of a small case by their words, in the keys of the contract."""

from __future__ import annotations

from pathlib import Path

from shapely import Point

from layers.document.document import Document
from layers.document.rows import Comment
from layers.project.saving.publish import write_case
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
