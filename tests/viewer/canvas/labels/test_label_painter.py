"""Letters of labels: wrapped, measured, painted within their box."""

from __future__ import annotations

from viewer.canvas.labels.label_lines import wrapped


def test_long_names_are_wrapped_and_no_word_is_lost():
    name = "North China Research Institute of Electro-Optics and Everything Else"
    assert " ".join(wrapped(name).split("\n")) == name
    assert max(len(line) for line in wrapped(name).split("\n")) < 32
    assert wrapped("Kapustin Yar") == "Kapustin Yar"
    assert wrapped("酒泉卫星发射中心") == "酒泉卫星发射中心"
