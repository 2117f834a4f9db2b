"""Lines of labels: no name is too long to be drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.canvas.labels.label_lines import LINE_COLUMNS, MOST_COLUMNS, MOST_LINES, shortened, wrapped
from viewer.support.language.text import columns

LONG = "Construction at the northern launch complex of the eastern cosmodrome as reported in 2024 and seen since then"


@pytest.mark.parametrize(
    "name", [LONG * 3, "x" * 300, "东方航天港" * 60, "/folder-of_a/" * 30, "a " * 150, f"{'y' * 60} and {'z' * 60}"]
)
def test_a_very_long_name_ends_with_an_ellipsis_in_three_lines(name: str) -> None:
    lines = wrapped(name).split("\n")
    assert 1 < len(lines) <= MOST_LINES
    assert lines[-1].endswith("…")
    assert max(map(columns, lines)) <= LINE_COLUMNS + 8
    assert name.startswith(lines[0])


def test_a_shortened_name_ends_with_a_whole_word() -> None:
    kept = shortened(LONG)
    assert kept == "Construction at the northern launch complex of the eastern cosmodrome as reported in 2024 and…"
    assert columns(kept) <= MOST_COLUMNS


@pytest.mark.parametrize("name", [LONG, "x" * 300, "东方航天港" * 60, f"{'y' * 60} and {'z' * 60}"])
def test_a_doubt_is_never_what_is_cut(name: str) -> None:
    assert shortened(f"{name} (planned, as of 2015)").endswith("… (planned, as of 2015)")
    lines = wrapped(f"{name} (planned, as of 2015)").split("\n")
    assert " ".join(lines).endswith("… (planned, as of 2015)")
    assert len(lines) <= MOST_LINES
    assert max(map(columns, lines)) <= LINE_COLUMNS + 8


@given(st.text(alphabet="ab-,东 ", max_size=400).map(lambda text: " ".join(text.split())))
def test_all_of_a_name_up_to_an_ellipsis_is_in_its_lines(name: str) -> None:
    lines = wrapped(name)
    assert lines.count("\n") < MOST_LINES
    bare = lines.replace("\n", "").replace(" ", "")
    assert name.replace(" ", "").startswith(bare.removesuffix("…"))
    assert bare.endswith("…") or bare == name.replace(" ", "")
