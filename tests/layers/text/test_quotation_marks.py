"""Quotation marks as they are printed."""

import pytest

from layers.text.quotation_marks import with_printed_marks


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ('S1 writes "Hikvision".', "S1 writes “Hikvision”."),
        ('“sibgrain.ru "Railway crossing point Zabaikalsk"”', "“sibgrain.ru ‘Railway crossing point Zabaikalsk’”"),
        ('“uses the optics as "weaponry"”', "“uses the optics as ‘weaponry’”"),
        ('"a "b "c" d" e"', "“a ‘b “c” d’ e”"),
        ('("Activities", 2005)', "(“Activities”, 2005)"),
        ('"opened in 2015"', "“opened in 2015”"),
        ("The firms' own answers: isn't", "The firms’ own answers: isn’t"),
        ("“quoted” and “again”", "“quoted” and “again”"),
        ("“quoted “within””", "“quoted ‘within’”"),
        ("“quoted ‘within’”", "“quoted ‘within’”"),
    ],
)
def test_marks_are_of_one_kind_and_others_within_a_quotation(text: str, printed: str) -> None:
    assert with_printed_marks(text) == printed


@pytest.mark.parametrize(
    "text", ["45° 12' 05\" N, 82° 33' 11\" E", 'an open "quotation', "a closed” one", '6" pipe', "", '"', "'90s"]
)
def test_marks_without_a_pair_and_signs_of_measures_are_left(text: str) -> None:
    assert with_printed_marks(text) == text
