"""Types of the texts in a column: nothing that does not come back as it was written becomes a number."""

import pytest

from layers.readers.tables.cell_types import typed_column


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["9223372036854775807"], "integer"), (["9223372036854775808", "9223372036854776001"], "text"),
        (["9223372036854775808"], "real"), (["12345678901234567891"], "text"), (["0.1", "1e5", ".5", "-2.50"], "real"),
        (["0.10000000000000001", "128.33400000000000"], "real"), (["51.123456789012345678"], "text"),
        (["1e-400"], "text"), (["0.0", "0", "0e5"], "real"), (["1e400"], "text"), (["1e308", "4.9e-324"], "real"),
        (["4.123e-324"], "text"), (["1_0"], "text"), (["1_0.5"], "text"), (["007"], "text"),
        (["+79991234567", "+7"], "text"), (["+51.5", "-0.5", "+1e3"], "real"), (["1", "2.5", None], "real"),
        (["1", "12345678901234567891"], "text"), (["12E5", "13E2"], "text"), (["12E5", None, "1234"], "text"),
        (["1e5"], "text"), (["12E5", "0.5"], "real"), (["1E5", "3e-7"], "real"), (["1E5", "2E+06"], "real"),
    ],
)  # fmt: skip
def test_numbers_are_only_what_comes_back(texts, kind):
    found, values = typed_column(texts)
    assert found == kind
    if kind == "text":
        assert values == texts
    else:
        assert [value is None for value in values] == [text is None for text in texts]


def test_two_ids_stay_two():
    ids = ["92233720368547760010", "92233720368547760020"]
    assert typed_column(ids) == ("text", ids)
