"""Rows of a file that are not what they should be: listed by number with the reason, a bounded list and a count."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from layers.phrase import Phrase
from layers.text.counted import counted

MOST_LISTED = 20
_CLIPPED_AT = 200
_KEPT = Phrase("has a problem and is kept as it is")


class RowProblems(Struct):
    """`numbers` are those that people see on the rows (else they count from 1); `are_lines`: of a text, as people call
    them.
    """

    numbers: Sequence[int] = ()
    are_lines: bool = False
    _sentences: list[str] = field(default_factory=list)
    _rows: set[int] = field(default_factory=set)

    def add(self, index: int, reason: str) -> None:
        """`index` counts from 0."""
        self._rows.add(index)
        if len(self._sentences) < MOST_LISTED:
            number = self.numbers[index] if self.numbers else index + 1
            clipped = reason if len(reason) <= _CLIPPED_AT else reason[:_CLIPPED_AT]
            self._sentences.append(
                Phrase("Line {number}: {reason}", number=number, reason=clipped)
                if self.are_lines
                else Phrase("Row {number}: {reason}", number=number, reason=clipped)
            )

    def __len__(self) -> int:
        """Number of rows that have a problem."""
        return len(self._rows)

    def sentences(self, what: str = _KEPT) -> list[str]:
        """Sentences that are listed; at the end the number of rows in all, where that is more."""
        if len(self._rows) <= len(self._sentences):
            return list(self._sentences)
        count = len(self._rows)
        if count == 1:
            whole = Phrase("1 line {what}.", what=what) if self.are_lines else Phrase("1 row {what}.", what=what)
        else:
            rows = counted(count, "line") if self.are_lines else counted(count, "row")
            whole = Phrase("{rows} in all: each {what}.", rows=rows, what=what)
        return [*self._sentences, whole]
