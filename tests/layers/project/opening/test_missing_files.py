"""Files that are not where a case says are found by name, then by content; a folder is remapped once for all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from layers.disk.content_mark import ContentMark, mark_of
from layers.errors import GeoloupeError
from layers.project.opening import missing_files
from layers.project.opening.missing_files import (
    Sameness,
    WantedFile,
    common_folder,
    find_files,
    likely_folders,
    remapped,
)


def written(path: Path, content: str = "x") -> ContentMark:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    mark = mark_of(path)
    assert mark is not None
    return mark


def test_f78_files_are_found_by_name_in_any_notation(tmp_path: Path) -> None:
    for name in ("a.tif", "Б.tif", "数据 1.tif"):
        written(tmp_path / "scenes" / name, name)
    texts = ["C:\\Users\\x\\scenes\\A.TIF", "/home/x/б.tif", "\\\\srv\\share\\数据 1.tif", "/home/x/none.tif"]
    search = find_files([WantedFile(text) for text in texts], str(tmp_path))
    assert {text: os.path.basename(found.path) for text, found in search.found.items()} == {
        texts[0]: "a.tif",
        texts[1]: "Б.tif",
        texts[2]: "数据 1.tif",
    }
    assert {found.sameness for found in search.found.values()} == {Sameness.NAME}
    assert not search.is_cut


def test_f78_by_content_where_the_name_is_another(tmp_path: Path) -> None:
    mark = written(tmp_path / "renamed.tif", "the content")
    written(tmp_path / "a.tif", "other text!")
    search = find_files([WantedFile("/x/a.tif", mark)], str(tmp_path))
    found = search.found["/x/a.tif"]
    assert (Path(found.path).name, found.sameness, found.mark) == ("renamed.tif", Sameness.CONTENT, mark)


def test_of_two_with_the_same_name_the_content_decides_then_the_folder(tmp_path: Path) -> None:
    written(tmp_path / "one" / "a.tif", "one")
    mark = written(tmp_path / "two" / "a.tif", "two")
    texts = ("/x/one/a.tif", "/x/two/a.tif", "/x/three/a.tif")
    known = find_files([WantedFile(texts[0], mark)], str(tmp_path))
    assert known.found[texts[0]].path == str(tmp_path / "two" / "a.tif")
    unknown = find_files([WantedFile(text) for text in texts], str(tmp_path)).found
    assert unknown[texts[0]].path == str(tmp_path / "one" / "a.tif")
    assert unknown[texts[1]].path == str(tmp_path / "two" / "a.tif")
    assert texts[2] not in unknown, "nobody knows which"


def test_a_file_of_that_name_with_other_content_is_told_apart(tmp_path: Path) -> None:
    mark = written(tmp_path / "a.tif", "before")
    written(tmp_path / "a.tif", "after it was saved anew")
    assert (
        find_files([WantedFile("/x/a.tif", mark)], str(tmp_path)).found["/x/a.tif"].sameness is Sameness.OTHER_CONTENT
    )


def test_f78_a_folder_is_remapped_for_all(tmp_path: Path) -> None:
    for number in range(3):
        written(tmp_path / f"day{number}" / "a.tif", str(number))
    texts = [f"C:\\Users\\x\\scenes\\day{number}\\a.tif" for number in range(3)]
    search = find_files([WantedFile(text) for text in texts], str(tmp_path), old_folder="c:\\users\\x\\scenes")
    assert [search.found[text].path for text in texts] == [
        str(tmp_path / f"day{number}" / "a.tif") for number in range(3)
    ]


def test_a_delivery_is_a_folder(tmp_path: Path) -> None:
    written(tmp_path / "S2A.SAFE" / "manifest.safe")
    search = find_files([WantedFile("/x/S2A.SAFE")], str(tmp_path))
    assert search.found["/x/S2A.SAFE"].path == str(tmp_path / "S2A.SAFE")


def test_links_and_what_is_no_file_are_not_found(tmp_path: Path) -> None:
    case, other = tmp_path / "case", tmp_path / "other"
    written(other / "a.tif")
    case.mkdir()
    (case / "a.tif").symlink_to(other / "a.tif")
    (case / "folder").symlink_to(other)
    os.mkfifo(case / "b.tif")
    wanted = [WantedFile("/x/a.tif"), WantedFile("/x/b.tif"), WantedFile("/x/c.tif", ContentMark(0, "0" * 16))]
    assert find_files(wanted, str(case)).found == {}


def test_the_search_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        written(tmp_path / f"{number}.tif")
    monkeypatch.setattr(missing_files, "MOST_ENTRIES", 10)
    assert find_files([WantedFile("/x/none.tif")], str(tmp_path)).is_cut
    monkeypatch.undo()
    ticks = iter(range(0, 1000, 3))
    assert find_files([WantedFile("/x/none.tif")], str(tmp_path), clock=lambda: float(next(ticks))).is_cut
    deep = tmp_path
    for _ in range(missing_files.DEEPEST + 2):
        deep /= "d"
    written(deep / "a.tif")
    search = find_files([WantedFile("/x/a.tif")], str(tmp_path))
    assert (search.found, search.is_cut) == ({}, True)


def test_the_search_can_be_given_up(tmp_path: Path) -> None:
    def give_up() -> None:
        raise GeoloupeError("given up")

    with pytest.raises(GeoloupeError):
        find_files([WantedFile("/x/a.tif")], str(tmp_path), check=give_up)


@pytest.mark.parametrize(
    ("texts", "folder"),
    [
        (["/a/b/1.tif", "/a/b/2.tif"], "/a/b"),
        (["/a/b/1.tif", "/a/c/2.tif"], "/a"),
        (["/a/b/1.tif"], "/a/b"),
        (["/a/1.tif", "/b/2.tif"], ""),
        (["C:\\a\\1.tif", "c:\\A\\b\\2.tif"], "C:\\a"),
        (["C:/a/1.tif", "C:\\a\\2.tif"], "C:\\a"),
        (["C:\\a\\1.tif", "D:\\a\\2.tif"], ""),
        (["\\\\srv\\s\\x\\1.tif", "\\\\srv\\s\\y\\2.tif"], "\\\\srv\\s"),
        (["C:\\a\\1.tif", "/a/2.tif"], ""),
        (["//srv/s/1.tif"], "//srv/s"),
        (["1.tif"], ""),
        ([], ""),
    ],
)
def test_f78_the_longest_common_folder(texts: list[str], folder: str) -> None:
    assert common_folder(texts) == folder


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("C:\\Users\\x\\scenes\\a\\1.tif", "C:\\Users\\x\\scenes", "/here/a/1.tif"),
        ("\\\\srv\\share\\1.tif", "\\\\srv\\share", "/here/1.tif"),
        ("/home/x/s/1.tif", "/home/x/s", "/here/1.tif"),
        ("/home/x/s2/1.tif", "/home/x/s", ""),
        ("/home/X/s/1.tif", "/home/x/s", ""),
        ("C:\\a\\..\\..\\1.tif", "C:\\a", ""),
        ("/home/x/s", "/home/x/s", ""),
    ],
)
def test_f78_a_path_in_its_new_folder(text: str, old: str, new: str) -> None:
    assert remapped(text, old, "/here") == new


def test_f78_the_folder_of_most_files_is_offered_first() -> None:
    texts = ["/a/x/1.tif", "D:\\s\\1.tif", "d:\\S\\b\\2.tif", "/a/y/2.tif", "/a/3.tif", "\\\\srv\\s\\1.tif"]
    assert likely_folders(texts) == ["/a", "D:\\s", "\\\\srv\\s", "/a/x", "d:\\S\\b", "/a/y"]
    assert likely_folders([]) == []
