"""Parts of a file that are at hand."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from layers.requests.file_parts import FileParts, joined

FILE = random.Random(1).randbytes(60)
PLACES = st.integers(0, 59)
RANGES = st.lists(st.tuples(PLACES, PLACES).map(lambda ends: (min(ends), max(ends))), max_size=9)


@settings(max_examples=60)
@given(RANGES)
def test_what_is_kept_is_the_file_and_what_is_lacking_is_the_rest(ranges: list[tuple[int, int]]) -> None:
    parts, kept = FileParts(), set[int]()
    for first, last in ranges:
        lacking = {at for start, end in parts.lacking(first, last) for at in range(start, end + 1)}
        assert lacking == set(range(first, last + 1)) - kept
        added = sum(map(parts.size_of, parts.add(first, FILE[first : last + 1])))
        assert added == len(lacking)
        kept |= lacking
        assert parts.bytes == len(kept)
        assert parts.cut(first, last) == FILE[first : last + 1]
    while parts.bytes:
        assert parts.drop_first() > 0
    assert parts.lacking(0, 59) == [(0, 59)]


@settings(max_examples=60)
@given(RANGES, st.integers(1, 9), st.integers(1, 20))
def test_joined_ranges_cover_all_and_are_short(ranges: list[tuple[int, int]], nearest: int, longest: int) -> None:
    requests = list(joined(ranges, nearest, longest))
    wanted = {at for start, end in ranges for at in range(start, end + 1)}
    covered = {at for start, end in requests for at in range(start, end + 1)}
    assert wanted <= covered
    assert all(0 < end - start + 1 <= longest for start, end in requests)
    assert all(min(abs(at - other) for other in wanted) < nearest for at in covered)


def test_ranges_with_little_between_them_are_one_request() -> None:
    assert list(joined([(10, 19), (0, 9), (24, 29), (50, 59)], 5, 100)) == [(0, 29), (50, 59)]
    assert list(joined([(0, 9)], 5, 4)) == [(0, 3), (4, 7), (8, 9)]
