"""Paths of layers are relative in a case's file and absolute in memory, wherever the case goes."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.project.opening.case_paths import CaseHome, absolute, bring_home, link_out, relative
from layers.project.opening.case_process import CaseInline
from layers.project.saving.case_copy import open_for_work
from layers.project.saving.publish import publish, write_case
from layers.project.saving.working_copy import WorkingCopy
from tests.support.cases.rich import read_case


def document_of(*sources: dict[str, Any]) -> Document:
    return Document(
        {
            "layers": [
                Layer(uuid=f"l{number}", kind="raster", name=f"{number}", source_json=json.dumps(source))
                for number, source in enumerate(sources)
            ]
        }
    )


def stored(path: Path) -> list[dict[str, Any]]:
    """The sources in a case's file, as they stand there."""
    return [layer.source for layer in read_case(path).document.layers.values()]


@pytest.mark.bounded_after(6)
@pytest.mark.parametrize(
    ("path", "folder", "windows", "said"),
    [
        ("/c/scenes/a.tif", "/c", False, "scenes/a.tif"),
        ("/c/a.tif", "/c", False, "a.tif"),
        ("/c/новая папка/数据 1.tif", "/c", False, "новая папка/数据 1.tif"),
        ("/c2/a.tif", "/c", False, "/c2/a.tif"),
        ("/c/~a.tif", "/c", False, "./~a.tif"),
        ("/c/C:a.tif", "/c", False, "./C:a.tif"),
        ("/c/0:/a.tif", "/c", False, "0:/a.tif"),
        ("/c/<a>.tif", "/c", False, "./<a>.tif"),
        ("/c/scene:1.tif", "/c", False, "./scene:1.tif"),
        ("/c/a\\b.tif", "/c", False, "/c/a\\b.tif"),
        ("C:\\x\\a.tif", "/c", False, "C:\\x\\a.tif"),
        ("C:\\c\\scenes\\a.tif", "C:\\c", True, "scenes/a.tif"),
        ("c:\\C\\scenes\\a.tif", "C:\\c", True, "scenes/a.tif"),
        ("D:\\scenes\\a.tif", "C:\\c", True, "D:\\scenes\\a.tif"),
        ("\\\\srv\\s\\c\\a.tif", "\\\\srv\\s\\c", True, "a.tif"),
        ("\\\\srv\\s\\d\\a.tif", "\\\\srv\\s\\c", True, "\\\\srv\\s\\d\\a.tif"),
    ],
)
def test_a_path_below_the_case_is_stored_relative(path: str, folder: str, windows: bool, said: str) -> None:
    assert relative(path, folder, windows=windows) == said
    back = absolute(said, folder, windows=windows)
    assert back.lower() == path.lower()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1), max_size=4))
def test_what_is_stored_leads_back(parts: list[str]) -> None:
    path = os.path.normpath("/".join(["/c", *parts]))
    assert absolute(relative(path, "/c", windows=False), "/c", windows=False) == path


def test_saving_stores_relative_paths_and_leaves_memory_alone(tmp_path: Path) -> None:
    inside, outside = str(tmp_path / "case" / "scenes" / "a.tif"), str(tmp_path / "other" / "b.tif")
    images = [{"path": inside, "name": "a", "bands": 1}, {"path": outside, "name": "b", "bands": 1}]
    document = document_of({"path": inside}, {"path": outside}, {"combined": images}, {"shipped": "coast.geojson"})
    (tmp_path / "case").mkdir()
    write_case(document, tmp_path / "case" / "c.gpkg")
    assert stored(tmp_path / "case" / "c.gpkg") == [
        {"path": "scenes/a.tif"},
        {"path": outside},
        {"combined": [{"path": "scenes/a.tif", "name": "a", "bands": 1}, images[1]]},
        {"shipped": "coast.geojson"},
    ]
    assert document.layers["l0"].source == {"path": inside}


@pytest.mark.bounded
def test_save_as_resolves_what_was_relative_to_the_old_folder(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "old" / "new"
    new.mkdir(parents=True)
    write_case(document_of({"path": str(old / "a.tif")}, {"path": str(new / "b.tif")}), old / "c.gpkg")
    assert stored(old / "c.gpkg") == [{"path": "a.tif"}, {"path": "new/b.tif"}]
    opened = open_for_work(tmp_path / "sessions", old / "c.gpkg", asks=CaseInline())
    assert opened.home == CaseHome(str(old))
    work = opened.work
    publish(work, new / "c.gpkg")
    assert stored(new / "c.gpkg") == [{"path": str(old / "a.tif")}, {"path": "b.tif"}]
    publish(work, old / "c.gpkg", overwrite=True)
    assert stored(old / "c.gpkg") == [{"path": "a.tif"}, {"path": "new/b.tif"}]
    work.close()


def test_a_working_copy_of_before_with_relative_paths_is_saved_elsewhere_as_well(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    work = WorkingCopy.create(tmp_path / "sessions", document_of({"path": "a.tif"}), target=old / "c.gpkg")
    publish(work, new / "c.gpkg")
    assert stored(new / "c.gpkg") == [{"path": str(old / "a.tif")}]
    work.close()


def test_the_history_in_the_file_names_no_folder_of_this_computer(tmp_path: Path) -> None:
    document = Document()
    work = WorkingCopy.create(tmp_path / "sessions", document, target=None)
    layer = Layer(uuid="l", kind="raster", name="n", source_json=json.dumps({"path": str(tmp_path / "a.tif")}))
    moved = replace(layer, source_json=json.dumps({"path": str(tmp_path / "b.tif"), "height_m": 3.0}))
    for change in (Change("layers", None, layer), Change("layers", layer, moved)):
        edit = Edit("x", (change,))
        document.apply(edit)
        work.append(edit, "me")
    publish(work, tmp_path / "c.gpkg")
    work.close()
    assert str(tmp_path).encode() not in (tmp_path / "c.gpkg").read_bytes()
    with closing(sqlite3.connect(tmp_path / "c.gpkg")) as connection:
        deltas = [json.loads(text) for (text,) in connection.execute("SELECT delta_json FROM loupe_history")]
    assert [json.loads(delta["source_json"][1])["path"] for delta in deltas] == ["a.tif", "b.tif"]


def test_a_case_in_a_linked_folder_is_stored_relative_to_the_real_one(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    write_case(document_of({"path": str(real / "a.tif")}), tmp_path / "link" / "c.gpkg")
    assert stored(real / "c.gpkg") == [{"path": "a.tif"}]


def test_bringing_home_makes_paths_absolute_and_leaves_the_rest(tmp_path: Path) -> None:
    sources = [
        {"path": "scenes/a.tif", "height_m": 3.0},
        {"path": "scenes\\b.tif"},
        {"path": "../c.tif"},
        {"path": "C:\\x\\d.tif"},
        {"path": "/vsicurl/http://x/e.tif"},
        {"path": {"no": "text"}},
        {"path": "~/f.tif"},
        {"combined": [{"path": "g.tif"}, {"path": "/h.tif"}, 3]},
    ]
    document = document_of(*sources)
    bring_home(document, tmp_path)
    assert [layer.source for layer in document.layers.values()] == [
        {"path": str(tmp_path / "scenes" / "a.tif"), "height_m": 3.0},
        {"path": str(tmp_path / "scenes" / "b.tif")},
        {"path": str(tmp_path.parent / "c.tif")},
        *sources[3:7],
        {"combined": [{"path": str(tmp_path / "g.tif")}, {"path": "/h.tif"}, 3]},
    ]


def test_f79_links_that_lead_out_are_found_without_looking_where_they_lead(tmp_path: Path) -> None:
    case, other = tmp_path / "case", tmp_path / "other"
    (case / "in").mkdir(parents=True)
    other.mkdir()
    (case / "in" / "real.tif").touch()
    links = {
        "out.tif": other / "a.tif",
        "up.tif": Path("../other/a.tif"),
        "net.tif": Path("/net/srv/a.tif"),
        "in.tif": Path("in/real.tif"),
        "folder": other,
        "inner": Path("in"),
        "round.tif": Path("round.tif"),
        "chain.tif": Path("out.tif"),
        "back.tif": Path("../case/in/real.tif"),
        "gone.tif": Path("nothing.tif"),
        "whole.tif": case / "in" / "real.tif",
    }
    for name, target in links.items():
        (case / name).symlink_to(target)
    found = {name: link_out(str(case / name), str(case)) for name in [*links, "folder/x.tif", "inner/real.tif", "no"]}
    outside = str(other / "a.tif")
    assert {name: target for name, target in found.items() if target} == {
        "out.tif": outside,
        "up.tif": outside,
        "net.tif": "/net/srv/a.tif",
        "folder": str(other),
        "chain.tif": outside,
        "folder/x.tif": str(other / "x.tif"),
        "round.tif": str(tmp_path),
    }
    home = bring_home(document_of({"path": "out.tif"}, {"path": "in.tif"}), case)
    assert home == CaseHome(str(case), {str(case / "out.tif"): outside})
