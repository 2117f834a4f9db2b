"""geoloupe lint: the demo passes, and does not once a credit, an answer or a word is gone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from layers.document.rows import Product
from layers.product.spec import Override, ProductSpec, overrides_json
from tests.support.cases.changed_cases import change
from viewer.cli.terminal.command import BAD_INPUT, DONE, FINDINGS

KEYS = ["rule", "severity", "where", "sentence", "cure"]


@pytest.mark.bounded
def test_words_for_people_say_what_is_explained(cli, case: Path) -> None:
    told = cli("lint", case)
    assert "nothing found that is not explained" in told.out
    assert "of source-accessed: Its descriptor says that no date of access is recorded." in told.out
    change(case, "UPDATE loupe_meta SET value = '' WHERE key = 'author'")
    assert "[author]" in cli("lint", case).out


@pytest.fixture
def case(tmp_path: Path, demo: Path) -> Path:
    return Path(shutil.copy(demo, tmp_path / "case.gpkg"))


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("layout", [None, "site", "plain", "insets", "panels"])
def test_the_unaltered_demo_has_no_unexplained_finding(cli, demo: Path, layout: str | None) -> None:
    words = ("--layout", layout) if layout else ()
    outcome = cli("lint", demo, "--json", *words)
    assert (outcome.code, json.loads(outcome.out)) == (DONE, [])


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("statement", "rule", "severity"),
    [
        ("UPDATE loupe_layers SET credit = '' WHERE name = 'Coast'", "image-credit", "warning"),
        ("DELETE FROM responses", "named-party", "blocking"),
    ],
)
def test_a_demo_that_is_stripped_fails(cli, case: Path, statement: str, rule: str, severity: str) -> None:
    change(case, statement)
    outcome = cli("lint", case, "--json")
    assert outcome.code == FINDINGS
    found = json.loads(outcome.out)
    assert all(list(one) == KEYS for one in found)
    assert (rule, severity) in {(one["rule"], one["severity"]) for one in found}


@pytest.mark.bounded
def test_wording_is_judged_and_a_rule_can_be_off(cli, case: Path) -> None:
    change(case, "UPDATE loupe_meta SET value = 'Images prove that the depot is open' WHERE key = 'title'")
    (finding,) = json.loads(cli("lint", case, "--json").out)
    assert (finding["rule"], finding["severity"], finding["where"]) == ("proof", "warning", "the title")
    change(case, "INSERT INTO loupe_meta (key, value) VALUES ('wording_off:proof', '1')")
    assert json.loads(cli("lint", case, "--json").out) == [], "and the caveats of the page say that it is off"


PAPERS = ("A4", "A4 portrait", "A3", "Letter", "slide", "square", "newspaper, 1", "newspaper, 2", "newspaper, 4")
LAYOUTS = ("single", "plain", "site")


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("layout", "paper"),
    [(layout, PAPERS[(at + 5 * again) % len(PAPERS)]) for again in (0, 1) for at, layout in enumerate(LAYOUTS)],
)
def test_the_demo_can_be_published_in_each_layout_and_on_each_paper(cli, demo: Path, layout: str, paper: str) -> None:
    found = json.loads(cli("lint", demo, "--publish", "--layout", layout, "--paper", paper, "--json").out)
    assert [one for one in found if one["severity"] == "blocking"] == []


@pytest.mark.bounded
def test_products_that_the_case_keeps_are_checked_with_what_was_let_pass(cli, case: Path) -> None:
    spec = ProductSpec(title="A firm in Wuhan, China", bottom_line="Nobody says where.", dpi=150)
    product = Product(uuid="p", name="One", number="7", layout_json=spec.to_json())
    _keep(case, product, "")
    found = json.loads(cli("lint", case, "--json").out)
    assert [(one["rule"], one["where"]) for one in found] == [("author", "the imprint")]
    _keep(case, product, overrides_json([Override("author", "the imprint", "anonymous on purpose", "A", "2024-05-01")]))
    outcome = cli("lint", case)
    assert outcome.code == DONE
    assert "let pass: 1 finding of author: anonymous on purpose" in outcome.out
    assert cli("lint", case, "--layout", "single").code == DONE


def test_a_layout_that_the_case_has_nothing_for_is_said(cli, demo: Path, tmp_path: Path) -> None:
    outcome = cli("lint", demo, "--layout", "before-after")
    assert outcome.code == BAD_INPUT
    assert "keeps no comparison" in outcome.sentence
    # A published page shows none of the demo's drafts: there is no second view.
    outcome = cli("lint", demo, "--publish", "--layout", "panels")
    assert outcome.code == BAD_INPUT
    assert "need two views" in outcome.sentence
    assert cli("lint", tmp_path / "none.gpkg").code == BAD_INPUT


def _keep(case: Path, product: Product, overrides: str) -> None:
    quoted = product.layout_json.replace("'", "''")
    change(
        case,
        "DELETE FROM products",
        "INSERT INTO products (uuid, name, number, version, layout_json, overrides_json, rev) VALUES "
        f"('{product.uuid}', '{product.name}', '{product.number}', 1, '{quoted}', '{overrides}', 1)",
    )
