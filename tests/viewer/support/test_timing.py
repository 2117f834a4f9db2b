"""A trace holds what was timed while it ran."""

from __future__ import annotations

import json
from pathlib import Path

from viewer.support.timing import Trace, span


def test_spans_are_written_as_chrome_events(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    trace = Trace(path)
    with span("before"):
        pass
    trace.start()
    with span("plan", tiles=12), span("inner"):
        pass
    trace.stop()
    with span("after"):
        pass
    events = json.loads(path.read_text())["traceEvents"]
    assert [event["name"] for event in events] == ["inner", "plan"]
    assert events[1]["args"] == {"tiles": 12}
    assert events[1]["ph"] == "X"
    assert events[1]["dur"] >= events[0]["dur"] >= 0
