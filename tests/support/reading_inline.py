"""Cases are read in the test's own process, where a test is not about the other one: that takes half a second."""

from __future__ import annotations

import pytest

from layers.project.opening import case_reader
from layers.project.opening.case_process import CaseInline

APART = ("test_read_apart", "test_case_limits", "test_processes")
"""Modules whose tests need the real one."""


@pytest.fixture(autouse=True)
def reads_inline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path.stem not in APART:
        monkeypatch.setattr(case_reader, "CaseProcess", CaseInline)
