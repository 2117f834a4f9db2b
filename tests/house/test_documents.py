"""The documents for engineers name files and folders that exist, and the hooks before a commit run our checks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layers.readers import other_kinds
from layers.readers.deliveries.scene_files import DeliveryKind
from layers.readers.files import OPENED
from tests.check import STEPS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("ARCHITECTURE.md", "CONTRIBUTING.md")
_QUOTED = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"\.?\w[\w.-]*(?:/[\w.-]+)*/?")
_ENDINGS = (".md", ".py", ".toml", ".yaml")


def paths_in(text: str) -> set[str]:
    """What stands in backticks and is written as a path: with a slash inside or the ending of a file of ours."""
    quoted = (found for found in _QUOTED.findall(text) if _PATH.fullmatch(found))
    return {found for found in quoted if "/" in found or found.endswith(_ENDINGS)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_paths_of_a_document_exist(name: str) -> None:
    paths = paths_in((ROOT / name).read_text("utf-8"))
    assert paths, "a document that names no file says little about the code"
    assert not {path for path in paths if not (ROOT / path).exists()}


def test_a_path_is_told_from_other_words() -> None:
    text = (
        "`layers/errors.py`, `layers/`, `.ci/packages`, `README.md`, but `Tool.push`, `uv run x/y`, `sqlite3`, `/vsi/x`"
    )
    assert paths_in(text) == {"layers/errors.py", "layers/", ".ci/packages", "README.md"}


def opened_by_readme() -> str:
    """The section of README that lists what can be opened."""
    text = (ROOT / "README.md").read_text("utf-8")
    return text.partition("## What it opens")[2].partition("\n## ")[0]


def test_readme_lists_what_readers_open() -> None:
    section = " ".join(opened_by_readme().split())
    assert not [name for name in OPENED if name not in section]
    assert not [kind for kind in DeliveryKind if str(kind) not in section]


def test_readme_lists_nothing_that_readers_refuse() -> None:
    section = opened_by_readme()
    refused = [kind.name.partition(",")[0] for _, kind in other_kinds.BEGINS]
    assert "MrSID" in refused
    assert not [name for name in refused if name in section and name not in OPENED]


def test_the_hooks_before_a_commit_are_the_checks_without_tests() -> None:
    entries = re.findall(r"entry: uv run (.+)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert entries == [" ".join(command) for name, command in STEPS if name != "tests"]
