"""Rows of a file that are not what they should be: listed by number with the reason, a bounded list and a count."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from layers.phrase import Phrase
from layers.text.counted import grouped

MOST_LISTED = 20
_CLIPPED_AT = 200


class RowProblems(Struct):
    """`numbers` are those that people see on the rows (else they count from 1), `word` is what a row is called."""

    numbers: Sequence[int] = ()
    word: str = "row"
    _said: list[str] = field(default_factory=list)
    _rows: set[int] = field(default_factory=set)

    def add(self, index: int, reason: str) -> None:
        """`index` counts from 0."""
        self._rows.add(index)
        if len(self._said) < MOST_LISTED:
            number = self.numbers[index] if self.numbers else index + 1
            self._said.append(f"{self.word.capitalize()} {number}: {reason[:_CLIPPED_AT]}")

    def __len__(self) -> int:
        """Number of rows that have a problem."""
        return len(self._rows)

    def sentences(self, what: str = "has a problem and is kept as it is") -> list[str]:
        """Sentences that are listed; at the end the number of rows in all, where that is more."""
        if len(self._rows) <= len(self._said):
            return list(self._said)
        count = len(self._rows)
        return [
            *self._said,
            Phrase("{count} {word}s in all: each {what}.", count=grouped(count), word=self.word, what=what)
            if count > 1
            else f"1 {self.word} {what}.",
        ]
