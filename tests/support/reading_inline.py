"""Cases are read in the test's own process, where a test is not about the other one: that takes half a second."""

from __future__ import annotations

import pytest

from layers.project.opening import case_reader
from layers.project.opening.case_process import CaseInline

APART = ("test_read_apart", "test_case_limits", "test_processes")
"""Modules whose tests need the real one."""


class Interruptible(CaseInline):
    """Of the test's own process nothing is ended."""

    def interrupt(self) -> None: ...


@pytest.fixture(autouse=True)
def cases_inline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path.stem not in APART:
        monkeypatch.setattr(case_reader, "CaseProcess", CaseInline)


@pytest.fixture(autouse=True)
def window_cases_inline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for cases that a window opens."""
    if request.path.stem not in APART:
        monkeypatch.setattr("viewer.app.case.case_files.CaseProcess", Interruptible)
