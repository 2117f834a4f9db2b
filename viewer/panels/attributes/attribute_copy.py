"""Rows of a table as text for other programs: exact values, tabs between them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from layers.vector.columns import Attributes
from viewer.support.jobs import JobContext

_ROWS_A_LOOK = 2000


def rows_as_text(table: Attributes, rows: NDArray[np.intp], names: Sequence[str], context: JobContext) -> str:
    """A header line and a line a row; text with tabs or line breaks is in quotes, NULL is empty."""
    out = io.StringIO()
    writer = csv.writer(out, dialect="excel-tab", lineterminator="\n")
    writer.writerow(names)
    columns = [table.columns[name] for name in names]
    for number, row in enumerate(rows.tolist()):
        if number % _ROWS_A_LOOK == 0:
            context.check()
            context.progress(number / len(rows))
        values = (column.value(row) for column in columns)
        writer.writerow("" if v is None else str(v).lower() if isinstance(v, bool) else v for v in values)
    return out.getvalue()
