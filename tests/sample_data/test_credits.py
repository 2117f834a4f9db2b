"""Every shipped data file is credited, and `path` finds it."""

from pathlib import Path
from typing import get_args

import pytest

import sample_data
from sample_data import DateKind, path

ABOUT = {"credits.toml", "CREDITS.md", "screenshot.png"}


def shipped() -> set[str]:
    folder = path("credits.toml").parent
    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    return {name for name in names if not name.endswith((".py", ".pyc"))} - ABOUT


def test_every_shipped_file_has_a_credit_and_no_credit_is_left_over() -> None:
    assert set(sample_data.credits()) == shipped()


def test_credits_are_complete_and_their_page_tells_of_each_file() -> None:
    page = path("CREDITS.md").read_text(encoding="utf-8")
    sections = "\n".join(line for line in page.splitlines() if line.startswith("## "))
    for name, credit in sample_data.credits().items():
        assert all((credit.title, credit.credit, credit.licence, credit.date_text)), name
        assert credit.date_kind in get_args(DateKind), name
        assert name in sections


def test_the_attribution_line_is_the_same_on_the_page() -> None:
    page = path("CREDITS.md").read_text(encoding="utf-8")
    for name in ("blue_marble.tif", "night_lights.tif", "coast.geojson", "boundaries.geojson", "places.sqlite.xz"):
        assert f"* **Credit**: {sample_data.credits()[name].credit}\n" in page


@pytest.mark.parametrize("name", ["nothing.tif", "facts"])
def test_a_name_that_is_not_shipped_is_refused(name: str) -> None:
    with pytest.raises(FileNotFoundError, match=name):
        path(name)


def test_the_folder_stays_small() -> None:
    folder = path("credits.toml").parent
    sizes = {name: (Path(folder) / name).stat().st_size for name in shipped()}
    assert sizes.pop("places.sqlite.xz") <= 8_000_000
    assert max(sizes.values()) <= 2_500_000
    assert sum(sizes.values()) <= 8_000_000


@pytest.mark.parametrize(
    "name", ["../pyproject.toml", "../viewer/resources/mark.svg", "/etc/hostname", "", ".", "facts"]
)
def test_only_what_is_shipped_has_a_path(name: str) -> None:
    """A case names shipped files: what it names is looked up, never followed."""
    with pytest.raises(FileNotFoundError, match="ships no sample file"):
        sample_data.path(name)
    assert sample_data.path("facts/claims.toml").is_file()
