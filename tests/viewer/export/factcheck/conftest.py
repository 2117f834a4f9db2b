"""A small sheet with a fact of each kind, and words that try to be markup."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from layers.product.factcheck.fact_sheet import FactSheet, LetPass, SheetFact, StandsOn, SubjectState
from layers.product.factcheck.word_groups import stretch_in
from layers.product.spec import Override
from viewer.export.factcheck.sheet_pages import SheetPages
from viewer.export.formats.writers import begin_writing
from viewer.export.formats.writing import finish
from viewer.export.headless import Studio

type Write = Callable[[SheetPages, Path], None]

QUOTE = "Aurora Ltd. has not delivered 12 pumps </script><b>in 2019</b>"
HOSTILE = '</script><script>document.title = "taken"</script><img src="https://example.org/x">'


def fact(words: str, number: int, quote: str = QUOTE, uuid: str = "c-1", address: str = "") -> SheetFact:
    source = StandsOn("S1", "“Report”, Publisher", quote, address, "3 February 2020, caption", "p. 4")
    source = source._replace(stretch=stretch_in(quote, words))
    return SheetFact(
        "words", words, "claims", uuid, "C1", "page 1, claims", (source,), number=number, entered="A. Author"
    )


SHEET = FactSheet(
    title="Pumps",
    product="product 3, version 2, draft, not issued",
    product_uuid="p-1",
    made_on="2026-05-01",
    marking="TLP:AMBER",
    facts=(
        SheetFact("date", "2021", "sites", "s-1", "Yard", "page 1", number=1),
        fact("12 pumps", 2, address="https://example.org/report?a=1&b=2"),
        fact(HOSTILE, 3, address="javascript:alert(1)"),
    ),
    folded=(("Legend", ("Company (5)",)),),
    let_pass=(
        LetPass(Override("scale-bar", "map 1", "The client draws it.", "B. Second", "2026-05-01"), "None.", True),
    ),
    subjects=(SubjectState("claims", "c-1", 4, "0123456789abcdef", "Aurora <b>"),),
)


@pytest.fixture
def write(studio: Studio) -> Write:
    def written(pages: SheetPages, path: Path) -> None:
        assert finish(begin_writing(pages, path, studio.context))[0] == path

    return written
