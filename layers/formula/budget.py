"""The work that one expression may take: limits of steps for a row, of steps in all, and of bytes of text made."""

from __future__ import annotations

from collections.abc import Callable

from layers.errors import InvalidValue

ROW_STEPS = 5_000_000_000
"""Most characters of one text that are looked at; numpy looks at some thousand million a second."""
STEPS = 40_000_000_000
TEXT_BYTES = 2**30
"""Most bytes of texts that an expression makes, all together."""


class Budget:
    """Counts what an expression, or all rules of a style, take.

    `cancel_token` is called at each count, and may raise to give the work up. Raises InvalidValue, in one sentence,
    where the work would be more than an expression may take: a file's text or a case's rule must not hold the program.
    """

    def __init__(
        self, cancel_token: Callable[[], None] = lambda: None, steps: int = STEPS, row_steps: int = ROW_STEPS
    ) -> None:
        self.cancel_token = cancel_token
        self._steps, self._row_steps, self._text_bytes = steps, row_steps, TEXT_BYTES
        self._of_row = 0

    def begin(self, rows: int = 1) -> None:
        """Count the work of looking at `rows` rows; the steps of a single row have a limit of their own."""
        self._of_row = 0
        self.spend(rows)

    def spend(self, steps: int) -> None:
        """Count the work of looking at `steps` characters. Raises InvalidValue beyond a limit."""
        self.cancel_token()
        self._of_row += steps
        self._steps -= steps
        if self._of_row > self._row_steps:
            raise InvalidValue("The expression was given up: one text is too long for what is looked for in it.")
        if self._steps < 0:
            raise InvalidValue("The expression was given up: it takes too long for so many and such long texts.")

    def make(self, text_bytes: int) -> None:
        """Count `text_bytes` bytes of text that are made next. Raises InvalidValue beyond the limit."""
        self.cancel_token()
        self._text_bytes -= text_bytes
        if self._text_bytes < 0:
            raise InvalidValue("The expression was given up: the texts that it puts together are too large.")
