"""Machine work as a case keeps it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.document.source import MachineWork, read_machine

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@pytest.mark.bounded
@given(st.builds(MachineWork, WORDS, WORDS, WORDS, WORDS))
def test_what_is_written_is_read(work: MachineWork) -> None:
    assert read_machine(work.to_json()) == work


@pytest.mark.parametrize("text", ["[]", "{", '{"tool": 3}', '{"checked_by": null}', "null"])
def test_odd_words_are_unchecked_work(text: str) -> None:
    work = read_machine(text)
    assert work == MachineWork()
    assert not work.is_checked


def test_nothing_stated_is_no_machine() -> None:
    assert read_machine("  ") is None


def test_its_words_name_tool_task_and_checker() -> None:
    work = MachineWork("Argos", "1.9", "translated", "Anna A.")
    assert work.words == "translated by machine (Argos 1.9), checked by Anna A."
    assert "not checked by a person" in MachineWork("Argos").words
