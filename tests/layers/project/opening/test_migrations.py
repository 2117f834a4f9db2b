"""A case of an older version: brought to ours in memory, its file as it was until it is saved, and a backup then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.errors import CaseDamaged
from layers.project.opening import migrations
from layers.project.saving.publish import publish, write_case
from tests.support.cases.case_contents import rows
from tests.support.cases.changed_cases import change
from tests.support.cases.rich import open_for_work, read_case, relabel, rich_document


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.gpkg"
    write_case(rich_document(), path)
    change(path, "UPDATE loupe_meta SET value = '0' WHERE key = 'schema_version'")
    return path


def mark_role(document: Document) -> Edit:
    """A step: every site has a role."""
    changes = [Change("sites", site, replace(site, role="setting")) for site in document.sites.values()]
    return Edit("Bring the case to this version", tuple(changes))


def fail(document: Document) -> Edit:
    raise KeyError("a column that is not there")


def test_f75_a_step_changes_the_document_and_not_the_file(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {0: mark_role})
    before = case.read_bytes()
    intake, work = open_for_work(case.parent / "sessions", case)
    assert {site.role for site in intake.document.sites.values()} == {"setting"}
    assert {site.role for site in work.read_document().sites.values()} == {"setting"}
    assert case.read_bytes() == before
    work.append(relabel(intake.document, "mine"), "me")
    publish(work, case)
    work.close()
    assert case.with_name("case.gpkg.bak1").read_bytes() == before
    assert read_case(case).schema_version == 1
    assert not rows(case, "SELECT 1 FROM loupe_history WHERE actor = 'another program' AND delta_json LIKE '%role%'")
    told = rows(case, "SELECT count(*) FROM loupe_history WHERE delta_json LIKE '%\"setting\"]%' AND op = 'update'")
    assert told[0][0] >= 3


def test_f75_a_step_that_fails_leaves_the_original(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {0: fail})
    before = case.read_bytes()
    with pytest.raises(CaseDamaged, match="older version and could not be brought to this one") as caught:
        open_for_work(case.parent / "sessions", case)
    assert "\n" not in caught.value.sentence
    assert case.read_bytes() == before
    assert list((case.parent / "sessions").iterdir()) == []


def test_a_case_of_this_version_takes_no_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {0: fail})
    write_case(rich_document(), tmp_path / "new.gpkg")
    assert len(read_case(tmp_path / "new.gpkg").document.sites) == 4
