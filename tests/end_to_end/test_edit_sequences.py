"""Sequences of edits of all tables, with undo, redo, save, crash, recovery and reopening, lose and add nothing.

A plain list of states is the model. Custody is only added to: what undo leaves of it stays in every later state.
GEOLOUPE_SEQUENCES says how many sequences are tried, some without it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from layers.document.edit import ONLY_INSERTED, TABLES
from layers.document.rows import Row
from layers.errors import GeoloupeError
from layers.project.saving.publish import write_case
from tests.support.any_edits import AnyEdits
from tests.support.cases.case_contents import validate
from tests.support.cases.rich import BLOBS, rich_document
from tests.support.reading_inline import cases_inline, window_cases_inline
from tests.support.sessions import Desk

__all__ = ["cases_inline", "window_cases_inline"]

SEQUENCES, STEPS, AT_ONCE = int(os.environ.get("GEOLOUPE_SEQUENCES", "40")), 50, 10
type State = dict[str, dict[str, Row]]


class Life:
    """A case that lives through a sequence of steps, with the states that undo and redo lead to."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.path, self.random, self.edits = folder / "case.gpkg", Random(seed), AnyEdits(seed)
        self.done: Counter[str] = Counter()
        self.touched: set[str] = set()
        self.crashes = 0
        write_case(rich_document(), self.path, blobs=BLOBS)
        self.desk = Desk()
        self.desk.session.open_case(self.path)
        self.desk.wait()
        self.states, self.at = [self.state()], 0

    @property
    def document(self) -> Document:
        return self.desk.session.document

    def state(self) -> State:
        return {table: dict(self.document.table(table)) for table in TABLES}

    def expect(self, state: State, step: str) -> None:
        for table, rows in self.state().items():
            wanted = state[table]
            if table in ONLY_INSERTED:
                wanted = {**rows, **wanted}
            assert rows == wanted, f"{table} after {step}"

    def begin_anew(self) -> None:
        """Undo and redo end where a case is opened."""
        self.states, self.at = [self.states[self.at]], 0

    def step(self) -> None:
        kinds = ("edit", "undo", "redo", "save", "crash", "reopen")
        kind = self.random.choices(kinds, (60, 14, 10, 5, 1.5, 1.5))[0]
        getattr(self, kind)()
        self.done[kind] += 1
        self.expect(self.states[self.at], kind)

    def edit(self) -> None:
        try:
            edit = self.edits.draw(self.document)
            self.desk.session.push(edit)
        except GeoloupeError:
            return  # a command refused: nothing may have changed
        if edit.changes:
            self.touched |= {change.table for change in edit.changes}
            del self.states[self.at + 1 :]
            self.states.append(self.state())
            self.at += 1

    def undo(self) -> None:
        self.desk.session.undo()
        self.at = max(self.at - 1, 0)

    def redo(self) -> None:
        self.desk.session.redo()
        self.at = min(self.at + 1, len(self.states) - 1)

    def save(self) -> None:
        self.desk.session.save()
        self.desk.wait()
        assert not self.desk.session.is_dirty, self.desk.texts()

    def reopen(self) -> None:
        self.save()
        assert not [found for found in validate(self.path) if found.severity == "error"]
        self.end()
        self._new_desk().session.open_case(self.path)
        self.desk.wait()
        self.begin_anew()

    def crash(self) -> None:
        self.crashes += 1
        crashed = self.desk.crash(f"crashed-{self.path.parent.name}-{self.crashes}")
        self._new_desk().session.recover(crashed)
        self.desk.wait()
        self.begin_anew()

    def end(self) -> None:
        self.desk.session.close()
        self.desk.wait()
        self.desk.jobs.shutdown()
        self.desk.session.shutdown(keep=False)

    def _new_desk(self) -> Desk:
        self.desk = Desk()
        return self.desk


@pytest.fixture
def lives(tmp_path: Path, qtbot: QtBot) -> Iterator[list[Life]]:
    made: list[Life] = []
    yield made
    for life in made:
        life.desk.jobs.shutdown()
        life.desk.session.shutdown(keep=False)


def live(lives: list[Life], folder: Path, seed: int, steps: int) -> Life:
    folder.mkdir()
    life = Life(folder, seed)
    lives.append(life)
    for number in range(steps):
        try:
            life.step()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, step {number}: {error}") from error
    life.reopen()
    life.expect(life.states[life.at], "the end")
    life.end()
    return life


def test_a_short_sequence_of_edits_of_any_table(lives: list[Life], tmp_path: Path) -> None:
    life = live(lives, tmp_path / "life", 7, 25)
    assert life.done["edit"]


@pytest.mark.bounded
@pytest.mark.parametrize("first", range(0, SEQUENCES, AT_ONCE))
def test_sequences_of_edits_undone_saved_crashed_and_recovered(lives: list[Life], tmp_path: Path, first: int) -> None:
    done: Counter[str] = Counter()
    touched: set[str] = set()
    for seed in range(first, first + AT_ONCE):
        life = live(lives, tmp_path / str(seed), seed, STEPS)
        done += life.done
        touched |= life.touched
    assert all(done[kind] for kind in ("edit", "undo", "redo", "save", "crash", "reopen"))
    assert touched == set(TABLES)
