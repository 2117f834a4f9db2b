"""Cases are read in the test's own process here, which costs nothing: test_read_apart.py is about the other one."""

from __future__ import annotations

import pytest

from layers.project.opening import case_reader
from layers.project.opening.case_process import CaseInline


@pytest.fixture(autouse=True)
def reads_inline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path.stem != "test_read_apart":
        monkeypatch.setattr(case_reader, "CaseProcess", CaseInline)
