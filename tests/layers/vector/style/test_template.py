"""Label text out of columns: never run, never half understood."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import InvalidValue
from layers.vector.style.template import template_of


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("name", "文昌"),
        ("{name} ({height:.1f} m)", "文昌 (12.5 m)"),
        ("{count}", "9007199254740993"),
        ("{{{name}}}", "{文昌}"),
        ("{name}\n {gone}", "文昌"),
        ("{gone}", ""),
        ("{gone} m", ""),
        ("", ""),
        ("{open}", "true"),
        ("{nan:.2f}", ""),
        ("{big}", "12"),
    ],
)
def test_texts(template: str, text: str) -> None:
    values = {
        "name": "文昌",
        "height": 12.5,
        "count": 2**53 + 1,
        "gone": None,
        "open": True,
        "nan": float("nan"),
        "big": np.float64(12),
    }
    assert template_of(template).text(values) == text


@pytest.mark.parametrize("template", ["{", "}", "{}", "{a", "a}", "{a.__class__}{", "{a!r", "{:.2f}"])
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(InvalidValue):
        template_of(template)


def test_attributes_are_columns_not_code() -> None:
    assert template_of("{name.__class__}").columns == ("name.__class__",)


@given(st.text(max_size=30))
def test_plain_words_come_back(words: str) -> None:
    doubled = words.replace("{", "{{").replace("}", "}}")
    assert template_of(doubled + "{x}").text({"x": "1"}) == " ".join(f"{words}1".split())
