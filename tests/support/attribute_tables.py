"""A table of attributes with every kind of column, NULL in each, for tests of expressions."""

from __future__ import annotations

import numpy as np

from layers.vector.columns import Attributes, Kind, attributes_of, column_of, number_column

LARGE = 2**53 + 1
ROWS = [
    (1, "Vostochny", 2.5, "launch", LARGE),
    (2, "восточный", None, "launch", LARGE - 1),
    (3, None, -1.0, "port", None),
    (4, "", 0.0, "Port", -LARGE),
    (5, "it's 100%", 7.25, None, 0),
]


def table() -> Attributes:
    ids, names, numbers, kinds, big = zip(*ROWS, strict=True)
    days = number_column("day", Kind.DATE, np.array([0, 1, 2, 3, 4]), np.array([True, True, True, True, False]))
    columns = [
        column_of("id", ids),
        column_of("name", names),
        column_of("n", numbers),
        column_of("kind", kinds),
        column_of("big", big),
        column_of("open", [True, False, None, True, False]),
        days,
    ]
    return attributes_of([11, 12, 13, 14, 15], columns)
