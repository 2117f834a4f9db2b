"""Filters of the rows of a case: what is asked of class, role, state, confidence, date, author, sources and review."""

from __future__ import annotations

import json

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import decoded, encoded
from layers.document.edit import Table
from layers.errors import InvalidValue
from layers.finding.row_dates import OPEN_BEGIN, OPEN_END
from layers.phrase import Phrase
from layers.time.time_span import TimeSpan, span_of

LONGEST_TEXT = 500
_REFUSAL = Phrase("The filter cannot be read.")


class RowFilter(Struct, frozen=True, omit_defaults=True):
    """All that is asked holds for a row that passes; an empty text asks nothing.

    `words` are looked up in the index, not here. `table` is the kind of rows that is listed. Class and role are asked
    of the sites that a row is about, state and confidence of one of its claims; `since`, `until` are the first and the
    last day of its date, as far as they are given; `author` has made or last changed it.
    """

    words: str = ""
    table: str = ""
    class_code: str = ""
    role: str = ""
    state: str = ""
    confidence: str = ""
    since: str = ""
    until: str = ""
    author: str = ""
    unsourced: bool = False
    """Asks for claims that cite no source and rest on no evidence, and for sites with such a claim. A site without
    claims asserts nothing that could be sourced.
    """
    unreviewed: bool = False
    """Asks for drafts: sites and claims that nobody has reviewed."""
    in_view: bool = False
    """Asks for rows about a site in the view of the map."""

    @property
    def is_empty(self) -> bool:
        """True where nothing is asked: all rows pass."""
        return self == RowFilter()

    @property
    def of_rows(self) -> RowFilter:
        """The same without words and kind of rows, which are asked elsewhere."""
        return replace(self, words="", table="")

    @property
    def of_marks(self) -> RowFilter:
        """The same as far as marks on the map can be asked: the kind of rows and the view are of a list."""
        return replace(self, table="", in_view=False)

    @property
    def days(self) -> TimeSpan | None:
        """The stretch of time that the date of a row has to meet; None where no date is asked for."""
        first, last = span_of(self.since), span_of(self.until)
        if first is None and last is None:
            return None
        return TimeSpan(OPEN_BEGIN if first is None else first.begin, OPEN_END if last is None else last.end)

    def lists(self, table: Table) -> bool:
        """True where rows of this table are listed; kept copies are listed with sources."""
        return self.table in ("", table) or (self.table, table) == ("sources", "source_files")

    def as_json(self) -> str:
        """The filter as a case keeps it."""
        return json.dumps(encoded(self), ensure_ascii=False)


def read_filter(text: str) -> RowFilter:
    """Read a kept filter. Raises InvalidValue."""
    try:
        data = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise InvalidValue(_REFUSAL) from error
    wanted = decoded(data, RowFilter, _REFUSAL)
    texts = [value for value in encoded(wanted).values() if isinstance(value, str)]
    if any(len(value) > LONGEST_TEXT for value in texts):
        raise InvalidValue(_REFUSAL)
    return wanted
