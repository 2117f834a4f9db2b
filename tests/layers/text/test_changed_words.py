"""Two versions of a text, in parts that are the same in both and parts that are not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layers.text.changed_words import MOST_WORDS, TextPart, changed_words


def _changed(parts: tuple[TextPart, ...]) -> list[str]:
    return [part.text for part in parts if part.is_changed]


def test_changed_words_are_marked_and_the_others_are_not() -> None:
    old, new = changed_words("Two pads, seen in March.", "Three new pads, seen in April.")
    assert (_changed(old), _changed(new)) == (["Two", "March"], ["Three new", "April"])
    old, new = changed_words("文昌航天发射场", "文昌商业航天发射场")
    assert (_changed(old), _changed(new)) == ([], ["商业"])
    assert changed_words("same", "same") == ((TextPart("same", False),),) * 2


def test_a_long_text_shows_where_it_differs() -> None:
    words = "word " * MOST_WORDS
    old, new = changed_words(f"{words}one {words}", f"{words}two {words}")
    assert (_changed(old), _changed(new)) == (["one"], ["two"])


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_versions_are_whole(before: str, after: str) -> None:
    old, new = changed_words(before, after)
    assert "".join(part.text for part in old) == before
    assert "".join(part.text for part in new) == after
    if before != after:
        assert _changed(old) or _changed(new)
