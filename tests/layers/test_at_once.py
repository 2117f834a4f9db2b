"""Steps that are run in one go."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from layers.at_once import at_once


def test_all_steps_are_run_and_their_result_is_returned() -> None:
    done: list[int] = []

    def steps(count: int, *, name: str) -> Generator[None, None, str]:
        for number in range(count):
            done.append(number)
            yield
        return name

    assert at_once(steps)(3, name="a") == "a"
    assert done == [0, 1, 2]


def test_an_error_in_a_step_is_raised() -> None:
    def steps() -> Generator[None, None, None]:
        yield
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        at_once(steps)()
