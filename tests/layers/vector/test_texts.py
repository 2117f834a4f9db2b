"""Many texts at once give what Python gives for each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.vector import texts as room
from layers.vector.texts import Texts

WORDS = st.lists(st.text(max_size=12), max_size=30)
# Letters whose upper, lower or folded form is longer or shorter than they are.
AWKWARD = ["", "İstanbul", "STRASSE", "straße", "ŉ", "Восточный", "文昌", "ΣΑΣ", "ﬃ", "\0", "a\0b", "🚀"]


@given(WORDS)
def test_they_come_back(words: list[str]) -> None:
    words = [word.encode("utf-8", "replace").decode() for word in words]
    texts = Texts.of(words)
    assert texts.all() == words
    assert texts.characters().tolist() == [len(word) for word in words]
    rows = np.arange(len(words))[::-2]
    assert texts.taken(rows).all() == [words[row] for row in rows]
    assert Texts.joined([texts, Texts.of(["x"]), texts]).all() == [*words, "x", *words]


@given(WORDS)
def test_folded_is_casefold_of_each(words: list[str]) -> None:
    words = [word.encode("utf-8", "replace").decode() for word in words + AWKWARD]
    assert Texts.of(words).folded().all() == [word.casefold() for word in words]


def test_folding_in_small_pieces_moves_no_text(monkeypatch) -> None:
    monkeypatch.setattr(room, "PIECE_BYTES", 5)
    assert Texts.of(AWKWARD * 3).folded().all() == [word.casefold() for word in AWKWARD * 3]


def test_bytes_that_are_no_utf8_harm_no_neighbour() -> None:
    data = np.frombuffer("Ж".encode() + b"\xff\xc3" + "Я".encode(), np.uint8)
    folded = Texts.of_starts(data, [0, 2, 4, 6]).folded()
    assert folded[0] == "ж"
    assert folded[2] == "я"
    assert folded.data[2:4].tobytes() == b"\xff\xc3"


@given(WORDS, st.text(max_size=3))
def test_comparisons_are_pythons(words: list[str], wanted: str) -> None:
    words = [word.encode("utf-8", "replace").decode() for word in words]
    wanted = wanted.encode("utf-8", "replace").decode()
    texts = Texts.of(words)
    assert texts.equal_to(wanted).tolist() == [word == wanted for word in words]
    assert texts.starting_with(wanted).tolist() == [word.startswith(wanted) for word in words]
    assert texts.ending_with(wanted).tolist() == [word.endswith(wanted) for word in words]


@given(st.lists(st.text("abж", max_size=20), max_size=40))
def test_ranks_are_the_order(words: list[str]) -> None:
    ranks = Texts.of(words).ranks().tolist()
    assert [words[at] for at in sorted(range(len(words)), key=lambda at: ranks[at])] == sorted(words)
    assert all((ranks[a] == ranks[b]) == (words[a] == words[b]) for a in range(len(words)) for b in range(len(words)))


@pytest.mark.bounded
@given(st.lists(st.sampled_from(["", "a", "b", "ab", "文", "a" * 30]), min_size=30, max_size=60))
def test_few_distinct_texts_are_kept_once(words: list[str]) -> None:
    texts = Texts.of(words)
    distinct, codes = texts.shared(1.0)
    assert distinct.all() == list(dict.fromkeys(words))
    assert distinct.taken(codes.astype(np.intp)).all() == words


def test_two_texts_with_one_hash_are_not_made_one(monkeypatch) -> None:
    monkeypatch.setattr(Texts, "hashes", lambda self: np.zeros(len(self), np.uint64))
    assert Texts.of(["a", "b"] * 10).shared(1.0) is None


def test_hashes_do_not_depend_on_where_a_text_stands(monkeypatch) -> None:
    words = ["alpha", "", "beta", "alpha", "文昌", "beta"]
    whole = Texts.of(words).hashes()
    monkeypatch.setattr(room, "PIECE_BYTES", 4)
    assert (Texts.of(words).hashes() == whole).all()
    assert len(set(whole.tolist())) == len(set(words))


def test_a_huge_text_is_shown_by_its_beginning() -> None:
    texts = Texts.of(["Ж" * 5_000_000, "short"])
    assert texts.beginning(0, 10) == "Ж" * 9 + "…"
    assert texts.beginning(1, 10) == "short"
