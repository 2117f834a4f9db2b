"""geoloupe export --layout fact-check: the sheet beside a product, and the sheet of what changed since."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sample_data
from layers.product.factcheck.ticked_file import read_sheet
from tests.support.cases.changed_cases import change
from tests.support.command_line import geoloupe

DEMO = sample_data.path("demo.gpkg")
NINE = "68d9113d-4e21-57c9-a8a8-60a105b94b4f"
"""The claim of two officials."""


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--out", "x.png"), "A fact-check sheet is written as .html or .pdf."),
        (("--out", "x.html", "--publish"), "A fact-check sheet is internal: leave --issue, --publish and --raw out."),
        (("--out", "x.pdf", "--issue"), "A fact-check sheet is internal: leave --issue, --publish and --raw out."),
    ],
)
def test_what_a_sheet_is_not_is_refused(words: tuple[str, ...], refusal: str, tmp_path: Path) -> None:
    ran = geoloupe("export", DEMO, "--layout", "fact-check", *words, cwd=tmp_path)
    assert (ran.returncode, ran.stderr.strip()) == (2, f"geoloupe: {refusal}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.bounded
def test_since_is_of_a_sheet(tmp_path: Path) -> None:
    ran = geoloupe("export", DEMO, "--out", "x.pdf", "--since", "y.html", cwd=tmp_path)
    assert (ran.returncode, ran.stderr.strip()) == (
        2,
        "geoloupe: --since is of a fact-check sheet: give --layout fact-check with it.",
    )


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_a_second_sheet_asks_only_for_what_changed(tmp_path: Path) -> None:
    case = tmp_path / "case.gpkg"
    shutil.copy(DEMO, case)
    ran = geoloupe("export", case, "--layout", "fact-check", "--out", "first.html", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    first = read_sheet(tmp_path / "first.html")
    assert ran.stdout.strip() == f"{len(first.facts)} facts, 9 without a source"
    assert 150 < len(first.facts) <= 200
    change(case, f"UPDATE claims SET made_by = 'three officials', rev = rev + 1 WHERE uuid = '{NINE}'")
    ran = geoloupe(
        *("export", case, "--layout", "fact-check", "--since", "first.html", "--out", "second.html"), cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    second = read_sheet(tmp_path / "second.html")
    assert [fact.words for fact in second.facts if not fact.is_carried] == ["three officials"]
    assert "two officials" in (tmp_path / "second.html").read_text("utf-8"), "what is gone is said"
    ran = geoloupe(*("export", case, "--layout", "fact-check", "--since", case, "--out", "third.pdf"), cwd=tmp_path)
    assert ran.returncode == 1
    assert "is no fact-check sheet of Geoloupe" in ran.stderr
