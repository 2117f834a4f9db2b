"""Documents of a catalogue in a folder: found by the names that they have, bounded, and none from outside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from layers.errors import FileMissing, GeoloupeError, NotAllowed, NotReadable, TooLarge
from layers.services.stac import folder_documents
from layers.services.stac.folder_documents import first_document, read_document


@pytest.mark.parametrize("name", ["catalog.json", "collection.json"])
def test_a_folder_begins_with_its_catalogue(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    document = first_document(str(tmp_path))
    assert (document.body, document.path) == (b"{}", (tmp_path / name).as_posix())
    assert first_document(str(tmp_path / name)) == document


def test_a_folder_that_is_no_catalogue_is_named_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileMissing) as caught:
        first_document(str(tmp_path))
    assert str(caught.value.sentence).startswith(f"“{tmp_path.name}” has no catalog.json or collection.json in it")


def linked_out(folder: Path) -> Path:
    (folder.parent / "secret.json").write_text("{}")
    (folder / "item.json").symlink_to(folder.parent / "secret.json")
    return folder / "item.json"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "item.json")
    return folder / "item.json"


def large(folder: Path) -> Path:
    (folder / "item.json").write_bytes(b" " * 101)
    return folder / "item.json"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders, and links for administrators only")
@pytest.mark.parametrize(
    ("make", "error"),
    [
        (linked_out, NotAllowed),
        (lambda folder: folder.parent / "beside.json", NotAllowed),
        (pipe, NotReadable),
        (large, TooLarge),
        (lambda folder: folder / "gone.json", FileMissing),
    ],
)
def test_what_is_no_document_of_the_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make, error: type[GeoloupeError]
) -> None:
    monkeypatch.setattr(folder_documents, "MOST_BYTES", 100)
    folder = tmp_path / "catalogue"
    folder.mkdir()
    path = make(folder)
    with pytest.raises(error) as caught:
        read_document(str(path), str(folder))
    assert path.name in str(caught.value.sentence)
