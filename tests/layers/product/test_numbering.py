"""Numbers of marks: once they are issued they never change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.document.document import Document
from layers.document.rows import Product
from layers.product.numbering import issued_numbers, numbered, numbers_json, read_numbers

_IDS = st.lists(st.sampled_from([f"m{n}" for n in range(12)]), unique=True)


def test_numbers_go_up_and_keep_those_of_markers() -> None:
    assert numbered(["a", "b", "c"], {"b": 1, "c": 1}) == {"a": 2, "b": 1, "c": 3}


@pytest.mark.bounded
@given(_IDS, _IDS, st.dictionaries(st.sampled_from([f"m{n}" for n in range(12)]), st.integers(-2, 9)))
def test_an_issued_number_holds_and_none_is_used_twice(
    first: list[str], second: list[str], own: dict[str, int]
) -> None:
    issued = numbered(first, own)
    later = numbered(second, {}, issued)
    assert list(later) == second
    assert all(later[uuid] == issued[uuid] for uuid in second if uuid in issued)
    new = [later[uuid] for uuid in second if uuid not in issued]
    assert len(set(later.values())) == len(later)
    assert not set(new) & set(issued.values())


@given(st.text(max_size=40) | st.sampled_from(['{"numbers": {"a": true, "b": 1, "c": 1, "d": -1, "e": 1e99}}', "[[[["]))
def test_any_text_makes_sound_numbers(text: str) -> None:
    numbers = read_numbers(text)
    assert read_numbers(numbers_json(numbers)) == numbers
    assert all(type(number) is int and number > 0 for number in numbers.values())


def test_a_version_is_bound_to_all_before_it() -> None:
    rows = [
        Product(uuid="p1", name="x", numbers_json=numbers_json({"a": 1, "b": 2})),
        Product(uuid="p2", name="x", previous_uuid="p1", numbers_json=numbers_json({"a": 7, "c": 2, "d": 4})),
        Product(uuid="p3", name="x", previous_uuid="p2"),
        Product(uuid="loop", name="x", previous_uuid="loop", numbers_json=numbers_json({"z": 3})),
    ]
    document = Document({"products": rows})
    assert issued_numbers(document, rows[2]) == {"a": 1, "b": 2, "d": 4}
    assert numbered(["c", "b"], None, issued_numbers(document, rows[2])) == {"c": 3, "b": 2}
    assert issued_numbers(document, rows[3]) == {"z": 3}
    assert issued_numbers(document, None) == {}
