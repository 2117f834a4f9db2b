from __future__ import annotations

from viewer.canvas.selection import Selection


def test_changes_are_told_once_and_only_when_there_are_any(qtbot):
    selection, told = Selection(), []
    selection.changed.connect(lambda: told.append(selection.uuids))
    selection.set(["a", "b"])
    selection.set({"b", "a"})
    selection.toggle("a")
    selection.add(["b"])
    selection.add(["c"])
    selection.keep_only(["c", "d"])
    selection.clear()
    selection.clear()
    assert told == [{"a", "b"}, {"b"}, {"b", "c"}, {"c"}, frozenset()]
    assert "c" not in selection
    assert len(selection) == 0
